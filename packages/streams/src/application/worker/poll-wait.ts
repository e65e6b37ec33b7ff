/** Java's `poll.ms`: how long a worker waits for records that has something to look at soon: it is no full member yet, keeps copies, waits for records of some partitions. */
const WATCHFUL_MS = 100;
/** How long one waits that has nothing to do but to take what comes. Whatever else may happen wakes it up. */
const IDLE_MS = 5_000;

/** What a worker has to do when no record comes. Times in ms. */
export interface WorkerOutlook {
  /** It has records to process, stores to fill, or is to end. */
  readonly hasWork: boolean;
  /** All its tasks run, and none of them holds records back. */
  readonly isSettled: boolean;
  /** Until what was done is to be committed; undefined: nothing was done since the last commit. */
  readonly commitDueMs: number | undefined;
  /** `maxTaskIdleMs`: so long a task may wait for records of one of its partitions. */
  readonly maxTaskIdleMs: number;
  /** Until the next punctuator of the machine's clock; Infinity: there is none. */
  readonly punctuationDueMs: number;
  /** Whoever does not ask for so long is no member any more. */
  readonly maxPollIntervalMs: number;
}

/** How long a worker may wait for records. */
export function pollWaitMs(outlook: WorkerOutlook): number {
  if (outlook.hasWork) return 0;
  const { isSettled, commitDueMs = Infinity, maxTaskIdleMs, punctuationDueMs, maxPollIntervalMs } = outlook;
  const longestMs = isSettled ? Math.min(IDLE_MS, maxPollIntervalMs / 3) : WATCHFUL_MS;
  const idleMs = maxTaskIdleMs > 0 && !isSettled ? maxTaskIdleMs : Infinity;
  return Math.max(0, Math.min(longestMs, idleMs, commitDueMs, punctuationDueMs));
}
