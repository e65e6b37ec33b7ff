import type { TopicPartition } from "../topic-partition.ts";

/** A transactional id as `listTransactions` shows it. */
export interface TransactionListing {
  readonly transactionalId: string;
  readonly producerId: number;
  /** As the broker names it: `Empty`, `Ongoing`, `PrepareCommit`, … */
  readonly state: string;
  readonly coordinator: number;
}

export interface TransactionDescription {
  readonly transactionalId: string;
  readonly state: string;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly timeoutMs: number;
  /** Undefined when no transaction was begun yet. */
  readonly startTimestamp: number | undefined;
  /** What is in the transaction; empty when none is open. */
  readonly partitions: readonly TopicPartition[];
  readonly coordinator: number;
}

/** What a partition remembers of a producer. */
export interface ProducerState {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly lastSequence: number;
  readonly lastTimestamp: number;
  /** Undefined when the producer never ended a transaction here. */
  readonly coordinatorEpoch: number | undefined;
  /** Where its open transaction begins; undefined when none is open. */
  readonly currentTransactionStartOffset: number | undefined;
}

/** Which transactions to list; what is left out lets all pass. */
export interface TransactionFilter {
  readonly states?: readonly string[] | undefined;
  readonly producerIds?: readonly number[] | undefined;
  /** Only those that began longer ago than this. Needs Apache Kafka 3.8 or newer. */
  readonly longerThanMs?: number | undefined;
  /** A regular expression (RE2) that the whole id matches. Needs Apache Kafka 4.1 or newer. */
  readonly idPattern?: string | undefined;
}

/** A transaction in one partition, as `describeProducers` shows it, that is to be aborted there. */
export interface HangingTransaction extends TopicPartition {
  readonly producerId: number;
  readonly producerEpoch: number;
  /** 0 where the partition does not know one. */
  readonly coordinatorEpoch?: number | undefined;
}
