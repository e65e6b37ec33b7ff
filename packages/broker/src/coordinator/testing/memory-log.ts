import { ErrorCode } from "@ottla/protocol";
import type { AppendOutcome, CoordinatorLog, LogRecord } from "../coordinator-log.ts";

/** An internal topic in memory: what was appended outlives the coordinator that appended it. */
export class MemoryLog implements CoordinatorLog {
  readonly topic = "__memory";
  readonly partitions: LogRecord[][];
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

  append(partition: number, records: Iterable<LogRecord>): AppendOutcome {
    if (this.failure !== undefined) return { kind: "error", errorCode: this.failure };
    const batch: LogRecord[] = [];
    for (const record of records) {
      if (batch.length >= this.batchRecordsMax) return { kind: "error", errorCode: ErrorCode.MESSAGE_TOO_LARGE };
      batch.push(record);
    }
    this.partitions[partition]!.push(...batch);
    this.batchCount++;
    return { kind: "ok", durable: this.durable };
  }

  async *read(partition: number): AsyncIterable<readonly LogRecord[]> {
    const records = this.partitions[partition] ?? [];
    const end = records.length;
    for (let at = 0; at < end; at += 2) yield records.slice(at, Math.min(at + 2, end));
  }
}
