import type { ProtoRange } from "./proto-file.ts";

/** Ranges of numbers, to ask many numbers of. */
export class NumberRanges {
  readonly #sorted: readonly ProtoRange[];

  constructor(ranges: readonly ProtoRange[]) {
    this.#sorted = ranges.toSorted((a, b) => a.first - b.first);
  }

  /** A range that begins inside of another one. */
  overlapping(): ProtoRange | undefined {
    return this.#sorted.find((range, index) => index > 0 && range.first <= (this.#sorted[index - 1] as ProtoRange).last);
  }

  has(number: number): boolean {
    let [low, high] = [0, this.#sorted.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#sorted[middle] as ProtoRange).last < number) low = middle + 1;
      else high = middle;
    }
    const range = this.#sorted[low];
    return range !== undefined && range.first <= number;
  }
}
