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
  | "NO_COMMON_VERSION"
  | "METADATA_TIMEOUT"
  | "UNKNOWN_PARTITION"
  | "BUFFER_FULL"
  | "RECORD_TOO_LARGE"
  | "DELIVERY_TIMEOUT"
  | "PRODUCER_FAILED"
  | "NOT_ASSIGNED"
  | "NO_OFFSET"
  | "LOG_TRUNCATED"
  | "CORRUPT_BATCH"
  | "COMMIT_FAILED"
  | "REBALANCE_CALLBACK_FAILED"
  | "CALL_TIMEOUT"
  | "ABORTED"
  | "WOKEN_UP"
  | "UNENCODABLE_RECORD"
  | "UNDECODABLE_RECORD";

const retriableCodes: ReadonlySet<ClientErrorCode> = new Set([
  "NO_BROKER_REACHABLE",
  "CONNECTION_LOST",
  "REQUEST_TIMEOUT",
  "METADATA_TIMEOUT",
  "CALL_TIMEOUT",
]);

/**
 * A failure on this side of the wire: no connection, no time left, no room, a call that makes no sense now.
 * `retriable` tells whether the same call may succeed later without anything being changed.
 */
export class ClientError extends OttlaError {
  override readonly name = "ClientError";
  declare readonly code: ClientErrorCode;
  /** What the message is about when one option, argument or field is to blame: `bootstrapServers`, `records[3].timestamp`. */
  readonly subject: string | undefined;

  constructor(code: ClientErrorCode, message: string, options: { readonly cause?: unknown; readonly subject?: string } = {}) {
    super(code, message, options.cause === undefined ? undefined : { cause: options.cause });
    this.subject = options.subject;
  }

  get retriable(): boolean {
    return retriableCodes.has(this.code);
  }
}
