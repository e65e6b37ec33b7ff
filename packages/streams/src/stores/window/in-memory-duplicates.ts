import { LENT_BYTES_MAX, type LentMemory } from "../../serdes/lent-bytes.ts";
import { copiedBytes } from "../bytes/owned-bytes.ts";
import { PackedTable } from "../bytes/packed-table.ts";
import { COPY_SLACK_MS, EXPIRED_PER_PUT, RetentionClock } from "../retention-clock.ts";
import { type Walk, walkOf } from "../store-walk.ts";
import { SlotRun } from "./slot-run.ts";
import { ValueSlabs } from "./value-slabs.ts";
import type { StoredWindow, WindowBytes, WindowPlace, WindowReads, WindowVisitor } from "./window-bytes.ts";
import { keyInWindowKey, startInWindowKey } from "./window-key.ts";
import { WindowSlots } from "./window-slots.ts";

const SEQUENCE_MASK = 0x7fffffff;
/** So many rows of keys that are gone are kept for others, if they are short. */
const SPARE_RUNS_MAX = 1024;
const SPARE_CAPACITY_MAX = 64;

/**
 * Windows in memory of which a key may have several with one start, in the order in which they came: what joins of streams keep. As {@link InMemoryWindow} in all else. Windows are numbers, and what is known of them lies in arrays beside each
 * other, so that those that come and go cost no object: neither they nor their keys.
 */
export class InMemoryDuplicates implements WindowBytes {
  readonly isPersistent = false;
  readonly #keys = new PackedTable();
  /** The windows of a key by its number, sorted by start and, of one start, as they came. */
  #runs: (SlotRun | undefined)[] = [];
  readonly #spareRuns: SlotRun[] = [];
  readonly #windows = new WindowSlots();
  /** All, sorted by start, then by key, then as they came. */
  #byTime = new SlotRun();
  readonly #slabs = new ValueSlabs();
  #sequence = 0;
  readonly #clock: RetentionClock;
  readonly #dropped: (() => void) | undefined;
  readonly #expiredPerPut: number;
  /** More is over than was let go of. */
  #hasExpired = false;
  /** Counts changes, so that a walk finds its place again only after one. */
  #version = 0;
  /** A time that is looked for: handed on as an argument it would cost an object. */
  #soughtMs = 0.5;
  /** What a visitor is shown: one object for all. */
  readonly #shown = new ShownWindow(this.#windows, this.#keys);

  /** `dropped` is called for each put that comes too late to be kept. */
  constructor(retentionMs: number, dropped?: () => void, expiredPerPut = EXPIRED_PER_PUT) {
    this.#clock = new RetentionClock(retentionMs, -1, COPY_SLACK_MS);
    this.#dropped = dropped;
    this.#expiredPerPut = expiredPerPut;
  }

  put(key: Uint8Array, value: Uint8Array | null, startMs: number, timestamp: number): void {
    if (this.#clock.put(startMs) || this.#hasExpired) this.#expire();
    if (startMs < this.#clock.liveFromMs) this.#dropped?.();
    else if (value !== null) this.#add(key, value, startMs, timestamp);
  }

  fetch(key: Uint8Array, startMs: number): StoredWindow | undefined {
    if (startMs < this.#clock.liveFromMs) return undefined;
    const run = this.#runOf(key);
    if (run === undefined) return undefined;
    const place = this.#placeInRun(run, startMs, -1);
    const slot = place < run.length ? run.at(place) : undefined;
    return slot === undefined || this.#windows.startOf(slot) !== startMs ? undefined : this.#copied(slot);
  }

  visitKey(key: Uint8Array, visitor: WindowVisitor): void {
    const { toMs } = visitor;
    const windows = this.#windows;
    const shown = this.#shown;
    let run = this.#runOf(key);
    if (run === undefined) return;
    this.#soughtMs = Math.max(visitor.fromMs, this.#clock.liveFromMs);
    let place = this.#soughtIn(run, -1);
    let version = this.#version;
    while (place < run.length) {
      const slot = run.at(place);
      const startMs = windows.startOf(slot);
      const sequence = windows.sequenceOf(slot);
      if (startMs > toMs) return;
      shown.slot = slot;
      shown.startMs = startMs;
      if (!visitor.visit(shown)) return;
      place++;
      if (version === this.#version) continue;
      version = this.#version;
      run = this.#runOf(key);
      if (run === undefined) return;
      const { liveFromMs } = this.#clock;
      place = startMs < liveFromMs ? this.#placeInRun(run, liveFromMs, -1) : this.#placeInRun(run, startMs, sequence + 1);
    }
  }

  walkKey(key: Uint8Array, fromMs: number, toMs: number, isReverse: boolean): Walk<StoredWindow> {
    const own = copiedBytes(key);
    let run: SlotRun | undefined;
    let place = 0;
    let version = -1;
    let lastMs: number | undefined;
    let lastSequence = -1;
    const find = (): void => {
      version = this.#version;
      run = this.#runOf(own);
      if (run === undefined) return;
      if (isReverse) place = this.#placeInRun(run, lastMs ?? toMs, lastMs === undefined ? Number.POSITIVE_INFINITY : lastSequence) - 1;
      else place = this.#placeInRun(run, lastMs ?? fromMs, lastMs === undefined ? -1 : lastSequence + 1);
    };
    return walkOf(() => {
      if (version !== this.#version) find();
      if (run === undefined) return undefined;
      const { liveFromMs } = this.#clock;
      if (!isReverse && place < run.length && this.#windows.startOf(run.at(place)) < liveFromMs)
        place = this.#placeInRun(run, liveFromMs, -1);
      if (place < 0 || place >= run.length) return undefined;
      const slot = run.at(place);
      const startMs = this.#windows.startOf(slot);
      if (startMs < fromMs || startMs < liveFromMs || startMs > toMs) return undefined;
      place += isReverse ? -1 : 1;
      lastMs = startMs;
      lastSequence = this.#windows.sequenceOf(slot);
      return this.#copied(slot);
    });
  }

  walkAll(fromMs: number, toMs: number, isReverse: boolean, after?: WindowPlace): Walk<StoredWindow> {
    const byTime = this.#byTime;
    const isBehind = after !== undefined && (isReverse || after.startMs >= fromMs);
    let place = 0;
    let version = -1;
    let last: (WindowPlace & { readonly sequence: number }) | undefined;
    const find = (): void => {
      version = this.#version;
      if (last !== undefined) place = this.#placeInTime(last.startMs, last.key, isReverse ? last.sequence : last.sequence + 1);
      else if (isBehind) place = this.#placeInTime(after.startMs, after.key, isReverse ? -1 : Number.POSITIVE_INFINITY);
      else place = this.#placeInTime(isReverse ? toMs : fromMs, undefined, isReverse ? Number.POSITIVE_INFINITY : -1);
      if (isReverse) place--;
    };
    return walkOf(() => {
      if (byTime !== this.#byTime) return undefined;
      if (version !== this.#version) find();
      const { liveFromMs } = this.#clock;
      if (!isReverse && place < byTime.length && this.#windows.startOf(byTime.at(place)) < liveFromMs)
        place = this.#placeInTime(liveFromMs, undefined, -1);
      if (place < 0 || place >= byTime.length) return undefined;
      const slot = byTime.at(place);
      const startMs = this.#windows.startOf(slot);
      if (startMs < fromMs || startMs < liveFromMs || startMs > toMs) return undefined;
      place += isReverse ? -1 : 1;
      const found = this.#copied(slot);
      last = { key: found.key, startMs, sequence: this.#windows.sequenceOf(slot) };
      return found;
    });
  }

  looked(): WindowReads {
    return this;
  }

  restore(changelogKey: Uint8Array, value: Uint8Array | null, timestamp: number): void {
    const startMs = startInWindowKey(changelogKey);
    if (this.#clock.restore(startMs) || this.#hasExpired) this.#expire();
    if (startMs < this.#clock.liveFromMs) this.#clock.removed(startMs + 1);
    else if (value !== null) this.#add(keyInWindowKey(changelogKey), value, startMs, timestamp);
  }

  judgeAsOf(streamTimeMs: number): boolean {
    const isWhole = this.#clock.judgeAsOf(streamTimeMs);
    this.#expire();
    return isWhole;
  }

  flush(): void {}

  close(): void {
    this.#keys.clear();
    this.#runs = [];
    this.#spareRuns.length = 0;
    this.#windows.clear();
    this.#byTime = new SlotRun();
    this.#slabs.clear();
    this.#version++;
  }

  #add(key: Uint8Array, value: Uint8Array, startMs: number, timestamp: number): void {
    this.#sequence = (this.#sequence + 1) & SEQUENCE_MASK;
    const keyAt = this.#keys.find(key) ?? this.#newKey(key);
    const run = this.#runs[keyAt]!;
    const valueStart = this.#slabs.add(value);
    const slot = this.#windows.add(keyAt, startMs, this.#sequence, timestamp, this.#slabs.slab, valueStart, value.length);
    run.insert(this.#placeInRun(run, startMs, Number.POSITIVE_INFINITY), slot);
    this.#byTime.insert(this.#placeInTime(startMs, key, Number.POSITIVE_INFINITY), slot);
    this.#version++;
  }

  #newKey(key: Uint8Array): number {
    this.#keys.put(key, noBytes, 0);
    const keyAt = this.#keys.find(key)!;
    this.#runs[keyAt] = this.#spareRuns.pop() ?? new SlotRun();
    return keyAt;
  }

  #expire(): void {
    const { liveFromMs } = this.#clock;
    const byTime = this.#byTime;
    for (let i = 0; i < this.#expiredPerPut; i++) {
      const slot = byTime.length === 0 ? undefined : byTime.at(0);
      const startMs = slot === undefined ? 0 : this.#windows.startOf(slot);
      this.#hasExpired = slot !== undefined && startMs < liveFromMs;
      if (slot === undefined || !this.#hasExpired) return;
      this.#clock.removed(startMs + 1);
      byTime.remove(0);
      this.#removeFirstOfKey(slot);
      this.#version++;
    }
  }

  /** The oldest of all is the first of its key, too. */
  #removeFirstOfKey(slot: number): void {
    const keyAt = this.#windows.keyOf(slot);
    const run = this.#runs[keyAt]!;
    run.remove(0);
    this.#windows.free(slot);
    if (run.length > 0) return;
    this.#keys.deleteEntry(keyAt);
    this.#runs[keyAt] = undefined;
    if (run.capacity <= SPARE_CAPACITY_MAX && this.#spareRuns.length < SPARE_RUNS_MAX) this.#spareRuns.push(run);
  }

  #runOf(key: Uint8Array): SlotRun | undefined {
    const keyAt = this.#keys.find(key);
    return keyAt === undefined ? undefined : this.#runs[keyAt];
  }

  /** Of the first of a key that does not start before that time, or starts then and has that number or a later one. */
  #placeInRun(run: SlotRun, startMs: number, sequence: number): number {
    this.#soughtMs = startMs;
    return this.#soughtIn(run, sequence);
  }

  #soughtIn(run: SlotRun, sequence: number): number {
    const startMs = this.#soughtMs;
    const windows = this.#windows;
    let low = 0;
    let high = run.length;
    // Mostly it comes after the last.
    if (high > 0) {
      const last = run.at(high - 1);
      const lastMs = windows.startOf(last);
      if (lastMs < startMs || (lastMs === startMs && windows.sequenceOf(last) < sequence)) return high;
    }
    while (low < high) {
      const middle = (low + high) >> 1;
      const slot = run.at(middle);
      const otherMs = windows.startOf(slot);
      if (otherMs < startMs || (otherMs === startMs && windows.sequenceOf(slot) < sequence)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Of the first of all that does not come before that start, key (undefined: before all keys, or behind them) and number. */
  #placeInTime(startMs: number, key: Uint8Array | undefined, sequence: number): number {
    const byTime = this.#byTime;
    let low = 0;
    let high = byTime.length;
    if (high > 0 && this.#isBefore(byTime.at(high - 1), startMs, key, sequence)) return high;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#isBefore(byTime.at(middle), startMs, key, sequence)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #isBefore(slot: number, startMs: number, key: Uint8Array | undefined, sequence: number): boolean {
    const windows = this.#windows;
    const otherMs = windows.startOf(slot);
    if (otherMs !== startMs) return otherMs < startMs;
    if (key === undefined) return sequence > 0;
    const order = this.#keys.compareKeyTo(windows.keyOf(slot), key);
    return order === 0 ? windows.sequenceOf(slot) < sequence : order < 0;
  }

  /** For whoever may keep it. */
  #copied(slot: number): StoredWindow {
    const windows = this.#windows;
    const start = windows.valueStartOf(slot);
    return {
      key: copiedBytes(this.#keys.keyOf(windows.keyOf(slot))),
      startMs: windows.startOf(slot),
      value: windows.slabOf(slot).subarray(start, start + windows.valueLengthOf(slot)),
      timestamp: windows.timestampOf(slot),
    };
  }
}

const noBytes = new Uint8Array();

/** A window by its number, as long as it is there. */
class ShownWindow implements StoredWindow {
  readonly #windows: WindowSlots;
  readonly #keys: PackedTable;
  slot = 0;
  /** A number with a fraction in the beginning, since times are larger than small whole ones. */
  startMs = 0.5;

  constructor(windows: WindowSlots, keys: PackedTable) {
    this.#windows = windows;
    this.#keys = keys;
  }

  get key(): Uint8Array {
    return this.#keys.keyOf(this.#windows.keyOf(this.slot));
  }

  get timestamp(): number {
    return this.#windows.timestampOf(this.slot);
  }

  /** A view, which stays as it is. */
  get value(): Uint8Array {
    const start = this.#windows.valueStartOf(this.slot);
    return this.#windows.slabOf(this.slot).subarray(start, start + this.#windows.valueLengthOf(this.slot));
  }

  /** A copy in memory that is lent, where it fits: costs no object. */
  lentValue(memory: LentMemory): Uint8Array {
    const length = this.#windows.valueLengthOf(this.slot);
    if (length > LENT_BYTES_MAX) return this.value;
    const slab = this.#windows.slabOf(this.slot);
    const { bytes } = memory;
    for (let i = 0, at = this.#windows.valueStartOf(this.slot); i < length; i++, at++) bytes[i] = slab[at]!;
    return memory.first(length);
  }
}
