import type { Disk } from "@ottla/base";
import type { KeyValueBytes } from "../key-value/key-value-bytes.ts";
import type { PersistentState } from "../store-builder.ts";
import type { SegmentSource } from "../window/segment-source.ts";
import { BufferedKeyValue } from "./buffered-key-value.ts";
import { LmdbEnvironment } from "./lmdb-environment.ts";

/** More bytes than this waiting, and a commit is due whatever else the task waits for. */
const PENDING_BYTES_MAX = 64 * 1024 * 1024;

const OFFSETS = "ottla.offsets";
const noBytes = new Uint8Array();

/**
 * What a task keeps on the disk: its stores, and how far it has read each topic partition. Both change together, in one transaction, at `commit` only: after a crash the stores are exactly
 * what the offsets say, so nothing has to be wiped, and nothing is counted twice. One process at a time may have it open, which its owner sees to.
 */
export class TaskState implements PersistentState {
  readonly #environment: LmdbEnvironment;
  readonly #offsets: BufferedKeyValue;
  readonly #open = new Map<string, BufferedKeyValue>();
  readonly #dropped: BufferedKeyValue[] = [];
  #pendingBytes = 0;

  private constructor(environment: LmdbEnvironment) {
    this.#environment = environment;
    this.#offsets = this.#database(OFFSETS);
  }

  /** Opens or begins the state in a directory. Throws `STREAMS_STATE_CORRUPTED` when what is there cannot be read. */
  static async open(disk: Disk, directory: string): Promise<TaskState> {
    return new TaskState(await LmdbEnvironment.open(disk, directory));
  }

  /** Bytes that wait for the next commit. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** Whether so much waits that a commit is due. */
  get needsCommit(): boolean {
    return this.#pendingBytes > PENDING_BYTES_MAX;
  }

  /** A store's entries. */
  keyValue(store: string): KeyValueBytes {
    return this.#database(`store.${store}`);
  }

  /** A store's segments, each of them a database that is dropped whole. */
  segments(store: string): SegmentSource {
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

  /** Writes all that waits and the offsets (next to read) that belong to it, all or nothing. Then segments that are over go. */
  commit(offsets: Iterable<readonly [topic: string, partition: number, offset: number]>): void {
    for (const [topic, partition, offset] of offsets) this.#offsets.put(offsetKey(topic, partition), noBytes, offset);
    this.#environment.transaction(() => {
      for (const database of this.#open.values()) database.write();
    });
    for (const database of this.#open.values()) database.forget();
    // Nobody reads a segment that is over, so it may as well still be there after a crash.
    for (const database of this.#dropped.splice(0)) database.drop();
  }

  /** What was not committed is lost. */
  async close(): Promise<void> {
    for (const database of this.#open.values()) database.forget();
    await this.#environment.close();
  }

  #database(name: string): BufferedKeyValue {
    let database = this.#open.get(name);
    if (database === undefined) {
      database = new BufferedKeyValue(name, this.#environment.database(name), (change) => {
        this.#pendingBytes += change;
      });
      this.#open.set(name, database);
    }
    return database;
  }
}

function offsetKey(topic: string, partition: number): Uint8Array {
  return Buffer.from(`${topic}/${partition}`);
}
