import { MalformedBytesError } from "@ottla/base";
import type { CoordinatorDeps } from "./coordinator-deps.ts";
import { GroupShard } from "./group-shard.ts";
import type { LogRecord } from "./offsets-topic.ts";
import { decodeRecord } from "./record-codec.ts";

/** Rebuilds a partition's groups and offsets from its log; `undefined` if the log cannot be read, which has been logged then. */
export async function loadShard(partition: number, { topic, clock, logger }: CoordinatorDeps): Promise<GroupShard | undefined> {
  const shard = new GroupShard(partition);
  const startMs = clock.monotonicMs();
  let recordCount = 0;
  try {
    for await (const records of topic.read(partition)) {
      recordCount += records.length;
      for (const record of records) applyRecord(record);
    }
  } catch (error) {
    logger.error("group metadata could not be loaded", { partition, error });
    return undefined;
  }
  if (recordCount > 0) {
    logger.info("group metadata loaded", {
      partition,
      records: recordCount,
      groups: shard.groupCount,
      tookMs: clock.monotonicMs() - startMs,
    });
  }
  return shard;

  /** One record that makes no sense must not cost the others. */
  function applyRecord(record: LogRecord): void {
    try {
      const decoded = decodeRecord(record);
      if (decoded) shard.apply(decoded, clock.nowMs());
    } catch (error) {
      if (!(error instanceof MalformedBytesError)) throw error;
      logger.error("a record of __consumer_offsets is malformed and was left out", { partition, error: error.message });
    }
  }
}
