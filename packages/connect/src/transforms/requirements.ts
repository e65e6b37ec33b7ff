import { isPlainObject } from "../data/check-value.ts";
import { DataError, shown } from "../data/data-error.ts";
import { makeSchema } from "../data/make-schema.ts";
import type { ConnectField, ConnectSchema } from "../data/schema.ts";
import { fieldOf } from "../data/struct-value.ts";
import { list } from "../plugin/config-shape.ts";

type Fields = Readonly<Record<string, unknown>>;

/** The fields of a struct. @throws ConnectError CONNECT_DATA */
export function structOf(schema: ConnectSchema, value: unknown, purpose: string): Fields {
  if (schema.type === "struct" && isPlainObject(value)) return value;
  throw new DataError(`${purpose} works on a struct, not on ${value === null ? "null" : schema.type}`);
}

/** The entries of a value without a schema. @throws ConnectError CONNECT_DATA */
export function objectOf(value: unknown, purpose: string): Fields {
  if (isPlainObject(value)) return value;
  throw new DataError(`${purpose} works on an object where there is no schema, not on ${shown(value)}`);
}

/** @throws ConnectError CONNECT_DATA */
export function fieldsOf(schema: ConnectSchema, purpose: string): readonly ConnectField[] {
  if (schema.fields !== undefined) return schema.fields;
  throw new DataError(`${purpose} works on a struct, not on ${schema.type}`);
}

/** What a field holds; where it is null, its default if `useDefault` says so. */
export function readField(value: Fields, { name, schema }: ConnectField, useDefault: boolean): unknown {
  const found = fieldOf(value, name) ?? null;
  return found === null && useDefault && schema.defaultValue !== undefined ? schema.defaultValue : found;
}

/** Another struct with the name, version, documentation and parameters of one; neither optional nor with a default. */
export function structLike({ name, version, doc, parameters }: ConnectSchema, fields: readonly ConnectField[]): ConnectSchema {
  return makeSchema({ type: "struct", fields, name, version, doc, parameters });
}

/** A copy of a struct's value; where `useDefault` says so, null is the default of its field. */
export function structCopier(schema: ConnectSchema, useDefault: boolean): (value: Fields) => Record<string, unknown> {
  const withDefault = useDefault ? schema.fields!.filter((field) => field.schema.defaultValue !== undefined) : [];
  if (withDefault.length === 0) return (value) => ({ ...value });
  return (value) => {
    const copy: Record<string, unknown> = { ...value };
    for (const field of withDefault) copy[field.name] = readField(value, field, true);
    return copy;
  };
}

/** Names, at least one. */
export const names = () =>
  list().with({
    validator: {
      kind: "custom",
      allowed: "a list of one name or more",
      accepts: (value) => Array.isArray(value) && value.length > 0,
    },
  });
