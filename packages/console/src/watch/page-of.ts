/** What part of a table is asked for. */
export interface PageQuery {
  /** Rows whose name has this in it, whatever its case; several words must all be there. */
  readonly search: string;
  /** The column to sort by; rows of which it is not known come last. */
  readonly sort: string;
  readonly order: "ascending" | "descending";
  /** From 0. */
  readonly page: number;
  readonly pageSize: number;
}

/** A part of a table. */
export interface Page<Row> {
  readonly rows: readonly Row[];
  /** How many rows fit the search. */
  readonly found: number;
  /** How many there are. */
  readonly total: number;
  readonly page: number;
  readonly pageSize: number;
}

/** Searches, sorts and cuts. Rows that are equal by the column stand by name. */
export function pageOf<Row extends object>(
  all: readonly Row[],
  nameOf: (row: Row) => string,
  columnOf: (row: Row, column: string) => string | number | undefined,
  { search, sort, order, page, pageSize }: PageQuery,
): Page<Row> {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const found = words.length === 0 ? [...all] : all.filter((row) => hasAllWords(nameOf(row).toLowerCase(), words));
  const sign = order === "ascending" ? 1 : -1;
  found.sort((a, b) => {
    const difference = compare(columnOf(a, sort), columnOf(b, sort), sign);
    return difference === 0 ? compareText(nameOf(a), nameOf(b)) : difference;
  });
  const pages = Math.max(1, Math.ceil(found.length / pageSize));
  // A page that is gone since rows went is the last one.
  const shown = Math.min(page, pages - 1);
  return { rows: found.slice(shown * pageSize, (shown + 1) * pageSize), found: found.length, total: all.length, page: shown, pageSize };
}

/** Whether all of the words are in the name; both in small letters. */
export function hasAllWords(name: string, words: readonly string[]): boolean {
  return words.every((word) => name.includes(word));
}

function compare(a: string | number | undefined, b: string | number | undefined, sign: number): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  if (typeof a === "number" && typeof b === "number") return sign * (a - b);
  return sign * compareText(String(a), String(b));
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
