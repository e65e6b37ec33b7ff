import { type Clock, OttlaError, TimeSlice } from "@ottla/base";
import type { ClusterMetadata } from "./cluster-metadata.ts";
import type { MetadataJournal } from "./metadata-journal.ts";
import type { MetadataRecord } from "./metadata-records.ts";

/**
 * Hears of each record after it has been applied, in order. Long work rests by the slice and returns a promise; the next record comes once it is done.
 * It must not throw: whoever cannot follow leaves the process without a way to tell what is true.
 */
export type MetadataFollower = (record: MetadataRecord, slice: TimeSlice) => void | Promise<void>;

/** Gets ready what a change needs of the disk besides the journal, so that it is refused, not half-done, where the disk has no room. Nobody sees it yet. */
export interface MetadataPreparer {
  /** Rejects with the disk's error; `takeBack` follows then. */
  prepare(records: readonly MetadataRecord[], slice: TimeSlice): Promise<void>;
  /** The change was not made: what was got ready goes. It must not throw. */
  takeBack(slice: TimeSlice): Promise<void>;
}

/** Says what is to be written, from what metadata says now: no other change comes between. Long decisions rest by the slice. */
export type MetadataDecision = (slice: TimeSlice) => readonly MetadataRecord[] | Promise<readonly MetadataRecord[]>;

/**
 * The one way to change metadata: one change at a time, in order of arrival; what it needs is got ready, then journal, on the disk, then memory, then whoever follows.
 * It fails stop: after a failed sync nobody can tell what is on the disk, so nothing more is accepted until the broker is started again.
 */
export class MetadataController {
  readonly #clock: Clock;
  readonly #metadata: ClusterMetadata;
  readonly #journal: MetadataJournal;
  readonly #followers: MetadataFollower[] = [];
  readonly #preparers: MetadataPreparer[] = [];
  /** Resolves when the last change that was asked for has been applied or refused. */
  #turn: Promise<void> = Promise.resolve();
  #isClosing = false;

  constructor(clock: Clock, metadata: ClusterMetadata, journal: MetadataJournal) {
    this.#clock = clock;
    this.#metadata = metadata;
    this.#journal = journal;
  }

  /** Why no change is taken any more; undefined while all is well. */
  get failure(): OttlaError | undefined {
    return this.#journal.failure;
  }

  /** Adds a follower. */
  follow(follower: MetadataFollower): void {
    this.#followers.push(follower);
  }

  /** Adds a preparer. */
  prepareBy(preparer: MetadataPreparer): void {
    this.#preparers.push(preparer);
  }

  /** What a start writes before anybody follows or asks. Applied when this returns; the promise resolves when it is on the disk. */
  begin(records: readonly MetadataRecord[]): Promise<void> {
    this.#journal.append(records);
    for (const record of records) this.#metadata.apply(record);
    return this.#journal.durable();
  }

  /**
   * Decides, writes and applies one change, all records or none. Nobody sees it before it is on the disk, and it is applied and followed when this resolves:
   * answer the client then. Rejects with a `DiskError` where the journal could not be written, or the disk has no room for what the change needs: nothing was
   * changed, and a later try may succeed. Rejects with `METADATA_FAILED` where it could not be synced, and so does every later change; the next start may find the records or not.
   */
  async change(decide: MetadataDecision): Promise<void> {
    const turn = this.#turn;
    let passOn: (() => void) | undefined;
    this.#turn = new Promise((resolve) => {
      passOn = resolve;
    });
    try {
      await turn;
      await this.#changeNow(decide);
    } finally {
      passOn?.();
    }
  }

  /** Takes no more changes, lets the one that is under way end, and closes the journal. Those that wait are refused with `BROKER_STOPPED`. Resolves with its size in bytes; undefined where it failed. */
  async close(): Promise<number | undefined> {
    this.#isClosing = true;
    await this.#turn;
    return this.#journal.close();
  }

  async #changeNow(decide: MetadataDecision): Promise<void> {
    if (this.#isClosing) throw new OttlaError("BROKER_STOPPED", "The broker is stopping and takes no more changes; ask another, or later.");
    this.#journal.refuseIfFailed();
    const slice = new TimeSlice(this.#clock);
    const records = await decide(slice);
    if (records.length === 0) return;
    try {
      for (const preparer of this.#preparers) await preparer.prepare(records, slice);
      this.#journal.append(records);
      await this.#journal.durable();
    } catch (error) {
      for (const preparer of this.#preparers) await preparer.takeBack(slice);
      throw error;
    }
    try {
      for (const record of records) {
        this.#metadata.apply(record);
        for (const follower of this.#followers) {
          const following = follower(record, slice);
          if (following) await following;
        }
        if (slice.isOver) await slice.rest();
      }
    } catch (error) {
      this.#journal.fail("a change could not be applied whole", error);
      throw error;
    }
  }
}
