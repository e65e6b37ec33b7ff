import { sortInSlices, type TimeSlice } from "@ottla/base";

/** So many names are looked at before the time is. */
const AT_ONCE = 64;

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

/** Searches, sorts and cuts, with rests in between where there are many rows. Rows that are equal by the column stand by name. */
export async function pageOf<Row extends object>(
  slice: TimeSlice,
  all: readonly Row[],
  nameOf: (row: Row) => string,
  columnOf: (row: Row, column: string) => string | number | undefined,
  { search, sort, order, page, pageSize }: PageQuery,
): Promise<Page<Row>> {
  const sign = order === "ascending" ? 1 : -1;
  const found = await sortInSlices(slice, await searched(slice, all, nameOf, search), (a, b) => {
    const difference = compare(columnOf(a, sort), columnOf(b, sort), sign);
    return difference === 0 ? compareText(nameOf(a), nameOf(b)) : difference;
  });
  const pages = Math.max(1, Math.ceil(found.length / pageSize));
  // A page that is gone since rows went is the last one.
  const shown = Math.min(page, pages - 1);
  return { rows: found.slice(shown * pageSize, (shown + 1) * pageSize), found: found.length, total: all.length, page: shown, pageSize };
}

/** The rows whose names have all of the words in them, whatever their case, in their order. */
export async function searched<Row>(
  slice: TimeSlice,
  all: readonly Row[],
  nameOf: (row: Row) => string,
  search: string,
): Promise<readonly Row[]> {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return all;
  const found: Row[] = [];
  for (const [i, row] of all.entries()) {
    if (hasAllWords(nameOf(row).toLowerCase(), words)) found.push(row);
    if (i % AT_ONCE === 0 && slice.isOver) await slice.rest();
  }
  return found;
}

/** Whether all of the words are in the name; both in small letters. */
function hasAllWords(name: string, words: readonly string[]): boolean {
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
