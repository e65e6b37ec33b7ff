import { RetentionClock } from "../retention-clock.ts";
import { readInt32, readInt64, writeInt32, writeInt64 } from "../../serdes/int64-bytes.ts";
import type { KeyValueBytes } from "../key-value/key-value-bytes.ts";
import { SEGMENT_MS_MIN, Segments } from "../segments/segments.ts";
import type { Walk } from "../store-walk.ts";
import type { SegmentSource } from "../segments/segment-source.ts";
import { compareBytes } from "../bytes/compare-bytes.ts";
import type { StoredWindow, WindowBytes, WindowKeeping, WindowPlace, WindowReads } from "./window-bytes.ts";
import { keyInWindowKey, startInWindowKey } from "./window-key.ts";

const SEQUENCE_MAX = 0x7fffffff;
/** The first byte of an entry: by key it has the value, by time it is only found. */
const BY_KEY = 0;
const BY_TIME = 1;
const SEQUENCE = 2;
const sequenceKey = Buffer.of(SEQUENCE);
const nothing = new Uint8Array();

/**
 * Windows in segments of half the retention (at least a minute), which are dropped whole. Reads are cut to the millisecond all the same. Each window stands there twice: as
 * `0, int32 length of key, key, int64 start, int32 sequence` with its value, and as `1, int64 start, key, int32 sequence` for walks by time. The time of `2` is the last sequence given.
 */
export class SegmentedWindow implements WindowBytes {
  readonly #segments: Segments;
  readonly #keeping: WindowKeeping;
  readonly #dropped: (() => void) | undefined;
  readonly #clock: RetentionClock;
  #sequence = 0;

  /** `dropped` is called for each put that comes too late to be kept. */
  constructor(source: SegmentSource, keeping: WindowKeeping, dropped?: () => void, segmentMsMin: number = SEGMENT_MS_MIN) {
    this.#segments = new Segments(source, keeping.retentionMs, segmentMsMin);
    this.#keeping = keeping;
    this.#dropped = dropped;
    this.#clock = new RetentionClock(keeping.retentionMs, this.#latestStart(), 0);
    for (const segment of this.#segments) this.#sequence = Math.max(this.#sequence, segment.get(sequenceKey)?.timestamp ?? 0);
  }

  get isPersistent(): boolean {
    return this.#segments.isPersistent;
  }

  put(key: Uint8Array, value: Uint8Array | null, startMs: number, timestamp: number): void {
    // As Java's on the disk, and unlike its own in memory: nothing that is not kept moves the store's time.
    if (this.#keepsNothingOf(value)) return;
    if (this.#clock.put(startMs)) this.#segments.expire(this.#clock);
    if (startMs < this.#clock.liveFromMs) this.#dropped?.();
    else this.#set(key, value, startMs, timestamp);
  }

  /** Of duplicates none can be deleted. */
  #keepsNothingOf(value: Uint8Array | null): boolean {
    return value === null && this.#keeping.retainDuplicates;
  }

  #set(key: Uint8Array, value: Uint8Array | null, startMs: number, timestamp: number): void {
    const { retainDuplicates } = this.#keeping;
    const segment = this.#segments.of(startMs);
    const sequence = retainDuplicates ? this.#nextSequence(segment) : 0;
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
    const found = startMs < this.#liveFromMs ? undefined : this.#segments.find(startMs)?.get(byKey(key, startMs, 0));
    return found === undefined ? undefined : { key, startMs, value: found.value, timestamp: found.timestamp };
  }

  walkKey(key: Uint8Array, fromMs: number, toMs: number, isReverse: boolean): Walk<StoredWindow> {
    const from = Math.max(0, fromMs, this.#liveFromMs);
    return this.#segments.walk(from, toMs, isReverse, (segment) => {
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

  walkAll(fromMs: number, toMs: number, isReverse: boolean, after?: WindowPlace): Walk<StoredWindow> {
    const from = Math.max(0, fromMs, this.#liveFromMs, after === undefined || isReverse ? 0 : after.startMs);
    const to = Math.min(toMs, Number.MAX_SAFE_INTEGER - 1, after === undefined || !isReverse ? Number.POSITIVE_INFINITY : after.startMs);
    // The last sequence for one where a key may be several times in a window, else there is 0 only.
    const behind =
      after === undefined ? undefined : byTime(after.startMs, after.key, isReverse && this.#keeping.retainDuplicates ? SEQUENCE_MAX : 0);
    return this.#segments.walk(from, to, isReverse, (segment) => {
      const first = !isReverse && after !== undefined && after.startMs >= from ? behind! : byTime(from, nothing, -1);
      const last = isReverse && behind !== undefined ? behind : byTime(to + 1, nothing, -1);
      const walk = segment.walk(first, last, isReverse);
      return {
        next() {
          for (let entry = walk.next(); entry !== undefined; entry = walk.next()) {
            const startMs = readInt64(entry.key, 1);
            const key = entry.key.subarray(9, entry.key.length - 4);
            if (after !== undefined && startMs === after.startMs && compareBytes(key, after.key) === 0) continue;
            const found = segment.get(byKey(key, startMs, readInt32(entry.key, entry.key.length - 4)));
            if (found !== undefined) return { key, startMs, value: found.value, timestamp: found.timestamp };
          }
          return undefined;
        },
        close: () => walk.close(),
      };
    });
  }

  looked(): WindowReads {
    return this;
  }

  restore(changelogKey: Uint8Array, value: Uint8Array | null, timestamp: number): void {
    const startMs = startInWindowKey(changelogKey);
    if (this.#clock.restore(startMs)) this.#segments.expire(this.#clock);
    if (startMs < this.#clock.liveFromMs) this.#clock.removed(startMs + 1);
    else if (!this.#keepsNothingOf(value)) this.#set(keyInWindowKey(changelogKey), value, startMs, timestamp);
  }

  judgeAsOf(streamTimeMs: number): boolean {
    return this.#clock.judgeAsOf(streamTimeMs);
  }

  flush(): void {
    this.#segments.flush();
  }

  close(): void {
    this.#segments.close();
  }

  get #liveFromMs(): number {
    return this.#clock.liveFromMs;
  }

  /** Behind all earlier ones, those before a restart too, so that what came first is found first. */
  #nextSequence(segment: KeyValueBytes): number {
    this.#sequence = (this.#sequence + 1) & SEQUENCE_MAX;
    segment.put(sequenceKey, nothing, this.#sequence);
    return this.#sequence;
  }

  #latestStart(): number {
    const walk = this.#segments.latest?.walk(byTime(0, nothing, -1), byTime(Number.MAX_SAFE_INTEGER, nothing, -1), true);
    const entry = walk?.next();
    walk?.close();
    return entry === undefined ? -1 : readInt64(entry.key, 1);
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
