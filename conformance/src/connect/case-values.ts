import { type ConnectSchema, type ConnectType, makeSchema } from "@ottla/connect";
import type { CaseSchema, CaseValue } from "./case.ts";

/** Schemas by what a case says of them: the same words are the same object, as from one source. */
const made = new Map<string, ConnectSchema>();
const KEPT_MAX = 5000;

export function schemaOf(json: CaseSchema | null): ConnectSchema | undefined {
  if (json === null) return undefined;
  const text = JSON.stringify(json);
  let schema = made.get(text);
  if (schema === undefined) {
    schema = makeFrom(json);
    if (made.size >= KEPT_MAX) made.clear();
    made.set(text, schema);
  }
  return schema;
}

function makeFrom(json: CaseSchema): ConnectSchema {
  const parts = {
    type: json.type as ConnectType,
    optional: json.optional,
    name: json.name,
    version: json.version,
    doc: json.doc,
    parameters: json.parameters,
    fields: json.fields?.map(([name, own]) => ({ name, schema: schemaOf(own)! })),
    keySchema: json.keys === undefined ? undefined : schemaOf(json.keys),
    valueSchema: json.items !== undefined ? schemaOf(json.items) : json.values !== undefined ? schemaOf(json.values) : undefined,
  };
  const schema = makeSchema(parts);
  return json.default === undefined ? schema : makeSchema({ ...parts, defaultValue: valueOf(schema, json.default) });
}

/** As Java's program prints one. */
export function schemaJson(schema: ConnectSchema | undefined): CaseSchema | null {
  if (schema === undefined) return null;
  const { type, fields, keySchema, valueSchema, parameters } = schema;
  return {
    type,
    ...(type === "array" ? { items: schemaJson(valueSchema)! } : {}),
    ...(type === "map" ? { keys: schemaJson(keySchema)!, values: schemaJson(valueSchema)! } : {}),
    ...(fields === undefined ? {} : { fields: fields.map(({ name, schema: own }) => [name, schemaJson(own)!] as const) }),
    optional: schema.optional,
    ...(schema.name === undefined ? {} : { name: schema.name }),
    ...(schema.version === undefined ? {} : { version: schema.version }),
    ...(schema.doc === undefined ? {} : { doc: schema.doc }),
    ...(parameters === undefined
      ? {}
      : { parameters: Object.fromEntries(Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1))) }),
    ...(schema.defaultValue === undefined ? {} : { default: valueJson(schema, schema.defaultValue) }),
  };
}

export function valueOf(schema: ConnectSchema | undefined, json: CaseValue): unknown {
  if (json === null) return null;
  const [tag, content] = json as readonly [string, never];
  switch (tag) {
    case "i64":
      return schema === undefined && Number.isSafeInteger(Number(content)) ? Number(content) : BigInt(content);
    case "f":
      return Buffer.from(content, "hex").readFloatBE();
    case "d":
      return Buffer.from(content, "hex").readDoubleBE();
    case "b":
      return Buffer.from(content, "base64");
    case "date":
      return new Date(content);
    case "dec":
      return { unscaled: BigInt(content), scale: json[2] as number };
    case "l":
      return (content as readonly CaseValue[]).map((item) => valueOf(schema?.valueSchema, item));
    case "m": {
      const entries = (content as readonly (readonly [CaseValue, CaseValue])[]).map(([key, value]): [unknown, unknown] => [
        valueOf(schema?.keySchema, key),
        valueOf(schema?.valueSchema, value),
      ]);
      return schema === undefined ? Object.fromEntries(entries) : new Map(entries);
    }
    case "o": {
      const fields = new Map(schema!.fields!.map((field) => [field.name, field.schema]));
      return Object.fromEntries(
        (content as readonly (readonly [string, CaseValue])[]).map(([name, value]) => [name, valueOf(fields.get(name), value)]),
      );
    }
    default:
      return content;
  }
}

const TAGS: Readonly<Record<string, string>> = { int8: "i8", int16: "i16", int32: "i32", boolean: "z", string: "s" };

/** By what the value is, and for numbers by what the schema says. */
export function valueJson(schema: ConnectSchema | undefined, value: unknown): CaseValue {
  if (value === null || value === undefined) return null;
  if (typeof value === "boolean") return ["z", value];
  if (typeof value === "string") return ["s", value];
  if (typeof value === "bigint") return ["i64", value.toString()];
  if (typeof value === "number") return numberJson(schema, value);
  if (value instanceof Uint8Array) return ["b", Buffer.from(value).toString("base64")];
  if (value instanceof Date) return ["date", value.getTime()];
  if (Array.isArray(value)) return ["l", value.map((item) => valueJson(schema?.valueSchema, item))];
  if (value instanceof Map) return mapJson(schema, [...(value as ReadonlyMap<unknown, unknown>)]);
  const own = value as Readonly<Record<string, unknown>>;
  if (typeof own["unscaled"] === "bigint") return ["dec", own["unscaled"].toString(), own["scale"]];
  if (schema?.fields === undefined) return mapJson(undefined, Object.entries(own));
  return ["o", schema.fields.map((field) => [field.name, valueJson(field.schema, own[field.name])])];
}

function mapJson(schema: ConnectSchema | undefined, entries: readonly [unknown, unknown][]): CaseValue {
  const pairs = entries.map(([key, value]) => [valueJson(schema?.keySchema, key), valueJson(schema?.valueSchema, value)] as const);
  const byText = new Map(pairs.map((pair) => [JSON.stringify(pair[0]), pair]));
  return ["m", [...byText].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, pair]) => pair)];
}

function numberJson(schema: ConnectSchema | undefined, value: number): CaseValue {
  const bytes = Buffer.alloc(8);
  if (schema?.type === "float") {
    bytes.writeFloatBE(Number.isNaN(value) ? Number.NaN : value);
    return ["f", bytes.toString("hex", 0, 4)];
  }
  if (schema === undefined && Number.isInteger(value) && Math.abs(value) < 2 ** 53) return ["i64", String(value === 0 ? 0 : value)];
  if (schema === undefined || schema.type === "double" || !Number.isInteger(value)) {
    bytes.writeDoubleBE(Number.isNaN(value) ? Number.NaN : value);
    return ["d", bytes.toString("hex")];
  }
  return [TAGS[schema.type] ?? "number", value];
}
