import type { LentMemory } from "../../serdes/lent-bytes.ts";
import type { Walk } from "../store-walk.ts";

/** A value in a store of bytes, and its time. May be an object of the store's own, and the value memory of the store's own: the next put changes both, so who wants the old value then copies it. */
export interface StoredBytes {
  readonly value: Uint8Array;
  readonly timestamp: number;
}

export interface StoredEntry extends StoredBytes {
  readonly key: Uint8Array;
}

/**
 * The floor of key-value stores: bytes, sorted unsigned and lexicographically. What keeps them (memory, a file), what writes a changelog and what caches are each one of these, put one
 * before the other. Bytes that are put in must not change afterwards.
 */
export interface KeyValueBytes {
  readonly isPersistent: boolean;
  /** How many keys; an estimate where counting is dear. */
  readonly size: number;
  get(key: Uint8Array): StoredBytes | undefined;
  /** Whether {@link get} finds something; missing where that is as dear. */
  readonly has?: (key: Uint8Array) => boolean;
  /** Missing where entries have no numbers. */
  readonly ordered?: OrderedEntries | undefined;
  /** Null deletes; the time is then that of the deletion. */
  put(key: Uint8Array, value: Uint8Array | null, timestamp: number): void;
  /** Throws `STREAMS_WRITE` where the changelog would refuse that put for its size; left out where there is none. */
  checkFits?(key: Uint8Array, value: Uint8Array | null): void;
  /** Takes a record of the changelog: as a put that nobody hears of. */
  restore(key: Uint8Array, value: Uint8Array | null, timestamp: number): void;
  /** Both ends inclusive; null: open. Weakly consistent: sees what is put ahead of it while it walks. */
  walk(from: Uint8Array | null, to: Uint8Array | null, isReverse: boolean): Walk<StoredEntry>;
  /** The same for those who ask from outside a task: nothing counts as used for it, and nothing is put into a cache, so that an answer changes nothing. */
  looked(): KeyValueReads;
  flush(): void;
  close(): void;
}

/** Entries by number, sorted by key: each valid until it is deleted. For who goes through them without an object for each. */
export interface OrderedEntries {
  first(): number | undefined;
  /** The next one behind an entry that is there. */
  after(entry: number): number | undefined;
  /** In memory that is lent, where it fits. */
  lentKeyOf(entry: number, memory: LentMemory): Uint8Array;
  /** The same of its value, which nobody puts as null. */
  lentValueOf(entry: number, memory: LentMemory): Uint8Array | null;
}

/** What can be read of a key-value store. */
export type KeyValueReads = Pick<KeyValueBytes, "get" | "walk" | "size">;
