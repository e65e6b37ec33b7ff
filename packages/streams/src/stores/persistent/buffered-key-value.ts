import { StreamsError } from "../../streams-error.ts";
import { PackedTable } from "../bytes/packed-table.ts";
import type { KeyValueBytes, KeyValueReads, StoredBytes, StoredEntry } from "../key-value/key-value-bytes.ts";
import { MergedWalk, type Overlay, type Overlays } from "../merged-walk.ts";
import { LentMemory } from "../../serdes/lent-bytes.ts";
import type { Walk } from "../store-walk.ts";
import type { LmdbDatabase } from "./lmdb-environment.ts";

/** LMDB's own bound, with its pages of 4 KiB. */
const KEY_BYTES_MAX = 1978;

/** What an entry that waits takes beside its bytes. */
const ENTRY_BYTES = 48;
/** After so many entries it is asked whether it may go on. */
const ENTRIES_PER_LOOK = 64;

/** Is told how many bytes more wait for a commit. */
export type PendingBytes = (change: number) => void;

/**
 * A database with what has been put since the last commit before it, in memory: what the file holds is the state as of its last commit, whatever happens to the process. A walk sees both,
 * and goes on over a commit. Bounded by its owner, who is told what it holds and commits in time.
 */
export class BufferedKeyValue implements KeyValueBytes {
  readonly isPersistent = true;
  readonly name: string;
  readonly #database: LmdbDatabase;
  readonly #pending = new PackedTable();
  readonly #keyMemory = new LentMemory();
  readonly #valueMemory = new LentMemory();
  readonly #overlays: Overlays<Overlay> = {
    ascending: (from) => this.#overlaid(this.#pending.ascending(from ?? null)),
    descending: (from) => this.#overlaid(this.#pending.descending(from ?? null)),
  };
  readonly #told: PendingBytes;
  #pendingBytes = 0;
  /** Counts commits. */
  #commits = 0;

  constructor(name: string, database: LmdbDatabase, told: PendingBytes) {
    this.name = name;
    this.#database = database;
    this.#told = told;
  }

  get size(): number {
    return this.#database.size + this.#pending.size;
  }

  get(key: Uint8Array): StoredBytes | undefined {
    const pending = this.#pending.find(key);
    if (pending === undefined) return this.#database.get(key);
    const value = this.#pending.sharedValueOf(pending);
    return value === null ? undefined : { value, timestamp: this.#pending.timestampOf(pending) };
  }

  put(key: Uint8Array, value: Uint8Array | null, timestamp: number): void {
    if (key.length > KEY_BYTES_MAX) {
      throw new StreamsError(
        "STREAMS_BAD_ARGUMENT",
        `Store ${this.name} was given a key of ${key.length} bytes; a persistent one takes at most ${KEY_BYTES_MAX}.`,
      );
    }
    const countBefore = this.#pending.size;
    const change = this.#pending.put(key, value, timestamp) + (this.#pending.size - countBefore) * ENTRY_BYTES;
    this.#pendingBytes += change;
    this.#told(change);
  }

  restore(key: Uint8Array, value: Uint8Array | null, timestamp: number): void {
    this.put(key, value, timestamp);
  }

  walk(from: Uint8Array | null, to: Uint8Array | null, isReverse: boolean): Walk<StoredEntry> {
    return new MergedWalk(this.#database, this.#overlays, () => this.#commits, from, to, isReverse);
  }

  looked(): KeyValueReads {
    return this;
  }

  /** Nothing: what waits goes to the file with the commit. */
  flush(): void {}

  close(): void {
    this.forget();
  }

  /** Writes what waits, in a transaction of its environment. */
  write(): void {
    this.writes()(() => true);
  }

  /**
   * Writes what waits bit by bit, in the order of keys, which saves LMDB most of its work: each call, in a transaction of its environment, goes on until `mayGoOn` says no, and returns true when all is written. Nothing may be put
   * meanwhile.
   */
  writes(): (mayGoOn: () => boolean) => boolean {
    const next = this.#pending.unchanged();
    return (mayGoOn) => {
      for (let count = 1; ; count++) {
        const entry = next();
        if (entry === undefined) return true;
        const key = this.#pending.lentKeyOf(entry, this.#keyMemory);
        const value = this.#pending.lentValueOf(entry, this.#valueMemory);
        if (value === null) this.#database.delete(key);
        else this.#database.put(key, value, this.#pending.timestampOf(entry));
        if (count % ENTRIES_PER_LOOK === 0 && !mayGoOn()) return false;
      }
    };
  }

  /** How many entries wait. */
  get pendingCount(): number {
    return this.#pending.size;
  }

  /** What waited is written, or is not wanted any more. */
  forget(): void {
    this.#pending.clear();
    this.#told(-this.#pendingBytes);
    this.#pendingBytes = 0;
    this.#commits++;
  }

  /** With all that is in it. */
  drop(): void {
    this.forget();
    this.#database.drop();
  }

  #overlaid(next: () => number | undefined): () => Overlay | undefined {
    return () => {
      const entry = next();
      if (entry === undefined) return undefined;
      return { key: this.#pending.keyOf(entry), value: this.#pending.valueOf(entry), timestamp: this.#pending.timestampOf(entry) };
    };
  }
}
