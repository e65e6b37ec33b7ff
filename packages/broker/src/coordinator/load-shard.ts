import { MalformedBytesError, TimeSlice } from "@ottla/base";
import { CoordinatorShard, type ShardDeps } from "./coordinator-shard.ts";
import type { CoordinatorTypes } from "./coordinator-spec.ts";
import type { LogRecord, TransactionEnd } from "./coordinator-log.ts";

/** A record takes about a µs. */
const RECORDS_PER_LOOK = 64;

/** Rebuilds a partition's state from its log, in slices; `undefined` if the log cannot be read, which has been logged then, or once nobody wants it any more. */
export async function loadShard<Types extends CoordinatorTypes>(
  partition: number,
  deps: ShardDeps<Types>,
  isWanted: () => boolean,
): Promise<CoordinatorShard<Types> | undefined> {
  const { clock, logger, log } = deps;
  const { topic } = log;
  const shard = new CoordinatorShard<Types>(partition, deps);
  const slice = new TimeSlice(clock);
  const startMs = clock.monotonicMs();
  let recordCount = 0;
  try {
    for await (const records of log.read(partition)) {
      for (const record of records) {
        loadRecord(record);
        if (++recordCount % RECORDS_PER_LOOK === 0 && slice.isOver) await slice.rest();
      }
      if (!isWanted()) return undefined;
    }
  } catch (error) {
    logger.error("a coordinator's partition could not be loaded", { topic, partition, error });
    return undefined;
  }
  if (recordCount > 0) {
    logger.info("a coordinator's partition was loaded", { topic, partition, records: recordCount, tookMs: clock.monotonicMs() - startMs });
  }
  return shard;

  /** One record that makes no sense must not cost the others. */
  function loadRecord(record: LogRecord | TransactionEnd): void {
    try {
      shard.load(record);
    } catch (error) {
      if (!(error instanceof MalformedBytesError)) throw error;
      logger.error("a malformed record was left out", { topic, partition, error: error.message });
    }
  }
}
