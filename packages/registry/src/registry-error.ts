import { OttlaError } from "@ottla/base";

/** What a registry answers with for each code: the HTTP status, and the number that clients look at. */
export const registryErrorNumbers = {
  REGISTRY_BAD_REQUEST: { status: 400, errorCode: 400 },
  REGISTRY_BODY_TOO_LARGE: { status: 413, errorCode: 413 },
  REGISTRY_UNAUTHORIZED: { status: 401, errorCode: 401 },
  REGISTRY_FORBIDDEN: { status: 403, errorCode: 40301 },
  REGISTRY_SUBJECT_NOT_FOUND: { status: 404, errorCode: 40401 },
  REGISTRY_VERSION_NOT_FOUND: { status: 404, errorCode: 40402 },
  REGISTRY_SCHEMA_NOT_FOUND: { status: 404, errorCode: 40403 },
  REGISTRY_SUBJECT_SOFT_DELETED: { status: 404, errorCode: 40404 },
  REGISTRY_SUBJECT_NOT_SOFT_DELETED: { status: 404, errorCode: 40405 },
  REGISTRY_VERSION_SOFT_DELETED: { status: 404, errorCode: 40406 },
  REGISTRY_VERSION_NOT_SOFT_DELETED: { status: 404, errorCode: 40407 },
  REGISTRY_NO_SUBJECT_COMPATIBILITY: { status: 404, errorCode: 40408 },
  REGISTRY_NO_SUBJECT_MODE: { status: 404, errorCode: 40409 },
  REGISTRY_INCOMPATIBLE_SCHEMA: { status: 409, errorCode: 40901 },
  REGISTRY_INVALID_SCHEMA: { status: 422, errorCode: 42201 },
  REGISTRY_UNKNOWN_REFERENCE: { status: 422, errorCode: 42201 },
  REGISTRY_INVALID_VERSION: { status: 422, errorCode: 42202 },
  REGISTRY_INVALID_COMPATIBILITY_LEVEL: { status: 422, errorCode: 42203 },
  REGISTRY_INVALID_MODE: { status: 422, errorCode: 42204 },
  REGISTRY_NOT_PERMITTED: { status: 422, errorCode: 42205 },
  REGISTRY_REFERENCE_EXISTS: { status: 422, errorCode: 42206 },
  REGISTRY_ID_MISMATCH: { status: 422, errorCode: 42207 },
  REGISTRY_INVALID_SUBJECT: { status: 422, errorCode: 42208 },
  REGISTRY_SCHEMA_TOO_LARGE: { status: 422, errorCode: 42209 },
  REGISTRY_INVALID_RULE_SET: { status: 422, errorCode: 42210 },
  REGISTRY_CONTEXT_NOT_EMPTY: { status: 422, errorCode: 42211 },
  REGISTRY_UNSUITABLE_TOPIC: { status: 500, errorCode: 50001 },
  REGISTRY_STORE_FAILED: { status: 500, errorCode: 50001 },
  REGISTRY_STORE_TIMEOUT: { status: 503, errorCode: 50002 },
  REGISTRY_FORWARDING_FAILED: { status: 503, errorCode: 50003 },
  REGISTRY_NOT_READY: { status: 503, errorCode: 50301 },
  REGISTRY_NOT_LEADING: { status: 503, errorCode: 50004 },
  REGISTRY_BUSY: { status: 503, errorCode: 50302 },
} as const;

/** Codes of {@link RegistryError}; they stay. */
export type RegistryErrorCode = keyof typeof registryErrorNumbers;

/** What cannot be a schema, or cannot be asked of a registry. */
export class RegistryError extends OttlaError {
  override readonly name = "RegistryError";
  declare readonly code: RegistryErrorCode;
  /** The place inside of a schema, as far as there is one. */
  readonly path: string;
  /** Further lines: of an incompatible schema, all differences. */
  readonly details: readonly string[];

  constructor(
    code: RegistryErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly path?: string; readonly details?: readonly string[] } = {},
  ) {
    super(code, message, options.cause === undefined ? undefined : { cause: options.cause });
    this.path = options.path ?? "";
    this.details = options.details ?? [];
  }
}
