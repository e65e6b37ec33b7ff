import { RetentionClock } from "../retention-clock.ts";
import { readInt64, writeInt32, writeInt64 } from "../../serdes/int64-bytes.ts";
import type { SegmentSource } from "../segments/segment-source.ts";
import { SEGMENT_MS_MIN, Segments } from "../segments/segments.ts";
import type { Walk } from "../store-walk.ts";
import { escapedBytes, unescapedBytes } from "./escaped-bytes.ts";
import { compareBytes } from "../bytes/compare-bytes.ts";
import type { SessionBytes, SessionPlace, SessionReads, StoredSession } from "./session-bytes.ts";
import { endInSessionKey, keyInSessionKey, startInSessionKey } from "./session-key.ts";

const TIME_MAX = Number.MAX_SAFE_INTEGER;
/** The first byte of an entry: by key it has the value, by end it is only found. */
const BY_KEY = 0;
const BY_END = 1;
const nothing = new Uint8Array();

/**
 * Sessions in segments by their ends, which are dropped whole. Reads are cut to the millisecond all the same. Each session stands there twice: as `0, int32 length of key, key, int64 end,
 * int64 (latest time - start)` with its value, and as `1, int64 end, escaped key, int64 (latest time - start)` for walks by end: of one end the latest start comes first.
 */
export class SegmentedSession implements SessionBytes {
  readonly #segments: Segments;
  readonly #dropped: (() => void) | undefined;
  readonly #clock: RetentionClock;

  /** `dropped` is called for each put that comes too late to be kept. */
  constructor(source: SegmentSource, retentionMs: number, dropped?: () => void, segmentMsMin: number = SEGMENT_MS_MIN) {
    this.#segments = new Segments(source, retentionMs, segmentMsMin);
    this.#dropped = dropped;
    this.#clock = new RetentionClock(retentionMs, this.#latestEnd(), 0);
  }

  get isPersistent(): boolean {
    return this.#segments.isPersistent;
  }

  put(key: Uint8Array, startMs: number, endMs: number, value: Uint8Array | null): void {
    if (this.#clock.put(endMs)) this.#segments.expire(this.#clock);
    if (endMs < this.#clock.liveFromMs) this.#dropped?.();
    else this.#set(key, startMs, endMs, value);
  }

  #set(key: Uint8Array, startMs: number, endMs: number, value: Uint8Array | null): void {
    const segment = this.#segments.of(endMs);
    segment.put(byKey(key, endMs, startMs), value, 0);
    segment.put(byEnd(endMs, key, startMs), value === null ? null : nothing, 0);
  }

  fetch(key: Uint8Array, startMs: number, endMs: number): StoredSession | undefined {
    const found = endMs < this.#liveFromMs ? undefined : this.#segments.find(endMs)?.get(byKey(key, endMs, startMs));
    return found === undefined ? undefined : { key, startMs, endMs, value: found.value };
  }

  walkKey(key: Uint8Array, earliestEndMs: number, latestStartMs: number, isReverse: boolean): Walk<StoredSession> {
    const from = Math.max(0, earliestEndMs, this.#liveFromMs);
    return this.#segments.walk(from, TIME_MAX, isReverse, (segment) => {
      const walk = segment.walk(byKey(key, from, TIME_MAX), byKey(key, TIME_MAX, 0), isReverse);
      return {
        next() {
          for (let entry = walk.next(); entry !== undefined; entry = walk.next()) {
            const startMs = startIn(entry.key);
            if (startMs <= latestStartMs) return { key, startMs, endMs: readInt64(entry.key, entry.key.length - 16), value: entry.value };
          }
          return undefined;
        },
        close: () => walk.close(),
      };
    });
  }

  walkEnds(fromEndMs: number, toEndMs: number, after?: SessionPlace): Walk<StoredSession> {
    const from = Math.max(0, fromEndMs, this.#liveFromMs, after?.endMs ?? 0);
    const to = Math.min(toEndMs, TIME_MAX - 1);
    const behind = after === undefined || after.endMs < from ? undefined : byEnd(after.endMs, after.key, after.startMs);
    return this.#segments.walk(from, to, false, (segment) => {
      const walk = segment.walk(behind ?? endOnly(from), endOnly(to + 1), false);
      return {
        next() {
          for (let entry = walk.next(); entry !== undefined; entry = walk.next()) {
            if (behind !== undefined && compareBytes(entry.key, behind) === 0) continue;
            const endMs = readInt64(entry.key, 1);
            const startMs = startIn(entry.key);
            const key = unescapedBytes(entry.key.subarray(9, entry.key.length - 8));
            const found = segment.get(byKey(key, endMs, startMs));
            if (found !== undefined) return { key, startMs, endMs, value: found.value };
          }
          return undefined;
        },
        close: () => walk.close(),
      };
    });
  }

  looked(): SessionReads {
    return this;
  }

  restore(changelogKey: Uint8Array, value: Uint8Array | null): void {
    const endMs = endInSessionKey(changelogKey);
    if (this.#clock.restore(endMs)) this.#segments.expire(this.#clock);
    if (endMs < this.#clock.liveFromMs) this.#clock.removed(endMs + 1);
    else this.#set(keyInSessionKey(changelogKey), startInSessionKey(changelogKey), endMs, value);
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

  #latestEnd(): number {
    const walk = this.#segments.latest?.walk(endOnly(0), null, true);
    const entry = walk?.next();
    walk?.close();
    return entry === undefined ? -1 : readInt64(entry.key, 1);
  }
}

function byKey(key: Uint8Array, endMs: number, startMs: number): Uint8Array {
  const into = Buffer.allocUnsafeSlow(21 + key.length);
  into[0] = BY_KEY;
  writeInt32(into, 1, key.length);
  into.set(key, 5);
  writeInt64(into, 5 + key.length, endMs);
  writeInt64(into, 13 + key.length, TIME_MAX - startMs);
  return into;
}

function byEnd(endMs: number, key: Uint8Array, startMs: number): Uint8Array {
  const escaped = escapedBytes(key);
  const into = Buffer.allocUnsafeSlow(17 + escaped.length);
  into[0] = BY_END;
  writeInt64(into, 1, endMs);
  into.set(escaped, 9);
  writeInt64(into, 9 + escaped.length, TIME_MAX - startMs);
  return into;
}

/** What comes before all that end then. */
function endOnly(endMs: number): Uint8Array {
  const into = Buffer.allocUnsafeSlow(9);
  into[0] = BY_END;
  writeInt64(into, 1, endMs);
  return into;
}

function startIn(key: Uint8Array): number {
  return TIME_MAX - readInt64(key, key.length - 8);
}
