/** Where a transactional id stands. Named and numbered as Kafka does; its Dead and PrepareEpochFence are never written and need no place here. */
export const TRANSACTION_STATES = ["Empty", "Ongoing", "PrepareCommit", "PrepareAbort", "CompleteCommit", "CompleteAbort"] as const;

type TransactionStateName = (typeof TRANSACTION_STATES)[number];

/** The partitions of a transaction, by topic. Never changed in place. */
export type TransactionPartitions = ReadonlyMap<string, ReadonlySet<number>>;

export const NO_PARTITIONS: TransactionPartitions = new Map();

/** No producer, and no epoch of one. */
export const NO_PRODUCER = -1;

/** A transactional id as one record of `__transaction_state` tells it. */
export interface Transaction {
  readonly state: TransactionStateName;
  readonly producerId: number;
  /** The id before the last change, so that who missed the answer to a roll is known by the old one. Kept by records of version 1. */
  readonly previousProducerId: number;
  /** While markers are written: the id that the producer goes on with, because the epochs of its own are used up. -1: it keeps its own. Kept by records of version 1. */
  readonly nextProducerId: number;
  readonly producerEpoch: number;
  /** The epoch before the last one that a client asked for, so that it may ask twice. No record keeps it: -1 once loaded, as in Kafka. */
  readonly lastProducerEpoch: number;
  /** 2147483647: the transaction belongs to an outside coordinator and is never overdue. */
  readonly timeoutMs: number;
  readonly partitions: TransactionPartitions;
  readonly lastUpdateMs: number;
  /** -1 when no transaction was begun since the producer came. */
  readonly startMs: number;
  /** transaction.version of who ends the transaction: from 2 on its epoch rises with every transaction. Source: KIP-890. Kept by records of version 1. */
  readonly clientVersion: number;
}

/** The last epoch a producer is given; the one above is for fencing it. */
export const LAST_GIVEN_EPOCH = 32_766;

/** The greatest epoch there is. */
export const MAX_EPOCH = 32_767;

/** The timeout of transactions that an outside coordinator ends (KIP-939). */
export const NEVER_OVERDUE_MS = 2_147_483_647;

/** From this transaction.version on a producer's epoch rises with every transaction. Source: KIP-890. */
export const EPOCH_BUMP_VERSION = 2;

export function isEpochExhausted(producerEpoch: number): boolean {
  return producerEpoch >= LAST_GIVEN_EPOCH;
}

/** The decision has been written, its markers are on their way. */
export function isPrepared({ state }: Transaction): boolean {
  return state === "PrepareCommit" || state === "PrepareAbort";
}

/** What a transaction takes of the heap, about. */
export function heldBytes(transactionalId: string, { partitions }: Transaction): number {
  let bytes = 400 + 2 * transactionalId.length;
  for (const [topic, indexes] of partitions) bytes += 300 + 2 * topic.length + 40 * indexes.size;
  return bytes;
}
