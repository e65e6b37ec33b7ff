/** How what JSON Schema has no word for is named in it, and what unions and enums are called in Connect. */
export const UNION = "io.confluent.connect.json.OneOf";
export const UNION_FIELD = "io.confluent.connect.json.OneOf.field.";
export const ENUM = "io.confluent.connect.json.Enum";

export const CONNECT_TYPE = "connect.type";
export const CONNECT_INDEX = "connect.index";
export const CONNECT_VERSION = "connect.version";
export const CONNECT_PARAMETERS = "connect.parameters";

/** Connect's names of its two floats, which are not those of its JSON. */
export const FLOATS = { float: "float32", double: "float64" } as const;

export type JsonObject = Readonly<Record<string, unknown>>;
