import type * as names from "../case-functions.ts";

/**
 * The shared functions of the README. A type that may be written in a case is a text, a number, null, or a key in a window; functions take any of them, so they compose whatever the types.
 */
export type Datum = string | number | null | WindowedDatum;

interface WindowedDatum {
  readonly key: Datum;
  readonly window: { readonly startMs: number; readonly endMs: number };
}

const TEXT_LENGTH_MAX = 16;

export function text(datum: Datum | undefined): string {
  if (datum === null || datum === undefined) return "null";
  return typeof datum === "object" ? `${text(datum.key)}@${datum.window.startMs}-${datum.window.endMs}` : String(datum);
}

export function numberOf(datum: Datum | undefined): number {
  if (datum === null || datum === undefined) return 0;
  return typeof datum === "number" ? datum : text(datum).length;
}

const lastOf = (long: string): string => long.slice(-TEXT_LENGTH_MAX);
const firstOf = (datum: Datum): string => text(datum).slice(0, 1);

function without(datum: Datum, part: Datum): string {
  const whole = text(datum);
  const at = whole.indexOf(text(part));
  return at < 0 ? whole : whole.slice(0, at) + whole.slice(at + text(part).length);
}

/** By UTF-16 units, as Java compares strings. */
const isAtLeast = (first: Datum, second: Datum): boolean => text(first) >= text(second);

/** A value function gives null for null. */
const notOfNull =
  (mapped: (value: Datum, key: Datum) => Datum) =>
  (value: Datum, key: Datum): Datum =>
    value === null ? null : mapped(value, key);

export const predicates: Readonly<Record<names.PredicateName, (value: Datum, key: Datum) => boolean>> = {
  hasA: (value) => text(value).includes("a"),
  keyHasA: (_, key) => text(key).includes("a"),
  isEven: (value) => numberOf(value) % 2 === 0,
  notNull: (value) => value !== null,
  none: () => false,
  all: () => true,
};

export const keyFunctions: Readonly<Record<names.KeyFunctionName, (value: Datum, key: Datum) => Datum>> = {
  sameKey: (_, key) => key,
  textOfKey: (_, key) => text(key),
  firstOfValue: notOfNull(firstOf),
  valueAsKey: notOfNull((value) => text(value)),
  keyAndValue: (value, key) => lastOf(`${text(key)}/${text(value)}`),
  nullKeyIfC: (value, key) => (firstOf(value) === "c" ? null : text(key)),
};

export const valueFunctions: Readonly<Record<names.ValueFunctionName, (value: Datum, key: Datum) => Datum>> = {
  same: (value) => value,
  orNone: (value) => (value === null ? "none" : text(value)),
  tag: notOfNull((value) => lastOf(`${text(value)}!`)),
  first: notOfNull(firstOf),
  length: notOfNull((value) => text(value).length),
  plusOne: notOfNull((value) => numberOf(value) + 1),
  nullIfB: notOfNull((value) => (firstOf(value) === "b" ? null : text(value))),
  withKey: notOfNull((value, key) => lastOf(`${text(key)}:${text(value)}`)),
  failIfC: notOfNull((value) => {
    if (firstOf(value) === "c") throw new Error("no value may begin with c");
    return text(value);
  }),
};

export const flatValueFunctions: Readonly<Record<names.FlatValueFunctionName, (value: Datum) => readonly Datum[]>> = {
  characters: (value) => (value === null ? [] : text(value).split("")),
  twice: (value) => [value, value],
  nothing: () => [],
};

export const flatFunctions: Readonly<Record<names.FlatFunctionName, (value: Datum, key: Datum) => readonly (readonly [Datum, Datum])[]>> = {
  swapped: (value, key) => [[text(value), text(key)]],
  spread: (value, key) => [
    [text(key), text(value)],
    [lastOf(`${text(key)}'`), text(value)],
  ],
  nothing: () => [],
};

export const initializers: Readonly<Record<names.InitializerName, () => Datum>> = { empty: () => "", zero: () => 0, null: () => null };

export const reducers: Readonly<Record<names.ReducerName, (first: Datum, second: Datum) => Datum>> = {
  concat: (first, second) => lastOf(text(first) + text(second)),
  sum: (first, second) => numberOf(first) + numberOf(second),
  last: (_, second) => second,
  max: (first, second) => (isAtLeast(first, second) ? first : second),
  without,
  minus: (first, second) => numberOf(first) - numberOf(second),
  nullIfEqual: (first, second) => (text(first) === text(second) ? null : second),
};

export const aggregators: Readonly<Record<names.AggregatorName, (aggregate: Datum, value: Datum) => Datum>> = {
  concat: (aggregate, value) => lastOf((aggregate === null ? "" : text(aggregate)) + text(value)),
  sum: (aggregate, value) => numberOf(aggregate) + numberOf(value),
  minus: (aggregate, value) => numberOf(aggregate) - numberOf(value),
  without: (aggregate, value) => (aggregate === null ? null : without(aggregate, value)),
  lastOrNull: (_, value) => (value === null ? null : text(value)),
  nullIfB: (_, value) => (firstOf(value) === "b" ? null : text(value)),
  countNulls: (aggregate, value) => numberOf(aggregate) + (value === null ? 1 : 0),
};

export const mergers: Readonly<Record<names.MergerName, (first: Datum, second: Datum) => Datum>> = {
  concat: (first, second) => lastOf((first === null ? "" : text(first)) + (second === null ? "" : text(second))),
  sum: (first, second) => numberOf(first) + numberOf(second),
};

export const joiners: Readonly<Record<names.JoinerName, (left: Datum, right: Datum) => Datum>> = {
  pair: (left, right) => lastOf(`(${text(left)},${text(right)})`),
  left: notOfNull((left) => text(left)),
  right: (_, right) => (right === null ? null : text(right)),
  sum: (left, right) => numberOf(left) + numberOf(right),
  nullIfEqual: (left, right) => (text(left) === text(right) ? null : lastOf(text(left) + text(right))),
};

export const foreignKeys: Readonly<Record<names.ForeignKeyName, (value: Datum, key: Datum) => Datum>> = {
  keyFirst: (_, key) => firstOf(key),
  first: notOfNull(firstOf),
  second: notOfNull((value) => text(value).slice(1, 2) || null),
  nullIfB: notOfNull((value) => (firstOf(value) === "b" ? null : firstOf(value))),
};
