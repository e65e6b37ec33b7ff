import { writeInt32, writeInt64 } from "../../serdes/int64-bytes.ts";
import type { KeyValueBytes, StoredBytes, StoredEntry } from "../key-value/key-value-bytes.ts";
import { type FoundVersion, isValidWithin, type VersionedBytes } from "./versioned-bytes.ts";

/** The first byte of an entry. */
const VERSION = 0;
const SUPERSEDED = 1;
const OBSERVED = 2;
/** The first byte of a version's value. */
const HAS_VALUE = 1;
const IS_END = 2;

const TIME_MAX = Number.MAX_SAFE_INTEGER;
const nothing = new Uint8Array();
const observedKey = Buffer.of(OBSERVED);

/** A version as it stands in the store: whether its time is known to be the end of an earlier one, or of a deletion. */
interface Version {
  readonly timestamp: number;
  readonly value: Uint8Array | null;
  readonly isEnd: boolean;
}

/**
 * All versions of a value in a store of bytes, with the rules of `InMemoryVersioned`. A version is `0, int32 length of key, key, int64 time`, with flags and the value; a time at which a
 * version was superseded or deleted is `1, int64 time, key`, so that what nobody can read any more is found; the latest time that the store was given is the time of `2`.
 */
export class StoredVersioned implements VersionedBytes {
  readonly #bytes: KeyValueBytes;
  readonly #historyRetentionMs: number;
  readonly #dropped: (() => void) | undefined;
  #observedMs: number;

  /** `dropped` is called for each put that is older than the history. */
  constructor(bytes: KeyValueBytes, historyRetentionMs: number, dropped?: () => void) {
    this.#bytes = bytes;
    this.#historyRetentionMs = historyRetentionMs;
    this.#dropped = dropped;
    this.#observedMs = bytes.get(observedKey)?.timestamp ?? -1;
  }

  get isPersistent(): boolean {
    return this.#bytes.isPersistent;
  }

  put(key: Uint8Array, value: Uint8Array | null, timestamp: number): number | null | "notPut" {
    if (timestamp < this.#historyFromMs) {
      this.#dropped?.();
      return "notPut";
    }
    if (timestamp > this.#observedMs) {
      this.#observedMs = timestamp;
      this.#bytes.put(observedKey, nothing, timestamp);
      this.#forget();
    }
    const replaced = versionIn(this.#bytes.get(versionKey(key, timestamp)), timestamp);
    const next = this.#first(key, timestamp + 1, TIME_MAX, false);
    if (next === undefined && value === null && replaced !== undefined && replaced.value !== null && !replaced.isEnd) {
      this.#bytes.put(versionKey(key, timestamp), null, timestamp);
      return null;
    }
    const before = this.#first(key, 0, timestamp - 1, true);
    const isEnd = replaced?.isEnd ?? (before !== undefined && before.value !== null);
    this.#write(key, { timestamp, value, isEnd: isEnd || value === null });
    if (value === null || before !== undefined || next !== undefined) this.#bytes.put(supersededKey(timestamp, key), nothing, timestamp);
    if (next === undefined) return null;
    if (!next.isEnd) this.#write(key, { ...next, isEnd: true });
    return next.timestamp;
  }

  latest(key: Uint8Array): FoundVersion | undefined {
    return found(this.#first(key, 0, TIME_MAX, true), undefined);
  }

  asOf(key: Uint8Array, asOfMs: number): FoundVersion | undefined {
    if (asOfMs < this.#historyFromMs) {
      const latest = this.#first(key, 0, TIME_MAX, true);
      return latest !== undefined && latest.timestamp <= asOfMs ? found(latest, undefined) : undefined;
    }
    const version = this.#first(key, 0, Math.min(asOfMs, TIME_MAX), true);
    return version === undefined ? undefined : found(version, this.#first(key, version.timestamp + 1, TIME_MAX, false));
  }

  versions(key: Uint8Array, fromMs: number, toMs: number, isReverse: boolean): FoundVersion[] {
    const fromLiveMs = Math.max(0, fromMs, this.#historyFromMs);
    const within: FoundVersion[] = [];
    // The one that was valid at the beginning may be older.
    let version = this.#first(key, 0, Math.min(fromLiveMs, TIME_MAX), true) ?? this.#first(key, fromLiveMs, TIME_MAX, false);
    while (version !== undefined && version.timestamp <= toMs) {
      const next = this.#first(key, version.timestamp + 1, TIME_MAX, false);
      const shown = found(version, next);
      if (shown !== undefined && isValidWithin(shown, fromLiveMs)) within.push(shown);
      version = next;
    }
    return isReverse ? within.reverse() : within;
  }

  restore(key: Uint8Array, value: Uint8Array | null, timestamp: number): void {
    this.put(key, value, timestamp);
  }

  flush(): void {
    this.#bytes.flush();
  }

  close(): void {
    this.#bytes.close();
  }

  get #historyFromMs(): number {
    return this.#observedMs - this.#historyRetentionMs;
  }

  #write(key: Uint8Array, { timestamp, value, isEnd }: Version): void {
    const stored = Buffer.allocUnsafeSlow(1 + (value?.length ?? 0));
    stored[0] = (value === null ? 0 : HAS_VALUE) | (isEnd ? IS_END : 0);
    if (value !== null) stored.set(value, 1);
    this.#bytes.put(versionKey(key, timestamp), stored, timestamp);
  }

  /** The first version of a key within these times, both inclusive, from that end. */
  #first(key: Uint8Array, fromMs: number, toMs: number, isReverse: boolean): Version | undefined {
    if (fromMs > toMs) return undefined;
    const walk = this.#bytes.walk(versionKey(key, fromMs), versionKey(key, toMs), isReverse);
    const entry = walk.next();
    const version = versionIn(entry, entry?.timestamp ?? 0);
    walk.close();
    return version;
  }

  /** Takes out what nobody can read any more: versions that ended before the history, and keys that were deleted before it. */
  #forget(): void {
    const historyFromMs = this.#historyFromMs;
    if (historyFromMs <= 0) return;
    for (const superseded of this.#all(supersededKey(0, nothing), supersededKey(historyFromMs, nothing))) {
      this.#bytes.put(superseded.key, null, superseded.timestamp);
      this.#shorten(superseded.key.subarray(9), historyFromMs);
    }
  }

  #shorten(key: Uint8Array, historyFromMs: number): void {
    const ended = this.#all(versionKey(key, 0), versionKey(key, historyFromMs - 1));
    const last = ended.pop();
    if (last === undefined) return;
    for (const version of ended) this.#bytes.put(version.key, null, version.timestamp);
    const isDeleted =
      versionIn(last, last.timestamp)?.value === null && this.#first(key, last.timestamp + 1, TIME_MAX, false) === undefined;
    if (isDeleted) this.#bytes.put(last.key, null, last.timestamp);
  }

  #all(from: Uint8Array, to: Uint8Array): StoredEntry[] {
    const walk = this.#bytes.walk(from, to, false);
    const entries: StoredEntry[] = [];
    for (let entry = walk.next(); entry !== undefined; entry = walk.next()) {
      entries.push({ key: Uint8Array.from(entry.key), value: Uint8Array.from(entry.value), timestamp: entry.timestamp });
    }
    walk.close();
    return entries;
  }
}

/** A copy: the store may take its bytes for something else. */
function versionIn(stored: StoredBytes | undefined, timestamp: number): Version | undefined {
  if (stored === undefined) return undefined;
  const flags = stored.value[0]!;
  return { timestamp, value: (flags & HAS_VALUE) === 0 ? null : Uint8Array.from(stored.value.subarray(1)), isEnd: (flags & IS_END) !== 0 };
}

function found(version: Version | undefined, next: Version | undefined): FoundVersion | undefined {
  if (version === undefined || version.value === null) return undefined;
  return { timestamp: version.timestamp, value: version.value, validToMs: next?.timestamp ?? null };
}

function versionKey(key: Uint8Array, timestamp: number): Uint8Array {
  const into = Buffer.allocUnsafeSlow(13 + key.length);
  into[0] = VERSION;
  writeInt32(into, 1, key.length);
  into.set(key, 5);
  writeInt64(into, 5 + key.length, timestamp);
  return into;
}

function supersededKey(atMs: number, key: Uint8Array): Uint8Array {
  const into = Buffer.allocUnsafeSlow(9 + key.length);
  into[0] = SUPERSEDED;
  writeInt64(into, 1, atMs);
  into.set(key, 9);
  return into;
}
