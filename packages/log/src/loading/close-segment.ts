import { DiskError } from "@ottla/base";
import type { Segment } from "../segment/segment.ts";
import type { LogEnvironment } from "../shared/log-environment.ts";

/**
 * Ends the writing of a segment. A full disk must not keep a partition from being opened, since then nothing could be deleted: the indexes stay in memory in
 * that case, and are made again at the next start. Errors: other disk errors.
 */
export function closeSegment(env: LogEnvironment, segment: Segment): void {
  try {
    segment.writeIndexes();
    segment.seal();
  } catch (error) {
    if (!(error instanceof DiskError) || error.code !== "DISK_FULL") throw error;
    env.logger.warn("no space to write a segment's indexes; they stay in memory", { file: segment.file.path });
  }
}
