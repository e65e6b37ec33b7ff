import type { TopicCatalog } from "../consumer/topic-catalog.ts";
import type { EndpointPartitions } from "./streams-decision.ts";
import type { StreamsGroup } from "./streams-group.ts";
import type { StreamsMember } from "./streams-member.ts";
import type { AnyTasks } from "./tasks.ts";
import type { ConfiguredTopology } from "./topology/configure-topology.ts";

/** Who can be asked for which partitions: every member that has an endpoint, and the one that asks as it is now, last. */
export function endpointsOf(
  group: StreamsGroup,
  member: StreamsMember,
  replaced: StreamsMember | undefined,
  configured: ConfiguredTopology,
  topics: TopicCatalog,
): EndpointPartitions[] {
  const others = [...group.members.values()].filter(({ memberId }) => memberId !== member.memberId && memberId !== replaced?.memberId);
  return [...others, member].flatMap(({ userEndpoint, assigned }) => {
    if (userEndpoint === null) return [];
    const { active, standby, warmup } = assigned;
    return [
      {
        endpoint: userEndpoint,
        active: partitionsOf([active], configured, topics),
        standby: partitionsOf([standby, warmup], configured, topics),
      },
    ];
  });
}

function partitionsOf(
  kinds: readonly AnyTasks[],
  { subtopologies }: ConfiguredTopology,
  topics: TopicCatalog,
): ReadonlyMap<string, readonly number[]> {
  const partitions = new Map<string, number[]>();
  for (const tasks of kinds) {
    for (const [subtopologyId, ids] of tasks) {
      const subtopology = subtopologies.get(subtopologyId);
      if (!subtopology) continue;
      for (const topic of [...subtopology.sourceTopics, ...subtopology.repartitionSourceTopics.map(({ name }) => name)]) {
        const count = topics.byName(topic)?.partitions.length ?? 0;
        const there = [...ids.keys()].filter((partition) => partition < count);
        if (there.length > 0)
          partitions.set(
            topic,
            [...new Set([...(partitions.get(topic) ?? []), ...there])].sort((one, other) => one - other),
          );
      }
    }
  }
  return partitions;
}
