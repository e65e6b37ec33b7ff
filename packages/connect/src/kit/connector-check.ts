import { OttlaError } from "@ottla/base";

/** One thing that a connector must do: a test of any runner, `for (const { name, run } of sourceChecks(subject)) test(name, run)`. */
export interface ConnectorCheck {
  readonly name: string;
  /** Rejects with {@link CheckFailure} where the connector does not. */
  run(): Promise<void>;
}

/** A connector does not do what it must (CONNECTOR_CHECK). The message says what happened, what it costs who runs it, and where to look. */
export class CheckFailure extends OttlaError {
  override readonly name = "CheckFailure";

  constructor(message: string, cause?: unknown) {
    super("CONNECTOR_CHECK", message, cause === undefined ? undefined : { cause });
  }
}

export function fail(message: string, cause?: unknown): never {
  throw new CheckFailure(message, cause);
}

/** What somebody else throws, as a text. */
export function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
