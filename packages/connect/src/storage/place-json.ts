import type { SourcePlace } from "../data/connect-record.ts";

/** A place as JSON, names in the order in which the plugin has them: compaction compares bytes. Whole numbers beyond 2^53 keep every digit. */
export function placeText(place: SourcePlace | null): string {
  return JSON.stringify(place, (_name, value: unknown) => (typeof value === "bigint" ? rawJson(value.toString()) : value));
}

/** Whole numbers of so many digits are none of a place; to read a million of them takes long. */
const DIGITS_MAX = 100;
/** Fewer digits are within 2^53. */
const LARGE = /\d{16}/;

/** JSON's value; a whole number beyond 2^53 is a bigint. Throws SyntaxError, and where it is nested too deep RangeError. */
export function parsePlaceJson(text: string): unknown {
  if (!LARGE.test(text)) return JSON.parse(text);
  return JSON.parse(text, function (this: unknown, _name: string, value: unknown, ...rest: readonly unknown[]): unknown {
    if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
    const source = (rest[0] as { readonly source?: string } | undefined)?.source;
    if (source === undefined || !/^-?\d+$/.test(source)) return value;
    if (source.length > DIGITS_MAX) throw new SyntaxError(`A whole number of a place has at most ${DIGITS_MAX} digits.`);
    return BigInt(source);
  });
}

/** More is nested by nobody, and what is nested by the thousand cannot be written again. */
const DEPTH_MAX = 20;

/** A place of a source is an object of texts, numbers, flags and, at most 20 deep, of more such objects and arrays. */
export function isPlace(value: unknown): value is SourcePlace {
  return typeof value === "object" && value !== null && !Array.isArray(value) && isShallow(value, DEPTH_MAX);
}

function isShallow(value: unknown, depthMax: number): boolean {
  if (typeof value === "object")
    return value === null || (depthMax > 0 && Object.values(value).every((each) => isShallow(each, depthMax - 1)));
  if (typeof value === "number") return Number.isFinite(value);
  // JSON leaves out what is undefined.
  return typeof value === "string" || typeof value === "boolean" || typeof value === "bigint" || value === undefined;
}

/** One text for equal places, whatever the order of their names. */
export function placeKey(place: SourcePlace): string {
  return placeText(sorted(place) as SourcePlace);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, each]) => [name, sorted(each)]),
  );
}

/** Text that is JSON already (`JSON.rawJSON`, which the types do not know yet). */
const rawJson = (JSON as unknown as { readonly rawJSON: (text: string) => unknown }).rawJSON;
