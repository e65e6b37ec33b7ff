import type { SourcePlace } from "../data/connect-record.ts";

/** A place as JSON, names in the order in which the plugin has them: compaction compares bytes. Whole numbers beyond 2^53 keep every digit. */
export function placeText(place: SourcePlace | null): string {
  return JSON.stringify(place, (_name, value: unknown) => (typeof value === "bigint" ? rawJson(value.toString()) : value));
}

/** JSON's value; a whole number beyond 2^53 is a bigint. Throws SyntaxError. */
export function parsePlaceJson(text: string): unknown {
  return JSON.parse(text, function (this: unknown, _name: string, value: unknown, ...rest: readonly unknown[]): unknown {
    if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
    const source = (rest[0] as { readonly source?: string } | undefined)?.source;
    return source !== undefined && /^-?\d+$/.test(source) ? BigInt(source) : value;
  });
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
