import type { Clock, Disk, DirectoryLock } from "@ottla/base";
import { readInt64, writeInt64 } from "../../serdes/int64-bytes.ts";
import type { KeyValueBytes } from "../key-value/key-value-bytes.ts";
import { StreamsError } from "../../streams-error.ts";
import type { PersistentState, StateKind } from "../store-builder.ts";
import type { SegmentSource } from "../segments/segment-source.ts";
import { BufferedKeyValue } from "./buffered-key-value.ts";
import { corrupted } from "./check-state-file.ts";
import { LmdbEnvironment } from "./lmdb-environment.ts";
import { PendingBudget } from "./pending-budget.ts";

/** More bytes than this waiting, and a commit is due whatever else the task waits for. */
const PENDING_BYTES_MAX = 64 * 1024 * 1024;

/** So many entries are written at once: some ms. */
const AT_ONCE_MAX = 8192;
const SLICE_MS = 20;

const OFFSETS = "ottla.offsets";
/** No topic's name begins so. */
const NUMBER_PREFIX = "#";
const KIND_PREFIX = "~";
const TOPIC_PREFIX = "@";
/** Where it stands in which form keys and values are written; state in another one is made again from the changelogs. Raised with every change of `LmdbEnvironment`'s or of a store's bytes. */
const LAYOUT = Buffer.from("^layout");
const LAYOUT_NOW = 2;
/** Before all keys of the offsets' database. */
const FIRST_KEY = Buffer.from("!");
const noBytes = new Uint8Array();

/** How far a partition has been read. */
export interface PartitionProgress {
  readonly topic: string;
  readonly partition: number;
  /** The next one to read. */
  readonly offset: number;
  /** The largest timestamp that was read; −1 before the first. */
  readonly timeMs: number;
}

/**
 * What a task keeps on the disk: its stores, and how far it has read each topic partition. Both change together, in one transaction, at `commit` only: after a crash the stores are exactly
 * what the offsets say, so nothing has to be wiped, and nothing is counted twice. One process at a time has it open.
 */
export class TaskState implements PersistentState {
  readonly #lock: DirectoryLock;
  readonly #environment: LmdbEnvironment;
  readonly #offsets: BufferedKeyValue;
  readonly #open = new Map<string, BufferedKeyValue>();
  readonly #dropped: BufferedKeyValue[] = [];
  readonly #budget: PendingBudget;
  /** Somebody may ask for what is restored while it is. */
  isAsked = false;
  #pendingBytes = 0;
  #isClosed = false;

  private constructor(lock: DirectoryLock, environment: LmdbEnvironment, budget: PendingBudget) {
    this.#lock = lock;
    this.#environment = environment;
    this.#budget = budget;
    this.#offsets = this.#database(OFFSETS);
    this.#checkLayout();
  }

  /** Opens or begins the state in a directory; `budget`: that of all states of its worker; `storeCount`: of how many stores. Throws `STREAMS_STATE_CORRUPTED` when what is there cannot be read, and `DISK_LOCKED` when another process has it, or what else the disk says. */
  static open(disk: Disk, directory: string, budget = new PendingBudget(), storeCount = 1): TaskState {
    disk.makeDirectory(directory);
    const lock = disk.lockDirectory(directory);
    let environment: LmdbEnvironment | undefined;
    try {
      environment = LmdbEnvironment.open(disk, directory, storeCount);
      const state = new TaskState(lock, environment, budget);
      budget.opened();
      return state;
    } catch (error) {
      environment?.close();
      lock.release();
      throw error;
    }
  }

  /** Bytes that wait for the next commit. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** Whether so much waits that a commit is due. */
  get needsCommit(): boolean {
    return this.#pendingBytes > PENDING_BYTES_MAX || this.#budget.isOver(this.#pendingBytes);
  }

  /** A store's entries. */
  keyValue(store: string, kind: StateKind = "keyValue"): KeyValueBytes {
    this.#checkKind(store, kind);
    return this.#database(`store.${store}`);
  }

  /** A store's segments, each of them a database that is dropped whole. */
  segments(store: string, kind: StateKind): SegmentSource {
    this.#checkKind(store, kind);
    const prefix = `segment.${store}.`;
    const nameOf = (id: number): string => prefix + id;
    return {
      isPersistent: true,
      ids: () => {
        const ids = this.#environment
          .databaseNames()
          .filter((name) => name.startsWith(prefix))
          .map((name) => Number(name.slice(prefix.length)));
        return ids.filter(Number.isSafeInteger).sort((a, b) => a - b);
      },
      open: (id) => this.#database(nameOf(id)),
      drop: (id) => {
        const database = this.#database(nameOf(id));
        this.#open.delete(nameOf(id));
        database.forget();
        this.#dropped.push(database);
      },
    };
  }

  /** The next offset to read of a topic partition, as of the last commit. */
  offset(topic: string, partition: number): number | undefined {
    return this.#offsets.get(offsetKey(topic, partition))?.timestamp;
  }

  /** The partition's time as of the last commit; −1 when none is known. */
  partitionTimeMs(topic: string, partition: number): number {
    const found = this.#offsets.get(offsetKey(topic, partition));
    return found === undefined || found.value.length === 0 ? -1 : readInt64(found.value, 0);
  }

  /** What else the task has to know again, as of the last commit. */
  numbers(): Map<string, number> {
    const numbers = new Map<string, number>();
    const walk = this.#offsets.walk(Buffer.from(NUMBER_PREFIX), null, false);
    for (let entry = walk.next(); entry !== undefined; entry = walk.next()) {
      const name = Buffer.from(entry.key).toString();
      if (!name.startsWith(NUMBER_PREFIX)) break;
      numbers.set(name.slice(NUMBER_PREFIX.length), entry.timestamp);
    }
    walk.close();
    return numbers;
  }

  /** Which topic of its name the state is made of; undefined: nobody noted it. */
  topicId(topic: string): string | undefined {
    const found = this.#offsets.get(Buffer.from(TOPIC_PREFIX + topic));
    return found === undefined ? undefined : Buffer.from(found.value).toString();
  }

  /** With the next commit. */
  noteTopicId(topic: string, id: string): void {
    if (this.topicId(topic) !== id) this.#offsets.put(Buffer.from(TOPIC_PREFIX + topic), Buffer.from(id), 0);
  }

  /** Writes all that waits, with how far partitions have been read and the numbers that belong to it, all or nothing. Then segments that are over go. */
  commit(progress: Iterable<PartitionProgress>, numbers: Iterable<readonly [name: string, value: number]> = []): void {
    for (const { topic, partition, offset, timeMs } of progress) this.#offsets.put(offsetKey(topic, partition), int64(timeMs), offset);
    for (const [name, value] of numbers) this.#offsets.put(Buffer.from(NUMBER_PREFIX + name), noBytes, value);
    this.#environment.transaction(() => {
      for (const database of this.#open.values()) database.write();
    });
    this.#committed();
  }

  /**
   * As {@link commit}, for stores that are filled from changelogs: where much waits it is written a few ms at a time, each in a transaction of its own, and how far it is in the last one. After a crash in between the stores are ahead of
   * their offsets, and the changelog writes the same into them again. Nothing may be put meanwhile.
   */
  async commitInTurns(progress: Iterable<PartitionProgress>, clock: Pick<Clock, "monotonicMs" | "nextTurn">): Promise<void> {
    const stores = [...this.#open.values()].filter((database) => database !== this.#offsets);
    if (stores.reduce((count, { pendingCount }) => count + pendingCount, 0) > AT_ONCE_MAX) {
      for (const store of stores) {
        const writes = store.writes();
        for (let isDone = false; !isDone && !this.#isClosed; await new Promise<void>((resolve) => clock.nextTurn(resolve))) {
          this.#environment.transaction(() => {
            const endMs = clock.monotonicMs() + SLICE_MS;
            isDone = writes(() => clock.monotonicMs() < endMs);
          }, false);
        }
        if (this.#isClosed) return;
        store.forget();
      }
    }
    this.commit(progress);
  }

  /** Puts what is restored where it can be found, now a few ms at a time and from then on at once: somebody may ask. */
  async settleInTurns(clock: Pick<Clock, "monotonicMs" | "nextTurn">): Promise<void> {
    this.isAsked = true;
    for (const store of this.#open.values()) {
      for (let isDone = false; !isDone && !this.#isClosed; ) {
        const endMs = clock.monotonicMs() + SLICE_MS;
        isDone = store.settleSome(() => clock.monotonicMs() < endMs);
        if (!isDone) await new Promise<void>((resolve) => clock.nextTurn(resolve));
      }
    }
  }

  /** What a former version has written in another form would be read as something else, and nothing in it tells. */
  #checkLayout(): void {
    const layout = this.#offsets.get(LAYOUT)?.timestamp;
    if (layout === LAYOUT_NOW) return;
    const walk = this.#offsets.walk(FIRST_KEY, null, false);
    const isNew = walk.next() === undefined;
    walk.close();
    if (!isNew) throw corrupted(this.#environment.path, "another version of Ottla has written it, in another form");
    this.#offsets.put(LAYOUT, noBytes, LAYOUT_NOW);
  }

  /** One kind's entries read as another's are nonsense, and nothing in them tells. */
  #checkKind(store: string, kind: StateKind): void {
    const name = Buffer.from(KIND_PREFIX + store);
    const found = this.#offsets.get(name);
    if (found === undefined) this.#offsets.put(name, Buffer.from(kind), 0);
    else if (Buffer.from(found.value).toString() !== kind) {
      throw new StreamsError(
        "STREAMS_STORE_KIND",
        `The state in ${this.#environment.path} has ${store} as a store of kind ${Buffer.from(found.value).toString()}, and the topology has one of kind ${kind}: give the store another name, or reset the application.`,
      );
    }
  }

  #committed(): void {
    for (const database of this.#open.values()) database.forget();
    // Nobody reads a segment that is over, so it may as well still be there after a crash.
    for (const database of this.#dropped.splice(0)) database.drop();
  }

  /** What was not committed is lost. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const database of this.#open.values()) database.forget();
    this.#budget.closed();
    this.#environment.close();
    this.#lock.release();
  }

  #database(name: string): BufferedKeyValue {
    let database = this.#open.get(name);
    if (database === undefined) {
      const told = (change: number): void => {
        this.#pendingBytes += change;
        this.#budget.change(change);
      };
      database = new BufferedKeyValue(name, this.#environment.database(name), told, () => this.isAsked);
      this.#open.set(name, database);
    }
    return database;
  }
}

function offsetKey(topic: string, partition: number): Uint8Array {
  return Buffer.from(`${topic}/${partition}`);
}

function int64(value: number): Uint8Array {
  const into = new Uint8Array(8);
  writeInt64(into, 0, value);
  return into;
}
