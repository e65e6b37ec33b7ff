import { DataError } from "./data-error.ts";
import type { ConnectField, ConnectSchema, ConnectType } from "./schema.ts";
import { checkValue } from "./check-value.ts";

/** What may be said of any schema. */
export interface SchemaOptions {
  readonly optional?: boolean | undefined;
  readonly name?: string | undefined;
  readonly version?: number | undefined;
  readonly doc?: string | undefined;
  readonly defaultValue?: unknown;
  readonly parameters?: Readonly<Record<string, string>> | undefined;
}

type Parts = SchemaOptions & Pick<ConnectSchema, "type" | "fields" | "keySchema" | "valueSchema">;

/**
 * A schema of its parts, frozen, always of one shape: whatever is derived of it is remembered under it, so it is made once and kept.
 * @throws ConnectError CONNECT_DATA where a part is missing, a field's name comes twice, or the default is no value of it.
 */
export function makeSchema(parts: Parts): ConnectSchema {
  const { type, fields, keySchema, valueSchema } = parts;
  if (type === "struct") checkFields(fields);
  if (type === "map" && (keySchema === undefined || valueSchema === undefined))
    throw new DataError("a map's schema has a schema of its keys and one of its values");
  if (type === "array" && valueSchema === undefined) throw new DataError("an array's schema has a schema of its elements");
  const schema: ConnectSchema = Object.freeze({
    type,
    optional: parts.optional ?? false,
    name: parts.name,
    version: parts.version,
    doc: parts.doc,
    defaultValue: parts.defaultValue ?? undefined,
    parameters: parts.parameters === undefined ? undefined : Object.freeze({ ...parts.parameters }),
    fields: type === "struct" ? Object.freeze(fields!.map(makeField)) : undefined,
    keySchema: type === "map" ? keySchema : undefined,
    valueSchema: type === "map" || type === "array" ? valueSchema : undefined,
  });
  if (schema.defaultValue !== undefined) checkDefault(schema);
  return schema;
}

function makeField({ name, schema }: ConnectField): ConnectField {
  return Object.freeze({ name, schema });
}

function checkFields(fields: readonly ConnectField[] | undefined): asserts fields is readonly ConnectField[] {
  if (fields === undefined) throw new DataError("a struct's schema has fields");
  const names = new Set<string>();
  for (const { name } of fields) {
    if (names.has(name)) throw new DataError(`a struct has the field "${name}" once only`);
    names.add(name);
  }
}

function checkDefault(schema: ConnectSchema): void {
  try {
    checkValue(schema, schema.defaultValue);
  } catch (error) {
    throw error instanceof DataError ? new DataError(`the default of a schema is a value of it: ${error.message}`) : error;
  }
}

/** Fields by their names, as a schema is written down: `struct({ id: int64, note: optional(string) })`. */
export function struct(
  fields: Readonly<Record<string, ConnectSchema>> | readonly ConnectField[],
  options: SchemaOptions = {},
): ConnectSchema {
  const listed = Array.isArray(fields)
    ? (fields as readonly ConnectField[])
    : Object.entries(fields).map(([name, schema]) => ({ name, schema }));
  return makeSchema({ ...options, type: "struct", fields: listed });
}

/** A list of values of one schema. */
export function array(items: ConnectSchema, options: SchemaOptions = {}): ConnectSchema {
  return makeSchema({ ...options, type: "array", valueSchema: items });
}

/** Keys and values, each of one schema. */
export function map(keySchema: ConnectSchema, valueSchema: ConnectSchema, options: SchemaOptions = {}): ConnectSchema {
  return makeSchema({ ...options, type: "map", keySchema, valueSchema });
}

/** The type that everyone knows: no name, no default. The same object at each call. */
export function plain(type: PlainType, optional = false): ConnectSchema {
  return (optional ? optionals : requireds)[type];
}

/** Types that have no parts. */
export type PlainType = Exclude<ConnectType, "array" | "map" | "struct">;

const PLAIN_TYPES: readonly PlainType[] = ["int8", "int16", "int32", "int64", "float", "double", "boolean", "string", "bytes"];
const allPlain = (optional: boolean): Readonly<Record<PlainType, ConnectSchema>> =>
  Object.fromEntries(PLAIN_TYPES.map((type) => [type, makeSchema({ type, optional })])) as Record<PlainType, ConnectSchema>;
const requireds = allPlain(false);
const optionals = allPlain(true);

const madeOptional = new WeakMap<ConnectSchema, ConnectSchema>();

/** The same schema with null as a value; of one schema always the same object. */
export function optional(schema: ConnectSchema): ConnectSchema {
  if (schema.optional) return schema;
  let made = madeOptional.get(schema);
  if (made === undefined) {
    made = makeSchema({ ...schema, optional: true });
    madeOptional.set(schema, made);
  }
  return made;
}
