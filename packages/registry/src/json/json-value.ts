/**
 * JSON as it was written: objects keep the order of their keys (also of such as "1"), numbers keep their text (also beyond 2^53), and a key named `__proto__` is a key.
 */
export type JsonValue = null | boolean | string | JsonNumber | readonly JsonValue[] | JsonObject;

/** An object, its members in the order in which they were written. */
export type JsonObject = ReadonlyMap<string, JsonValue>;

/** A number by its text. */
export class JsonNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** The nearest double. */
  get value(): number {
    return Number(this.text);
  }

  /** The number exactly, when it has neither fraction nor exponent. */
  get integer(): bigint | undefined {
    return /^-?\d+$/.test(this.text) ? BigInt(this.text) : undefined;
  }
}

/** Whether a value is an object. */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return value instanceof Map;
}

/** Whether two values are equal: numbers by value, objects whatever the order of their keys. Bounded by the depth that the parser lets through. */
export function jsonEquals(left: JsonValue, right: JsonValue): boolean {
  if (left instanceof JsonNumber) return right instanceof JsonNumber && sameNumber(left, right);
  if (Array.isArray(left)) {
    return Array.isArray(right) && left.length === right.length && left.every((each, index) => jsonEquals(each, right[index] as JsonValue));
  }
  if (!isJsonObject(left)) return left === right;
  if (!isJsonObject(right) || left.size !== right.size) return false;
  for (const [key, value] of left) {
    const other = right.get(key);
    if (other === undefined || !jsonEquals(value, other)) return false;
  }
  return true;
}

function sameNumber(left: JsonNumber, right: JsonNumber): boolean {
  const [whole, other] = [left.integer, right.integer];
  return whole !== undefined && other !== undefined ? whole === other : left.value === right.value;
}

/** JSON text without white space; with `sortKeys` every object's keys in the order of their UTF-16 units. */
export function printJson(value: JsonValue, { sortKeys = false }: { readonly sortKeys?: boolean } = {}): string {
  if (value instanceof JsonNumber) return value.text;
  if (Array.isArray(value)) return `[${value.map((each: JsonValue) => printJson(each, { sortKeys })).join(",")}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const entries = sortKeys ? [...value].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)) : [...value];
  return `{${entries.map(([key, each]) => `${JSON.stringify(key)}:${printJson(each, { sortKeys })}`).join(",")}}`;
}
