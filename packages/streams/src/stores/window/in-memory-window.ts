import { COPY_SLACK_MS, EXPIRED_PER_PUT, RetentionClock } from "../retention-clock.ts";
import { BlockList } from "../bytes/block-list.ts";
import { ByteTable } from "../bytes/byte-table.ts";
import { compareBytes } from "../bytes/compare-bytes.ts";
import { copiedBytes, replacedBytes } from "../bytes/owned-bytes.ts";
import { type Walk, walkOf } from "../store-walk.ts";
import { KeyWindows, type WindowEntry } from "./key-windows.ts";
import type { StoredWindow, TakenWindows, WindowBytes, WindowPlace, WindowReads } from "./window-bytes.ts";
import { keyInWindowKey, startInWindowKey } from "./window-key.ts";

/**
 * Windows in memory, by key and by time. What is older than the retention, measured by the latest start that was put, is gone to the millisecond, as with Java's store in memory; a walk
 * that is under way sees nothing of what went meanwhile. Its memory is freed with the puts that follow.
 */
export class InMemoryWindow implements WindowBytes {
  readonly isPersistent = false;
  readonly #byKey = new ByteTable<KeyWindows>();
  #byTime = new BlockList<WindowEntry>(byTime);
  #size = 0;
  readonly #clock: RetentionClock;
  readonly #dropped: (() => void) | undefined;
  readonly #expiredPerPut: number;
  /** More is over than was let go of. */
  #hasExpired = false;

  /** `dropped` is called for each put that comes too late to be kept. */
  constructor(retentionMs: number, dropped?: () => void, expiredPerPut = EXPIRED_PER_PUT) {
    this.#expiredPerPut = expiredPerPut;
    this.#clock = new RetentionClock(retentionMs, -1, COPY_SLACK_MS);
    this.#dropped = dropped;
  }

  /** How many windows there are, with those that nobody is shown any more. */
  get size(): number {
    return this.#size;
  }

  put(key: Uint8Array, value: Uint8Array | null, startMs: number, timestamp: number): void {
    if (this.#clock.put(startMs) || this.#hasExpired) this.#expire();
    if (startMs < this.#clock.liveFromMs) this.#dropped?.();
    else this.#set(key, value, startMs, timestamp);
  }

  #set(key: Uint8Array, value: Uint8Array | null, startMs: number, timestamp: number): void {
    const windows = this.#byKey.get(key);
    const entry = windows?.find(startMs);
    if (value === null) {
      if (entry !== undefined) this.#remove(entry, true);
    } else if (entry !== undefined) {
      entry.value = replacedBytes(entry.value, value);
      entry.timestamp = timestamp;
    } else {
      const ofKey = windows ?? this.#newKey(key);
      const fresh = { key: ofKey.key, startMs, sequence: 0, value: copiedBytes(value), timestamp };
      this.#insert(ofKey, fresh);
    }
  }

  fetch(key: Uint8Array, startMs: number): StoredWindow | undefined {
    return startMs < this.#clock.liveFromMs ? undefined : this.#byKey.get(key)?.find(startMs);
  }

  walkKey(key: Uint8Array, fromMs: number, toMs: number, isReverse: boolean): Walk<StoredWindow> {
    const windows = this.#byKey.get(key);
    if (windows === undefined) return nothing;
    const from = Math.max(fromMs, this.#clock.liveFromMs);
    return walkOf(isReverse ? backward(windows, from, toMs, this.#clock) : forward(windows, from, toMs, this.#clock));
  }

  takeBack(key: Uint8Array, into: TakenWindows): void {
    const windows = this.#byKey.get(key);
    if (windows === undefined) return;
    const { fromMs } = into;
    const { liveFromMs } = this.#clock;
    into.live = this.#clock;
    for (let at = windows.placeAbove(into.toMs) - 1; at >= 0; at--) {
      const entry = windows.at(at);
      if (entry === undefined || entry.startMs < fromMs || entry.startMs < liveFromMs || !into.take(entry)) return;
    }
  }

  walkAll(fromMs: number, toMs: number, isReverse: boolean, after?: WindowPlace): Walk<StoredWindow> {
    const from = Math.max(fromMs, this.#clock.liveFromMs);
    if (from > toMs) return nothing;
    const isBehind = after !== undefined && (isReverse || after.startMs >= from);
    const first = isBehind ? behind(after, isReverse) : before(isReverse ? toMs + 1 : from);
    let next = isReverse ? this.#byTime.descending(first) : this.#byTime.ascending(first);
    return walkOf(() => {
      let entry = next();
      const { liveFromMs } = this.#clock;
      if (entry !== undefined && entry.startMs < liveFromMs && !isReverse) {
        next = this.#byTime.ascending(before(liveFromMs));
        entry = next();
      }
      return entry !== undefined && entry.startMs >= Math.max(from, liveFromMs) && entry.startMs <= toMs ? entry : undefined;
    });
  }

  looked(): WindowReads {
    return this;
  }

  restore(changelogKey: Uint8Array, value: Uint8Array | null, timestamp: number): void {
    const startMs = startInWindowKey(changelogKey);
    if (this.#clock.restore(startMs) || this.#hasExpired) this.#expire();
    if (startMs < this.#clock.liveFromMs) this.#clock.removed(startMs + 1);
    else this.#set(keyInWindowKey(changelogKey), value, startMs, timestamp);
  }

  judgeAsOf(streamTimeMs: number): boolean {
    const isWhole = this.#clock.judgeAsOf(streamTimeMs);
    this.#expire();
    return isWhole;
  }

  flush(): void {}

  close(): void {
    this.#byKey.clear();
    this.#byTime = new BlockList(byTime);
    this.#size = 0;
  }

  #newKey(key: Uint8Array): KeyWindows {
    const windows = new KeyWindows(copiedBytes(key));
    this.#byKey.insert(windows);
    return windows;
  }

  #insert(windows: KeyWindows, entry: WindowEntry): void {
    windows.insert(entry);
    this.#byTime.insert(entry);
    this.#size++;
  }

  #remove(entry: WindowEntry, fromTime: boolean): void {
    const windows = this.#byKey.get(entry.key)!;
    windows.remove(entry);
    if (windows.isEmpty) this.#byKey.delete(entry.key);
    if (fromTime) this.#byTime.remove(entry);
    this.#size--;
  }

  #expire(): void {
    const { liveFromMs } = this.#clock;
    for (let i = 0; i < this.#expiredPerPut; i++) {
      const entry = this.#byTime.first;
      this.#hasExpired = entry !== undefined && entry.startMs < liveFromMs;
      if (entry === undefined || !this.#hasExpired) return;
      this.#clock.removed(entry.startMs + 1);
      this.#byTime.removeFirst();
      this.#remove(entry, false);
    }
  }
}

const nothing: Walk<StoredWindow> = walkOf<StoredWindow>(() => undefined);

function forward(windows: KeyWindows, fromMs: number, toMs: number, clock: RetentionClock): () => WindowEntry | undefined {
  let at = windows.placeOf(fromMs);
  let version = windows.version;
  let last: WindowEntry | undefined;
  return () => {
    if (version !== windows.version) {
      version = windows.version;
      at = last === undefined ? windows.placeOf(fromMs) : windows.placeAfter(last);
    }
    let entry = windows.at(at);
    if (entry !== undefined && entry.startMs < clock.liveFromMs) {
      at = windows.placeOf(clock.liveFromMs);
      entry = windows.at(at);
    }
    if (entry === undefined || entry.startMs > toMs) return undefined;
    at++;
    last = entry;
    return entry;
  };
}

function backward(windows: KeyWindows, fromMs: number, toMs: number, clock: RetentionClock): () => WindowEntry | undefined {
  let at = windows.placeAbove(toMs) - 1;
  let version = windows.version;
  let last: WindowEntry | undefined;
  return () => {
    if (version !== windows.version) {
      version = windows.version;
      at = (last === undefined ? windows.placeAbove(toMs) : windows.placeAtOrAfter(last)) - 1;
    }
    const entry = at < 0 ? undefined : windows.at(at);
    if (entry === undefined || entry.startMs < fromMs || entry.startMs < clock.liveFromMs) return undefined;
    at--;
    last = entry;
    return entry;
  };
}

/** What comes before all of that start. */
function before(startMs: number): WindowEntry {
  return { key: noKey, startMs, sequence: -1, value: noKey, timestamp: 0 };
}

/** What comes after all of that key and start, in the order of a walk. */
function behind({ key, startMs }: WindowPlace, isReverse: boolean): WindowEntry {
  return { key, startMs, sequence: isReverse ? -1 : Number.POSITIVE_INFINITY, value: noKey, timestamp: 0 };
}

const noKey = new Uint8Array();

function byTime(a: WindowEntry, b: WindowEntry): number {
  return a.startMs - b.startMs || compareBytes(a.key, b.key) || a.sequence - b.sequence;
}
