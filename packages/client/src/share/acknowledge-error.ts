import { ClientError } from "../client-error.ts";
import type { AcknowledgementRound } from "./acknowledgement-rounds.ts";
import type { AcknowledgementResult } from "./share-types.ts";

/** Some of what was acknowledged did not take effect (code `ACKNOWLEDGEMENT_FAILED`): the group delivers those records again. `cause` is the first reason. */
export class ShareAcknowledgeError extends ClientError {
  /** Which records, and why each; of very many only the first. */
  readonly failures: readonly AcknowledgementResult[];
  readonly failedCount: number;

  constructor({ failures, failedCount }: AcknowledgementRound) {
    const first = failures[0];
    super(
      "ACKNOWLEDGEMENT_FAILED",
      `${failedCount} acknowledgements did not take effect, and the records are delivered again; the first: ${first?.error?.message ?? "unknown"}`,
      { cause: first?.error },
    );
    this.failures = failures;
    this.failedCount = failedCount;
  }
}
