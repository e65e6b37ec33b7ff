/** An inclusive range of message versions; empty when `last < first`. */
export interface VersionRange {
  readonly first: number;
  readonly last: number;
}

export const noVersions: VersionRange = { first: 1, last: 0 };

/** Reads "4-18", "12+", "3" or "none". */
export function parseVersions(text: string | undefined): VersionRange {
  if (text === undefined || text === "none") return noVersions;
  const match = /^(\d+)(?:(\+)|-(\d+))?$/.exec(text);
  if (match === null) throw new Error(`"${text}" is no version range.`);
  const first = Number(match[1]);
  if (match[2] !== undefined) return { first, last: Number.POSITIVE_INFINITY };
  return { first, last: match[3] === undefined ? first : Number(match[3]) };
}

export function formatVersions({ first, last }: VersionRange): string {
  if (last < first) return "none";
  if (last === Number.POSITIVE_INFINITY) return `${first}+`;
  return first === last ? `${first}` : `${first}-${last}`;
}

export function isEmpty(range: VersionRange): boolean {
  return range.last < range.first;
}

export function intersect(a: VersionRange, b: VersionRange): VersionRange {
  return { first: Math.max(a.first, b.first), last: Math.min(a.last, b.last) };
}

/** The smallest range that holds both. */
export function hull(a: VersionRange, b: VersionRange): VersionRange {
  if (isEmpty(a)) return b;
  if (isEmpty(b)) return a;
  return { first: Math.min(a.first, b.first), last: Math.max(a.last, b.last) };
}

export function covers(outer: VersionRange, inner: VersionRange): boolean {
  return isEmpty(inner) || (outer.first <= inner.first && outer.last >= inner.last);
}
