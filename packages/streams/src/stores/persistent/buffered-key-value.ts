import { StreamsError } from "../../streams-error.ts";
import { ByteTable, type Keyed } from "../bytes/byte-table.ts";
import { compareBytes } from "../bytes/compare-bytes.ts";
import { ownedBytes } from "../bytes/owned-bytes.ts";
import type { KeyValueBytes, StoredBytes, StoredEntry } from "../key-value/key-value-bytes.ts";
import type { Walk } from "../store-walk.ts";
import type { LmdbDatabase } from "./lmdb-environment.ts";

/** LMDB's own bound, with its pages of 4 KiB. */
const KEY_BYTES_MAX = 1978;

/** What has been put and is not in the file yet; null: deleted. */
interface Pending extends Keyed {
  value: Uint8Array | null;
  timestamp: number;
}

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
  readonly #pending = new ByteTable<Pending>();
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
    const pending = this.#pending.get(key);
    if (pending === undefined) return this.#database.get(key);
    return pending.value === null ? undefined : (pending as StoredBytes);
  }

  put(key: Uint8Array, value: Uint8Array | null, timestamp: number): void {
    if (key.length > KEY_BYTES_MAX) {
      throw new StreamsError(
        "STREAMS_BAD_ARGUMENT",
        `Store ${this.name} was given a key of ${key.length} bytes; a persistent one takes at most ${KEY_BYTES_MAX}.`,
      );
    }
    const pending = this.#pending.get(key);
    const held = value === null ? null : ownedBytes(value);
    let change = held?.length ?? 0;
    if (pending === undefined) {
      this.#pending.insert({ key: ownedBytes(key), hash: 0, value: held, timestamp });
      change += key.length;
    } else {
      change -= pending.value?.length ?? 0;
      pending.value = held;
      pending.timestamp = timestamp;
    }
    this.#pendingBytes += change;
    this.#told(change);
  }

  restore(key: Uint8Array, value: Uint8Array | null, timestamp: number): void {
    this.put(key, value, timestamp);
  }

  walk(from: Uint8Array | null, to: Uint8Array | null, isReverse: boolean): Walk<StoredEntry> {
    return new MergedWalk(this.#database, this.#pending, () => this.#commits, from, to, isReverse);
  }

  /** Nothing: what waits goes to the file with the commit. */
  flush(): void {}

  close(): void {
    this.forget();
  }

  /** Writes what waits, in a transaction of its environment. */
  write(): void {
    const next = this.#pending.unordered();
    for (let pending = next(); pending !== undefined; pending = next()) {
      if (pending.value === null) this.#database.delete(pending.key);
      else this.#database.put(pending.key, pending.value, pending.timestamp);
    }
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
}

/** The entries of a database and those that wait before it, in one order; of one key the one that waits. */
class MergedWalk implements Walk<StoredEntry> {
  readonly #database: LmdbDatabase;
  readonly #pending: ByteTable<Pending>;
  readonly #commits: () => number;
  readonly #from: Uint8Array | null;
  readonly #to: Uint8Array | null;
  readonly #isReverse: boolean;
  #seenCommits = -1;
  #stored: Walk<StoredEntry> | undefined;
  #nextStored: StoredEntry | undefined;
  #waiting: (() => Pending | undefined) | undefined;
  #last: Uint8Array | undefined;
  #isClosed = false;

  constructor(
    database: LmdbDatabase,
    pending: ByteTable<Pending>,
    commits: () => number,
    from: Uint8Array | null,
    to: Uint8Array | null,
    isReverse: boolean,
  ) {
    this.#database = database;
    this.#pending = pending;
    this.#commits = commits;
    this.#from = from;
    this.#to = to;
    this.#isReverse = isReverse;
  }

  next(): StoredEntry | undefined {
    while (!this.#isClosed) {
      if (this.#seenCommits !== this.#commits()) this.#begin();
      const stored = this.#nextStored;
      const waiting = this.#nextWaiting(stored);
      if (waiting === undefined) {
        if (stored === undefined) break;
        this.#nextStored = this.#stored!.next();
        this.#last = stored.key;
        return stored;
      }
      if (stored !== undefined && compareBytes(stored.key, waiting.key) === 0) this.#nextStored = this.#stored!.next();
      this.#last = waiting.key;
      if (waiting.value !== null) return waiting as StoredEntry;
    }
    this.close();
    return undefined;
  }

  close(): void {
    this.#isClosed = true;
    this.#stored?.close();
  }

  #peeked: Pending | undefined;

  /** The one that waits, if it comes before the stored one or is in its place; it is taken then. */
  #nextWaiting(stored: StoredEntry | undefined): Pending | undefined {
    this.#peeked ??= this.#waiting!();
    const waiting = this.#peeked;
    if (waiting === undefined || this.#isBeyond(waiting.key)) return undefined;
    if (stored !== undefined) {
      const order = compareBytes(waiting.key, stored.key);
      if (this.#isReverse ? order < 0 : order > 0) return undefined;
    }
    this.#peeked = undefined;
    return waiting;
  }

  #isBeyond(key: Uint8Array): boolean {
    if (this.#isReverse) return this.#from !== null && compareBytes(key, this.#from) < 0;
    return this.#to !== null && compareBytes(key, this.#to) > 0;
  }

  /** From the beginning, or from where it was. */
  #begin(): void {
    this.#seenCommits = this.#commits();
    this.#stored?.close();
    this.#peeked = undefined;
    const last = this.#last;
    const from = this.#isReverse ? this.#from : (last ?? this.#from);
    const to = this.#isReverse ? (last ?? this.#to) : this.#to;
    this.#stored = this.#database.walk(from, to, this.#isReverse);
    this.#nextStored = this.#stored.next();
    this.#waiting = this.#isReverse ? this.#pending.descending(to ?? undefined) : this.#pending.ascending(from ?? undefined);
    if (last === undefined) return;
    if (this.#nextStored !== undefined && compareBytes(this.#nextStored.key, last) === 0) this.#nextStored = this.#stored.next();
    this.#peeked = this.#waiting();
    if (this.#peeked !== undefined && compareBytes(this.#peeked.key, last) === 0) this.#peeked = undefined;
  }
}
