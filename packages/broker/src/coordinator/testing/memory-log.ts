import { ErrorCode } from "@ottla/protocol";
import type { VerificationOutcome } from "@ottla/log";
import type { TransactionMarker } from "../../partitions/transaction-gate.ts";
import type { AppendOutcome, CoordinatorLog, LogRecord, RecordTransaction, TransactionEnd } from "../coordinator-log.ts";

/** An internal topic in memory: what was appended outlives the coordinator that appended it. */
export class MemoryLog implements CoordinatorLog {
  readonly topic = "__memory";
  readonly partitions: LogRecord[][];
  /** Ends of transactions, and how many records of their partition come before them. */
  readonly ends: { readonly partition: number; readonly at: number; readonly end: TransactionEnd }[] = [];
  readonly leaders: number[];
  /** While set, nothing can be written. */
  failure: number | undefined;
  /** A batch of more records is too large. */
  batchRecordsMax: number = Number.POSITIVE_INFINITY;
  /** While set, what is written waits for it to be durable. */
  durable: Promise<void> | undefined;
  isCreated: boolean;
  /** Batches written so far. */
  batchCount = 0;

  constructor(options: { readonly partitionCount?: number; readonly isCreated?: boolean } = {}) {
    const partitionCount = options.partitionCount ?? 1;
    this.partitions = Array.from({ length: partitionCount }, () => []);
    this.leaders = Array.from({ length: partitionCount }, () => 1);
    this.isCreated = options.isCreated ?? true;
  }

  partitionCount(): number {
    return this.partitions.length;
  }

  exists(): boolean {
    return this.isCreated;
  }

  async ensureCreated(): Promise<void> {
    this.isCreated = true;
  }

  leaderOf(partition: number): number {
    return this.leaders[partition] ?? -1;
  }

  append(partition: number, records: Iterable<LogRecord>, _timestampMs?: number, transaction?: RecordTransaction): AppendOutcome {
    if (this.failure !== undefined) return { kind: "error", errorCode: this.failure };
    const batch: LogRecord[] = [];
    for (const record of records) {
      if (batch.length >= this.batchRecordsMax) return { kind: "error", errorCode: ErrorCode.MESSAGE_TOO_LARGE };
      batch.push(transaction === undefined ? record : { ...record, producerId: transaction.producerId });
    }
    this.partitions[partition]!.push(...batch);
    this.batchCount++;
    return { kind: "ok", durable: this.durable };
  }

  appendMarker(partition: number, { producerId, isCommit }: TransactionMarker): AppendOutcome {
    if (this.failure !== undefined) return { kind: "error", errorCode: this.failure };
    this.ends.push({ partition, at: this.partitions[partition]!.length, end: { key: undefined, producerId, isCommit } });
    return { kind: "ok", durable: this.durable };
  }

  startVerification(): VerificationOutcome {
    return { kind: "started", guard: undefined };
  }

  async *read(partition: number): AsyncIterable<readonly (LogRecord | TransactionEnd)[]> {
    const all: (LogRecord | TransactionEnd)[] = [...(this.partitions[partition] ?? [])];
    const ends = this.ends.filter((each) => each.partition === partition);
    for (const { at, end } of ends.toReversed()) all.splice(at, 0, end);
    for (let at = 0; at < all.length; at += 2) yield all.slice(at, at + 2);
  }
}
