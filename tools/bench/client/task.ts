/** What every task needs. */
interface Place {
  readonly bootstrap: string;
  readonly topic: string;
}

/** Reads `topic` from its beginning in a group of its own, without commits. */
export interface ConsumeTask extends Place {
  readonly kind: "consume";
  /** `batches`: the cheapest way the client has. `batch objects`: an object per record, batch after batch. `records`: the client's way of one record at a time. */
  readonly mode: "batches" | "batch objects" | "records";
  readonly records: number;
  /** Of these the first are not measured. */
  readonly warmUpRecords: number;
  readonly secondsMax: number;
  /** Of the topic. Default none. */
  readonly compression?: Compression;
}

/** Hands each record to an asynchronous function, with commits once a second. */
export interface HandleTask extends Place {
  readonly kind: "handle";
  /** 1, or so many by key; a client that orders by partition only takes all partitions at the same time. */
  readonly concurrency: number;
  /** How long the function waits, as for a database. 0: it returns at once. */
  readonly workMs: number;
  readonly records: number;
  readonly warmUpRecords: number;
  readonly secondsMax: number;
}

export type Compression = "none" | "gzip" | "lz4" | "zstd";

/** Produces for `seconds`, after a second that is not measured; acks=all, linger 5 ms, batches of 64 KiB. */
export interface ProduceTask extends Place {
  readonly kind: "produce";
  /** `lists`: no promise per record. `promises`: one per record, ten thousand open at most; Java's tells a callback. */
  readonly mode: "lists" | "promises";
  readonly payloadFile: string;
  readonly payloadBytes: number;
  readonly compression: Compression;
  readonly seconds: number;
}

/** One record after the other, each awaited: acks=1, linger 0. */
export interface LatencyTask extends Place {
  readonly kind: "latency";
  readonly payloadFile: string;
  readonly payloadBytes: number;
  readonly records: number;
}

/** Transactions of a thousand records for `seconds`, after two that are not measured. */
export interface TransactionsTask extends Place {
  readonly kind: "transactions";
  readonly payloadFile: string;
  readonly payloadBytes: number;
  readonly recordsPerTransaction: number;
  readonly seconds: number;
}

/** What one process of one client is to do. */
export type PeerTask = ConsumeTask | HandleTask | ProduceTask | LatencyTask | TransactionsTask;

/** What it did. */
export interface PeerResult {
  /** Records (transactions in a transactions task) within `seconds`. */
  readonly count: number;
  readonly seconds: number;
  /** Of the whole process, all threads, within `seconds`. */
  readonly cpuSeconds: number;
  /** Peak of the process's whole life. */
  readonly peakResidentBytes: number;
  /** Longest 1 % of the turns of the event loop, where there is one. */
  readonly loopDelayP99Ms?: number;
  /** Latency tasks only: from the client's import to the first acknowledgement; then one record after the other. */
  readonly firstMs?: number;
  readonly p50Ms?: number;
  readonly p99Ms?: number;
}
