import type { StreamsInternalTopic, StreamsRoleSubtopology, StreamsTopology } from "@ottla/client";
import { StreamsError } from "../../streams-error.ts";
import type { ResolvedOptions } from "../options/resolve-options.ts";
import { internalTopics } from "../plan/internal-topics.ts";
import type { PartitionCounts } from "../plan/partition-counts.ts";
import type { Subtopology, TopologyPlan } from "../plan/topology-plan.ts";

/** Java's: brokers of 4.4 take no second topology of a group. */
const TOPOLOGY_EPOCH = 0;
const BROKERS_DEFAULT = -1;

/** A topology as the coordinator of a streams group is told of it. The same topology gives the same, whoever tells it. */
export function groupTopology(
  plan: TopologyPlan,
  counts: PartitionCounts,
  { replicationFactor, changelogAdditionalRetentionMs }: Pick<ResolvedOptions, "replicationFactor" | "changelogAdditionalRetentionMs">,
): StreamsTopology {
  const configs = new Map(internalTopics(plan, counts, changelogAdditionalRetentionMs).map((topic) => [topic.name, topic.configs]));
  const internal = (name: string, partitionCount: number): StreamsInternalTopic => ({
    name,
    partitionCount,
    replicationFactor: replicationFactor ?? BROKERS_DEFAULT,
    configs: configs.get(name) ?? {},
  });
  const subtopologies = plan.subtopologies.map((subtopology): StreamsRoleSubtopology => {
    const { id, sourceTopics, repartitionSinks, changelogs } = subtopology;
    const isOwn = (topic: string) => plan.repartitionTopics.has(topic);
    return {
      id: String(id),
      sourceTopics: sourceTopics.filter((topic) => !isOwn(topic)),
      repartitionSourceTopics: sourceTopics.filter(isOwn).map((topic) => internal(topic, plan.repartitionTopics.get(topic) ?? 0)),
      repartitionSinkTopics: [...new Set(repartitionSinks)],
      changelogTopics: changelogs.map(({ topic }) => internal(topic, 0)),
      copartitionGroups: plan.coPartitioned.filter((group) => group.every((topic) => sourceTopics.includes(topic))),
    };
  });
  return { epoch: TOPOLOGY_EPOCH, subtopologies };
}

/** Throws `STREAMS_BAD_ARGUMENT` for what streams groups cannot do. */
export function checkGroupTopology({ applicationId, subtopologies }: TopologyPlan): void {
  const isPattern = ({ sourcePatterns }: Subtopology) => sourcePatterns.length > 0;
  if (!subtopologies.some(isPattern)) return;
  throw new StreamsError(
    "STREAMS_BAD_ARGUMENT",
    `Application ${applicationId} reads topics by a pattern, which brokers refuse in streams groups: name the topics, or use groupProtocol "classic".`,
  );
}
