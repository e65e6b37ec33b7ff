import { ByteReader } from "@ottla/base";
import { noHeaders } from "../../record.ts";
import { readInt32, readInt64, writeInt32, writeInt64 } from "../../serdes/int64-bytes.ts";
import { LENT_BYTES_MAX, LentMemory, lending } from "../../serdes/lent-bytes.ts";
import type { AnySerde, Serde } from "../../serdes/serde.ts";
import { sharedKeys } from "../../serdes/shared-bytes.ts";
import { CachedKeyValue } from "../cache/cached-key-value.ts";
import type { KeyValueBytes } from "../key-value/key-value-bytes.ts";
import type { StateStore, StoreIterator } from "../store.ts";
import type { FoundWindow } from "../found-value.ts";
import type { StoreContext } from "../store-builder.ts";
import { UnmatchedVisit } from "./unmatched-visit.ts";
import { StoreWalk } from "../store-walk.ts";
import { writtenBytes } from "../../serdes/written-bytes.ts";

/** The records of a left or outer join of one time, side and key that have found no partner yet. Key and values stay bytes until they are asked for: most lists are only looked at for their time. */
export interface UnmatchedList<K> {
  readonly timestamp: number;
  readonly isLeft: boolean;
  /** How many values there are. */
  readonly count: number;
  key(): K;
  /** Of its side's type, as they came. */
  values(): unknown[];
  /** Takes it out. */
  remove(): void;
}

/** The serdes of a stream-stream join. */
export interface JoinSerdes<K> {
  readonly key: Serde<K>;
  readonly left: Serde<never>;
  readonly right: Serde<never>;
}

const VARIABLE_SIZE = 1;
const TWO_32 = 2 ** 32;

/**
 * What left and outer joins of streams keep until the window of a record without a partner has closed: lists of values by time, side and key. A key is `int64 time, byte side (1: left),
 * key`; a value Java's list of values, each behind its side's byte. The changelog has the same bytes; its records hold the whole list.
 */
export class UnmatchedRecords<K> implements StateStore {
  readonly name: string;
  readonly #serdes: JoinSerdes<K>;
  /** As they were given. */
  readonly #read: JoinSerdes<K>;
  readonly #bytes: KeyValueBytes;
  readonly #context: StoreContext;
  readonly #memory = new LentMemory();
  readonly #listMemory = new LentMemory();
  #visit: UnmatchedVisit<K> | undefined;
  #isOpen = true;

  constructor(name: string, serdes: JoinSerdes<K>, bytes: KeyValueBytes, context: StoreContext) {
    this.name = name;
    this.#read = serdes;
    this.#serdes = { key: sharedKeys(serdes.key), left: lending(serdes.left), right: lending(serdes.right) };
    this.#bytes = bytes;
    this.#context = context;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get isPersistent(): boolean {
    return this.#bytes.isPersistent;
  }

  /** It may hold nothing and say false: only who keeps the bytes knows. */
  get isEmpty(): boolean {
    return this.#bytes.size === 0 && !(this.#bytes instanceof CachedKeyValue);
  }

  /** Adds a record to those of its time, side and key. */
  add(key: K, timestamp: number, isLeft: boolean, value: unknown): void {
    const { left, right } = this.#serdes;
    const serde: Serde<never> = isLeft ? left : right;
    const topic = this.#context.changelogTopic;
    const element = writtenBytes(serde.serialize(topic, value as never, this.#context.record.headers));
    const keyBytes = this.#keyBytes(key, isLeft);
    writeInt64(keyBytes, 0, timestamp);
    const list = listWith(this.#bytes.get(keyBytes)?.value, isLeft, element, this.#listMemory);
    this.#bytes.put(keyBytes, list, this.#context.record.timestamp);
  }

  /** All of that time, side and key have found a partner; false when there were none, which costs no changelog record. */
  removeMatched(key: K, { startMs }: FoundWindow, isLeft: boolean): boolean {
    const keyBytes = this.#keyBytes(key, isLeft);
    // In two halves: a time that is handed on is boxed.
    const high = Math.floor(startMs / TWO_32);
    writeInt32(keyBytes, 0, high);
    writeInt32(keyBytes, 4, startMs - high * TWO_32);
    const bytes = this.#bytes;
    const isThere = bytes.has === undefined ? bytes.get(keyBytes) !== undefined : bytes.has(keyBytes);
    if (!isThere) return false;
    this.#bytes.put(keyBytes, null, this.#context.record.timestamp);
    return true;
  }

  /** By time, then right before left, then by key. May be taken out while walking. */
  all(): StoreIterator<UnmatchedList<K>> {
    return new StoreWalk(this.#bytes.walk(null, null, false), (entry) => this.#listOf(entry.key, entry.value));
  }

  /** {@link all}, without an object for each list; undefined where it cannot be. */
  visits(): UnmatchedVisit<K> | undefined {
    const { ordered } = this.#bytes;
    if (ordered === undefined) return undefined;
    this.#visit ??= new UnmatchedVisit<K>(ordered, {
      ...this.#read,
      topic: this.#context.changelogTopic,
      remove: (key) => this.#bytes.put(key, null, this.#context.record.timestamp),
    });
    return this.#visit.begin();
  }

  restore(key: Uint8Array, value: Uint8Array | null, timestamp: number): void {
    this.#bytes.restore(key, value, timestamp);
  }

  flush(): void {
    this.#bytes.flush();
  }

  close(): void {
    this.#isOpen = false;
    this.#bytes.close();
  }

  /** Lent: gone with the next one. The time is still to be written. */
  #keyBytes(key: K, isLeft: boolean): Uint8Array {
    const keyBytes = writtenBytes(this.#serdes.key.serialize(this.#context.changelogTopic, key, this.#context.record.headers));
    const length = 9 + keyBytes.length;
    const into = length > LENT_BYTES_MAX ? Buffer.allocUnsafe(length) : this.#memory.first(length);
    into[8] = isLeft ? 1 : 0;
    into.set(keyBytes, 9);
    return into;
  }

  #listOf(keyBytes: Uint8Array, list: Uint8Array): UnmatchedList<K> {
    const { changelogTopic, record } = this.#context;
    return {
      timestamp: readInt64(keyBytes, 0),
      isLeft: keyBytes[8] === 1,
      count: readInt32(list, 1),
      key: () => this.#serdes.key.deserialize(changelogTopic, keyBytes.subarray(9), noHeaders),
      values: () => this.#valuesOf(list),
      remove: () => this.#bytes.put(keyBytes, null, record.timestamp),
    };
  }

  #valuesOf(list: Uint8Array): unknown[] {
    const { left, right } = this.#serdes;
    const reader = new ByteReader(Buffer.from(list.buffer, list.byteOffset, list.byteLength));
    if (reader.int8() !== VARIABLE_SIZE) throw new TypeError(`Store ${this.name} holds a list that none of its kind wrote.`);
    return Array.from({ length: reader.int32() }, () => {
      const element = reader.view(reader.int32());
      const serde: AnySerde = element[0] === 1 ? left : right;
      return serde.deserialize(this.#context.changelogTopic, element.subarray(1), noHeaders);
    });
  }
}

/** The list with one more element, whose first byte tells its side; lent, where it is small. */
function listWith(list: Uint8Array | undefined, isLeft: boolean, element: Uint8Array, memory: LentMemory): Uint8Array {
  const from = list ?? emptyList;
  const length = from.length + 5 + element.length;
  const into = length > LENT_BYTES_MAX ? Buffer.allocUnsafeSlow(length) : memory.first(length);
  into.set(from);
  into.writeInt32BE(into.readInt32BE(1) + 1, 1);
  writeInt32(into, from.length, element.length + 1);
  into[from.length + 4] = isLeft ? 1 : 0;
  into.set(element, from.length + 5);
  return into;
}

const emptyList = Buffer.from([VARIABLE_SIZE, 0, 0, 0, 0]);
