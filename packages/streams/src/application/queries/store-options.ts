import { StreamsError } from "../../streams-error.ts";
import type { CopyRole, Position } from "./store-query.ts";

/** How a store is asked. */
export interface QueryOptions {
  /** Default: of a key the one it belongs to, else all. Of a key whose records come by another partitioner than Kafka's default it has to be said where it is not in this instance. */
  readonly partition?: number | undefined;
  /** Whether another instance is asked for what is not here; it has to `serve()`, and to say where (`applicationServer`). Default false. */
  readonly anywhere?: boolean | undefined;
  /** Whether copies that are behind may answer (standbys, and tasks that are being restored), Java's `enableStaleStores`. The answer says of which it is, and how far behind. Default false. */
  readonly stale?: boolean | undefined;
  /** The answer has to be as new: the position of an earlier one, or offsets of records that were written (`{ orders: { 3: offset + 1 } }`). Each partition by what is said of it. */
  readonly bound?: Position | undefined;
  /** So long it is waited for a store that is being restored, on its way, unreachable or behind the bound. Default 0. */
  readonly waitMs?: number | undefined;
  /** Ends the question with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Of a question that gives rows. */
export interface RowsOptions extends QueryOptions {
  /** From the last to the first. Default false. */
  readonly reverse?: boolean | undefined;
}

/** Which rows to give at once. */
export interface PageOptions {
  /** 1 to 10,000; default 100. A page ends before that where its keys and values have a MiB. */
  readonly limit?: number | undefined;
  /** What the page before called `next`. */
  readonly after?: string | undefined;
}

/** Who answered, and how new that is. */
export interface AnswerInfo {
  readonly partition: number;
  readonly role: CopyRole;
  /** Changelog records that the copy is behind; null: not known. */
  readonly lag: number | null;
  readonly position: Position;
}

/** Some rows, and whether there are more. */
export interface Page<T> {
  readonly rows: readonly T[];
  /** For the page behind it; null: that was all. */
  readonly next: string | null;
  /** Of the partitions that were asked for this page. */
  readonly answers: readonly AnswerInfo[];
}

export const PAGE_ROWS_MAX = 10_000;
export const PAGE_ROWS = 100;

/** Throws `STREAMS_BAD_ARGUMENT`. */
export function checkLimit(limit: number): void {
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > PAGE_ROWS_MAX)
    throw new StreamsError("STREAMS_BAD_ARGUMENT", `A page has from 1 to ${PAGE_ROWS_MAX} rows, and not ${String(limit)}.`);
}

/** Throws `STREAMS_BAD_ARGUMENT`. */
export function checkTimes(times: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(times)) {
    if (typeof value !== "number" || Number.isNaN(value))
      throw new StreamsError("STREAMS_BAD_ARGUMENT", `${name} is ${String(value)}: give milliseconds since 1970.`);
  }
}
