import { LoadedEntries } from "../bytes/loaded-entries.ts";
import { PackedTable } from "../bytes/packed-table.ts";
import type { KeyValueBytes, KeyValueReads, StoredBytes, StoredEntry } from "../key-value/key-value-bytes.ts";
import { MergedWalk, type Overlay, type Overlays } from "../merged-walk.ts";
import { LentMemory } from "../../serdes/lent-bytes.ts";
import type { Walk } from "../store-walk.ts";
import type { LmdbDatabase } from "./lmdb-environment.ts";

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
  /** Of a restore, as long as nobody asks for anything: then it is put to what waits. */
  readonly #loaded = new LoadedEntries();
  readonly #keyMemory = new LentMemory();
  readonly #valueMemory = new LentMemory();
  readonly #overlays: Overlays<Overlay> = {
    ascending: (from) => this.#overlaid(this.#pending.ascending(from ?? null)),
    descending: (from) => this.#overlaid(this.#pending.descending(from ?? null)),
  };
  readonly #told: PendingBytes;
  readonly #isAsked: () => boolean;
  /** It was asked for while it was restored: it may be again. */
  #wasAsked = false;
  #pendingBytes = 0;
  #loadedBytes = 0;
  /** So many of those that were restored are with what waits, too. */
  #settledCount = 0;
  /** Counts commits. */
  #commits = 0;

  /** `isAsked`: what is restored may be asked for at any time, and is put where it can be found at once. */
  constructor(name: string, database: LmdbDatabase, told: PendingBytes, isAsked: () => boolean) {
    this.name = name;
    this.#database = database;
    this.#told = told;
    this.#isAsked = isAsked;
  }

  get size(): number {
    return this.#database.size + this.pendingCount;
  }

  get(key: Uint8Array): StoredBytes | undefined {
    this.#settle();
    const pending = this.#pending.find(key);
    if (pending === undefined) return this.#database.get(key);
    const value = this.#pending.sharedValueOf(pending);
    return value === null ? undefined : { value, timestamp: this.#pending.timestampOf(pending) };
  }

  put(key: Uint8Array, value: Uint8Array | null, timestamp: number): void {
    this.#database.makeRoomFor(key);
    this.#settle();
    this.#put(key, value, timestamp);
  }

  restore(key: Uint8Array, value: Uint8Array | null, timestamp: number): void {
    this.#database.makeRoomFor(key);
    const isFound = this.#pending.size > 0 || this.#wasAsked || this.#isAsked();
    if (isFound && this.#loaded.count === 0) this.#put(key, value, timestamp);
    else this.#load(key, value, timestamp);
  }

  #load(key: Uint8Array, value: Uint8Array | null, timestamp: number): void {
    const bytes = this.#loaded.add(key, value, timestamp);
    this.#loadedBytes += bytes;
    this.#count(bytes);
    if (!this.#wasAsked) return;
    // Or whoever asks never comes to the end of what comes.
    this.#settleNext();
    this.#settleNext();
  }

  #put(key: Uint8Array, value: Uint8Array | null, timestamp: number): void {
    const countBefore = this.#pending.size;
    this.#count(this.#pending.put(key, value, timestamp) + (this.#pending.size - countBefore) * ENTRY_BYTES);
  }

  #count(change: number): void {
    this.#pendingBytes += change;
    this.#told(change);
  }

  /** Makes what was restored a part of what waits, where it can be found. */
  #settle(): void {
    if (this.#loaded.count > 0) this.settleSome(() => true);
  }

  /** Does so bit by bit, until `mayGoOn` says no; true when nothing is left. What is restored meanwhile comes behind the rest. */
  settleSome(mayGoOn: () => boolean): boolean {
    const loaded = this.#loaded;
    this.#wasAsked = true;
    while (this.#settledCount < loaded.count) {
      this.#settleNext();
      if (this.#settledCount % ENTRIES_PER_LOOK === 0 && !mayGoOn()) return false;
    }
    this.#clearLoaded();
    return true;
  }

  #settleNext(): void {
    const loaded = this.#loaded;
    if (this.#settledCount === loaded.count) return;
    const entry = this.#settledCount++;
    const key = loaded.keyOf(entry, this.#keyMemory);
    this.#put(key, loaded.valueOf(entry, this.#valueMemory), loaded.timestampOf(entry));
  }

  #clearLoaded(): void {
    this.#loaded.clear();
    this.#settledCount = 0;
    this.#count(-this.#loadedBytes);
    this.#loadedBytes = 0;
  }

  walk(from: Uint8Array | null, to: Uint8Array | null, isReverse: boolean): Walk<StoredEntry> {
    this.#settle();
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
   * meanwhile, but everything asked for.
   */
  writes(): (mayGoOn: () => boolean) => boolean {
    return this.#loaded.count > 0 ? this.#loadedWrites() : this.#pendingWrites();
  }

  #pendingWrites(): (mayGoOn: () => boolean) => boolean {
    const pending = this.#pending;
    const next = pending.unchanged();
    return (mayGoOn) => {
      for (let count = 1; ; count++) {
        const entry = next();
        if (entry === undefined) return true;
        const key = pending.lentKeyOf(entry, this.#keyMemory);
        const value = pending.lentValueOf(entry, this.#valueMemory);
        if (value === null) this.#database.delete(key);
        else this.#database.put(key, value, pending.timestampOf(entry));
        if (count % ENTRIES_PER_LOOK === 0 && !mayGoOn()) return false;
      }
    };
  }

  /** What goes into an empty database is put behind what was put before, without a look for its place. */
  #loadedWrites(): (mayGoOn: () => boolean) => boolean {
    const loaded = this.#loaded;
    const next = loaded.sorted();
    const isFirst = this.#database.size === 0;
    let settled: ((mayGoOn: () => boolean) => boolean) | undefined;
    return (mayGoOn) => {
      // Somebody has asked between two calls: what was written by then is written again.
      if (loaded.count === 0) settled ??= this.#pendingWrites();
      if (settled !== undefined) return settled(mayGoOn);
      for (let count = 1; ; count++) {
        const entry = next();
        if (entry === undefined) return true;
        const key = loaded.keyOf(entry, this.#keyMemory);
        const value = loaded.valueOf(entry, this.#valueMemory);
        if (value === null) {
          if (!isFirst) this.#database.delete(key);
        } else if (isFirst) this.#database.append(key, value, loaded.timestampOf(entry));
        else this.#database.put(key, value, loaded.timestampOf(entry));
        if (count % ENTRIES_PER_LOOK === 0 && !mayGoOn()) return false;
      }
    };
  }

  /** How many entries wait, a key that was restored several times as often. */
  get pendingCount(): number {
    return this.#pending.size + this.#loaded.count;
  }

  /** What waited is written, or is not wanted any more. */
  forget(): void {
    this.#pending.clear();
    this.#clearLoaded();
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
