import { OttlaError } from "@ottla/base";

/** What the kit itself fails with. Each code is explained in the README. */
export type TestingErrorCode =
  | "INVALID_OPTION"
  | "INVALID_ARGUMENT"
  | "WAITED_TOO_LONG"
  | "KAFKA_STOPPED"
  | "FAULT_REMOVED"
  | "HOOK_FAILED"
  | "NOT_TEXT";

/** A failure of the kit, beside those of the broker, the client and the faults. */
export class TestingError extends OttlaError {
  override readonly name = "TestingError";
  override readonly code: TestingErrorCode;

  constructor(code: TestingErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(code, message, options);
    this.code = code;
  }
}
