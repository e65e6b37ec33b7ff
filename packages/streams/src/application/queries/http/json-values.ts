import { StreamsError } from "../../../streams-error.ts";
import type { QueryableStore } from "../queryable-stores.ts";

/** Values as JSON: whole numbers beyond 2^53 as texts, bytes as base64, maps as objects, sets as lists, numbers that JSON has not as texts. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, function (this: Record<string, unknown>, name, plain: unknown) {
    // What turns itself into JSON has done so by now.
    const given = this[name];
    if (given instanceof Uint8Array) return Buffer.from(given.buffer, given.byteOffset, given.byteLength).toString("base64");
    if (typeof given === "bigint") return isSafe(given) ? Number(given) : String(given);
    if (typeof given === "number" && !Number.isFinite(given)) return String(given);
    if (given instanceof Map) return Object.fromEntries(given);
    if (given instanceof Set) return [...given];
    return plain;
  });
}

function isSafe(value: bigint): boolean {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER);
}

/** Makes a key of the text that stands in an URL. Throws what it likes. */
export type KeyReader = (text: string) => unknown;

/**
 * A key as it stands in an URL: of a serde for texts or UUIDs the text itself, for numbers and booleans their JSON, for bytes base64 (URL-safe or not), else JSON, or the text where it is none. Throws `STREAMS_BAD_ARGUMENT`.
 */
export function keyFromText({ name, key: serde }: QueryableStore, text: string, reader: KeyReader | undefined): unknown {
  try {
    if (reader !== undefined) return reader(text);
    switch (serde.name) {
      case "string":
      case "uuid":
        return text;
      case "long":
      case "integer":
      case "short":
      case "float":
      case "double":
        return numberFrom(text);
      case "bigint":
        return BigInt(text);
      case "boolean":
        return booleanFrom(text);
      case "bytes":
        return Buffer.from(text, "base64url");
      default:
        return jsonOrText(text);
    }
  } catch (cause) {
    throw new StreamsError(
      "STREAMS_BAD_ARGUMENT",
      `"${text.slice(0, 100)}" is no key of store ${name}, whose keys are written by serde ${serde.name}.`,
      { cause },
    );
  }
}

function numberFrom(text: string): number {
  const number = text.trim() === "" ? Number.NaN : Number(text);
  if (!Number.isFinite(number)) throw new TypeError("no number");
  return number;
}

function booleanFrom(text: string): boolean {
  if (text !== "true" && text !== "false") throw new TypeError("no boolean");
  return text === "true";
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
