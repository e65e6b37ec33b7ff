import { isUtf8 } from "node:buffer";
import { type StandardSchema, validated } from "@ottla/base";
import { refuse } from "./refuse.ts";
import type { Serde } from "./serde.ts";

/** JSON in UTF-8, by the rules of `JSON.stringify`. The type is the programmer's word; nothing checks it at run time. Keys: property order makes other bytes, hence other keys. */
export function json<T extends {}>(): Serde<T>;
/**
 * JSON in UTF-8 under a schema of any validator that follows Standard Schema (zod, valibot, arktype, …) and is synchronous. What is read is the schema's output; what is written is held
 * against the schema, too, so its output must be an input as well: a schema that transforms a type into another one is refused by the compiler.
 */
export function json<T extends {}>(schema: StandardSchema<T, T>): Serde<T>;
export function json(schema?: StandardSchema<unknown, unknown>): Serde<unknown> {
  if (schema === undefined)
    return { name: "json", serialize: (_topic, value) => write(value), deserialize: (_topic, bytes) => read(bytes) };
  if (schema["~standard"]?.version !== 1) refuse("json", schema, "a Standard Schema of version 1");
  return {
    name: `json(${schema["~standard"].vendor})`,
    serialize(_topic, value) {
      atOnce(validated(schema, value));
      return write(value);
    },
    deserialize: (_topic, bytes) => atOnce(validated(schema, read(bytes))),
  };
}

/** A topology is synchronous, so its schemas are. */
function atOnce(value: unknown): unknown {
  if (!(value instanceof Promise)) return value;
  value.catch(() => {});
  throw new TypeError("The schema validates asynchronously, which no serde of a topology can wait for.");
}

function write(value: unknown): Uint8Array {
  if (value instanceof Promise) {
    value.catch(() => {});
    refuse("json", value, "a value, and waits for no promise");
  }
  if (value instanceof Map || value instanceof Set) refuse("json", value, "what JSON can tell; of a Map or Set it tells nothing");
  const text = JSON.stringify(value);
  // The text `null` would come back as a null that is no tombstone.
  if (text === undefined || text === "null") refuse("json", value, "what has a JSON text other than null; null itself needs no serde");
  return Buffer.from(text);
}

function read(bytes: Uint8Array): unknown {
  if (!isUtf8(bytes)) throw new TypeError(`${bytes.length} bytes are no UTF-8.`);
  const value: unknown = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString());
  if (value === null) throw new TypeError("The JSON text is null, which this serde never writes.");
  return value;
}
