import { ErrorCode, errorInfo, KafkaError } from "@ottla/protocol";
import type { PartitionProduceResponse } from "@ottla/protocol/apis/produce";
import type { PartitionSequences } from "./partition-sequences.ts";
import type { ProducerBatch } from "./producer-batch.ts";

/** What a broker said about one batch. */
export interface ProduceAnswer {
  readonly errorCode: number;
  readonly logStartOffset: number;
}

/**
 * What to do next with a batch. `restart`: its partition's sequences begin anew under the same identity; `bump`: under the next epoch;
 * both then send it again.
 */
export type ProduceVerdict = "acknowledge" | "duplicate" | "split" | "retry" | "restart" | "bump" | "fail";

/** Reads an answer as Java's Sender does. Whether time or attempts remain is for the caller to say: `mayRetry`. */
export function judgeAnswer(
  answer: ProduceAnswer,
  batch: ProducerBatch,
  sequences: PartitionSequences | undefined,
  mayRetry: boolean,
): ProduceVerdict {
  switch (answer.errorCode) {
    case ErrorCode.NONE:
      return "acknowledge";
    case ErrorCode.DUPLICATE_SEQUENCE_NUMBER:
      return "duplicate";
    case ErrorCode.MESSAGE_TOO_LARGE:
    case ErrorCode.RECORD_LIST_TOO_LARGE:
      return batch.recordCount > 1 ? "split" : "fail";
    case ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER:
      return sequences && mayRetry ? verdictOf(sequences.onOutOfOrder(batch)) : "fail";
    case ErrorCode.UNKNOWN_PRODUCER_ID:
      return sequences && mayRetry ? verdictOf(sequences.onUnknownProducer(batch, answer.logStartOffset)) : "fail";
    default:
      return mayRetry && errorInfo(answer.errorCode).retriable ? "retry" : "fail";
  }
}

function verdictOf(verdict: "retry" | "restartAndRetry" | "bumpAndRetry"): ProduceVerdict {
  return verdict === "retry" ? "retry" : verdict === "restartAndRetry" ? "restart" : "bump";
}

/** Errors after which the batch may be in the log all the same. */
export function leavesFateUnknown(errorCode: number): boolean {
  return (
    errorCode === ErrorCode.REQUEST_TIMED_OUT ||
    errorCode === ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND ||
    errorCode === ErrorCode.NETWORK_EXCEPTION ||
    errorCode === ErrorCode.UNKNOWN_SERVER_ERROR
  );
}

/** The broker's own words, about the first bad record where it named one (KIP-467). */
export function refusalOf(answer: PartitionProduceResponse): KafkaError {
  const first = answer.recordErrors[0];
  if (first === undefined) return new KafkaError(answer.errorCode, answer.errorMessage);
  const reason = first.batchIndexErrorMessage ?? answer.errorMessage ?? "refused";
  return new KafkaError(answer.errorCode, `Record ${first.batchIndex} of the batch: ${reason}`);
}
