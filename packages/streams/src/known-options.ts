import { StreamsError } from "./streams-error.ts";

/** What an option has to be, and whether a value is it. */
interface Rule {
  readonly wanted: string;
  readonly holds: (value: unknown) => boolean;
}

const whole = (least: number): Rule => ({
  wanted: `a whole number of at least ${least}`,
  holds: (value) => Number.isSafeInteger(value) && (value as number) >= least,
});
/** What bounds nothing is written so, too. */
const bound: Rule = {
  wanted: "a whole number of at least 0, or Infinity",
  holds: (value) => typeof value === "number" && value >= 0 && (Number.isInteger(value) || value === Infinity),
};
const flag: Rule = { wanted: "true or false", holds: (value) => typeof value === "boolean" };
const text: Rule = { wanted: "a text", holds: (value) => typeof value === "string" && value !== "" };
const call: Rule = { wanted: "a function", holds: (value) => typeof value === "function" };
const serde: Rule = {
  wanted: "a serde, with functions serialize and deserialize",
  holds: (value) => hasFunction(value, "serialize") || hasFunction(value, "deserialize"),
};
const oneOf = (...words: readonly string[]): Rule => ({
  wanted: words.map((word) => `"${word}"`).join(" or "),
  holds: (value) => words.includes(value as string),
});
const texts: Rule = {
  wanted: "an object of texts",
  holds: (value) => isObject(value) && Object.values(value).every((each) => typeof each === "string"),
};

/** Options have one meaning wherever they are taken. */
const rules: Readonly<Record<string, Rule>> = {
  storeName: text,
  key: serde,
  value: serde,
  otherValue: serde,
  timestamp: call,
  partitioner: call,
  logging: flag,
  caching: flag,
  retainDuplicates: flag,
  persistent: { wanted: "true or false", holds: (value) => typeof value === "boolean" || value === "asTopology" },
  changelogConfig: texts,
  stores: { wanted: "a list of stores' names", holds: (value) => Array.isArray(value) },
  store: {
    wanted: "a store's name, or an object that says more",
    holds: (value) => typeof value === "string" || (isObject(value) && !Array.isArray(value) && !(value instanceof Promise)),
  },
  historyRetentionMs: bound,
  retentionMs: bound,
  windowSizeMs: bound,
  limitMs: whole(0),
  graceMs: whole(0),
  maxRecords: bound,
  maxBytes: bound,
  until: oneOf("windowCloses", "timeLimit"),
  whenFull: oneOf("emit", "shutdown"),
  offsetReset: {
    wanted: '"earliest", "latest", "none" or { byDurationMs }',
    holds: (value) =>
      ["earliest", "latest", "none"].includes(value as string) ||
      (isObject(value) && bound.holds((value as { readonly byDurationMs?: unknown }).byDurationMs)),
  },
};

/** Refuses options that mean nothing (`STREAMS_BAD_ARGUMENT`): taken as they are, a bound would be none, and the text "false" would be true. */
export function checkKnownOptions(options: object | undefined): void {
  for (const [name, value] of Object.entries(options ?? {})) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (rule === undefined || value === undefined) continue;
    if (!rule.holds(value)) throw new StreamsError("STREAMS_BAD_ARGUMENT", `${name} is ${told(value)}, and has to be ${rule.wanted}.`);
    if (name === "store" && typeof value === "object") checkKnownOptions(value as object);
  }
}

/** Any value as it would be written, or in a few words where it cannot be. */
export function shown(value: unknown): string {
  if (!isObject(value) || Object.getPrototypeOf(value) === null) return told(value);
  try {
    return JSON.stringify(value);
  } catch {
    return told(value);
  }
}

/** Any value in a few words: a symbol is no text, nor is an object without a prototype. */
export function told(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "function") return "a function";
  if (typeof value === "symbol") return "a symbol";
  if (typeof value === "bigint") return `${value}n`;
  if (Array.isArray(value)) return "a list";
  return isObject(value) ? "an object" : String(value);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function hasFunction(value: unknown, name: string): boolean {
  return (isObject(value) || typeof value === "function") && typeof (value as Readonly<Record<string, unknown>>)[name] === "function";
}
