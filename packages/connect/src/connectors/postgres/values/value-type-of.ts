import type { ConnectSchema } from "../../../data/schema.ts";
import { readArray, readHstore } from "./array-text.ts";
import { bitType, moneyType, numericType } from "./number-types.ts";
import type { PgType } from "./pg-type.ts";
import { dateType, intervalType, timestampType, timeType, zonedTimestampType, zonedTimeType } from "./time-types.ts";
import { asText, namedType, plainType, type ValueOptions, type ValueType } from "./value-type.ts";

const stringType = plainType("string", asText, "");
const intType = (type: ConnectSchema["type"]): ValueType => plainType(type, Number, 0);
const longType = plainType("int64", BigInt, 0n);
const logicalText = (name: string): ValueType => namedType(`io.debezium.data.${name}`, "string", asText, "");

/** Types whose values need neither a modifier nor an option. */
const simple: Readonly<Record<string, ValueType>> = {
  bool: plainType("boolean", (text) => text.charCodeAt(0) === 116, false),
  int2: intType("int16"),
  int4: intType("int32"),
  int8: longType,
  oid: longType,
  float4: plainType("float", Number, 0),
  float8: plainType("double", Number, 0),
  json: logicalText("Json"),
  jsonb: logicalText("Json"),
  xml: logicalText("Xml"),
  uuid: logicalText("Uuid"),
  ltree: logicalText("Ltree"),
  tsvector: logicalText("Tsvector"),
  timetz: zonedTimeType,
  ...Object.fromEntries(
    ["char", "name", "text", "varchar", "bpchar", "citext", "inet", "cidr", "macaddr", "macaddr8"].map((name) => [name, stringType]),
  ),
  ...Object.fromEntries(["int4range", "int8range", "numrange", "tsrange", "tstzrange", "daterange"].map((name) => [name, stringType])),
};

const pointType: ValueType = {
  schema: {
    type: "struct",
    name: "io.debezium.data.geometry.Point",
    version: 1,
    doc: "Geometry (POINT)",
    fields: [
      { name: "x", schema: { type: "double", optional: false } },
      { name: "y", schema: { type: "double", optional: false } },
      { name: "wkb", schema: { type: "bytes", optional: true } },
      { name: "srid", schema: { type: "int32", optional: true } },
    ],
  },
  parse(text) {
    const comma = text.indexOf(",");
    return pointOf(Number(text.slice(1, comma)), Number(text.slice(comma + 1, -1)));
  },
  zero: pointOf(0, 0),
};

function pointOf(x: number, y: number): unknown {
  const wkb = Buffer.alloc(21);
  wkb[0] = 1;
  wkb[1] = 1;
  wkb.writeDoubleLE(x, 5);
  wkb.writeDoubleLE(y, 13);
  return { x, y, wkb, srid: null };
}

/** What a column of this type and modifier becomes; undefined: it has no form in Connect and is left out. */
export function valueTypeOf(type: PgType, modifier: number, options: ValueOptions): ValueType | undefined {
  if (type.kind === "d") return type.base === undefined ? unknownType(options) : valueTypeOf(type.base, type.baseModifier ?? -1, options);
  if (type.kind === "e") return namedType("io.debezium.data.Enum", "string", asText, "", { allowed: (type.labels ?? []).join(",") });
  if (type.element !== undefined) {
    const element = valueTypeOf(type.element, modifier, options);
    return element === undefined ? unknownType(options) : arrayType(element);
  }
  return (Object.hasOwn(simple, type.name) ? simple[type.name] : undefined) ?? modifiedType(type.name, modifier, options);
}

function modifiedType(name: string, modifier: number, options: ValueOptions): ValueType | undefined {
  switch (name) {
    case "numeric":
      return numericType(modifier, options);
    case "money":
      return moneyType(options);
    case "bit":
      return bitType(modifier, false);
    case "varbit":
      return bitType(modifier, true);
    case "bytea":
      return bytesType(options);
    case "date":
      return dateType(options);
    case "time":
      return timeType(modifier, options);
    case "timestamp":
      return timestampType(modifier, options);
    case "timestamptz":
      return zonedTimestampType(modifier);
    case "interval":
      return intervalType(options);
    case "point":
      return pointType;
    case "hstore":
      return hstoreType(options);
    default:
      return unknownType(options);
  }
}

/** The bytes of its text. */
const unknownType = ({ includesUnknown }: ValueOptions): ValueType | undefined =>
  includesUnknown ? plainType("bytes", (text) => Buffer.from(text), Buffer.alloc(0)) : undefined;

function arrayType(element: ValueType): ValueType {
  return {
    schema: { type: "array", valueSchema: { ...element.schema, optional: true } },
    parse: (text) => readArray(text).map((part) => (part === null ? null : element.parse(part))),
    zero: [],
  };
}

function bytesType({ binary }: ValueOptions): ValueType {
  const bytesOf = (text: string): Buffer => Buffer.from(text.slice(2), "hex");
  if (binary === "bytes") return plainType("bytes", bytesOf, Buffer.alloc(0));
  if (binary === "hex") return plainType("string", (text) => text.slice(2), "");
  if (binary === "base64") return plainType("string", (text) => bytesOf(text).toString("base64"), "");
  return plainType("string", (text) => bytesOf(text).toString("base64").replaceAll("+", "-").replaceAll("/", "_"), "");
}

function hstoreType({ hstore }: ValueOptions): ValueType {
  if (hstore === "json")
    return namedType("io.debezium.data.Json", "string", (text) => JSON.stringify(Object.fromEntries(readHstore(text))), "{}");
  return {
    schema: { type: "map", keySchema: { type: "string", optional: false }, valueSchema: { type: "string", optional: true } },
    parse: readHstore,
    zero: new Map(),
  };
}
