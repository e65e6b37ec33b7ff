import { createRequire } from "node:module";
import { constants } from "node:os";
import type { Database, PutOptions, RootDatabase } from "lmdb";
import { type Disk, DiskError, type DiskErrorCode, type OttlaError } from "@ottla/base";
import { StreamsError } from "../../streams-error.ts";
import { copyInto } from "../../serdes/copy-into.ts";
import { readInt64, writeInt64 } from "../../serdes/int64-bytes.ts";
import { LENT_BYTES_MAX, LentMemory } from "../../serdes/lent-bytes.ts";
import type { StoredBytes, StoredEntry } from "../key-value/key-value-bytes.ts";
import type { Walk } from "../store-walk.ts";
import { AnyLengthKeys, KEY_BYTES_MAX, type ShortEntry, type ShortKeys } from "./any-length-keys.ts";
import { checkStateFile, corrupted } from "./check-state-file.ts";
import { uninterrupted } from "./uninterrupted.ts";
import { reasonOf } from "../../thrown.ts";

const { errno } = constants;
const DATABASES_MIN = 1024;
/** Of a store: segments of windows, those that are over and not dropped yet, and for each the keys that it does not take as they are. */
const DATABASES_PER_STORE = 16;
/** From so many bytes on a key is not taken as it is: with the byte that zeros have more it may be as long as LMDB's longest, which names a subtree. */
const LONG_KEY_BYTES = KEY_BYTES_MAX - 1;
/** Of a database: what else it has of keys that are no short ones. No store's name has this sign. */
const MORE = "#keys";
/** Flags of the library's: it may be given up, and is committed when the call returns; */
const COMMITTED = 3;
/** nobody waits for the disk. What is there after a machine's end is as of a commit that was flushed. */
const NOT_FLUSHED = 0x10000;
const TIME_BYTES = 8;
const inItsPlace: PutOptions = {};
const atTheEnd: PutOptions = { append: true };

/** What LMDB writes as it opens a directory. */
const ROOM_BYTES = 256 * 1024;
const NOTHING_LOST = "What is there stays as it is.";

/** One LMDB file with several databases of binary keys; a value is `int64 time, value`. The only file that knows the library. All failures are `StreamsError`s, but for a `DiskError` where it cannot be opened for what the disk is. */
export class LmdbEnvironment {
  readonly path: string;
  readonly #root: RootDatabase<Buffer, Buffer>;
  /** The databases that there were when it was opened. */
  readonly #found: ReadonlySet<string>;

  private constructor(path: string, root: RootDatabase<Buffer, Buffer>) {
    this.path = path;
    this.#root = root;
    this.#found = new Set(this.databaseNames());
  }

  /** Loads the library at the first need. */
  static open(disk: Disk, path: string, storeCount: number): LmdbEnvironment {
    const { open } = createRequire(import.meta.url)("lmdb") as typeof import("lmdb");
    checkStateFile(disk, `${path}/data.mdb`);
    checkSpace(disk, path);
    try {
      const maxDbs = Math.max(DATABASES_MIN, storeCount * DATABASES_PER_STORE);
      const root = uninterrupted(() => open<Buffer, Buffer>({ path, maxDbs, encoding: "binary", keyEncoding: "binary", noSubdir: false }));
      return new LmdbEnvironment(path, root);
    } catch (cause) {
      throw unusable(path, cause);
    }
  }

  database(name: string): LmdbDatabase {
    const database = new LmdbDatabase(this.path, this.#opened(name), () => this.#opened(name + MORE));
    if (this.#found.has(name + MORE)) database.openMore();
    return database;
  }

  #opened(name: string): Database<Buffer, Buffer> {
    try {
      return uninterrupted(() => this.#root.openDB<Buffer, Buffer>({ name, encoding: "binary", keyEncoding: "binary" }));
    } catch (cause) {
      throw unusable(this.path, cause);
    }
  }

  databaseNames(): string[] {
    // LMDB ends names with a zero byte.
    return [...this.#root.getKeys()].map((name) => Buffer.from(name).toString().replace(/\0$/, ""));
  }

  /** All of it or nothing. `isFlushed`: it is on the disk when the call returns; otherwise with the next one that is, whatever becomes of the machine. */
  transaction(write: () => void, isFlushed = true): void {
    try {
      uninterrupted(() => this.#root.transactionSync(write, isFlushed ? COMMITTED : COMMITTED | NOT_FLUSHED));
    } catch (cause) {
      if (cause instanceof StreamsError) throw cause;
      throw unwritable(this.path, reasonOf(cause), "Nothing of the commit is there, and what waits is written with the next one.", cause);
    }
  }

  /** At once, since nothing is written but in transactions that have ended; walks that are not at their end are over. */
  close(): void {
    uninterrupted(() => void this.#root.close());
  }
}

/** LMDB maps a file that it cannot make any longer into memory, and the process dies of it: so there has to be room before it begins. */
function checkSpace(disk: Disk, path: string): void {
  const { usableBytes } = disk.space?.(path) ?? { usableBytes: Infinity };
  if (usableBytes < ROOM_BYTES)
    throw unwritable(path, `there are ${usableBytes} bytes left, of which opening it takes ${ROOM_BYTES}`, NOTHING_LOST);
}

/** What the system says of opening, which writes, too. */
const systemCodes: ReadonlyMap<number, DiskErrorCode> = new Map([
  [errno.ENOSPC, "DISK_FULL"],
  [errno.EDQUOT, "DISK_FULL"],
  [errno.EROFS, "DISK_DENIED"],
  [errno.EACCES, "DISK_DENIED"],
  [errno.EPERM, "DISK_DENIED"],
  [errno.EMFILE, "DISK_TOO_MANY_OPEN"],
  [errno.ENFILE, "DISK_TOO_MANY_OPEN"],
  [errno.EIO, "DISK_IO"],
  [errno.ENOMEM, "DISK_IO"],
  [errno.EAGAIN, "DISK_IO"],
  [errno.EBUSY, "DISK_IO"],
]);

/** A disk that is full, read-only or somebody else's is no reason to remove what is there: only what the file itself is. */
export function unusable(path: string, cause: unknown): OttlaError {
  const reason = reasonOf(cause);
  const code = systemCodes.get((cause as { readonly code?: number }).code ?? 0);
  if (code === "DISK_FULL" || /no space left/i.test(reason)) return unwritable(path, reason, NOTHING_LOST, cause);
  if (code === undefined) return corrupted(path, reason, cause);
  return new DiskError(
    code,
    path,
    `The state in ${path} cannot be opened: ${reason}; look at its disk, its owner and its mode. ${NOTHING_LOST}`,
    { cause },
  );
}

function unwritable(path: string, reason: string, consequence: string, cause?: unknown): StreamsError {
  return new StreamsError(
    "STREAMS_STATE_WRITE",
    `The state in ${path} cannot be written: ${reason}; look whether its disk is full. ${consequence}`,
    cause === undefined ? {} : { cause },
  );
}

/** One database of an environment. Its keys may have any length. */
export class LmdbDatabase {
  readonly #path: string;
  readonly #db: Database<Buffer, Buffer>;
  readonly #openOther: () => Database<Buffer, Buffer>;
  readonly #memory = new LentMemory();
  #more: Database<Buffer, Buffer> | undefined;
  /** Undefined: all that are there are short. */
  #anyLength: AnyLengthKeys | undefined;

  /** `openOther` opens the database of what is no short key. */
  constructor(path: string, db: Database<Buffer, Buffer>, openOther: () => Database<Buffer, Buffer>) {
    this.#path = path;
    this.#db = db;
    this.#openOther = openOther;
  }

  /** An estimate. */
  get size(): number {
    return sizeOf(this.#db) + (this.#more === undefined ? 0 : sizeOf(this.#more));
  }

  /** Before a key is put that may be no short one, and not in a transaction: makes sure that there is a place for it. */
  makeRoomFor(key: Uint8Array): void {
    if (key.length >= LONG_KEY_BYTES && this.#more === undefined) this.openMore();
  }

  openMore(): void {
    this.#more = this.#openOther();
    this.#anyLength = new AnyLengthKeys(shortKeys(this.#db), shortKeys(this.#more));
  }

  get(key: Uint8Array): StoredBytes | undefined {
    try {
      const found = key.length < LONG_KEY_BYTES ? this.#db.get(storedKey(key)) : this.#anyLength?.get(storedKey(key));
      return found === undefined ? undefined : { value: found.subarray(TIME_BYTES), timestamp: readInt64(found, 0) };
    } catch (cause) {
      throw corrupted(this.#path, reasonOf(cause), cause);
    }
  }

  /** In a transaction of the environment. */
  put(key: Uint8Array, value: Uint8Array, timestamp: number): void {
    this.#put(key, this.#stored(value, timestamp), inItsPlace);
  }

  /** As {@link put}, of a key that comes behind all that are there. */
  append(key: Uint8Array, value: Uint8Array, timestamp: number): void {
    this.#put(key, this.#stored(value, timestamp), atTheEnd);
  }

  #put(key: Uint8Array, stored: Buffer, options: PutOptions): void {
    if (key.length < LONG_KEY_BYTES) this.#db.putSync(storedKey(key), stored, options);
    else this.#anyLength!.put(storedKey(key), stored);
  }

  /** With its time before it. */
  #stored(value: Uint8Array, timestamp: number): Buffer {
    const length = TIME_BYTES + value.length;
    // The library has copied it when the call returns.
    const stored = length > LENT_BYTES_MAX ? Buffer.allocUnsafe(length) : this.#memory.first(length);
    writeInt64(stored, 0, timestamp);
    copyInto(stored, TIME_BYTES, value);
    return stored;
  }

  /** In a transaction of the environment. */
  delete(key: Uint8Array): void {
    if (key.length < LONG_KEY_BYTES) this.#db.removeSync(storedKey(key));
    else this.#anyLength?.delete(storedKey(key));
  }

  /** Gives up the database with all in it, at once. */
  drop(): void {
    uninterrupted(() => {
      this.#db.dropSync();
      this.#more?.dropSync();
    });
  }

  /** Both ends inclusive. As it was when the walk began. */
  walk(from: Uint8Array | null, to: Uint8Array | null, isReverse: boolean): Walk<StoredEntry> {
    const [first, last] = [from === null ? null : storedKey(from), to === null ? null : storedKey(to)];
    const entries = this.#anyLength?.walk(first, last, isReverse) ?? walkShort(this.#db, first, last, isReverse);
    return {
      next: () => {
        try {
          const entry = entries.next();
          if (entry === undefined) return undefined;
          return { key: shownKey(entry.key), value: entry.value.subarray(TIME_BYTES), timestamp: readInt64(entry.value, 0) };
        } catch (cause) {
          throw corrupted(this.#path, reasonOf(cause), cause);
        }
      },
      close: () => entries.close(),
    };
  }
}

function sizeOf(db: Database<Buffer, Buffer>): number {
  return (db.getStats() as { readonly entryCount: number }).entryCount;
}

function shortKeys(db: Database<Buffer, Buffer>): ShortKeys {
  return {
    get: (key) => db.get(key),
    put: (key, value) => db.putSync(key, value),
    delete: (key) => void db.removeSync(key),
    walk: (from, to, isReverse) => walkShort(db, from, to, isReverse),
  };
}

/** The short keys of a database; bounds may have any length. */
function walkShort(db: Database<Buffer, Buffer>, from: Buffer | null, to: Buffer | null, isReverse: boolean): Walk<ShortEntry> {
  // Backwards the library passes over its first key unless it is told.
  const least = from ?? (isReverse ? firstKey : null);
  // No short key is longer than what is left of a bound, so none changes sides.
  const [start, end] = (isReverse ? [to, least] : [least, to]).map((bound) => bound?.subarray(0, KEY_BYTES_MAX));
  const range = db.getRange({
    ...(start === undefined ? {} : { start }),
    ...(end === undefined ? {} : { end, inclusiveEnd: true }),
    reverse: isReverse,
  });
  const entries = range[Symbol.iterator]() as Iterator<ShortEntry>;
  return {
    next() {
      const { done, value } = entries.next();
      return done === true ? undefined : value;
    },
    close: () => void entries.return?.(),
  };
}

const firstKey = Buffer.alloc(1);

/** LMDB takes no empty key. So one that is nothing but zero bytes, as the empty one is, has one more there: the order of keys stays what it is. */
function storedKey(key: Uint8Array): Buffer {
  return isZeros(key) ? Buffer.alloc(key.length + 1) : bufferOf(key);
}

function shownKey(stored: Buffer): Buffer {
  return isZeros(stored) ? stored.subarray(1) : stored;
}

function isZeros(key: Uint8Array): boolean {
  for (let at = 0; at < key.length; at++) if (key[at] !== 0) return false;
  return true;
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
