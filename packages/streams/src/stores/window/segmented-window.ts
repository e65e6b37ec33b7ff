import { readInt32, readInt64, writeInt32, writeInt64 } from "../../serdes/int64-bytes.ts";
import type { KeyValueBytes } from "../key-value/key-value-bytes.ts";
import type { Walk } from "../store-walk.ts";
import type { WindowKeeping } from "./in-memory-window.ts";
import type { SegmentSource } from "./segment-source.ts";
import type { StoredWindow, WindowBytes } from "./window-bytes.ts";
import { keyInWindowKey, startInWindowKey } from "./window-key.ts";

const SEGMENT_MS_MIN = 60_000;
const SEQUENCE_MAX = 0x7fffffff;
/** The first byte of an entry: by key it has the value, by time it is only found. */
const BY_KEY = 0;
const BY_TIME = 1;
const nothing = new Uint8Array();

/**
 * Windows in segments of half the retention (at least a minute), which are dropped whole. Reads are cut to the millisecond all the same. Each window stands there twice: as
 * `0, int32 length of key, key, int64 start, int32 sequence` with its value, and as `1, int64 start, key, int32 sequence` for walks by time.
 */
export class SegmentedWindow implements WindowBytes {
  readonly #source: SegmentSource;
  readonly #keeping: WindowKeeping;
  readonly #segmentMs: number;
  readonly #dropped: (() => void) | undefined;
  readonly #open = new Map<number, KeyValueBytes>();
  #observedMs = -1;
  #sequence = 0;

  /** `dropped` is called for each put that comes too late to be kept. */
  constructor(source: SegmentSource, keeping: WindowKeeping, dropped?: () => void, segmentMsMin: number = SEGMENT_MS_MIN) {
    this.#source = source;
    this.#keeping = keeping;
    this.#dropped = dropped;
    this.#segmentMs = Math.max(segmentMsMin, Math.floor(keeping.retentionMs / 2));
    for (const id of source.ids()) this.#open.set(id, source.open(id));
    this.#observedMs = this.#latestStart();
    this.#expire();
  }

  get isPersistent(): boolean {
    return this.#source.isPersistent;
  }

  put(key: Uint8Array, value: Uint8Array | null, startMs: number, timestamp: number): void {
    if (startMs > this.#observedMs) {
      this.#observedMs = startMs;
      this.#expire();
    }
    if (startMs <= this.#observedMs - this.#keeping.retentionMs) {
      this.#dropped?.();
      return;
    }
    const { retainDuplicates } = this.#keeping;
    if (retainDuplicates && value === null) return;
    const segment = this.#segmentOf(startMs);
    const sequence = retainDuplicates ? this.#freeSequence(segment, key, startMs) : 0;
    segment.put(byKey(key, startMs, sequence), value, timestamp);
    segment.put(byTime(startMs, key, sequence), value === null ? null : nothing, timestamp);
  }

  fetch(key: Uint8Array, startMs: number): StoredWindow | undefined {
    if (this.#keeping.retainDuplicates) {
      const walk = this.walkKey(key, startMs, startMs, false);
      const first = walk.next();
      walk.close();
      return first;
    }
    const found = startMs < this.#liveFromMs ? undefined : this.#open.get(this.#idOf(startMs))?.get(byKey(key, startMs, 0));
    return found === undefined ? undefined : { key, startMs, value: found.value, timestamp: found.timestamp };
  }

  walkKey(key: Uint8Array, fromMs: number, toMs: number, isReverse: boolean): Walk<StoredWindow> {
    const from = Math.max(0, fromMs, this.#liveFromMs);
    return this.#walk(from, toMs, isReverse, (segment) => {
      const walk = segment.walk(byKey(key, from, 0), byKey(key, toMs, SEQUENCE_MAX), isReverse);
      return {
        next() {
          const entry = walk.next();
          if (entry === undefined) return undefined;
          return { key, startMs: readInt64(entry.key, entry.key.length - 12), value: entry.value, timestamp: entry.timestamp };
        },
        close: () => walk.close(),
      };
    });
  }

  walkAll(fromMs: number, toMs: number, isReverse: boolean): Walk<StoredWindow> {
    const from = Math.max(0, fromMs, this.#liveFromMs);
    return this.#walk(from, toMs, isReverse, (segment) => {
      const walk = segment.walk(byTime(from, nothing, -1), byTime(Math.min(toMs, Number.MAX_SAFE_INTEGER) + 1, nothing, -1), isReverse);
      return {
        next() {
          for (let entry = walk.next(); entry !== undefined; entry = walk.next()) {
            const startMs = readInt64(entry.key, 1);
            const key = entry.key.subarray(9, entry.key.length - 4);
            const found = segment.get(byKey(key, startMs, readInt32(entry.key, entry.key.length - 4)));
            if (found !== undefined) return { key, startMs, value: found.value, timestamp: found.timestamp };
          }
          return undefined;
        },
        close: () => walk.close(),
      };
    });
  }

  restore(changelogKey: Uint8Array, value: Uint8Array | null, timestamp: number): void {
    this.put(keyInWindowKey(changelogKey), value, startInWindowKey(changelogKey), timestamp);
  }

  flush(): void {
    for (const segment of this.#open.values()) segment.flush();
  }

  close(): void {
    for (const segment of this.#open.values()) segment.close();
    this.#open.clear();
  }

  get #liveFromMs(): number {
    return this.#observedMs - this.#keeping.retentionMs + 1;
  }

  #idOf(startMs: number): number {
    return Math.floor(startMs / this.#segmentMs);
  }

  #segmentOf(startMs: number): KeyValueBytes {
    const id = this.#idOf(startMs);
    let segment = this.#open.get(id);
    if (segment === undefined) {
      segment = this.#source.open(id);
      this.#open.set(id, segment);
    }
    return segment;
  }

  /** One that no earlier run of the task has used for this key and time. */
  #freeSequence(segment: KeyValueBytes, key: Uint8Array, startMs: number): number {
    do this.#sequence = (this.#sequence + 1) & SEQUENCE_MAX;
    while (segment.get(byKey(key, startMs, this.#sequence)) !== undefined);
    return this.#sequence;
  }

  #expire(): void {
    const firstLive = this.#idOf(Math.max(0, this.#liveFromMs));
    for (const id of this.#open.keys()) {
      if (id >= firstLive) continue;
      this.#open.delete(id);
      this.#source.drop(id);
    }
  }

  #latestStart(): number {
    const last = this.#open.get(Math.max(-1, ...this.#open.keys()));
    const walk = last?.walk(byTime(0, nothing, -1), null, true);
    const entry = walk?.next();
    walk?.close();
    return entry === undefined ? -1 : readInt64(entry.key, 1);
  }

  /** One segment after another. */
  #walk(fromMs: number, toMs: number, isReverse: boolean, walkOf: (segment: KeyValueBytes) => Walk<StoredWindow>): Walk<StoredWindow> {
    const ids = [...this.#open.keys()]
      .filter((id) => id >= this.#idOf(fromMs) && id <= this.#idOf(toMs))
      .sort((a, b) => (isReverse ? b - a : a - b));
    let walk: Walk<StoredWindow> | undefined;
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
}

function byKey(key: Uint8Array, startMs: number, sequence: number): Uint8Array {
  const into = Buffer.allocUnsafeSlow(17 + key.length);
  into[0] = BY_KEY;
  writeInt32(into, 1, key.length);
  into.set(key, 5);
  writeInt64(into, 5 + key.length, startMs);
  writeInt32(into, 13 + key.length, sequence);
  return into;
}

/** Sequence −1: nothing, so that it comes before all keys of that start. */
function byTime(startMs: number, key: Uint8Array, sequence: number): Uint8Array {
  const into = Buffer.allocUnsafeSlow(9 + key.length + (sequence < 0 ? 0 : 4));
  into[0] = BY_TIME;
  writeInt64(into, 1, startMs);
  into.set(key, 9);
  if (sequence >= 0) writeInt32(into, 9 + key.length, sequence);
  return into;
}
