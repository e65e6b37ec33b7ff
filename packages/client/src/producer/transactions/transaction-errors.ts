import { ErrorCode, errorInfo, KafkaError } from "@ottla/protocol";
import { ClientError } from "../../client-error.ts";
import type { TopicPartition } from "../../topic-partition.ts";
import type { TransactionRequest } from "./transaction-request.ts";

/** Errors of one transactional producer, in its own words. */
export class TransactionErrors {
  readonly #id: string;
  readonly #timeoutMs: number;

  constructor(transactionalId: string, transactionTimeoutMs: number) {
    this.#id = transactionalId;
    this.#timeoutMs = transactionTimeoutMs;
  }

  /** A call that does not fit now. */
  state(message: string): ClientError {
    return new ClientError("TRANSACTION_STATE", `${message} (transactionalId "${this.#id}").`);
  }

  /** A code in words, with what it was said of. */
  refusal(request: TransactionRequest, errorCode: number, place: TopicPartition | undefined): KafkaError {
    const of = request.kind === "TxnOffsetCommit" ? ` for group "${request.toSend.groupId}"` : "";
    const id = errorCode === ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED ? ` (transactionalId "${this.#id}")` : "";
    const where = place === undefined ? "" : ` (${place.topic}-${place.partition})`;
    return new KafkaError(errorCode, `${request.kind}${of}: ${errorInfo(errorCode).message}${id}${where}`);
  }

  failed(cause: Error): ClientError {
    // One failure brings others about; the first is told.
    if (cause instanceof ClientError && cause.code === "TRANSACTION_FAILED") return cause;
    const options = { cause, possiblyWritten: isPossiblyWritten(cause) };
    return new ClientError(
      "TRANSACTION_FAILED",
      `The transaction of "${this.#id}" failed and has to be aborted: ${sentence(cause)}`,
      options,
    );
  }

  /** For what was not sent before the application aborted. */
  aborted(): ClientError {
    return new ClientError("TRANSACTION_FAILED", `The transaction of "${this.#id}" was aborted before this was sent.`);
  }

  fenced(cause: Error): ClientError {
    return new ClientError(
      "PRODUCER_FENCED",
      `This producer cannot go on: another one has begun with transactionalId "${this.#id}", or a transaction took longer than ${this.#timeoutMs} ms and the cluster aborted it.`,
      { cause },
    );
  }

  fatal(cause: Error): ClientError {
    if (cause instanceof KafkaError && isFencing(cause)) return this.fenced(cause);
    const options = { cause, possiblyWritten: isPossiblyWritten(cause) };
    const isStateLost = cause instanceof KafkaError && cause.errorCode === ErrorCode.INVALID_TXN_STATE;
    const why = isStateLost ? ` A transaction that takes longer than ${this.#timeoutMs} ms is aborted by the cluster.` : "";
    return new ClientError("PRODUCER_FAILED", `The producer of "${this.#id}" cannot go on: ${sentence(cause)}${why}`, options);
  }
}

/** The last transaction's markers are being written, which is soon done: the first pause of those who wait for it. */
export const CONCURRENT_PAUSE_MS = 5;

export function isConcurrent(error: Error | undefined): boolean {
  return error instanceof KafkaError && error.errorCode === ErrorCode.CONCURRENT_TRANSACTIONS;
}

function isFencing({ errorCode }: KafkaError): boolean {
  return errorCode === ErrorCode.PRODUCER_FENCED || errorCode === ErrorCode.INVALID_PRODUCER_EPOCH;
}

export function isPossiblyWritten(error: Error): boolean {
  return "possiblyWritten" in error && error.possiblyWritten === true;
}

/** Names the broker's code. */
function sentence(error: Error): string {
  return error instanceof KafkaError && !error.message.includes(error.code) ? `${error.code}: ${error.message}` : error.message;
}
