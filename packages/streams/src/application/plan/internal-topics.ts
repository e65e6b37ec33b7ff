import type { StoreBuilder } from "../../stores/store-builder.ts";
import { type PartitionCounts, taskCount } from "./partition-counts.ts";
import { isWhole, type TopologyPlan } from "./topology-plan.ts";

const DAY_MS = 86_400_000;
const REPARTITION_SEGMENT_BYTES = 52_428_800;

/** A topic of the application's own as it has to be. */
export interface InternalTopic {
  readonly name: string;
  readonly partitionCount: number;
  readonly configs: Readonly<Record<string, string>>;
  /** What is kept there is needed for so long; Infinity: until it is deleted by name. Undefined: it is compacted, and kept. */
  readonly neededMs: number | undefined;
}

/** Java's names, configs and numbers of partitions. `additionalRetentionMs`: how much longer than its store a changelog of windows keeps its records. */
export function internalTopics(plan: TopologyPlan, counts: PartitionCounts, additionalRetentionMs = DAY_MS): InternalTopic[] {
  const repartitions = [...plan.repartitionTopics.keys()].map((name) => ({
    name,
    partitionCount: counts.get(name) ?? 0,
    configs: {
      "cleanup.policy": "delete",
      "segment.bytes": String(REPARTITION_SEGMENT_BYTES),
      "retention.ms": "-1",
      "message.timestamp.type": "CreateTime",
    },
    neededMs: Infinity,
  }));
  const changelogs = plan.subtopologies.flatMap((subtopology) =>
    subtopology.changelogs
      .filter(({ isSource }) => !isSource)
      .map(({ topic, builder }) => ({
        name: topic,
        partitionCount: taskCount(subtopology, counts, isWhole),
        configs: { ...changelogConfigs(builder, additionalRetentionMs), ...builder.changelogConfig },
        // Whoever says how long knows why.
        neededMs: isByTime(builder) && builder.changelogConfig["retention.ms"] === undefined ? builder.retentionMs : undefined,
      })),
  );
  return [...repartitions, ...changelogs];
}

function isByTime({ kind, retentionMs }: StoreBuilder): boolean {
  return (kind === "window" || kind === "session") && retentionMs !== undefined;
}

function changelogConfigs(builder: StoreBuilder, additionalRetentionMs: number): Record<string, string> {
  const time = { "message.timestamp.type": "CreateTime" };
  if ((builder.kind === "window" || builder.kind === "session") && builder.retentionMs !== undefined) {
    const retentionMs = Math.min(builder.retentionMs + additionalRetentionMs, Number.MAX_SAFE_INTEGER);
    return { "cleanup.policy": "compact,delete", "retention.ms": String(retentionMs), ...time };
  }
  if (builder.kind === "versioned" && builder.historyRetentionMs !== undefined) {
    return { "cleanup.policy": "compact", "min.compaction.lag.ms": String(builder.historyRetentionMs + DAY_MS), ...time };
  }
  return { "cleanup.policy": "compact", ...time };
}
