import { DiskError } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import type { BrokerState } from "../broker-state.ts";
import type { MetadataRecord } from "./metadata-records.ts";

/**
 * Commits on behalf of a client: resolves to NONE when the change is on the disk, or to KAFKA_STORAGE_ERROR when the disk refuses it.
 * Memory changes before this returns, so decisions made in the same turn stay true.
 */
export async function commitRecords({ controller, logger }: BrokerState, records: readonly MetadataRecord[]): Promise<number> {
  try {
    await controller.commit(records);
    return ErrorCode.NONE;
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    logger.error("metadata could not be written", { error: error.message });
    return ErrorCode.KAFKA_STORAGE_ERROR;
  }
}

/** What a client is told when the disk refuses its change. */
export const STORAGE_MESSAGE = "The broker's disk refused the change; see the broker's log.";
