import { isJsonObject, JsonNumber, type JsonValue, printJson } from "../../json/json-value.ts";

/** The types by which values are told apart; every integer is a number as well. */
export type ValueType = "null" | "boolean" | "string" | "integer" | "number" | "array" | "object";

/** All values, as types: a number is also each integer. */
export const allTypes: readonly ValueType[] = ["null", "boolean", "string", "number", "array", "object"];

const LONGEST_EXACT = 400;

/** A text that is equal for equal values: numbers by value, objects whatever the order of their keys. */
export function valueKey(value: JsonValue): string {
  if (value instanceof JsonNumber) return numberKey(value);
  if (Array.isArray(value)) return `[${value.map((each: JsonValue) => valueKey(each)).join(",")}]`;
  if (!isJsonObject(value)) return printJson(value);
  const members = [...value].map(([key, each]) => `${JSON.stringify(key)}:${valueKey(each)}`);
  return `{${members.sort().join(",")}}`;
}

function numberKey(number: JsonNumber): string {
  const whole = number.text.length > LONGEST_EXACT ? undefined : number.integer;
  if (whole !== undefined) return String(whole);
  return Number.isFinite(number.value) ? String(number.value + 0) : number.text;
}

/** The type of a value. */
export function typeOfValue(value: JsonValue): ValueType {
  if (value === null) return "null";
  if (typeof value === "boolean") return "boolean";
  if (typeof value === "string") return "string";
  if (value instanceof JsonNumber) return isWhole(value) ? "integer" : "number";
  return Array.isArray(value) ? "array" : "object";
}

function isWhole(number: JsonNumber): boolean {
  return /^-?\d+$/.test(number.text) || Number.isInteger(number.value);
}

/** Whether `types` take a value of `type`. */
export function takesType(types: ReadonlySet<ValueType>, type: ValueType): boolean {
  return types.has(type) || (type === "integer" && types.has("number"));
}

/** What both take. */
export function commonTypes(left: ReadonlySet<ValueType>, right: ReadonlySet<ValueType>): ReadonlySet<ValueType> {
  const common = [...left].filter((type) => takesType(right, type));
  return new Set([...common, ...[...right].filter((type) => takesType(left, type))]);
}

/** Below zero when left is less, above when it is more; exact for whole numbers of any size. */
export function compareNumbers(left: JsonNumber, right: JsonNumber): number {
  if (Math.max(left.text.length, right.text.length) <= LONGEST_EXACT) {
    const [whole, other] = [left.integer, right.integer];
    if (whole !== undefined && other !== undefined) return whole < other ? -1 : whole > other ? 1 : 0;
  }
  return left.value - right.value;
}

/** Whether `number` is a multiple of `factor`, exactly as far as both have few digits; else no. */
export function isMultiple(number: JsonNumber, factor: JsonNumber): boolean {
  const [left, right] = [scaled(number), scaled(factor)];
  if (left === undefined || right === undefined || right.digits === 0n) return false;
  const scale = Math.max(left.scale, right.scale);
  return (left.digits * 10n ** BigInt(scale - left.scale)) % (right.digits * 10n ** BigInt(scale - right.scale)) === 0n;
}

function scaled(number: JsonNumber): { readonly digits: bigint; readonly scale: number } | undefined {
  const parts = number.text.length > LONGEST_EXACT ? null : /^(-?\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(number.text);
  if (parts === null) return undefined;
  const [, whole = "", fraction = "", exponent = "0"] = parts;
  const scale = fraction.length - Number(exponent);
  if (Math.abs(scale) > LONGEST_EXACT) return undefined;
  const digits = BigInt(whole + fraction);
  return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 };
}

/** Whether a name is taken by a pattern. A pattern is never run: only what begins, ends or is a plain text can be said. */
export function matchesPattern(pattern: string, name: string): "yes" | "no" | "maybe" {
  if (/^\^?(?:\.\*)?\$?$/.test(pattern) && pattern !== "^$") return /[\n\r\u2028\u2029]/.test(name) ? "maybe" : "yes";
  const parts = /^(\^?)((?:[\w\- :/@]|\\[.\-_$])*)(?:\.\*)?(\$?)$/.exec(pattern);
  if (parts === null) return "maybe";
  const [, begins, text = "", ends] = parts;
  const plain = text.replaceAll("\\", "");
  const isOpenAtEnd = pattern.endsWith(".*") || pattern.endsWith(".*$");
  if (isOpenAtEnd && ends !== "" && /[\n\r\u2028\u2029]/.test(name)) return "maybe";
  if (begins !== "" && ends !== "" && !isOpenAtEnd) return name === plain ? "yes" : "no";
  if (begins !== "") return name.startsWith(plain) ? "yes" : "no";
  if (ends !== "" && !isOpenAtEnd) return name.endsWith(plain) ? "yes" : "no";
  return name.includes(plain) ? "yes" : "no";
}
