import type { StreamsGroupTopologyValue, Subtopology } from "@ottla/protocol/data/streams-group-topology-value";
import type { TopicCatalog } from "../../consumer/topic-catalog.ts";
import { enforceCopartitioning } from "./copartitioning.ts";
import { PartitionCounts } from "./partition-counts.ts";
import { invalid } from "./topology.ts";

/** Works out how many partitions the application's own topics must have. STREAMS_INVALID_TOPOLOGY, and `TopologyProblem` where topics must be alike and are not. */
export function decidePartitionCounts({ subtopologies }: StreamsGroupTopologyValue, topics: TopicCatalog): PartitionCounts {
  const counts = new PartitionCounts(topics);
  const inputs = repartitionCounts(subtopologies, counts);
  for (const subtopology of subtopologies) {
    if (subtopology.repartitionSourceTopics.some(({ name }) => !inputs.has(name))) {
      throw invalid(
        "Failed to compute number of partitions for all repartition topics, because a repartition source topic is never used as a sink topic.",
      );
    }
  }
  for (const [topic, count] of inputs) counts.decide(topic, count);
  enforceCopartitioning(subtopologies, counts);
  const changelogs = subtopologies.flatMap((each) => {
    const count = counts.ofSources(each);
    return each.stateChangelogTopics.map(({ name }) => ({ name, count }));
  });
  for (const { name, count } of changelogs) counts.decide(name, count);
  return counts;
}

/** Repartition topics that say no number have as many partitions as the widest input of a sub-topology that writes to them. */
function repartitionCounts(subtopologies: readonly Subtopology[], counts: PartitionCounts): Map<string, number> {
  const known = new Map<string, number>();
  for (const { repartitionSourceTopics } of subtopologies)
    for (const { name, partitions } of repartitionSourceTopics) if (partitions !== 0) known.set(name, partitions);
  for (;;) {
    let isProgress = false;
    let isMissing = false;
    for (const subtopology of subtopologies) {
      for (const sink of subtopology.repartitionSinkTopics) {
        if (known.has(sink)) continue;
        const count = widestInput(subtopology, known, counts);
        if (count === undefined) isMissing = true;
        else {
          known.set(sink, count);
          isProgress = true;
        }
      }
    }
    if (!isMissing) return known;
    if (!isProgress) {
      throw invalid(
        "Failed to compute number of partitions for all repartition topics. There may be loops in the topology that cannot be resolved.",
      );
    }
  }
}

function widestInput(
  { sourceTopics, repartitionSourceTopics }: Subtopology,
  known: ReadonlyMap<string, number>,
  counts: PartitionCounts,
): number | undefined {
  let widest: number | undefined;
  const see = (count: number | undefined): void => {
    if (count !== undefined && (widest === undefined || count > widest)) widest = count;
  };
  for (const { name } of repartitionSourceTopics) see(known.get(name));
  for (const topic of sourceTopics) see(counts.of(topic));
  return widest;
}
