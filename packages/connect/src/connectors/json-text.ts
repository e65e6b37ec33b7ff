import { valueText } from "../data/value-text.ts";
import type { ConnectSchema } from "../data/schema.ts";
import { isDecimal } from "../data/decimal.ts";

/** A value for a system that has no types: a text as it is, everything else as JSON; bytes within others in base64, times in ISO 8601, decimals and large numbers as numbers of any digits. */
export function jsonText(schema: ConnectSchema | undefined, value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return valueText(schema, value);
  return partText(value);
}

function partText(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object") return JSON.stringify(value) ?? "null";
  if (value instanceof Uint8Array) return JSON.stringify(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64"));
  if (value instanceof Date) return JSON.stringify(value);
  if (isDecimal(value)) return valueText(undefined, value);
  if (Array.isArray(value)) return `[${value.map(partText).join(",")}]`;
  const entries = value instanceof Map ? [...value].map(([key, item]) => [String(key), item] as const) : Object.entries(value);
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${partText(item)}`).join(",")}}`;
}
