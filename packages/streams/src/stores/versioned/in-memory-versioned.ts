import { ByteTable, type Keyed } from "../bytes/byte-table.ts";
import { ownedBytes } from "../bytes/owned-bytes.ts";
import { type FoundVersion, isValidWithin, type StoredVersion, type VersionedBytes } from "./versioned-bytes.ts";

/** A version, and whether its time is known to be the end of an earlier one, or of a deletion. */
interface Version extends StoredVersion {
  isEnd: boolean;
}

/** Versions of one key, oldest first; a deletion is a version without a value. */
interface KeyVersions extends Keyed {
  readonly versions: Version[];
}

/** A version that another one followed at that time, or a deletion: once the time is beyond the history, the key can be shortened. */
interface Superseded {
  readonly ofKey: KeyVersions;
  readonly atMs: number;
}

/**
 * All versions of a value in memory, for as long as the history goes back from the latest time that the store was given. Which segments Java's store would have dropped meanwhile cannot be
 * seen from outside, so nothing stands for them here. What can be seen: Java's keeps the latest value apart and writes no deletion down where it takes that value away at its very time, so
 * that unless an earlier version is known to end there nothing is left of either, and an older value that comes later is the latest.
 */
export class InMemoryVersioned implements VersionedBytes {
  readonly isPersistent = false;
  readonly #historyRetentionMs: number;
  readonly #dropped: (() => void) | undefined;
  readonly #table = new ByteTable<KeyVersions>();
  #superseded: Superseded[] = [];
  #supersededAt = 0;
  #observedMs = -1;

  /** `dropped` is called for each put that is older than the history. */
  constructor(historyRetentionMs: number, dropped?: () => void) {
    this.#historyRetentionMs = historyRetentionMs;
    this.#dropped = dropped;
  }

  get size(): number {
    return this.#table.size;
  }

  put(key: Uint8Array, value: Uint8Array | null, timestamp: number): number | null | "notPut" {
    if (timestamp < this.#observedMs - this.#historyRetentionMs) {
      this.#dropped?.();
      return "notPut";
    }
    if (timestamp > this.#observedMs) {
      this.#observedMs = timestamp;
      this.#forget();
    }
    let ofKey = this.#table.get(key);
    if (ofKey === undefined) {
      ofKey = { key: ownedBytes(key), hash: 0, versions: [] };
      this.#table.insert(ofKey);
    }
    const { versions } = ofKey;
    let at = versions.length;
    while (at > 0 && versions[at - 1]!.timestamp >= timestamp) at--;
    const replaced = versions[at]?.timestamp === timestamp ? versions[at] : undefined;
    const isLatest = at + (replaced === undefined ? 0 : 1) === versions.length;
    if (isLatest && value === null && replaced !== undefined && replaced.value !== null && !replaced.isEnd) {
      versions.pop();
      if (versions.length === 0) this.#table.delete(key);
      return null;
    }
    const isEnd = replaced?.isEnd ?? (at > 0 && versions[at - 1]!.value !== null);
    const version: Version = { timestamp, value: value === null ? null : ownedBytes(value), isEnd: isEnd || value === null };
    versions.splice(at, replaced === undefined ? 0 : 1, version);
    if (value === null || versions.length > 1) this.#superseded.push({ ofKey, atMs: timestamp });
    const next = versions[at + 1];
    if (next === undefined) return null;
    next.isEnd = true;
    return next.timestamp;
  }

  latest(key: Uint8Array): FoundVersion | undefined {
    const versions = this.#table.get(key)?.versions;
    return versions === undefined ? undefined : found(versions, versions.length - 1);
  }

  asOf(key: Uint8Array, asOfMs: number): FoundVersion | undefined {
    const versions = this.#table.get(key)?.versions;
    if (versions === undefined) return undefined;
    let at = versions.length - 1;
    if (asOfMs < this.#observedMs - this.#historyRetentionMs) return versions[at]!.timestamp <= asOfMs ? found(versions, at) : undefined;
    while (at >= 0 && versions[at]!.timestamp > asOfMs) at--;
    return found(versions, at);
  }

  versions(key: Uint8Array, fromMs: number, toMs: number, isReverse: boolean): FoundVersion[] {
    const versions = this.#table.get(key)?.versions ?? [];
    const historyFromMs = this.#observedMs - this.#historyRetentionMs;
    const within: FoundVersion[] = [];
    for (let at = 0; at < versions.length && versions[at]!.timestamp <= toMs; at++) {
      const version = found(versions, at);
      if (version !== undefined && isValidWithin(version, Math.max(fromMs, historyFromMs))) within.push(version);
    }
    return isReverse ? within.reverse() : within;
  }

  restore(key: Uint8Array, value: Uint8Array | null, timestamp: number): void {
    this.put(key, value, timestamp);
  }

  flush(): void {}

  close(): void {
    this.#table.clear();
    this.#superseded = [];
    this.#supersededAt = 0;
  }

  /** Takes out what nobody can read any more: versions that ended before the history, and keys that were deleted before it. */
  #forget(): void {
    const historyFromMs = this.#observedMs - this.#historyRetentionMs;
    const waiting = this.#superseded;
    while (this.#supersededAt < waiting.length && waiting[this.#supersededAt]!.atMs < historyFromMs) {
      this.#shorten(waiting[this.#supersededAt++]!.ofKey, historyFromMs);
    }
    if (this.#supersededAt > 1024 && this.#supersededAt * 2 > waiting.length) {
      waiting.splice(0, this.#supersededAt);
      this.#supersededAt = 0;
    }
  }

  #shorten(ofKey: KeyVersions, historyFromMs: number): void {
    const { versions } = ofKey;
    let gone = 0;
    while (gone + 1 < versions.length && versions[gone + 1]!.timestamp < historyFromMs) gone++;
    if (gone > 0) versions.splice(0, gone);
    const isDeleted = versions.length === 1 && versions[0]!.value === null && versions[0]!.timestamp < historyFromMs;
    if (isDeleted && this.#table.get(ofKey.key) === ofKey) this.#table.delete(ofKey.key);
  }
}

function found(versions: readonly StoredVersion[], at: number): FoundVersion | undefined {
  const version = versions[at];
  if (version === undefined || version.value === null) return undefined;
  return { timestamp: version.timestamp, value: version.value, validToMs: versions[at + 1]?.timestamp ?? null };
}
