import type { ProducerRecord } from "../producer/record-types.ts";

/** Rows that are published together, in this order. */
export interface OutboxBatch {
  /** Greater than that of every batch before it. */
  readonly number: number;
  readonly records: readonly ProducerRecord[];
}

export interface OutboxClaim {
  /** Most rows of a new batch; 0: only a batch that is open already. */
  readonly limit: number;
  /** A new batch has a greater number than this. */
  readonly after: number;
}

/**
 * Rows of a database that are to become records. Three promises make each row one record:
 *
 * 1. **At most one batch is open**, claimed and not marked. Two claims at a time must wait for each other (a lock), and the later one is given what the earlier one claimed.
 * 2. **An open batch is given again as it was**, the same rows under the same number, also after a crash.
 * 3. **A claim is durable** when it resolves.
 *
 * Rows are taken in an order of the store's choice, mostly that of an ascending id; which rows are visible by then is the database's affair.
 */
export interface OutboxStore {
  /** The open batch; without one a new one of rows that nobody has claimed; undefined when there are none. */
  claim(request: OutboxClaim): Promise<OutboxBatch | undefined>;
  /** The batch is published: its rows are done. Twice is fine. */
  markPublished(batchNumber: number): Promise<void>;
}

export interface OutboxOptions {
  /** Who publishes: the same after a restart. A second publisher of the id takes over from the first, which is fenced. */
  readonly transactionalId: string;
  /** Most rows per transaction. Default 500. */
  readonly batchRecordsMax?: number | undefined;
  /** How long to wait when there is nothing to do, unless {@link OutboxPublisher.wake} is called. Default 500. */
  readonly pollIntervalMs?: number | undefined;
  /** Topic that the position is kept for, in the group of the transactional id. It is made where it is missing, and holds no records. Default `outbox-positions`. */
  readonly positionTopic?: string | undefined;
  /** Told of every trouble that will be tried again. */
  readonly onTrouble?: ((error: Error) => void) | undefined;
}
