import type { ProducerRecord } from "@ottla/client";
import type { SourcePlace } from "../data/connect-record.ts";

/** Where a source's records go: written, and their offsets committed behind them. Calls come one at a time. */
export interface SourceOutput {
  start(): Promise<void>;
  /** Takes a record, or only how far the source has come; a promise is to be awaited before the next call. Rejects with what failed, of this record or one before. */
  add(record: ProducerRecord | undefined, partition: SourcePlace, offset: SourcePlace): Promise<void> | undefined;
  /** A batch of the source has ended; `ends`: the source says that a transaction does. */
  batchEnds(ends: boolean): Promise<void> | undefined;
  /** Resolves when all that was taken is durable, records and offsets. */
  finish(): Promise<void>;
  /** Lets go; what is not durable is left to the next start. */
  close(): Promise<void>;
  /** Records that were taken and are not known to be durable. */
  readonly inFlight: number;
  readonly written: number;
}
