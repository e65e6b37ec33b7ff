import { invariant } from "@ottla/base";
import type { Segment } from "./segment.ts";

/** The segments of a log, ascending and never none; the last one is written to. */
export class SegmentList {
  readonly #segments: Segment[];
  /** Bytes of all segments but the last. */
  #closedBytes = 0;
  #changes = 0;

  constructor(segments: readonly Segment[]) {
    invariant(segments.length > 0, "a log has no segment");
    this.#segments = [...segments];
    for (const segment of segments.slice(0, -1)) this.#closedBytes += segment.sizeBytes;
  }

  get active(): Segment {
    return this.#segments[this.#segments.length - 1]!;
  }

  get first(): Segment {
    return this.#segments[0]!;
  }

  get length(): number {
    return this.#segments.length;
  }

  get sizeBytes(): number {
    return this.#closedBytes + this.active.sizeBytes;
  }

  /** How often segments were taken out: who was reading meanwhile looks again. */
  get changes(): number {
    return this.#changes;
  }

  at(index: number): Segment | undefined {
    return this.#segments[index];
  }

  /** Index of the segment that holds `offset`: the last one that begins at or before it; −1 if it lies before all. */
  floorIndex(offset: number): number {
    let low = 0;
    let high = this.#segments.length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      if (this.#segments[middle]!.baseOffset <= offset) low = middle + 1;
      else high = middle - 1;
    }
    return high;
  }

  all(): readonly Segment[] {
    return this.#segments;
  }

  push(segment: Segment): void {
    this.#closedBytes += this.active.sizeBytes;
    this.#segments.push(segment);
  }

  /** Puts `by` in the place of `count` closed segments from `first` on, in one move. */
  replace(first: Segment, count: number, by: Segment): void {
    const at = this.#segments.indexOf(first);
    invariant(at >= 0 && count > 0 && at + count < this.#segments.length, "only closed segments of the log can be replaced");
    for (const segment of this.#segments.splice(at, count, by)) this.#closedBytes -= segment.sizeBytes;
    this.#closedBytes += by.sizeBytes;
    this.#changes++;
  }

  /** Takes the `count` oldest segments out; the last one always stays. */
  removeFirst(count: number): Segment[] {
    invariant(count < this.#segments.length, "the segment that is written to cannot be removed");
    const removed = this.#segments.splice(0, count);
    this.#changes++;
    for (const segment of removed) this.#closedBytes -= segment.sizeBytes;
    return removed;
  }
}
