import type { OffsetToCommit } from "../../offsets/committed-offsets.ts";
import type { TopicPartition } from "../../topic-partition.ts";
import type { ProducerIdentity } from "../partition-sequences.ts";

/** Offsets on their way into the transaction. */
export interface OffsetsToSend {
  readonly groupId: string;
  readonly generationId: number;
  readonly memberId: string;
  readonly groupInstanceId: string | undefined;
  readonly offsets: readonly OffsetToCommit[];
}

/** What a producer has to say to a coordinator next. `transactionVersion`: that of the transaction, which the version of the request depends on. */
export type TransactionRequest =
  /** Without an identity: a fresh start, which fences whoever came before. With one: the next epoch for the same producer. */
  | { readonly kind: "InitProducerId"; readonly identity: ProducerIdentity | undefined }
  | { readonly kind: "AddPartitionsToTxn"; readonly identity: ProducerIdentity; readonly partitions: readonly TopicPartition[] }
  | { readonly kind: "AddOffsetsToTxn"; readonly identity: ProducerIdentity; readonly groupId: string }
  | {
      readonly kind: "TxnOffsetCommit";
      readonly identity: ProducerIdentity;
      readonly toSend: OffsetsToSend;
      readonly transactionVersion: number;
    }
  | { readonly kind: "EndTxn"; readonly identity: ProducerIdentity; readonly isCommit: boolean; readonly transactionVersion: number };

export type TransactionRequestKind = TransactionRequest["kind"];

export interface TransactionAnswer {
  /** Of the whole answer; NONE where each partition has its own. */
  readonly errorCode: number;
  /** Who the producer is from now on; undefined where the answer does not say. */
  readonly identity?: ProducerIdentity | undefined;
  readonly partitions?: readonly (TopicPartition & { readonly errorCode: number })[];
}
