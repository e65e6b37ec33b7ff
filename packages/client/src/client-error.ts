import { OttlaError } from "@ottla/base";

/**
 * What a client can fail with by itself, beside the `KafkaError` that a broker answered with. Each code is explained in the README.
 */
export type ClientErrorCode =
  | "INVALID_OPTION"
  | "UNSUPPORTED_OPTION"
  | "INVALID_ARGUMENT"
  | "CLIENT_CLOSED"
  | "NO_BROKER_REACHABLE"
  | "CONNECTION_LOST"
  | "REQUEST_TIMEOUT"
  | "BAD_RESPONSE"
  | "TLS_FAILED"
  | "AUTHENTICATION_FAILED"
  | "TOKEN_UNAVAILABLE"
  | "NO_COMMON_VERSION"
  | "METADATA_TIMEOUT"
  | "UNKNOWN_PARTITION"
  | "BUFFER_FULL"
  | "RECORD_TOO_LARGE"
  | "DELIVERY_TIMEOUT"
  | "PRODUCER_FAILED"
  | "PRODUCER_FENCED"
  | "TRANSACTION_STATE"
  | "TRANSACTION_FAILED"
  | "ABORT_FAILED"
  | "OUTBOX_POSITION_LOST"
  | "NOT_ASSIGNED"
  | "NO_OFFSET"
  | "LOG_TRUNCATED"
  | "CORRUPT_BATCH"
  | "COMMIT_FAILED"
  | "REBALANCE_CALLBACK_FAILED"
  | "RECORD_FAILED"
  | "CALL_TIMEOUT"
  | "ABORTED"
  | "WOKEN_UP"
  | "UNENCODABLE_RECORD"
  | "UNDECODABLE_RECORD"
  | "UNSUPPORTED"
  | "LOCK_LOST"
  | "ACKNOWLEDGEMENT_FAILED";

const retriableCodes: ReadonlySet<ClientErrorCode> = new Set([
  "NO_BROKER_REACHABLE",
  "CONNECTION_LOST",
  "REQUEST_TIMEOUT",
  "TOKEN_UNAVAILABLE",
  "METADATA_TIMEOUT",
  "CALL_TIMEOUT",
]);
const fatalCodes: ReadonlySet<ClientErrorCode> = new Set([
  "CLIENT_CLOSED",
  "AUTHENTICATION_FAILED",
  "PRODUCER_FAILED",
  "PRODUCER_FENCED",
  "RECORD_FAILED",
]);
const abortableCodes: ReadonlySet<ClientErrorCode> = new Set(["TRANSACTION_FAILED", "ABORT_FAILED"]);
/** An answer was due when they came, so that nobody knows what was done. */
const unansweredCodes: ReadonlySet<ClientErrorCode> = new Set(["CONNECTION_LOST", "REQUEST_TIMEOUT"]);

export interface ClientErrorOptions {
  readonly cause?: unknown;
  readonly subject?: string;
  readonly possiblyWritten?: boolean;
}

/**
 * A failure on this side of the wire: no connection, no time left, no room, a call that makes no sense now.
 * Three flags tell what to do, as on `KafkaError`; without any of them the call or its arguments have to change.
 */
export class ClientError extends OttlaError {
  override readonly name = "ClientError";
  declare readonly code: ClientErrorCode;
  /** What the message is about when one option, argument or field is to blame: `bootstrapServers`, `records[3].timestamp`. */
  readonly subject: string | undefined;
  /**
   * What the call was to write (records, offsets, the end of a transaction) may have been written all the same. False: it surely was not, or the call writes
   * nothing.
   */
  readonly possiblyWritten: boolean;

  constructor(code: ClientErrorCode, message: string, options: ClientErrorOptions = {}) {
    super(code, message, options.cause === undefined ? undefined : { cause: options.cause });
    this.subject = options.subject;
    this.possiblyWritten = options.possiblyWritten ?? unansweredCodes.has(code);
  }

  /** The same call may succeed later without anything being changed. */
  get retriable(): boolean {
    return retriableCodes.has(this.code);
  }

  /** The transaction cannot be committed any more; after `abort()` the producer goes on. */
  get abortable(): boolean {
    return abortableCodes.has(this.code);
  }

  /** Who threw it (producer, consumer, client) cannot be used any more: close it and make a new one. */
  get fatal(): boolean {
    return fatalCodes.has(this.code);
  }
}
