import { StreamsError } from "../../streams-error.ts";
import { ByteTable } from "../bytes/byte-table.ts";
import { ownedBytes } from "../bytes/owned-bytes.ts";
import type { KeyValueBytes, KeyValueReads, StoredBytes, StoredEntry } from "../key-value/key-value-bytes.ts";
import { MergedWalk, type Overlay } from "../merged-walk.ts";
import type { Walk } from "../store-walk.ts";
import type { LmdbDatabase } from "./lmdb-environment.ts";

/** LMDB's own bound, with its pages of 4 KiB. */
const KEY_BYTES_MAX = 1978;

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
  readonly #pending = new ByteTable<Overlay>();
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
