import type { ConsumerBatch, GroupMetadata, TopicPartitionOffset } from "../../consumer/consumer-types.ts";
import type { CallOptions } from "../../options/call-options.ts";
import type { BatchReport, DeliveryCallback, ProducerRecord, RecordMetadata, SendOptions } from "../record-types.ts";

/**
 * What a group has consumed: the next offset to read of a partition, or a batch that is done with all its records. Each list is committed whole or the
 * transaction fails.
 */
export type ConsumedOffsets = readonly (TopicPartitionOffset | ConsumerBatch)[];

/** Who consumed: `consumer.groupMetadata()`. A consumer that assigns partitions itself is no member of its group: `{ groupId }` alone. */
export type ConsumedBy = Pick<GroupMetadata, "groupId"> & Partial<GroupMetadata>;

/**
 * An open transaction, for the function that {@link TransactionalProducer.transaction} runs. Calls after its end reject with `ClientError` TRANSACTION_STATE, so that
 * a late one never slips into the next transaction. A promise that nobody awaits may be left alone: the commit tells of its failure.
 */
export interface Transaction {
  send(record: ProducerRecord, options?: SendOptions): Promise<RecordMetadata>;
  send(records: readonly ProducerRecord[], options?: SendOptions): Promise<RecordMetadata[]>;
  sendBatch(records: readonly ProducerRecord[], options?: SendOptions): Promise<BatchReport>;
  enqueue(record: ProducerRecord, onDelivery?: DeliveryCallback): Promise<void> | undefined;
  /** See {@link TransactionalProducer.sendOffsets}. */
  sendOffsets(offsets: ConsumedOffsets, group: ConsumedBy | undefined, options?: CallOptions): Promise<void>;
}

/**
 * Transactions of a producer with a `transactionalId`, one at a time. All calls may take `{ timeoutMs, signal }`; `timeoutMs` is `maxBlockMs` when left out. They
 * reject with `ClientError`: TRANSACTION_FAILED (`abortable`: abort, then go on), PRODUCER_FENCED and PRODUCER_FAILED (`fatal`: close the producer), CALL_TIMEOUT
 * (`retriable`: the same call again goes on where this one stopped), TRANSACTION_STATE (a call that does not fit now; nothing has changed). Source: KIP-98,
 * KIP-360, KIP-447, KIP-890.
 */
export interface TransactionalProducer {
  /**
   * Runs the function in a transaction and commits it, or aborts it when the function or the commit fails and rejects with what failed. When the abort fails, too, the
   * error is that of the abort if it is `fatal`, else ABORT_FAILED; both are in `cause.errors`. A commit whose time ran out is not aborted, since it may have
   * been carried out (`possiblyWritten`): ask with {@link commit}. When the signal comes it rejects at once; the function may go on, with a transaction that is over, and the abort goes
   * on by itself: the next transaction waits for it.
   */
  transaction<Result>(run: (transaction: Transaction) => Promise<Result> | Result, options?: CallOptions): Promise<Result>;
  /**
   * Takes the transactional id over: fences an older producer of the id and ends what that left open. Done by the first {@link begin} if it was not called; worth
   * calling at the start of a program to learn early that the cluster refuses.
   */
  initTransactions(options?: CallOptions): Promise<void>;
  /** From now on what is sent belongs to a transaction. While one is open another is refused. */
  begin(options?: CallOptions): Promise<void>;
  /**
   * Commits offsets of a group with the transaction, one list per call, any number of calls and groups (KIP-447). Resolves when the group's coordinator has them; they count
   * when the transaction is committed. A group that has gone on without this member fails the transaction.
   */
  sendOffsets(offsets: ConsumedOffsets, group: ConsumedBy | undefined, options?: CallOptions): Promise<void>;
  /**
   * Waits for all that was sent, then ends the transaction. Resolves when the end is decided for good. After a timeout (CALL_TIMEOUT, `possiblyWritten`) the commit goes on by
   * itself; calling again waits for its outcome, and no other call is taken before.
   */
  commit(options?: CallOptions): Promise<void>;
  /** Drops what was not sent yet, waits for what is on the way, and ends the transaction without it. After a timeout calling again goes on. */
  abort(options?: CallOptions): Promise<void>;
}
