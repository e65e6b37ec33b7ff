import { noHeaders } from "../../record.ts";
import { readInt32, readInt64, writeInt32, writeInt64 } from "../../serdes/int64-bytes.ts";
import type { Serde } from "../../serdes/serde.ts";
import { BlockList } from "../bytes/block-list.ts";
import { compareBytes } from "../bytes/compare-bytes.ts";
import { ownedBytes } from "../bytes/owned-bytes.ts";
import type { StateStore } from "../store.ts";
import type { ChangelogSink, RecordPosition, StoreContext } from "../store-builder.ts";
import { bufferedChangeBytes, readBufferedChange } from "../suppress/buffered-change.ts";
import { heldPosition } from "../suppress/record-context-bytes.ts";
import { TypedStore } from "../typed-store.ts";

/** A record whose time has come. */
export interface DueRecord<K, V> {
  readonly key: K;
  readonly value: V;
  /** Where it came from; its time is the record's. */
  readonly position: RecordPosition;
}

interface Waiting {
  readonly timestamp: number;
  readonly key: Uint8Array;
  readonly sequence: number;
  readonly value: Uint8Array;
  readonly position: RecordPosition;
}

/** The first byte of keys that are sorted by time, in Java's time-ordered stores. */
const BY_TIME = 0;
const SEQUENCE_MASK = 0x7fffffff;

/**
 * Records that wait until stream time, of those that were put, is a grace later, for joins of a stream with a versioned table (KIP-923): by time, then key, then as they came. The changelog
 * is written at once, as Java's: under `byte 0, int64 time, key, int32 sequence` what suppress writes of a change, with a buffer time of 0, no header and no time. In memory; what bounds it is the
 * grace.
 */
export class WaitingRecords<K, V> extends TypedStore<K, V> implements StateStore {
  readonly isPersistent = false;
  readonly #graceMs: number;
  readonly #changelog: ChangelogSink | undefined;
  #waiting = new BlockList<Waiting>(inOrder);
  #sequence = 0;
  #observedMs = -1;

  constructor(name: string, key: Serde<K>, value: Serde<V>, graceMs: number, context: StoreContext, changelog: ChangelogSink | undefined) {
    super(name, key, value, context);
    this.#graceMs = graceMs;
    this.#changelog = changelog;
  }

  /** The stream time at which a record of this time goes on, if it has not come yet. */
  waitsUntilMs(timestamp: number): number | undefined {
    return timestamp > this.#observedMs - this.#graceMs ? timestamp + this.#graceMs : undefined;
  }

  /** Until when the next of them waits. Undefined: none does. */
  next(): { readonly untilStreamTimeMs: number; readonly streamTimeMs: number } | undefined {
    const { first } = this.#waiting;
    if (first === undefined) return undefined;
    return { untilStreamTimeMs: first.timestamp + this.#graceMs, streamTimeMs: this.#observedMs };
  }

  /** Takes the current record; false when its time has come already. */
  put(key: K, value: V, timestamp: number): boolean {
    if (this.#observedMs - this.#graceMs > timestamp) return false;
    this.#sequence = (this.#sequence + 1) & SEQUENCE_MASK;
    const record: Waiting = {
      timestamp,
      key: ownedBytes(this.keyBytes(key)),
      sequence: this.#sequence,
      value: ownedBytes(this.valueBytes(value)),
      position: heldPosition(this.context.record),
    };
    // What is too large for the changelog is not held either.
    this.#changelog?.(
      changelogKey(record),
      bufferedChangeBytes({ prior: null, oldValue: null, newValue: record.value, position: record.position }, 0),
      null,
      noHeaders,
    );
    this.#hold(record);
    return true;
  }

  /** Gives the next record whose time has come, until `use` has returned; false when there is none. */
  takeDue(use: (record: DueRecord<K, V>) => void): boolean {
    const record = this.#waiting.first;
    if (record === undefined || record.timestamp > this.#observedMs - this.#graceMs) return false;
    use({ key: this.keyFrom(record.key), value: this.valueFrom(record.value), position: record.position });
    this.#waiting.remove(record);
    this.#changelog?.(changelogKey(record), null, null, noHeaders);
    return true;
  }

  restore(key: Uint8Array, value: Uint8Array | null, _timestamp: number): void {
    const at = key.length - 4;
    const place = { timestamp: readInt64(key, 1), key: key.subarray(9, at), sequence: readInt32(key, at) };
    if (value === null) {
      this.#waiting.remove({ ...place, value: noBytes, position: this.context.record });
      return;
    }
    const { newValue, position } = readBufferedChange(value);
    this.#sequence = Math.max(this.#sequence, place.sequence);
    this.#hold({ ...place, value: newValue ?? noBytes, position });
  }

  flush(): void {}

  close(): void {
    this.markClosed();
    this.#waiting = new BlockList(inOrder);
  }

  #hold(record: Waiting): void {
    this.#waiting.insert(record);
    if (record.timestamp > this.#observedMs) this.#observedMs = record.timestamp;
  }
}

const noBytes = new Uint8Array();

function inOrder(a: Waiting, b: Waiting): number {
  return a.timestamp - b.timestamp || compareBytes(a.key, b.key) || a.sequence - b.sequence;
}

function changelogKey({ timestamp, key, sequence }: Waiting): Uint8Array {
  const into = Buffer.allocUnsafeSlow(key.length + 13);
  into[0] = BY_TIME;
  writeInt64(into, 1, timestamp);
  into.set(key, 9);
  writeInt32(into, key.length + 9, sequence);
  return into;
}
