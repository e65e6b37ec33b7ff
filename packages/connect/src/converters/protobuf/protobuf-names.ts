/** How what Protobuf has no word for is named in `(confluent.field_meta).params` and `(confluent.message_meta).params`, and what oneofs and enums are called in Connect. */
export const meta = {
  type: "connect.type",
  name: "connect.name",
  version: "connect.version",
  fallback: "connect.default",
  optional: "connect.optional",
  field: "connect.field",
  parameter: "connect.parameter.",
  /** Of a schema that has parameters, and none. */
  noParameters: "connect.parameters.none",
  scale: "scale",
  precision: "precision",
  /** What is said of a list's elements and a map's values. */
  items: "items.",
  /** Of a message that stands for the value of its only field. */
  wraps: "connect.wraps",
} as const;

/** What is a name in Protobuf; what has no name in JSON (`_`) is none here. */
export const IDENTIFIER = /^(?=.*[A-Za-z0-9])[A-Za-z_][A-Za-z0-9_]*$/;
export const WRAPPED_FIELD = "value";
export const UNION = "io.confluent.connect.protobuf.Union";
export const ENUM = "io.confluent.connect.protobuf.Enum";
/** A name for structs that have none. */
export const DEFAULT_NAME = "ConnectDefault";
export const UNNAMED = /^ConnectDefault\d*$/;
export const PRECISION_PARAMETER = "connect.decimal.precision";

export const protoTypes = {
  decimal: { name: "confluent.type.Decimal", file: "confluent/type/decimal.proto" },
  date: { name: "google.type.Date", file: "google/type/date.proto" },
  time: { name: "google.type.TimeOfDay", file: "google/type/timeofday.proto" },
  timestamp: { name: "google.protobuf.Timestamp", file: "google/protobuf/timestamp.proto" },
} as const;

/** What is said of a schema, by the names in {@link meta}. */
export type Said = Readonly<Record<string, string>>;
