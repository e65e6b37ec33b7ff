/** A transaction as its coordinator knows it. */
export interface TransactionSnapshot {
  readonly transactionalId: string;
  readonly producerId: number;
  readonly producerEpoch: number;
  /** `Empty`, `Ongoing`, `PrepareCommit`, … */
  readonly state: string;
  readonly coordinator: number;
  readonly timeoutMs: number;
  /** Since 1970; undefined when none was begun. */
  readonly startedAtMs: number | undefined;
}

/** A transaction that a partition has open and no coordinator will end: readers of committed records wait for it. */
export interface HangingTransactionSnapshot {
  readonly topic: string;
  readonly partition: number;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly coordinatorEpoch: number | undefined;
  readonly startOffset: number;
  /** When the producer last wrote, since 1970. */
  readonly lastWriteAtMs: number;
}
