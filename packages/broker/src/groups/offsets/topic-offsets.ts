import type { CommitDetails, CommittedOffset } from "../group-records.ts";

/** A group's offsets of one topic by partition. They may change while they are walked through, as those of a `Map` may. */
export interface ReadonlyTopicOffsets extends Iterable<readonly [partition: number, offset: CommittedOffset]> {
  readonly size: number;
  get(partition: number): CommittedOffset | undefined;
  /** Those that have an offset. */
  partitions(): Iterable<number>;
}

/** Below it a partition is a place in a column; one from here on, of which few topics have any, is looked up. */
const COLUMN_LENGTH_MAX = 16_384;

/**
 * A group's offsets of one topic, in columns: there may be millions, of which each would be an object, and a start would spend most of its time on moving them about. An offset
 * becomes an object when it is asked for.
 */
export class TopicOffsets implements ReadonlyTopicOffsets {
  readonly #offsets: number[] = [];
  /** Undefined, or a hole, where nothing was committed. */
  readonly #commits: (CommitDetails | undefined)[] = [];
  #beyond: Map<number, CommittedOffset> | undefined;
  #size = 0;

  get size(): number {
    return this.#size + (this.#beyond?.size ?? 0);
  }

  get(partition: number): CommittedOffset | undefined {
    if (!isInColumns(partition)) return this.#beyond?.get(partition);
    const commit = this.#commits[partition];
    return commit && offsetOf(this.#offsets[partition]!, commit);
  }

  /** What the commit said beside the offset. */
  metadata(partition: number): string | undefined {
    return isInColumns(partition) ? this.#commits[partition]?.metadata : this.#beyond?.get(partition)?.metadata;
  }

  *partitions(): IterableIterator<number> {
    for (let partition = 0; partition < this.#commits.length; partition++) if (this.#commits[partition]) yield partition;
    if (this.#beyond) yield* this.#beyond.keys();
  }

  *[Symbol.iterator](): IterableIterator<readonly [number, CommittedOffset]> {
    for (let partition = 0; partition < this.#commits.length; partition++) {
      const commit = this.#commits[partition];
      if (commit) yield [partition, offsetOf(this.#offsets[partition]!, commit)];
    }
    if (this.#beyond) yield* this.#beyond;
  }

  set(partition: number, offset: number, commit: CommitDetails): void {
    if (!isInColumns(partition)) {
      this.#beyond ??= new Map();
      this.#beyond.set(partition, offsetOf(offset, commit));
      return;
    }
    if (this.#commits[partition] === undefined) this.#size++;
    this.#offsets[partition] = offset;
    this.#commits[partition] = commit;
  }

  delete(partition: number): void {
    if (!isInColumns(partition)) this.#beyond?.delete(partition);
    else if (this.#commits[partition] !== undefined) {
      this.#commits[partition] = undefined;
      this.#size--;
    }
  }
}

function isInColumns(partition: number): boolean {
  return partition >= 0 && partition < COLUMN_LENGTH_MAX;
}

function offsetOf(
  offset: number,
  { leaderEpoch, metadata, commitTimestampMs, expireTimestampMs, topicId }: CommitDetails,
): CommittedOffset {
  return { offset, leaderEpoch, metadata, commitTimestampMs, expireTimestampMs, topicId };
}

/** The one seen last: the partitions of a commit come one after another. */
let lastCommit: CommitDetails | undefined;

/** What is to be kept beside an offset: of the offsets of one commit, the same object. */
export function detailsOf({ leaderEpoch, metadata, commitTimestampMs, expireTimestampMs, topicId }: CommittedOffset): CommitDetails {
  const last = lastCommit;
  if (
    last !== undefined &&
    last.commitTimestampMs === commitTimestampMs &&
    last.leaderEpoch === leaderEpoch &&
    last.expireTimestampMs === expireTimestampMs &&
    last.topicId === topicId &&
    last.metadata === metadata
  ) {
    return last;
  }
  lastCommit = { leaderEpoch, metadata, commitTimestampMs, expireTimestampMs, topicId };
  return lastCommit;
}
