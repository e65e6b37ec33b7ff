import { covers, isEmpty, type VersionRange } from "./versions.ts";

interface Segment {
  readonly range: VersionRange;
  readonly text: string;
}

/** Cuts a range of versions into the stretches that give the same text. */
function segments(range: VersionRange, textOf: (version: number) => string): Segment[] {
  const result: Segment[] = [];
  for (let version = range.first; version <= range.last; version++) {
    const text = textOf(version);
    const last = result.at(-1);
    if (last !== undefined && last.text === text) result[result.length - 1] = { range: { first: last.range.first, last: version }, text };
    else result.push({ range: { first: version, last: version }, text });
  }
  return result;
}

/** One expression for all versions of the range, newest first: `version >= 9 ? a : b`. */
export function versionedExpression(range: VersionRange, textOf: (version: number) => string): string {
  const [oldest, ...newer] = segments(range, textOf);
  const tail = oldest!.text;
  return newer.reduce((rest, { range: { first }, text }) => `version >= ${first} ? ${text} : ${rest}`, tail);
}

/** One statement for all versions of the range: `if (version >= 9) a; else b;`. */
export function versionedStatement(range: VersionRange, textOf: (version: number) => string): string[] {
  const parts = segments(range, textOf).reverse();
  return parts.map(({ range: { first }, text }, i) => {
    const branch = i === parts.length - 1 ? "" : `if (version >= ${first}) `;
    return `${i === 0 ? "" : "else "}${branch}${text}`;
  });
}

/** The test that a version out of `range` lies in `inner`; empty where it always does. */
export function versionCondition(inner: VersionRange, range: VersionRange): string {
  if (covers(inner, range)) return "";
  if (isEmpty(inner)) return "false";
  const tests: string[] = [];
  if (inner.first > range.first) tests.push(`version >= ${inner.first}`);
  if (inner.last < range.last) tests.push(`version <= ${inner.last}`);
  return tests.join(" && ");
}
