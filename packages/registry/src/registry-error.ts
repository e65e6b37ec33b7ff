import { OttlaError } from "@ottla/base";

/** Codes of {@link RegistryError}; they stay. */
export type RegistryErrorCode =
  | "REGISTRY_INVALID_SCHEMA"
  | "REGISTRY_SCHEMA_TOO_LARGE"
  | "REGISTRY_UNKNOWN_REFERENCE"
  | "REGISTRY_BAD_ARGUMENT";

/** What cannot be a schema, or cannot be asked of a registry. `path` is the place inside of a schema, as far as there is one. */
export class RegistryError extends OttlaError {
  override readonly name = "RegistryError";
  declare readonly code: RegistryErrorCode;
  readonly path: string;

  constructor(code: RegistryErrorCode, message: string, options: { readonly cause?: unknown; readonly path?: string } = {}) {
    super(code, message, options.cause === undefined ? undefined : { cause: options.cause });
    this.path = options.path ?? "";
  }
}
