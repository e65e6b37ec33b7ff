import { ErrorCode, errorInfo, KafkaError } from "@ottla/protocol";
import type { PartitionProduceResponse } from "@ottla/protocol/apis/produce";
import { ClientError } from "../client-error.ts";
import type { PartitionSequences, SequenceVerdict } from "./partition-sequences.ts";
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

/** What the caller knows: whether time and attempts remain, and whether the producer may give itself another epoch. */
export interface RetryRights {
  readonly mayRetry: boolean;
  readonly mayBump: boolean;
}

/** Reads an answer as Java's Sender does. */
export function judgeAnswer(
  answer: ProduceAnswer,
  batch: ProducerBatch,
  sequences: PartitionSequences | undefined,
  { mayRetry, mayBump }: RetryRights,
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
      return sequences && mayRetry ? verdictOf(sequences.onOutOfOrder(batch), mayBump) : "fail";
    case ErrorCode.UNKNOWN_PRODUCER_ID:
      return sequences && mayRetry ? verdictOf(sequences.onUnknownProducer(batch, answer.logStartOffset), mayBump) : "fail";
    default:
      return mayRetry && errorInfo(answer.errorCode).retriable ? "retry" : "fail";
  }
}

function verdictOf(verdict: SequenceVerdict, mayBump: boolean): ProduceVerdict {
  if (verdict === "bumpAndRetry") return mayBump ? "bump" : "fail";
  return verdict === "retry" ? "retry" : "restart";
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

/** The error of a batch that was on the way when the producer ended: it says so. */
export function whileOnTheWay(error: Error): Error {
  if (!(error instanceof ClientError) || error.possiblyWritten) return error;
  return new ClientError(error.code, error.message, { cause: error.cause ?? error, possiblyWritten: true });
}

/** The broker's own words, about the first bad record where it named one (KIP-467). */
export function refusalOf(answer: PartitionProduceResponse, possiblyWritten: boolean): KafkaError {
  const first = answer.recordErrors[0];
  if (first === undefined) return new KafkaError(answer.errorCode, answer.errorMessage, { possiblyWritten });
  const reason = first.batchIndexErrorMessage ?? answer.errorMessage ?? "refused";
  return new KafkaError(answer.errorCode, `Record ${first.batchIndex} of the batch: ${reason}`, { possiblyWritten });
}
