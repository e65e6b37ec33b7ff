import { type Logger, OttlaError } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import type { MetadataController, MetadataDecision } from "./metadata-controller.ts";

/** What a change on behalf of a client needs. */
export interface ChangeDeps {
  readonly controller: MetadataController;
  readonly logger: Logger;
}

/**
 * Changes metadata on behalf of a client: resolves to NONE when the change is on the disk, or to KAFKA_STORAGE_ERROR when the disk refuses it.
 * `decide` sees every earlier change and none beside it.
 */
export async function commitChange({ controller, logger }: ChangeDeps, decide: MetadataDecision): Promise<number> {
  try {
    await controller.change(decide);
    return ErrorCode.NONE;
  } catch (error) {
    if (!(error instanceof OttlaError)) throw error;
    logger.error("metadata could not be written", { error: error.message });
    return ErrorCode.KAFKA_STORAGE_ERROR;
  }
}

/** What a client is told when the disk refuses its change. */
export const STORAGE_MESSAGE =
  "The broker's disk refused the change, and nothing was changed. Free some space or delete topics, and see the broker's log.";
