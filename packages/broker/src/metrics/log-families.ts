import { labelText, type MetricFamily } from "@ottla/base";
import type { BrokerState } from "../broker-state.ts";
import { gauge, type MBean, plainGauge, timer } from "./mbean-families.ts";

/** What `kafka.log:type=LogFlushStats`, `LogCleaner` and `LogCleanerManager` tell. */
export function logFamilies({ partitions: { upkeep }, clock }: BrokerState): MetricFamily[] {
  const manager = (name: string): MBean => ["log", "LogCleanerManager", name];
  return [
    ...timer(["log", "LogFlushStats", "LogFlushRateAndTimeMs"], "How long syncs of segments took", clock, () => [[{}, upkeep.flushTimes]]),
    ...gauge(
      manager("uncleanable-partitions-count"),
      "Partitions that could not be compacted and are left alone until the next start.",
      function* (sink) {
        sink(labelText({ logDirectory: upkeep.directory }), upkeep.cleanerStatus.uncleanableCount);
        yield;
      },
    ),
    ...plainGauge(
      manager("max-dirty-percent"),
      "The largest share of a compacted log that was not compacted yet, when that was looked at last.",
      () => Math.floor(upkeep.cleanerStatus.maxDirtyRatio * 100),
    ),
    ...plainGauge(manager("time-since-last-run-ms"), "Since it was last looked which log is to be compacted.", () =>
      Math.round(upkeep.cleanerStatus.sinceLastRunMs),
    ),
    ...plainGauge(["log", "LogCleaner", "max-clean-time-secs"], "How long the last compaction of a log took.", () =>
      Math.floor(upkeep.cleanerStatus.lastCleaningMs / 1000),
    ),
  ];
}
