import type { Partition } from "../partitions/partition.ts";

/** A place in the order of appends to one partition. */
export interface AppendTurn {
  /** Resolves when all who came before have appended, or given up; undefined when nobody did. */
  readonly before: Promise<void> | undefined;
  /** Lets the next one go on. Must be called, whatever happened. */
  done(): void;
}

/** The last turn of each partition whose appends wait for something. */
const lastTurns = new WeakMap<Partition, Promise<void>>();

/** Whether an append to this partition is still being read: later ones must not pass it. */
export function mustWaitForTurn(partition: Partition): boolean {
  return lastTurns.has(partition);
}

/** Takes a place behind all that wait already: batches are appended in the order in which they came, whatever reading each of them takes. */
export function takeTurn(partition: Partition): AppendTurn {
  const before = lastTurns.get(partition);
  const { promise, resolve } = Promise.withResolvers<void>();
  let isFirst = before === undefined;
  const last =
    before === undefined
      ? promise
      : before.then(() => {
          isFirst = true;
          return promise;
        });
  const leave = (): void => {
    if (lastTurns.get(partition) === last) lastTurns.delete(partition);
  };
  lastTurns.set(partition, last);
  return {
    before,
    done() {
      resolve();
      // Who gives up its place out of order does not let others pass those who wait before it.
      if (isFirst) leave();
      else void last.then(leave);
    },
  };
}
