import { isPlainObject } from "../../data/check-value.ts";
import { DataError } from "../../data/data-error.ts";
import { array, makeSchema, optional, plain } from "../../data/make-schema.ts";
import { sameSchema } from "../../data/same-schema.ts";
import type { ConnectField, ConnectSchema, SchemaAndValue } from "../../data/schema.ts";
import { fieldOf, setField } from "../../data/struct-value.ts";
import { NumberText, readJson } from "../../converters/json/read-json.ts";

const INT32 = 2n ** 31n;
const INT64 = 2n ** 63n;
/** Deeper, a payload stays the text that it is. */
const DEPTH_MAX = 100;

/** A text of JSON, an object or a list, as a value with the schema that is in it; undefined for what is none, or has no schema: it stays the text that it is. */
export function expandJson(text: string, nulls: "ignore" | "optional_bytes"): SchemaAndValue | undefined {
  if (!text.startsWith("{") && !text.startsWith("[")) return undefined;
  try {
    const json = readJson(text, "all");
    const schema = schemaIn(json, "payload", { nulls, depth: 0 });
    return schema === undefined ? undefined : { schema, value: valueIn(schema, json) };
  } catch (error) {
    if (error instanceof DataError) return undefined;
    throw error;
  }
}

interface Place {
  readonly nulls: "ignore" | "optional_bytes";
  readonly depth: number;
}

/** Undefined for null, and for a list of nothing. @throws ConnectError CONNECT_DATA */
function schemaIn(json: unknown, name: string, place: Place): ConnectSchema | undefined {
  if (place.depth > DEPTH_MAX) throw new DataError("deeper than is taken");
  if (json === null) return place.nulls === "optional_bytes" ? plain("bytes", true) : undefined;
  if (typeof json === "string") return plain("string", true);
  if (typeof json === "boolean") return plain("boolean", true);
  if (json instanceof NumberText) return plain(numberType(json.text), true);
  const within = { ...place, depth: place.depth + 1 };
  if (Array.isArray(json)) {
    const items = itemsIn(json, name, within);
    return items === undefined ? undefined : array(items, { optional: true });
  }
  const fields = Object.entries(json as object).flatMap(([key, part]): readonly ConnectField[] => {
    if (key === "") throw new DataError("a field without a name");
    const schema = schemaIn(part, `${name}.${key}`, within);
    return schema === undefined ? [] : [{ name: key, schema }];
  });
  return makeSchema({ type: "struct", optional: true, name, fields });
}

/** One schema for all elements: what is null says nothing, objects have the fields of all. */
function itemsIn(list: readonly unknown[], name: string, place: Place): ConnectSchema | undefined {
  let items: ConnectSchema | undefined;
  for (const json of list) {
    if (json === null) continue;
    const schema = schemaIn(json, name, place);
    if (schema === undefined) throw new DataError("a list of nothing within a list");
    items = items === undefined ? schema : merged(items, schema);
  }
  if (items === undefined && list.length > 0) throw new DataError("a list of null alone");
  return items !== undefined && list.includes(null) ? optional(items) : items;
}

function merged(before: ConnectSchema, next: ConnectSchema): ConnectSchema {
  if (sameSchema(before, next)) return before;
  if (before.type === "array" && next.type === "array") return array(merged(before.valueSchema!, next.valueSchema!), { optional: true });
  if (before.type !== "struct" || next.type !== "struct") throw new DataError("elements of more than one type");
  const own = new Map(before.fields!.map((field) => [field.name, field.schema]));
  const fields = next.fields!.map(({ name, schema }) => ({ name, schema: own.has(name) ? merged(own.get(name)!, schema) : schema }));
  const names = new Set(fields.map(({ name }) => name));
  return makeSchema({ type: "struct", name: before.name, fields: [...fields, ...before.fields!.filter(({ name }) => !names.has(name))] });
}

function numberType(text: string): "int32" | "int64" | "double" {
  if (!/^-?\d{1,20}$/.test(text)) {
    if (/^-?\d+$/.test(text)) throw new DataError("a whole number beyond int64");
    return "double";
  }
  const whole = BigInt(text);
  if (whole >= -INT32 && whole < INT32) return "int32";
  if (whole >= -INT64 && whole < INT64) return "int64";
  throw new DataError("a whole number beyond int64");
}

function valueIn(schema: ConnectSchema, json: unknown): unknown {
  if (json === null || json === undefined) return null;
  if (json instanceof NumberText) return schema.type === "int64" ? BigInt(json.text) : Number(json.text);
  if (schema.type === "array") return (json as readonly unknown[]).map((item) => valueIn(schema.valueSchema!, item));
  if (schema.type !== "struct" || !isPlainObject(json)) return json;
  const value: Record<string, unknown> = {};
  for (const field of schema.fields!) setField(value, field.name, valueIn(field.schema, fieldOf(json, field.name)));
  return value;
}
