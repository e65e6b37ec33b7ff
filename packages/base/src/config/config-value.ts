import { OttlaError } from "../errors.ts";
import type { ConfigKey, ConfigType, ConfigValidator, ConfigValue } from "./config-key.ts";

/** A value that its key does not allow (code `INVALID_CONFIG`). */
export class ConfigError extends OttlaError {
  override readonly name = "ConfigError";
  readonly key: string;

  constructor(key: string, message: string) {
    super("INVALID_CONFIG", message);
    this.key = key;
  }
}

/** A value as the program uses it, and its canonical text as answers show it (null: not set). */
export interface ParsedConfig {
  readonly value: ConfigValue;
  readonly text: string | null;
}

const integerBounds = {
  short: [-(2n ** 15n), 2n ** 15n - 1n],
  int: [-(2n ** 31n), 2n ** 31n - 1n],
  long: [-(2n ** 63n), 2n ** 63n - 1n],
} as const;

/**
 * Turns text into the key's type and checks it, as Kafka's ConfigDef does: surrounding white space is dropped, booleans in any
 * case, lists split at commas. Throws {@link ConfigError} with one sentence naming key, value and what is allowed;
 * the value of a password is never repeated.
 */
export function parseConfig(key: ConfigKey, text: string | null): ParsedConfig {
  if (text === null) {
    if (key.default === undefined) throw new ConfigError(key.name, `${key.name} must be set: it must be ${describeAllowed(key)}.`);
    return { value: null, text: null };
  }
  const trimmed = text.trim();
  const parsed = parseType(key, trimmed);
  if (parsed === undefined || (key.validator !== undefined && !accepts(key.validator, parsed, trimmed))) {
    const shown = key.sensitive ? "The value given" : `Value "${abbreviate(trimmed)}"`;
    throw new ConfigError(key.name, `${shown} is not allowed for ${key.name}: it must be ${describeAllowed(key)}.`);
  }
  return { value: parsed, text: canonicalText(key.type, trimmed, parsed) };
}

/** The text Kafka shows for a value: lists joined by commas, whole doubles with ".0". Null stays null. */
export function formatConfigValue(type: ConfigType, value: ConfigValue): string | null {
  if (value === null) return null;
  if (Array.isArray(value)) return value.join(",");
  return type === "double" && typeof value === "number" ? formatDouble(value) : String(value);
}

/** What a key takes, as the end of the sentence "it must be …". */
export function describeAllowed(key: Pick<ConfigKey, "type" | "validator">): string {
  const validator = key.validator;
  const typed = typeNames[key.type];
  switch (validator?.kind) {
    case undefined:
      return typed;
    case "range":
      return `${typed}${describeRange(validator)}`;
    case "oneOf":
      return `one of ${validator.values.join(", ")}`;
    case "list":
      return `${validator.mayBeEmpty ? "a" : "a non-empty"} comma-separated list${validator.values === undefined ? "" : ` of ${validator.values.join(", ")}`}`;
    case "nonEmpty":
      return "a non-empty string";
    case "custom":
      return validator.allowed;
  }
}

const typeNames: Readonly<Record<ConfigType, string>> = {
  boolean: "true or false",
  string: "a string",
  class: "a class name",
  password: "a string",
  int: "a whole number (32 bit)",
  short: "a whole number (16 bit)",
  long: "a whole number (64 bit)",
  double: "a number",
  list: "a comma-separated list",
};

function describeRange(range: { readonly min?: number; readonly max?: number }): string {
  if (range.min !== undefined && range.max !== undefined) return ` from ${range.min} to ${range.max}`;
  if (range.min !== undefined) return ` of at least ${range.min}`;
  return range.max === undefined ? "" : ` of at most ${range.max}`;
}

function parseType({ type, validator }: ConfigKey, trimmed: string): ConfigValue | undefined {
  switch (type) {
    case "boolean": {
      const lower = trimmed.toLowerCase();
      return lower === "true" ? true : lower === "false" ? false : undefined;
    }
    case "short":
    case "int":
    case "long":
      return parseInteger(type, trimmed);
    case "double":
      return parseDouble(trimmed);
    case "list":
      return parseList(trimmed, validator?.kind === "list");
    case "string":
    case "class":
    case "password":
      return trimmed;
  }
}

/** A list that is checked keeps the first of equal entries, as Kafka's does (KIP-1161). */
function parseList(trimmed: string, isSet: boolean): readonly string[] {
  if (trimmed === "") return [];
  // Not by a pattern with \s* around the comma: that takes quadratic time over spaces.
  const entries = trimmed.split(",").map((entry) => entry.trim());
  return isSet ? [...new Set(entries)] : entries;
}

function parseInteger(type: "short" | "int" | "long", trimmed: string): number | undefined {
  if (!/^[+-]?\d{1,25}$/.test(trimmed)) return undefined;
  const exact = BigInt(trimmed.replace(/^\+/, ""));
  const [min, max] = integerBounds[type];
  if (exact < min || exact > max) return undefined;
  const value = Number(exact);
  return Number.isSafeInteger(value) ? value : Math.sign(value) * Infinity;
}

function parseDouble(trimmed: string): number | undefined {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(trimmed)) return undefined;
  return Number(trimmed);
}

function accepts(validator: ConfigValidator, value: ConfigValue, trimmed: string): boolean {
  switch (validator.kind) {
    case "range":
      return typeof value === "number" && value >= (validator.min ?? -Infinity) && value <= (validator.max ?? Infinity);
    case "oneOf":
      if (validator.ignoreCase) return validator.values.some((allowed) => allowed.toLowerCase() === trimmed.toLowerCase());
      return validator.values.includes(trimmed);
    case "list":
      return isList(value) && acceptsList(validator, value);
    case "nonEmpty":
      return trimmed !== "";
    case "custom":
      return validator.accepts(value);
  }
}

function acceptsList(validator: Extract<ConfigValidator, { kind: "list" }>, entries: readonly string[]): boolean {
  if (entries.length === 0) return validator.mayBeEmpty;
  const allowed = validator.values;
  return (
    !entries.includes("") &&
    new Set(entries).size === entries.length &&
    (allowed === undefined || entries.every((entry) => allowed.includes(entry)))
  );
}

function isList(value: ConfigValue): value is readonly string[] {
  return Array.isArray(value);
}

function canonicalText(type: ConfigType, trimmed: string, value: ConfigValue): string | null {
  if (type === "short" || type === "int" || type === "long") return BigInt(trimmed.replace(/^\+/, "")).toString();
  return formatConfigValue(type, value);
}

/** Java's text of a double, which Kafka's answers carry. */
function formatDouble(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e7)) {
    const [digits = "", exponent = ""] = value.toExponential().split("e");
    return `${digits.includes(".") ? digits : `${digits}.0`}E${exponent.replace("+", "")}`;
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

function abbreviate(text: string): string {
  return text.length <= 100 ? text : `${text.slice(0, 100)}…`;
}
