/** Why nothing comes out: codes that stay. */
export type WhyCode =
  /** The instance has not been started, or has ended. */
  | "NOT_RUNNING"
  /** It ended with an error. */
  | "FAILED"
  /** The cluster does not answer, so what it would say is missing. */
  | "CLUSTER_SILENT"
  /** A worker's thread does not answer. */
  | "WORKER_SILENT"
  | "INPUT_TOPIC_MISSING"
  /** A topic that is written to, of users or a changelog. */
  | "OUTPUT_TOPIC_MISSING"
  /** The group is being divided. */
  | "REBALANCING"
  /** Other members have all tasks. */
  | "NO_TASKS_HERE"
  /** No member of the group has these partitions. */
  | "PARTITION_UNASSIGNED"
  /** Stores are being filled. */
  | "RESTORING"
  /** There is no record in it. */
  | "INPUT_EMPTY"
  /** All that there is has been processed and committed. */
  | "INPUT_AT_END"
  /** Records are there and not processed yet. */
  | "INPUT_BEHIND"
  /** Somebody's open transaction holds back what follows it. */
  | "INPUT_IN_TRANSACTION"
  /** A task has records, and waits for those of another partition before it may choose. */
  | "WAITS_FOR_PARTITION"
  | "CALLS_OPEN"
  /** The producer has no room. */
  | "OUTPUT_FULL"
  /** Written, and not visible before the transaction is committed. */
  | "OUTPUT_IN_TRANSACTION"
  /** Caches hold results back until the next commit. */
  | "CACHED"
  | "WINDOW_OPEN"
  | "SUPPRESSED"
  /** A left or outer join waits whether a partner comes. */
  | "JOIN_WAITS"
  /** A join waits for its table to be as of the record's time. */
  | "TABLE_WAITS"
  /** A punctuator that follows stream time waits. */
  | "PUNCTUATOR_WAITS"
  | "RECORDS_UNREADABLE"
  | "RECORDS_DROPPED"
  /** A join found no partner. */
  | "RECORDS_UNMATCHED"
  /** Records were processed, and none came as far as a sink. */
  | "NOTHING_FORWARDED"
  /** Something does come out. */
  | "RECORDS_WRITTEN";

/** One answer. */
export interface Reason {
  readonly code: WhyCode;
  /** A sentence with the names and what to do. */
  readonly text: string;
  /** As far as it is about one of them. */
  readonly taskId?: string | undefined;
  readonly node?: string | undefined;
  readonly topic?: string | undefined;
  readonly partition?: number | undefined;
  /** Numbers of the text, by name: offsets, counts, milliseconds. */
  readonly numbers?: Readonly<Record<string, number>>;
}

/** How it is said: `1,234`. */
export function many(count: number, thing: string): string {
  return `${count.toLocaleString("en-US")} ${thing}${count === 1 ? "" : "s"}`;
}

/** A stream time for people, with the number that it is. */
export function timeText(timeMs: number): string {
  if (timeMs < 0) return "none yet";
  // The largest that Date can say.
  return timeMs <= 8_640_000_000_000_000 ? `${new Date(timeMs).toISOString()} (${timeMs})` : String(timeMs);
}

/** `1.5 s`, `3 min`. */
export function durationText(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 120_000) return `${Math.round(ms / 100) / 10} s`;
  return `${Math.round(ms / 60_000)} min`;
}
