import { LentMemory, lends } from "../../serdes/lent-bytes.ts";
import type { Serde } from "../../serdes/serde.ts";
import { BytesStore } from "../bytes-store.ts";
import { CachedWindow } from "../cache/cached-window.ts";
import type { FoundValue, FoundWindow, RangeVisitor, ReadsWindowInto, TakesWindowsBack, VisitsWindows } from "../found-value.ts";
import type {
  Cacheable,
  ChangeListener,
  StoreIterator,
  TimestampedWindowStore,
  ValueAndTimestamp,
  WindowedEntry,
  WindowName,
  WindowStore,
} from "../store.ts";
import type { StoreContext } from "../store-builder.ts";
import { StoreWalk } from "../store-walk.ts";
import { type StoredWindow, type TakenWindows, visitKey, type WindowBytes, type WindowVisitor } from "./window-bytes.ts";
import { isWindowKey } from "./window-key.ts";

/** A window store with serdes; `Value` is what users put and get: the value itself, or with its time. */
abstract class TypedWindow<K, V, Value> extends BytesStore<K, V, WindowBytes> implements WindowStore<K, Value> {
  /** A key may be several times in a window. */
  protected readonly retainsDuplicates: boolean = false;

  protected override mayHaveWritten(key: Uint8Array): boolean {
    return isWindowKey(key, this.retainsDuplicates);
  }

  put(key: K, value: Value | null, windowStartMs: number): void {
    const keyBytes = this.keyBytes(key);
    if (value === null || value === undefined) this.bytes.put(keyBytes, null, windowStartMs, this.context.record.timestamp);
    else this.putShown(keyBytes, value, windowStartMs);
  }

  fetch(key: K, windowStartMs: number): Value | null {
    const found = this.bytes.fetch(this.keyBytes(key), windowStartMs);
    return found === undefined ? null : this.shown(found);
  }

  fetchRange(key: K, fromMs: number, toMs: number): StoreIterator<[number, Value]> {
    return this.#ofKey(key, fromMs, toMs, false);
  }

  reverseFetchRange(key: K, fromMs: number, toMs: number): StoreIterator<[number, Value]> {
    return this.#ofKey(key, fromMs, toMs, true);
  }

  fetchAll(fromMs: number, toMs: number): StoreIterator<WindowedEntry<K, Value>> {
    return this.#ofAll(fromMs, toMs, false);
  }

  reverseFetchAll(fromMs: number, toMs: number): StoreIterator<WindowedEntry<K, Value>> {
    return this.#ofAll(fromMs, toMs, true);
  }

  all(): StoreIterator<WindowedEntry<K, Value>> {
    return this.#ofAll(0, Number.POSITIVE_INFINITY, false);
  }

  reverseAll(): StoreIterator<WindowedEntry<K, Value>> {
    return this.#ofAll(0, Number.POSITIVE_INFINITY, true);
  }

  protected abstract shown(found: StoredWindow): Value;
  protected abstract putShown(key: Uint8Array, value: Value, startMs: number): void;

  #ofKey(key: K, fromMs: number, toMs: number, isReverse: boolean): StoreIterator<[number, Value]> {
    const walk = this.bytes.walkKey(this.keyBytes(key), fromMs, toMs, isReverse);
    return new StoreWalk(walk, (entry): [number, Value] => [entry.startMs, this.shown(entry)]);
  }

  #ofAll(fromMs: number, toMs: number, isReverse: boolean): StoreIterator<WindowedEntry<K, Value>> {
    this.checkOpen();
    return new StoreWalk(this.bytes.walkAll(fromMs, toMs, isReverse), (entry) => ({
      key: this.keyFrom(entry.key),
      windowStartMs: entry.startMs,
      value: this.shown(entry),
    }));
  }
}

/** Values alone: what stream-stream joins keep. */
export class PlainWindow<K, V> extends TypedWindow<K, V, V> implements VisitsWindows {
  protected override readonly retainsDuplicates: boolean;
  #visitor: RangeVisitor | undefined;
  /** Serdes that keep nothing of what they read are lent it. */
  readonly #memory: LentMemory | undefined;
  readonly #windows = new VisitedWindows((window) => {
    const found = this.#found;
    found.value = this.valueFrom(this.#bytesOf(window));
    found.startMs = window.startMs;
    return this.#visitor!.visitValue(found);
  });
  readonly #found: { -readonly [Field in keyof FoundWindow]: FoundWindow[Field] } = { startMs: 0.5, value: undefined };

  constructor(name: string, key: Serde<K>, value: Serde<V>, bytes: WindowBytes, context: StoreContext, retainsDuplicates: boolean) {
    super(name, key, value, bytes, context);
    this.retainsDuplicates = retainsDuplicates;
    this.#memory = lends(value) ? new LentMemory() : undefined;
  }

  #bytesOf(window: StoredWindow): Uint8Array {
    const memory = this.#memory;
    return memory === undefined || window.lentValue === undefined ? window.value : window.lentValue(memory);
  }

  visitRange(key: K, visitor: RangeVisitor): void {
    // What comes of a value may visit the same store.
    const outer = this.#visitor;
    this.#visitor = visitor;
    this.#windows.fromMs = visitor.fromMs;
    this.#windows.toMs = visitor.toMs;
    try {
      visitKey(this.bytes, this.keyBytes(key), this.#windows);
    } finally {
      this.#visitor = outer;
    }
  }

  putWindowWithTime(key: K, value: V | null, windowStartMs: number, timestamp: number): void {
    const keyBytes = this.keyBytes(key);
    this.bytes.put(keyBytes, value === null || value === undefined ? null : this.valueBytes(value), windowStartMs, timestamp);
  }

  protected shown(found: StoredWindow): V {
    return this.valueFrom(found.value);
  }

  protected putShown(key: Uint8Array, value: V, startMs: number): void {
    this.bytes.put(key, this.valueBytes(value), startMs, this.context.record.timestamp);
  }
}

class VisitedWindows implements WindowVisitor {
  fromMs = 0.5;
  toMs = 0.5;
  readonly visit: (window: StoredWindow) => boolean;

  constructor(visit: (window: StoredWindow) => boolean) {
    this.visit = visit;
  }
}

/** Values with the time of the newest record in them: what windowed aggregates keep. */
export class TimestampedWindow<K, V>
  extends TypedWindow<K, V, ValueAndTimestamp<V>>
  implements TimestampedWindowStore<K, V>, Cacheable<WindowName<K>, V>, ReadsWindowInto, TakesWindowsBack
{
  readWindowInto(key: K, windowStartMs: number, into: FoundValue): boolean {
    const found = this.bytes.fetch(this.keyBytes(key), windowStartMs);
    if (found === undefined) return false;
    into.value = this.valueFrom(found.value);
    into.timestamp = found.timestamp;
    return true;
  }

  putWindowWithTime(key: K, value: V, windowStartMs: number, timestamp: number): void {
    const keyBytes = this.keyBytes(key);
    this.bytes.put(keyBytes, this.valueBytes(value), windowStartMs, timestamp);
  }

  takeBack(key: K, into: TakenWindows): boolean {
    into.clear();
    const { bytes } = this;
    if (bytes.takeBack === undefined) return false;
    bytes.takeBack(this.keyBytes(key), into);
    return !into.isMore;
  }

  readTaken(taken: TakenWindows, index: number, into: FoundValue): boolean {
    const window = taken.at(index);
    if (window.startMs < taken.live.liveFromMs) return false;
    into.value = this.valueFrom(window.value);
    into.timestamp = window.timestamp;
    return true;
  }

  giveChangesTo(listener: ChangeListener<WindowName<K>, V>, wantsOldValues: boolean): boolean {
    if (!(this.bytes instanceof CachedWindow)) return false;
    this.bytes.listen({
      wantsOldValues,
      onChange: ({ entry: { key, startMs }, newValue, oldValue, position }) => {
        const value = newValue === undefined ? null : this.valueFrom(newValue.value);
        const old = oldValue === undefined ? null : this.valueFrom(oldValue.value);
        const timestamp = newValue === undefined ? position.timestamp : newValue.timestamp;
        listener({ key: this.keyFrom(key), windowStartMs: startMs }, value, old, timestamp, position);
      },
    });
    return true;
  }

  protected shown(found: StoredWindow): ValueAndTimestamp<V> {
    return { value: this.valueFrom(found.value), timestamp: found.timestamp };
  }

  protected putShown(key: Uint8Array, { value, timestamp }: ValueAndTimestamp<V>, startMs: number): void {
    this.bytes.put(key, this.valueBytes(value), startMs, timestamp);
  }
}
