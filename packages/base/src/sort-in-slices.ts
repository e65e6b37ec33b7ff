import type { TimeSlice } from "./time-slice.ts";

const SORTED_AT_ONCE = 1024;
const MERGED_AT_ONCE = 256;

/** Negative: `a` comes first; 0: they stay as they are to each other. */
type Compare<Item> = (a: Item, b: Item) => number;

/** The items in their order as `toSorted` has them, with rests in between where there are many. Texts need no `compare`: they are in the order of their UTF-16 units. */
export async function sortInSlices(slice: TimeSlice, texts: readonly string[]): Promise<string[]>;
export async function sortInSlices<Item>(slice: TimeSlice, items: readonly Item[], compare: Compare<Item>): Promise<Item[]>;
export async function sortInSlices<Item>(slice: TimeSlice, items: readonly Item[], compare?: Compare<Item>): Promise<Item[]> {
  const isBehind = compare === undefined ? (a: Item, b: Item): boolean => a > b : (a: Item, b: Item): boolean => compare(a, b) > 0;
  let runs: Item[][] = [];
  for (let at = 0; at < items.length; at += SORTED_AT_ONCE) {
    if (slice.isOver) await slice.rest();
    runs.push(items.slice(at, at + SORTED_AT_ONCE).sort(compare));
  }
  while (runs.length > 1) {
    const merged: Item[][] = [];
    for (let at = 0; at < runs.length; at += 2) {
      if (slice.isOver) await slice.rest();
      merged.push(await merge(slice, runs[at]!, runs[at + 1] ?? [], isBehind));
    }
    runs = merged;
  }
  return runs[0] ?? [];
}

async function merge<Item>(
  slice: TimeSlice,
  left: readonly Item[],
  right: readonly Item[],
  isBehind: (a: Item, b: Item) => boolean,
): Promise<Item[]> {
  // As most are that were sorted before.
  if (left.length === 0 || right.length === 0 || !isBehind(left.at(-1)!, right[0]!)) return left.concat(right);
  const merged: Item[] = [];
  let l = 0;
  let r = 0;
  while (l < left.length && r < right.length) {
    const isLeft = !isBehind(left[l]!, right[r]!);
    merged.push(isLeft ? left[l++]! : right[r++]!);
    if (merged.length % MERGED_AT_ONCE === 0 && slice.isOver) await slice.rest();
  }
  for (; l < left.length; l++) merged.push(left[l]!);
  for (; r < right.length; r++) merged.push(right[r]!);
  return merged;
}
