import { type Headers, noHeaders } from "../../record.ts";
import type { Serde } from "../../serdes/serde.ts";
import { BlockList } from "../bytes/block-list.ts";
import { ByteTable, type Keyed } from "../bytes/byte-table.ts";
import { compareBytes } from "../bytes/compare-bytes.ts";
import { ownedBytes } from "../bytes/owned-bytes.ts";
import { isLarge } from "../changelog-fit.ts";
import type { ChangelogSink, RecordPosition, StoreContext } from "../store-builder.ts";
import type { FlushesInSteps, FlushWalk } from "../flushes-in-steps.ts";
import type { StateStore } from "../store.ts";
import { TypedStore } from "../typed-store.ts";
import { type BufferedChange, bufferedChangeBytes, bufferedSizeBytes, readBufferedChange } from "./buffered-change.ts";
import { JavaHashOrder } from "./java-hash-order.ts";
import { heldPosition } from "./record-context-bytes.ts";

/** A change that the buffer gives up. */
export interface Eviction<K, V> {
  readonly key: K;
  readonly newValue: V | null;
  readonly oldValue: V | null;
  /** Of the newest change of the key. */
  readonly position: RecordPosition;
}

interface Held extends Keyed {
  readonly timeMs: number;
  change: BufferedChange;
}

const changelogHeaders: Headers = Object.freeze([{ key: "v", value: Buffer.of(3) }]);

/**
 * Changes of a table that are held back, one for each key, in the order of their times and, at one time, of their keys. A later change of a key takes the place of the earlier one and keeps
 * its time. The changelog is written when the task flushes: one record for each key that changed since, in the order of Java's hash set and without a time, with header `v` = 3.
 * In memory only; its bound is kept by the operator, by `numRecords` and `sizeBytes`.
 */
export class SuppressBuffer<K, V> extends TypedStore<K, V> implements StateStore, FlushesInSteps {
  readonly isPersistent = false;
  readonly #byKey = new ByteTable<Held>();
  #byTime = new BlockList<Held>(byTime);
  readonly #dirty = new JavaHashOrder();
  readonly #changelog: ChangelogSink | undefined;
  #sizeBytes = 0;

  constructor(name: string, key: Serde<K>, value: Serde<V>, context: StoreContext, changelog: ChangelogSink | undefined) {
    super(name, key, value, context);
    this.#changelog = changelog;
  }

  /** How many keys are held back. */
  get numRecords(): number {
    return this.#byKey.size;
  }

  /** As Java counts it. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Of the change that is next to go; infinity when there is none. */
  get minTimeMs(): number {
    return this.#byTime.first?.timeMs ?? Number.POSITIVE_INFINITY;
  }

  put(timeMs: number, key: K, newValue: V | null, oldValue: V | null): void {
    const keyBytes = this.keyBytes(key);
    const held = this.#byKey.get(keyBytes);
    const oldBytes = oldValue === null ? null : ownedBytes(this.valueBytes(oldValue));
    const newBytes = newValue === null ? null : ownedBytes(this.valueBytes(newValue));
    const prior = held === undefined ? oldBytes : held.change.prior;
    const change = { prior, oldValue: oldBytes, newValue: newBytes, position: heldPosition(this.context.record) };
    this.#checkFits(keyBytes, change, timeMs);
    this.#hold(keyBytes, held, timeMs, change);
    if (this.#changelog !== undefined) this.#dirty.add(held?.key ?? this.#byKey.get(keyBytes)!.key);
  }

  /** Gives up the change that is next to go, once `use` has returned; false when there is none. */
  evict(use: (eviction: Eviction<K, V>) => void): boolean {
    const held = this.#byTime.first;
    if (held === undefined) return false;
    const { oldValue, newValue, position } = held.change;
    use({
      key: this.keyFrom(held.key),
      newValue: newValue === null ? null : this.valueFrom(newValue),
      oldValue: oldValue === null ? null : this.valueFrom(oldValue),
      position,
    });
    this.#drop(held);
    if (this.#changelog !== undefined) this.#dirty.add(held.key);
    return true;
  }

  /** What the table shows of a key that is held back: the value before the first change that is. Undefined when none is. */
  priorValue(key: K): V | null | undefined {
    const held = this.#byKey.get(this.keyBytes(key));
    if (held === undefined) return undefined;
    return held.change.prior === null ? null : this.valueFrom(held.change.prior);
  }

  /** Takes a record of form 3, which Java writes since 2.4. */
  restore(key: Uint8Array, value: Uint8Array | null, _timestamp: number): void {
    const held = this.#byKey.get(key);
    if (value === null) {
      if (held !== undefined) this.#drop(held);
      return;
    }
    const { timeMs, ...change } = readBufferedChange(value);
    this.#hold(key, held, timeMs, change);
  }

  flush(): void {
    const walk = this.beginFlush();
    while (walk.next());
  }

  beginFlush(): FlushWalk {
    const keys = this.#dirty.take();
    let at = 0;
    return {
      next: () => {
        if (at === keys.length) return false;
        this.#log(keys[at++]!);
        return true;
      },
      close() {},
    };
  }

  /** Its record comes with the commit, when nobody can go on without it. */
  #checkFits(key: Uint8Array, change: BufferedChange, timeMs: number): void {
    const check = this.#changelog?.check;
    if (check === undefined) return;
    const { prior, oldValue, newValue } = change;
    if ([prior, oldValue, newValue].some((value) => isLarge(key, value))) check(key, bufferedChangeBytes(change, timeMs), changelogHeaders);
  }

  #log(key: Uint8Array): void {
    const held = this.#byKey.get(key);
    if (held === undefined) this.#changelog?.(key, null, null, noHeaders);
    else this.#changelog?.(key, bufferedChangeBytes(held.change, held.timeMs), null, changelogHeaders);
  }

  close(): void {
    this.markClosed();
    this.#byKey.clear();
    this.#byTime = new BlockList(byTime);
    this.#dirty.take();
    this.#sizeBytes = 0;
  }

  #hold(keyBytes: Uint8Array, held: Held | undefined, timeMs: number, change: BufferedChange): void {
    if (held === undefined) {
      const fresh: Held = { key: ownedBytes(keyBytes), hash: 0, timeMs, change };
      this.#byKey.insert(fresh);
      this.#byTime.insert(fresh);
    } else {
      this.#sizeBytes -= bufferedSizeBytes(held.key, held.change);
      held.change = change;
    }
    this.#sizeBytes += bufferedSizeBytes(keyBytes, change);
  }

  #drop(held: Held): void {
    this.#byKey.delete(held.key);
    this.#byTime.remove(held);
    this.#sizeBytes -= bufferedSizeBytes(held.key, held.change);
  }
}

function byTime(a: Held, b: Held): number {
  return a.timeMs - b.timeMs || compareBytes(a.key, b.key);
}
