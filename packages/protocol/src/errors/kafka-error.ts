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
  readonly errorCode: number;
  readonly retriable: boolean;
  /** Whether the client should fetch metadata (or look for the coordinator) anew before it tries again. */
  readonly refreshesMetadata: boolean;

  constructor(errorCode: number, message?: string | null, options?: { readonly cause?: unknown }) {
    const info = errorInfo(errorCode);
    super(info.name, message ?? info.message, options);
    this.errorCode = errorCode;
    this.retriable = info.retriable;
    this.refreshesMetadata = info.refreshesMetadata;
  }
}
