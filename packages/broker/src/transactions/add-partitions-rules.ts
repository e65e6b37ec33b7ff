import { ErrorCode } from "@ottla/protocol";
import { answered, changed, type ProducerIdentity, type RuleOutcome } from "./rule-outcome.ts";
import { isPrepared, type Transaction } from "./transaction.ts";
import { hasPartition, hasPartitions, type TopicPartition, withPartitions } from "./transaction-partitions.ts";

export interface AddPartitionsInput extends ProducerIdentity {
  readonly partitions: readonly TopicPartition[];
  /** transaction.version of who adds them. */
  readonly clientVersion: number;
}

/** AddPartitionsToTxn, AddOffsetsToTxn, and the first batch that a producer of KIP-890 sends to a partition. The first partition begins the transaction. */
export function decideAddPartitions(known: Transaction | undefined, input: AddPartitionsInput, nowMs: number): RuleOutcome {
  if (known === undefined) return answered(ErrorCode.INVALID_PRODUCER_ID_MAPPING);
  // Before who asks is looked at: when the transaction is complete the producer may have another id and epoch, which it has been told already.
  if (isPrepared(known)) return answered(ErrorCode.CONCURRENT_TRANSACTIONS);
  if (known.producerId !== input.producerId) return answered(ErrorCode.INVALID_PRODUCER_ID_MAPPING);
  if (known.producerEpoch !== input.producerEpoch) return answered(ErrorCode.PRODUCER_FENCED);
  const isOngoing = known.state === "Ongoing";
  if (isOngoing && hasPartitions(known.partitions, input.partitions)) return answered(ErrorCode.NONE);
  return changed({
    ...known,
    state: "Ongoing",
    previousProducerId: known.producerId,
    partitions: withPartitions(known.partitions, input.partitions),
    startMs: isOngoing ? known.startMs : nowMs,
    lastUpdateMs: nowMs,
    clientVersion: input.clientVersion,
  });
}

/** Whether partitions are in the ongoing transaction: an error code for each. Source: KIP-890, part 1. */
export function verifyPartitions(
  known: Transaction | undefined,
  { producerId, producerEpoch, partitions }: Omit<AddPartitionsInput, "clientVersion">,
): readonly number[] {
  const all = (errorCode: number) => partitions.map(() => errorCode);
  if (known === undefined || known.producerId !== producerId) return all(ErrorCode.INVALID_PRODUCER_ID_MAPPING);
  if (known.producerEpoch !== producerEpoch) return all(ErrorCode.PRODUCER_FENCED);
  if (isPrepared(known)) return all(ErrorCode.CONCURRENT_TRANSACTIONS);
  return partitions.map((each) => (hasPartition(known.partitions, each) ? ErrorCode.NONE : ErrorCode.TRANSACTION_ABORTABLE));
}
