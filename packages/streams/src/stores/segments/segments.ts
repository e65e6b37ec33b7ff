import type { RetentionClock } from "../retention-clock.ts";
import type { KeyValueBytes } from "../key-value/key-value-bytes.ts";
import type { Walk } from "../store-walk.ts";
import type { SegmentSource } from "./segment-source.ts";

export const SEGMENT_MS_MIN = 60_000;

/** The segments of a store, each with what is of one stretch of time: half the retention, at least a minute. What is over is dropped whole. */
export class Segments {
  readonly #source: SegmentSource;
  readonly #segmentMs: number;
  readonly #open = new Map<number, KeyValueBytes>();

  constructor(source: SegmentSource, retentionMs: number, segmentMsMin: number) {
    this.#source = source;
    this.#segmentMs = Math.max(segmentMsMin, Math.floor(retentionMs / 2));
    for (const id of source.ids()) this.#open.set(id, source.open(id));
  }

  get isPersistent(): boolean {
    return this.#source.isPersistent;
  }

  [Symbol.iterator](): IterableIterator<KeyValueBytes> {
    return this.#open.values();
  }

  /** Of that time, if there is one. */
  find(timeMs: number): KeyValueBytes | undefined {
    return this.#open.get(this.#idOf(timeMs));
  }

  /** Of that time, begun where there is none. */
  of(timeMs: number): KeyValueBytes {
    const id = this.#idOf(timeMs);
    let segment = this.#open.get(id);
    if (segment === undefined) {
      segment = this.#source.open(id);
      this.#open.set(id, segment);
    }
    return segment;
  }

  /** That of the latest time. */
  get latest(): KeyValueBytes | undefined {
    return this.#open.get(Math.max(-1, ...this.#open.keys()));
  }

  /** Drops those of which nothing is live, and says so. */
  expire(clock: Pick<RetentionClock, "liveFromMs" | "removed">): void {
    const firstLive = this.#idOf(Math.max(0, clock.liveFromMs));
    for (const id of this.#open.keys()) {
      if (id >= firstLive) continue;
      clock.removed((id + 1) * this.#segmentMs);
      this.#open.delete(id);
      this.#source.drop(id);
    }
  }

  /** One segment after another. */
  walk<T>(fromMs: number, toMs: number, isReverse: boolean, walkOf: (segment: KeyValueBytes) => Walk<T>): Walk<T> {
    const ids = [...this.#open.keys()]
      .filter((id) => id >= this.#idOf(fromMs) && id <= this.#idOf(toMs))
      .sort((a, b) => (isReverse ? b - a : a - b));
    let walk: Walk<T> | undefined;
    return {
      next: () => {
        for (;;) {
          const entry = walk?.next();
          if (entry !== undefined) return entry;
          walk?.close();
          const segment = this.#open.get(ids.shift() ?? Number.NaN);
          if (segment === undefined) return undefined;
          walk = walkOf(segment);
        }
      },
      close: () => walk?.close(),
    };
  }

  flush(): void {
    for (const segment of this.#open.values()) segment.flush();
  }

  close(): void {
    for (const segment of this.#open.values()) segment.close();
    this.#open.clear();
  }

  #idOf(timeMs: number): number {
    return Math.floor(timeMs / this.#segmentMs);
  }
}
