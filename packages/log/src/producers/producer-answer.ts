import { ErrorCode } from "@ottla/protocol";
import type { AppendOutcome, LogRefusal } from "../partition/log-outcomes.ts";
import { refusal } from "../partition/refusal.ts";
import type { MarkerVerdict, ProducerVerdict } from "./producer-rules.ts";

/**
 * The answer to a batch that is not to be appended: a repeat, or a sequence number or epoch that cannot be. A repeat is answered with the largest time of the
 * batch as if the broker had set it, whoever did: so does Apache Kafka.
 */
export function answerWithoutAppend(verdict: Exclude<ProducerVerdict, { kind: "accept" }>, partition: string): AppendOutcome {
  switch (verdict.kind) {
    case "repeat": {
      const { baseOffset, lastOffset, timestampMs } = verdict.batch;
      return { kind: "duplicate", baseOffset, lastOffset, logAppendTimeMs: timestampMs };
    }
    case "stale epoch":
      return refuseEpoch(verdict.currentEpoch, partition);
    case "unverified":
      return refusal(ErrorCode.INVALID_TXN_STATE, `The batch belongs to no transaction that is open in ${partition}.`);
    case "not in the transaction":
      return refusal(ErrorCode.INVALID_TXN_STATE, `The producer has a transaction open in ${partition}; the batch does not belong to it.`);
    case "not the first":
      return refusal(
        ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
        `The producer's first batch in ${partition} is the one with sequence number ${verdict.firstSequence}.`,
      );
    case "out of order":
      return refusal(
        ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
        `The batch does not follow sequence number ${verdict.lastSequence} in ${partition}.`,
      );
  }
}

/** The answer to a producer whose epoch was raised since. */
export function refuseEpoch(currentEpoch: number, partition: string): LogRefusal {
  return refusal(ErrorCode.INVALID_PRODUCER_EPOCH, `The producer's epoch is behind the current one in ${partition}, ${currentEpoch}.`);
}

/** The answer to a transaction marker that comes too late. */
export function refuseMarker(verdict: Exclude<MarkerVerdict, { kind: "accept" }>, partition: string): LogRefusal {
  if (verdict.kind === "stale epoch")
    return refusal(
      ErrorCode.INVALID_PRODUCER_EPOCH,
      `The marker's producer epoch is behind the current one in ${partition}, ${verdict.currentEpoch}.`,
    );
  return refusal(
    ErrorCode.TRANSACTION_COORDINATOR_FENCED,
    `The marker's coordinator epoch is behind the one of the last marker in ${partition}, ${verdict.currentEpoch}.`,
  );
}
