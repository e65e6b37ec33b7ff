/** A record as the log keeps it; a null value is a tombstone. */
export interface LogRecord {
  readonly key: Buffer;
  readonly value: Buffer | null;
}

/**
 * `ok`: the records are in the log, whole and in order, and survive a killed process. `durable` is there when the topic is flushed before
 * answers go out (flush.messages=1): wait for it. `error`: nothing was written.
 */
export type AppendOutcome =
  | { readonly kind: "ok"; readonly durable?: Promise<void> | undefined }
  | { readonly kind: "error"; readonly errorCode: number };

/** A coordinator's log: the partitions of one internal topic. */
export interface CoordinatorLog {
  readonly topic: string;
  /** Partitions of the topic; before it exists, how many it will have. */
  partitionCount(): number;
  exists(): boolean;
  /** Creates the topic if need be. Resolves when it can be written; rejects with a `KafkaError`. */
  ensureCreated(): Promise<void>;
  /** The node that leads a partition and so coordinates its keys; -1 when there is none. */
  leaderOf(partition: number): number;
  /**
   * Writes the records as one batch, all or none, before it returns. Takes no more of them than fit a batch: MESSAGE_TOO_LARGE is known, and the rest never
   * encoded, at the first that does not.
   */
  append(partition: number, records: Iterable<LogRecord>, timestampMs: number): AppendOutcome;
  /**
   * Every record of a partition that is no part of a transaction, from the log start to the end at the time of the call, in chunks. Key and value are views
   * of a chunk, valid until the next one is asked for.
   */
  read(partition: number): AsyncIterable<Iterable<LogRecord>>;
}
