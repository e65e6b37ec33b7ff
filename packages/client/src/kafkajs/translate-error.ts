import { KafkaError } from "@ottla/protocol";
import { ClientError, type ClientErrorCode } from "../client-error.ts";
import {
  KafkaJSAggregateError,
  KafkaJSConnectionClosedError,
  KafkaJSConnectionError,
  KafkaJSError,
  KafkaJSNonRetriableError,
  KafkaJSNumberOfRetriesExceeded,
  KafkaJSProtocolError,
  KafkaJSRequestTimeoutError,
  KafkaJSServerDoesNotSupportApiKey,
  KafkaJSTimeout,
  KafkaJSTopicMetadataNotLoaded,
} from "./errors.ts";
import { messageOf } from "../thrown.ts";

/** Errors that kafkajs still calls by the names of older Kafkas. */
const olderTypes: Readonly<Record<string, string>> = {
  UNKNOWN_SERVER_ERROR: "UNKNOWN",
  NOT_LEADER_OR_FOLLOWER: "NOT_LEADER_FOR_PARTITION",
  COORDINATOR_LOAD_IN_PROGRESS: "GROUP_LOAD_IN_PROGRESS",
  COORDINATOR_NOT_AVAILABLE: "GROUP_COORDINATOR_NOT_AVAILABLE",
  NOT_COORDINATOR: "NOT_COORDINATOR_FOR_GROUP",
};

const timeouts: ReadonlySet<string> = new Set(["CALL_TIMEOUT", "DELIVERY_TIMEOUT", "METADATA_TIMEOUT"]);

/** A broker's answer as kafkajs has it. */
export function protocolError(error: KafkaError): KafkaJSProtocolError {
  const { code, errorCode, message, retriable } = error;
  return new KafkaJSProtocolError(message, { type: olderTypes[code] ?? code, code: errorCode, retriable, cause: error });
}

/** Whatever the client threw, under the class that a program written for kafkajs knows. What is one already, or none of ours, stays. */
export function translateError(error: unknown): Error {
  if (error instanceof KafkaJSError || error instanceof KafkaJSAggregateError) return error;
  if (error instanceof KafkaError) return protocolError(error);
  if (error instanceof ClientError) return translateClientError(error);
  return error instanceof Error ? error : new Error(messageOf(error));
}

function translateClientError(error: ClientError): Error {
  const { message } = error;
  const cause = error;
  // What kept it from being done tells more than that there was no more time.
  if (error.cause instanceof KafkaError && timeouts.has(error.code)) return protocolError(error.cause);
  if (error.cause instanceof ClientError && timeouts.has(error.code)) return translateClientError(error.cause);
  if (error.code === "INVALID_ARGUMENT" && error.subject?.endsWith(".topic"))
    return new KafkaJSProtocolError(message, { type: "INVALID_TOPIC_EXCEPTION", code: 17, retriable: false, cause });
  return byCode[error.code]?.(message, error) ?? new KafkaJSNonRetriableError(message, { cause });
}

type Make = (message: string, cause: ClientError) => Error;
const requestTimeout: Make = (message, cause) => new KafkaJSRequestTimeoutError(message, { cause });

/** What is not named here is the program's own fault, and trying again mends nothing. */
const byCode: Partial<Record<ClientErrorCode, Make>> = {
  NO_BROKER_REACHABLE: (message, cause) =>
    new KafkaJSNumberOfRetriesExceeded(new KafkaJSConnectionError(message, { cause }), { retryCount: 0, retryTime: 0 }),
  CONNECTION_LOST: (message, cause) => new KafkaJSConnectionClosedError(message, { cause }),
  REQUEST_TIMEOUT: requestTimeout,
  CALL_TIMEOUT: requestTimeout,
  DELIVERY_TIMEOUT: requestTimeout,
  METADATA_TIMEOUT: (message, cause) => new KafkaJSTopicMetadataNotLoaded(message, { cause }),
  NO_COMMON_VERSION: (message, cause) => new KafkaJSServerDoesNotSupportApiKey(message, { cause }),
  BUFFER_FULL: (message, cause) => new KafkaJSTimeout(message, { cause }),
  CLIENT_CLOSED: (message, cause) => new KafkaJSError(message, { cause }),
};

/** Runs a call and translates what it throws. */
export async function translating<T>(run: () => T | Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw translateError(error);
  }
}
