import type { PartitionProgress } from "../stores/persistent/task-state.ts";

interface Partition {
  readonly topic: string;
  readonly partition: number;
  offset: number;
  timeMs: number;
}

/** How far a task has read its partitions. */
export class Progress {
  readonly #partitions = new Map<string, Map<number, Partition>>();
  readonly #startTimeMs: (topic: string, partition: number) => number;

  /** `startTimeMs`: a partition's time as of the last commit, which it never falls behind; −1 when none is known. */
  constructor(startTimeMs: (topic: string, partition: number) => number) {
    this.#startTimeMs = startTimeMs;
  }

  /** A record is done with, or dropped: as it becomes the first of those that wait, while the one before is still at work. Beyond what is not done nothing is committed all the same, since a task at work is not. */
  passed(topic: string, partition: number, offset: number, timeMs: number): void {
    let partitions = this.#partitions.get(topic);
    if (partitions === undefined) {
      partitions = new Map();
      this.#partitions.set(topic, partitions);
    }
    const known = partitions.get(partition);
    if (known === undefined) {
      partitions.set(partition, { topic, partition, offset: offset + 1, timeMs: Math.max(timeMs, this.#startTimeMs(topic, partition)) });
      return;
    }
    if (offset >= known.offset) known.offset = offset + 1;
    if (timeMs > known.timeMs) known.timeMs = timeMs;
  }

  /** The next offset to read; undefined: none was read. */
  next(topic: string, partition: number): number | undefined {
    return this.#partitions.get(topic)?.get(partition)?.offset;
  }

  /** As far as it may be committed: not beyond records that are not done yet. */
  committable(notDone: Iterable<{ readonly topic: string; readonly partition: number; readonly offset: number }>): PartitionProgress[] {
    const held = new Map<string, number>();
    for (const { topic, partition, offset } of notDone) held.set(`${topic}-${partition}`, offset);
    return [...this.#partitions.values()]
      .flatMap((partitions) => [...partitions.values()])
      .map(({ topic, partition, offset, timeMs }) => ({
        topic,
        partition,
        offset: Math.min(offset, held.get(`${topic}-${partition}`) ?? offset),
        timeMs,
      }));
  }
}
