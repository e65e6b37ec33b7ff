import { type Clock, type Logger, TimeSlice } from "@ottla/base";
import type { PartitionLog } from "../partition/partition-log.ts";

/** Partitions that are closed side by side: each waits for the disk most of the time. */
const PARALLEL_CLOSES = 32;
/** How often a close that takes long tells how far it has come, in ms. */
const PROGRESS_EVERY_MS = 2000;

/** Syncs and closes logs, many side by side. Returns whether all were closed properly: one that was not is named in an error event. */
export async function closePartitions(
  deps: { readonly clock: Clock; readonly logger: Logger },
  logs: ReadonlyMap<string, PartitionLog>,
): Promise<boolean> {
  const { clock, logger } = deps;
  const slice = new TimeSlice(clock);
  const queue = logs.values();
  let closed = 0;
  let areAllWell = true;
  let toldMs = clock.monotonicMs();
  const work = async (): Promise<void> => {
    for (const log of queue) {
      if (!(await closeOne(log, logger))) areAllWell = false;
      closed++;
      if (slice.isOver) await slice.rest();
      if (clock.monotonicMs() - toldMs < PROGRESS_EVERY_MS) continue;
      toldMs = clock.monotonicMs();
      logger.info("partitions are closed", { closed, total: logs.size });
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_CLOSES }, work));
  return areAllWell;
}

async function closeOne(log: PartitionLog, logger: Logger): Promise<boolean> {
  const hadFailed = log.refusal !== undefined;
  try {
    await log.close();
    return !hadFailed;
  } catch (error) {
    const { topic, partition } = log;
    logger.error("a partition could not be closed properly; the next start recovers it", { topic, partition, error });
    return false;
  }
}
