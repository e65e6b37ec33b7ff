import { printableJson } from "@ottla/base";

const CHARACTERS_MAX = 4_000;

/** A log line's field as JSON can have it: an error is its message and what it came from, long texts are cut. */
export function portableField(value: unknown): unknown {
  if (value instanceof Error) {
    const cause = value.cause instanceof Error && value.cause !== value ? ` (${value.cause.message})` : "";
    return `${value.message}${cause}`.slice(0, CHARACTERS_MAX);
  }
  switch (typeof value) {
    case "string":
      return value.slice(0, CHARACTERS_MAX);
    case "object":
      return value === null ? null : printableJson(value).slice(0, CHARACTERS_MAX);
    case "bigint":
    case "function":
    case "symbol":
      return value.toString().slice(0, CHARACTERS_MAX);
    case "number":
    case "boolean":
    case "undefined":
      return value;
  }
}
