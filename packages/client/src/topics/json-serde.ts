import { isUtf8 } from "node:buffer";
import { type StandardSchema, validated } from "@ottla/base";
import { checkBoolean, checkOptions, invalid, shown } from "../options/argument-checks.ts";
import type { Serde } from "./serde.ts";

/** How a JSON serde works. */
export interface JsonOptions {
  /** Whether what is sent is held against the schema, too. Default true. */
  readonly validateOnSend?: boolean | undefined;
}

/** JSON in UTF-8. The type is the programmer's word; nothing checks it at run time. */
export function json<Value extends {}>(): Serde<Value>;
/**
 * JSON in UTF-8 under a schema of any validator that follows Standard Schema, synchronous or not. What is read has been through the schema: it is its output, with
 * transformations and defaults. What is sent is the schema's input; it is checked and written as it was given, since its reader transforms it. Throws `ClientError`
 * INVALID_ARGUMENT.
 */
export function json<Input extends {}, Output>(schema: StandardSchema<Input, Output>, options?: JsonOptions): Serde<Input, Output>;
export function json(schema?: StandardSchema<unknown, unknown>, options?: JsonOptions): Serde<unknown> {
  checkOptions("json", options, { validateOnSend: checkBoolean });
  const { validateOnSend = true } = options ?? {};
  if (schema === undefined) return { serialize: write, deserialize: read };
  if (schema?.["~standard"]?.version !== 1) throw invalid("json: schema", schema, "a Standard Schema of version 1");
  return {
    serialize(value) {
      if (!validateOnSend) return write(value);
      const checked = validated(schema, value);
      return checked instanceof Promise ? checked.then(() => write(value)) : write(value);
    },
    deserialize: (bytes) => validated(schema, read(bytes)),
  };
}

function write(value: unknown): string {
  const text = JSON.stringify(value);
  // The text `null` is no tombstone, which is what mostly is meant by it.
  if (text === undefined || text === "null")
    throw new TypeError(`${shown(value)} has no JSON text that a reader could tell from nothing; for tombstones use nullable(json()).`);
  return text;
}

function read(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new TypeError(`${bytes.length} bytes are no UTF-8.`);
  const value: unknown = JSON.parse(bytes.toString());
  if (value === null) throw new TypeError("The JSON text is null, which no sender of this type writes.");
  return value;
}
