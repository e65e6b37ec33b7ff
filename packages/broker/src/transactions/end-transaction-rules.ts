import { ErrorCode } from "@ottla/protocol";
import { answered, changed, NEEDS_PRODUCER_ID, type ProducerIdentity, type RuleContext, type RuleOutcome } from "./rule-outcome.ts";
import {
  EPOCH_BUMP_VERSION,
  isEpochExhausted,
  isPrepared,
  LAST_GIVEN_EPOCH,
  MAX_EPOCH,
  NO_PARTITIONS,
  NO_PRODUCER,
  type Transaction,
} from "./transaction.ts";

export interface EndTransactionInput extends ProducerIdentity {
  readonly isCommit: boolean;
  /** transaction.version of who ends it. */
  readonly clientVersion: number;
}

/** EndTxn. What is answered with NONE is decided for good; the markers follow. */
export function decideEnd(known: Transaction | undefined, input: EndTransactionInput, context: RuleContext): RuleOutcome {
  if (known === undefined) return answered(ErrorCode.INVALID_PRODUCER_ID_MAPPING);
  return input.clientVersion >= EPOCH_BUMP_VERSION ? decideBumpingEnd(known, input, context) : decideClassicEnd(known, input, context);
}

/** The classic protocol: the producer keeps its epoch. */
function decideClassicEnd(
  known: Transaction,
  { producerId, producerEpoch, isCommit }: EndTransactionInput,
  context: RuleContext,
): RuleOutcome {
  if (known.producerId !== producerId) return answered(ErrorCode.INVALID_PRODUCER_ID_MAPPING);
  if (known.producerEpoch !== producerEpoch) return answered(ErrorCode.PRODUCER_FENCED);
  switch (known.state) {
    case "Ongoing":
      return changed(prepared(known, isCommit, context.nowMs, { clientVersion: 0, nextProducerId: NO_PRODUCER }));
    case "CompleteCommit":
      return answered(isCommit ? ErrorCode.NONE : ErrorCode.INVALID_TXN_STATE);
    case "CompleteAbort":
      return answered(isCommit ? ErrorCode.INVALID_TXN_STATE : ErrorCode.NONE);
    case "PrepareCommit":
    case "PrepareAbort":
      return answered(ErrorCode.CONCURRENT_TRANSACTIONS);
    case "Empty":
      return answered(ErrorCode.INVALID_TXN_STATE);
  }
}

/**
 * KIP-890, part 2: ending a transaction raises the epoch, and the answer tells the producer who it is from then on. Who asks under the epoch before asks again
 * about a transaction that has ended; an abort under the present one is fine even if nothing was begun, since the client cannot know whether its first batch came.
 */
function decideBumpingEnd(known: Transaction, input: EndTransactionInput, context: RuleContext): RuleOutcome {
  // Before who asks is looked at, as in decideAddPartitions.
  if (isPrepared(known)) return answered(ErrorCode.CONCURRENT_TRANSACTIONS);
  const { producerId, producerEpoch, isCommit } = input;
  // One that ended by the classic protocol raised no epoch: who names the epoch before is a producer that was taken over from, and would be told who its successor is.
  const hasBumped = known.clientVersion >= EPOCH_BUMP_VERSION;
  const missedRoll =
    hasBumped && known.previousProducerId === producerId && producerEpoch === LAST_GIVEN_EPOCH && known.producerEpoch === 0;
  const isRetry = missedRoll || (hasBumped && known.producerEpoch === producerEpoch + 1);
  const isComplete = known.state === "CompleteCommit" || known.state === "CompleteAbort";
  if (known.producerId !== producerId && !missedRoll) return answered(ErrorCode.INVALID_PRODUCER_ID_MAPPING);
  if (producerEpoch !== known.producerEpoch && !(isComplete && isRetry)) return answered(ErrorCode.PRODUCER_FENCED);
  if (isComplete && isRetry) {
    const wasCommit = known.state === "CompleteCommit";
    return wasCommit === isCommit ? answered(ErrorCode.NONE, known.producerId, known.producerEpoch) : answered(ErrorCode.INVALID_TXN_STATE);
  }
  if (known.state !== "Ongoing" && isCommit) return answered(ErrorCode.INVALID_TXN_STATE);
  const roll = nextProducerId(known, context);
  if (roll === undefined) return NEEDS_PRODUCER_ID;
  const becomes = bumped(prepared(known, isCommit, context.nowMs, { clientVersion: input.clientVersion, nextProducerId: roll }), known);
  return changed(becomes, completed(becomes, context.nowMs));
}

/**
 * The coordinator ends an ongoing transaction by itself, because it is overdue or another producer takes over: aborted, under an epoch above the producer's,
 * which is fenced by it.
 */
export function decideForcedAbort(known: Transaction, context: RuleContext): RuleOutcome {
  const { serverVersion, nowMs } = context;
  if (serverVersion < EPOCH_BUMP_VERSION) {
    const becomes = prepared(known, false, nowMs, { clientVersion: 0, nextProducerId: NO_PRODUCER });
    return changed({ ...becomes, producerEpoch: nextEpochOf(known), lastProducerEpoch: NO_PRODUCER });
  }
  const roll = nextProducerId(known, context);
  if (roll === undefined) return NEEDS_PRODUCER_ID;
  return changed(bumped(prepared(known, false, nowMs, { clientVersion: serverVersion, nextProducerId: roll }), known));
}

/** The markers have been written. */
export function completed(known: Transaction, nowMs: number): Transaction {
  const rolls = known.clientVersion >= EPOCH_BUMP_VERSION && known.nextProducerId !== NO_PRODUCER;
  return {
    ...known,
    state: known.state === "PrepareCommit" ? "CompleteCommit" : "CompleteAbort",
    producerId: rolls ? known.nextProducerId : known.producerId,
    producerEpoch: rolls ? 0 : known.producerEpoch,
    previousProducerId: known.producerId,
    nextProducerId: NO_PRODUCER,
    partitions: NO_PARTITIONS,
    lastUpdateMs: nowMs,
  };
}

function prepared(
  known: Transaction,
  isCommit: boolean,
  nowMs: number,
  ending: Pick<Transaction, "clientVersion" | "nextProducerId">,
): Transaction {
  return {
    ...known,
    ...ending,
    state: isCommit ? "PrepareCommit" : "PrepareAbort",
    previousProducerId: known.producerId,
    startMs: known.state === "Ongoing" ? known.startMs : nowMs,
    lastUpdateMs: nowMs,
  };
}

function bumped(becomes: Transaction, known: Transaction): Transaction {
  return { ...becomes, producerEpoch: nextEpochOf(known), lastProducerEpoch: known.producerEpoch };
}

function nextEpochOf({ producerEpoch }: Transaction): number {
  return Math.min(producerEpoch + 1, MAX_EPOCH);
}

/** The id to go on with when the epochs are used up, -1 if they are not; `undefined`: one is needed first. */
function nextProducerId({ producerEpoch }: Transaction, { freshProducerId }: RuleContext): number | undefined {
  return isEpochExhausted(producerEpoch) ? freshProducerId : NO_PRODUCER;
}
