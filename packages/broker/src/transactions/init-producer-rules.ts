import { ErrorCode } from "@ottla/protocol";
import { decideForcedAbort } from "./end-transaction-rules.ts";
import { answered, changed, NEEDS_PRODUCER_ID, type ProducerIdentity, type RuleContext, type RuleOutcome } from "./rule-outcome.ts";
import { isEpochExhausted, isPrepared, NO_PARTITIONS, NO_PRODUCER, type Transaction } from "./transaction.ts";

export interface InitProducerInput {
  readonly timeoutMs: number;
  /** Who the producer is, if it goes on after an error and wants no newer one to be fenced (KIP-360). */
  readonly expected: ProducerIdentity | undefined;
}

/**
 * InitProducerId for a transactional id. A transaction that is still open is aborted first, under an epoch that nobody is given: the client is told
 * CONCURRENT_TRANSACTIONS and asks again.
 */
export function decideInitProducer(known: Transaction | undefined, input: InitProducerInput, context: RuleContext): RuleOutcome {
  if (known === undefined) {
    if (context.freshProducerId === undefined) return NEEDS_PRODUCER_ID;
    return nextEpoch(newcomer(context.freshProducerId, input.timeoutMs), input, context.nowMs);
  }
  if (isPrepared(known)) return answered(ErrorCode.CONCURRENT_TRANSACTIONS);
  const { expected } = input;
  if (expected && !isExpected(known, expected)) return answered(ErrorCode.PRODUCER_FENCED);
  if (known.state === "Ongoing") {
    const abort = decideForcedAbort(known, context);
    return abort.becomes ? changed(abort.becomes, undefined, ErrorCode.CONCURRENT_TRANSACTIONS) : abort;
  }
  const isLast = expected === undefined || expected.producerEpoch === known.producerEpoch;
  if (isEpochExhausted(known.producerEpoch) && isLast) {
    const { freshProducerId } = context;
    return freshProducerId === undefined ? NEEDS_PRODUCER_ID : rolled(known, freshProducerId, input, context.nowMs);
  }
  return nextEpoch(known, input, context.nowMs);
}

/** Who a producer says it is may be what it was before a roll whose answer it never saw. */
function isExpected(known: Transaction, expected: ProducerIdentity): boolean {
  return (
    expected.producerId === known.producerId ||
    (expected.producerId === known.previousProducerId && isEpochExhausted(expected.producerEpoch))
  );
}

function newcomer(producerId: number, timeoutMs: number): Transaction {
  return {
    state: "Empty",
    producerId,
    previousProducerId: NO_PRODUCER,
    nextProducerId: NO_PRODUCER,
    producerEpoch: NO_PRODUCER,
    lastProducerEpoch: NO_PRODUCER,
    timeoutMs,
    partitions: NO_PARTITIONS,
    lastUpdateMs: -1,
    startMs: -1,
    clientVersion: 0,
  };
}

function nextEpoch(known: Transaction, { timeoutMs, expected }: InitProducerInput, nowMs: number): RuleOutcome {
  const { producerEpoch, lastProducerEpoch } = known;
  if (!expected) return begun(known, { timeoutMs, nowMs, producerEpoch: producerEpoch + 1, lastProducerEpoch: NO_PRODUCER });
  if (producerEpoch === NO_PRODUCER || expected.producerEpoch === producerEpoch) {
    return begun(known, { timeoutMs, nowMs, producerEpoch: producerEpoch + 1, lastProducerEpoch: producerEpoch });
  }
  // It has this epoch already and asks again, since it never saw the answer.
  if (expected.producerEpoch === lastProducerEpoch) return begun(known, { timeoutMs, nowMs, producerEpoch, lastProducerEpoch });
  return answered(ErrorCode.PRODUCER_FENCED);
}

function rolled(known: Transaction, producerId: number, { timeoutMs, expected }: InitProducerInput, nowMs: number): RuleOutcome {
  const lastProducerEpoch = expected ? known.producerEpoch : NO_PRODUCER;
  return begun(known, { timeoutMs, nowMs, producerId, producerEpoch: 0, lastProducerEpoch });
}

interface Beginning {
  readonly timeoutMs: number;
  readonly nowMs: number;
  readonly producerId?: number;
  readonly producerEpoch: number;
  readonly lastProducerEpoch: number;
}

/** The producer may begin a transaction. */
function begun(known: Transaction, { timeoutMs, nowMs, producerId = known.producerId, ...epochs }: Beginning): RuleOutcome {
  const becomes: Transaction = {
    ...known,
    ...epochs,
    state: "Empty",
    producerId,
    previousProducerId: known.producerId,
    timeoutMs,
    partitions: NO_PARTITIONS,
    startMs: -1,
    lastUpdateMs: nowMs,
  };
  return changed(becomes, becomes);
}
