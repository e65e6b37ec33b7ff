/** A batch's transaction as its request names it, and the partitions that are to take records of it. */
export interface TransactionAdmission {
  readonly transactionalId: string;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly partitions: readonly { readonly topic: string; readonly partition: number }[];
  /**
   * "verify": the classic protocol (Produce below 12, TxnOffsetCommit below 5): the partition has to be in the ongoing transaction already, else INVALID_TXN_STATE.
   * "add": the partition is added to the transaction, durably, before the answer. Source: KIP-890.
   */
  readonly mode: "verify" | "add";
}

/** What the data path asks of the transaction coordinator before a transactional batch is stored. */
export interface TransactionGate {
  /** Resolves with one error code (0: none) per partition, in their order. Codes are the coordinator's own: INVALID_TXN_STATE, CONCURRENT_TRANSACTIONS, NOT_COORDINATOR, … */
  admit(call: TransactionAdmission): Promise<readonly number[]>;
}

/** The end of one transaction, as the coordinator decided it. */
export interface TransactionMarker {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly coordinatorEpoch: number;
  readonly isCommit: boolean;
  /** From 2 on the marker's epoch is above that of the transaction's records. Source: KIP-890. */
  readonly transactionVersion: number;
}

/** What the transaction coordinator asks of the data path. */
export interface MarkerWriter {
  /**
   * Ends the transaction in one partition. Resolves with 0 once the marker is as durable as the topic is set to make it and who reads committed records sees it; else
   * with the error code: UNKNOWN_TOPIC_OR_PARTITION (deleted: nothing is left to end), INVALID_PRODUCER_EPOCH, TRANSACTION_COORDINATOR_FENCED,
   * COORDINATOR_LOAD_IN_PROGRESS, KAFKA_STORAGE_ERROR. Never rejects.
   */
  writeMarker(at: { readonly topic: string; readonly partition: number }, marker: TransactionMarker): Promise<number>;
}
