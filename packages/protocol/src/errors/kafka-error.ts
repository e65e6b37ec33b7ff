import { OttlaError } from "@ottla/base";
import { ErrorCode, type ErrorName } from "./error-codes.ts";
import { type ErrorFacts, errorTable } from "./error-table.ts";

/** An error of the protocol together with its number. */
export interface ErrorInfo extends ErrorFacts {
  readonly code: number;
  readonly name: ErrorName;
}

const byCode = new Map<number, ErrorInfo>();
for (const [name, code] of Object.entries(ErrorCode) as [ErrorName, number][]) byCode.set(code, { code, name, ...errorTable[name] });

/** Who is answered so can never succeed as who it is or with what it asks for (KIP-1050): a newer one has its place, or the cluster does not let it. */
const fatalNames: ReadonlySet<ErrorName> = new Set([
  "CLUSTER_AUTHORIZATION_FAILED",
  "FENCED_INSTANCE_ID",
  "ILLEGAL_SASL_STATE",
  "INVALID_PRODUCER_EPOCH",
  "INVALID_PRODUCER_ID_MAPPING",
  "PRODUCER_FENCED",
  "SASL_AUTHENTICATION_FAILED",
  "TRANSACTIONAL_ID_AUTHORIZATION_FAILED",
  "UNSUPPORTED_FOR_MESSAGE_FORMAT",
  "UNSUPPORTED_SASL_MECHANISM",
  "UNSUPPORTED_VERSION",
]);

/** What is known of an error code. A code newer than this program counts as UNKNOWN_SERVER_ERROR, as Kafka's clients take it. */
export function errorInfo(code: number): ErrorInfo {
  return byCode.get(code) ?? byCode.get(ErrorCode.UNKNOWN_SERVER_ERROR)!;
}

/**
 * An answer that is an error of the protocol. `errorCode` is the number on the wire, `code` its name, `retriable` whether the same
 * request may succeed later. An unknown number is kept, with the semantics of UNKNOWN_SERVER_ERROR.
 */
export class KafkaError extends OttlaError {
  override readonly name = "KafkaError";
  declare readonly code: ErrorName;
  readonly errorCode: number;
  readonly retriable: boolean;
  /** Whether the client should fetch metadata (or look for the coordinator) anew before it tries again. */
  readonly refreshesMetadata: boolean;
  /** Said of a record: it may stand in the log all the same. */
  readonly possiblyWritten: boolean;

  constructor(errorCode: number, message?: string | null, options?: { readonly cause?: unknown; readonly possiblyWritten?: boolean }) {
    const info = errorInfo(errorCode);
    super(info.name, message ?? info.message, options);
    this.errorCode = errorCode;
    this.retriable = info.retriable;
    this.refreshesMetadata = info.refreshesMetadata;
    this.possiblyWritten = options?.possiblyWritten ?? false;
  }

  /** The broker wants the transaction aborted; after that the producer can go on (KIP-890). */
  get abortable(): boolean {
    return this.errorCode === ErrorCode.TRANSACTION_ABORTABLE;
  }

  /** Who asked cannot go on as who it is: a producer or member that was replaced, a principal that may not, a version that is not there. */
  get fatal(): boolean {
    return fatalNames.has(this.code);
  }
}
