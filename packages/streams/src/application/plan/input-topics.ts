import type { PartitionCounts } from "./partition-counts.ts";
import { isWhole, type TopologyPlan } from "./topology-plan.ts";

/** The topics that tasks read, by their names in the cluster, each once. */
export function inputTopics({ subtopologies }: TopologyPlan, counts: PartitionCounts): string[] {
  const all = subtopologies.flatMap(({ sourceTopics, sourcePatterns }) => [
    ...sourceTopics,
    ...[...counts.keys()].filter((topic) => sourcePatterns.some((pattern) => isWhole(pattern, topic))),
  ]);
  return [...new Set(all)];
}

/** The topics that tasks write to by name, by their names in the cluster, each once. */
export function outputTopics({ subtopologies, sinkTopics }: TopologyPlan): string[] {
  const changelogs = subtopologies.flatMap((each) => each.changelogs.flatMap(({ topic, isSource }) => (isSource ? [] : topic)));
  return [...new Set([...sinkTopics, ...changelogs])];
}
