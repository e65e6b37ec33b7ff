import { OttlaError } from "@ottla/base";

/** Codes of {@link RegistryClientError}; they stay. */
export type RegistryClientErrorCode =
  /** No URL answered, or only with what says "later". */
  | "REGISTRY_UNREACHABLE"
  /** The registry answered that it does not do this; `errorCode` says why. */
  | "REGISTRY_REFUSED"
  /** What answers is no Schema Registry. */
  | "REGISTRY_BAD_ANSWER"
  | "REGISTRY_ABORTED"
  | "REGISTRY_INVALID_OPTION";

/** A call of a registry that failed. */
export class RegistryClientError extends OttlaError {
  override readonly name = "RegistryClientError";
  declare readonly code: RegistryClientErrorCode;
  /** The HTTP status, when there was an answer. */
  readonly status: number | undefined;
  /** The registry's own number: 40401 no such subject, 40403 no such schema, 40901 (409 in older ones) not compatible, … */
  readonly errorCode: number | undefined;
  /** What went wrong without the call that did: the registry's own words, or why nobody answers. Undefined of a refusal in no words of a registry. */
  readonly problem: string | undefined;

  constructor(
    code: RegistryClientErrorCode,
    message: string,
    options: {
      readonly status?: number | undefined;
      readonly errorCode?: number | undefined;
      readonly problem?: string | undefined;
      readonly cause?: unknown;
    } = {},
  ) {
    super(code, message, options.cause === undefined ? undefined : { cause: options.cause });
    this.status = options.status;
    this.errorCode = options.errorCode;
    this.problem = options.problem;
  }

  /** The schema would break readers or writers of those before it. */
  get isIncompatible(): boolean {
    return this.status === 409;
  }

  /** There is no such subject, version or schema. */
  get isNotFound(): boolean {
    return this.status === 404;
  }
}
