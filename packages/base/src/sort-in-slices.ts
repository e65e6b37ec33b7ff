import type { TimeSlice } from "./time-slice.ts";

const SORTED_AT_ONCE = 1024;
const MERGED_AT_ONCE = 256;

/** The texts in the order of their UTF-16 units, as `toSorted` has them, with rests in between where there are many. */
export async function sortInSlices(slice: TimeSlice, texts: readonly string[]): Promise<string[]> {
  let runs: string[][] = [];
  for (let at = 0; at < texts.length; at += SORTED_AT_ONCE) {
    if (slice.isOver) await slice.rest();
    runs.push(texts.slice(at, at + SORTED_AT_ONCE).sort());
  }
  while (runs.length > 1) {
    const merged: string[][] = [];
    for (let at = 0; at < runs.length; at += 2) merged.push(await merge(slice, runs[at]!, runs[at + 1] ?? []));
    runs = merged;
  }
  return runs[0] ?? [];
}

async function merge(slice: TimeSlice, left: readonly string[], right: readonly string[]): Promise<string[]> {
  const merged: string[] = [];
  let l = 0;
  let r = 0;
  while (l < left.length && r < right.length) {
    const isLeft = left[l]! <= right[r]!;
    merged.push(isLeft ? left[l++]! : right[r++]!);
    if (merged.length % MERGED_AT_ONCE === 0 && slice.isOver) await slice.rest();
  }
  for (; l < left.length; l++) merged.push(left[l]!);
  for (; r < right.length; r++) merged.push(right[r]!);
  return merged;
}
