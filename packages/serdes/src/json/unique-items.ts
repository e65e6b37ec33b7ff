import type { Ajv } from "ajv";

/** What ajv asks, with what it found in a property of its own. */
interface Keyword {
  (isUnique: boolean, list: readonly unknown[]): boolean;
  errors?: readonly object[] | undefined;
}

/** Puts in place of ajv's way to compare each element with all others, whose time is the square of their number, one that grows with the list. */
export function compareItemsOnce(ajv: Ajv): void {
  ajv.removeKeyword("uniqueItems");
  const validate: Keyword = (isUnique, list) => {
    const twice = isUnique ? firstTwice(list) : undefined;
    if (twice === undefined) return true;
    const [before, index] = twice;
    const message = `must NOT have duplicate items (items ## ${before} and ${index} are identical)`;
    validate.errors = [{ keyword: "uniqueItems", message, params: { i: index, j: before } }];
    return false;
  };
  ajv.addKeyword({ keyword: "uniqueItems", type: "array", schemaType: "boolean", errors: true, validate: validate as never });
}

function firstTwice(list: readonly unknown[]): readonly [number, number] | undefined {
  const seen = new Map<unknown, number>();
  for (const [index, each] of list.entries()) {
    const key = keyOf(each);
    const before = seen.get(key);
    if (before !== undefined) return [before, index];
    seen.set(key, index);
  }
  return undefined;
}

/** What equal values have in common, and no others: scalars are themselves, all else its text with its properties in order. A text that is a value begins otherwise. */
function keyOf(value: unknown): unknown {
  if (typeof value === "string") return `"${value}`;
  return typeof value === "object" && value !== null ? textOf(value) : value;
}

function textOf(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "undefined";
  if (Array.isArray(value)) return `[${value.map(textOf).join()}]`;
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${textOf((value as Readonly<Record<string, unknown>>)[name])}`).join()}}`;
}
