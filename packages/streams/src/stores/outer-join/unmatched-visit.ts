import { noHeaders } from "../../record.ts";
import { readInt32, readInt64 } from "../../serdes/int64-bytes.ts";
import { LENT_BYTES_MAX, LentMemory, lends } from "../../serdes/lent-bytes.ts";
import type { AnySerde } from "../../serdes/serde.ts";
import type { OrderedEntries } from "../key-value/key-value-bytes.ts";

/** What a visit has of its store. */
interface VisitedRecords {
  readonly key: AnySerde;
  readonly left: AnySerde;
  readonly right: AnySerde;
  readonly topic: string;
  /** `key` is valid during the call only. */
  remove(key: Uint8Array): void;
}

const TIME_BYTES = 8;
/** `byte kind, int32 count`, and of each value `int32 length, byte side`. */
const LIST_BYTES = 5;
const VALUE_BYTES = 5;

/** A way through lists of unmatched records in their order, on one list at a time: one object for all ways, one after another. Lists that it has passed may be taken out, one behind the other. */
export class UnmatchedVisit<K> {
  readonly #entries: OrderedEntries;
  readonly #records: VisitedRecords;
  readonly #keyMemory = new LentMemory();
  readonly #listMemory = new LentMemory();
  readonly #partMemory = new LentMemory();
  #entry: number | undefined;
  #next: number | undefined;
  #keyBytes: Uint8Array = noBytes;
  #list: Uint8Array = noBytes;
  /** Of the list that it is on. */
  timestamp = 0.5;
  isLeft = false;

  constructor(entries: OrderedEntries, records: VisitedRecords) {
    this.#entries = entries;
    this.#records = records;
  }

  /** Before the first. */
  begin(): this {
    this.#entry = undefined;
    this.#next = this.#entries.first();
    return this;
  }

  /** To the next list; false: there is none. */
  moveNext(): boolean {
    const entry = this.#next;
    this.#entry = entry;
    if (entry === undefined) return false;
    this.#next = this.#entries.after(entry);
    this.#keyBytes = this.#entries.lentKeyOf(entry, this.#keyMemory);
    this.#list = this.#entries.lentValueOf(entry, this.#listMemory) ?? noBytes;
    this.timestamp = readInt64(this.#keyBytes, 0);
    this.isLeft = this.#keyBytes[TIME_BYTES] === 1;
    return true;
  }

  /** The list's number, for {@link remove}. */
  get entry(): number {
    return this.#entry!;
  }

  get count(): number {
    return readInt32(this.#list, 1);
  }

  key(): K {
    return this.#read(this.#records.key, this.#keyBytes, TIME_BYTES + 1, this.#keyBytes.length) as K;
  }

  /** The first value of the list. */
  firstValue(): unknown {
    const length = readInt32(this.#list, LIST_BYTES);
    return this.#read(
      this.isLeft ? this.#records.left : this.#records.right,
      this.#list,
      LIST_BYTES + VALUE_BYTES,
      LIST_BYTES + 4 + length,
    );
  }

  /** Takes out a list that it has been on. */
  remove(entry: number): void {
    this.#records.remove(this.#entries.lentKeyOf(entry, this.#partMemory));
  }

  /** Serdes of ours keep nothing of what they are lent; others are given bytes of their own. */
  #read(serde: AnySerde, bytes: Uint8Array, from: number, to: number): unknown {
    const length = to - from;
    let part: Uint8Array;
    if (length > LENT_BYTES_MAX || !lends(serde)) part = Uint8Array.prototype.slice.call(bytes, from, to);
    else {
      const into = this.#partMemory.bytes;
      for (let i = 0; i < length; i++) into[i] = bytes[from + i]!;
      part = this.#partMemory.first(length);
    }
    return serde.deserialize(this.#records.topic, part, noHeaders);
  }
}

const noBytes = new Uint8Array();
