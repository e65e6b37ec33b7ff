import { ErrorCode } from "@ottla/protocol";
import { NO_PRODUCER, type Transaction } from "./transaction.ts";

/** A producer as it knows itself. */
export interface ProducerIdentity {
  readonly producerId: number;
  readonly producerEpoch: number;
}

/** What a rule is told of the world beside the transaction. */
export interface RuleContext {
  readonly nowMs: number;
  /** transaction.version of the cluster. */
  readonly serverVersion: number;
  /** A producer id that nobody has, to be taken if one is needed. */
  readonly freshProducerId: number | undefined;
}

/** What a request about a transactional id is answered with. */
export interface TransactionAnswer {
  /** True: nothing was decided, since a new producer id is needed; ask again with one. */
  readonly needsProducerId: boolean;
  readonly errorCode: number;
  /** -1 unless the answer names who the producer is from now on. */
  readonly producerId: number;
  readonly producerEpoch: number;
}

/** What a rule makes of a request: an answer, and what the transactional id becomes if anything changes. */
export interface RuleOutcome {
  readonly answer: TransactionAnswer;
  readonly becomes: Transaction | undefined;
}

/** Nothing changes. */
export function answered(errorCode: number, producerId: number = NO_PRODUCER, producerEpoch: number = NO_PRODUCER): RuleOutcome {
  return { answer: { needsProducerId: false, errorCode, producerId, producerEpoch }, becomes: undefined };
}

/** `becomes` is written, then the answer given. */
export function changed(
  becomes: Transaction,
  { producerId, producerEpoch }: Pick<Transaction, "producerId" | "producerEpoch"> = {
    producerId: NO_PRODUCER,
    producerEpoch: NO_PRODUCER,
  },
  errorCode: number = ErrorCode.NONE,
): RuleOutcome {
  return { answer: { needsProducerId: false, errorCode, producerId, producerEpoch }, becomes };
}

export const NEEDS_PRODUCER_ID: RuleOutcome = {
  answer: { needsProducerId: true, errorCode: ErrorCode.COORDINATOR_NOT_AVAILABLE, producerId: NO_PRODUCER, producerEpoch: NO_PRODUCER },
  becomes: undefined,
};
