import type { Consumer, RebalanceListener } from "@ottla/client";
import { streamsAssignor } from "../assignment/streams-assignor.ts";
import type { TopologyPlan } from "../plan/topology-plan.ts";
import { streamsRole } from "../streams-group/streams-role.ts";
import type { GroupEvents } from "./group-events.ts";
import { divisionRules, isolationOf, propertiesOf } from "./worker-clients.ts";
import type { GroupHost } from "./worker-host.ts";

/** The consumer as which a worker is a member of the application's group, by the protocol that its options name. */
export function groupConsumer(host: GroupHost, events: GroupEvents): Consumer {
  const { client, options, number } = host;
  return client.consumer({
    ...propertiesOf(options, "consumer.", "main.consumer."),
    maxPollRecords: options.bufferedRecordsPerPartition,
    groupId: options.applicationId,
    groupInstanceId: options.groupInstanceId === undefined ? undefined : `${options.groupInstanceId}-${number}`,
    maxPollIntervalMs: options.maxPollIntervalMs,
    enableAutoCommit: false,
    autoOffsetReset: "none",
    isolationLevel: isolationOf(options),
    allowAutoCreateTopics: false,
    ...(options.groupProtocol === "streams"
      ? { groupProtocol: "streams", streamsRole: streamsRole(host, events) }
      : classicMembership(host, events)),
  });
}

function classicMembership({ options, plan, processId, counts }: GroupHost, events: GroupEvents) {
  const assignor = streamsAssignor(plan, {
    events,
    processId,
    rules: divisionRules(options),
    probingRebalanceIntervalMs: options.probingRebalanceIntervalMs,
    clientTags: options.clientTags,
    partitionCounts: counts,
    applicationServer: options.applicationServer,
  });
  return { sessionTimeoutMs: options.sessionTimeoutMs, heartbeatIntervalMs: options.heartbeatIntervalMs, assignors: [assignor] };
}

/** Lets it read what the topology's tasks read. */
export function subscribeToSources(consumer: Consumer, { subtopologies }: TopologyPlan, listener: RebalanceListener): void {
  const topics = [...new Set(subtopologies.flatMap(({ sourceTopics }) => sourceTopics))];
  const patterns = subtopologies.flatMap(({ sourcePatterns }) => sourcePatterns);
  if (patterns.length === 0) consumer.subscribe(topics, listener);
  else consumer.subscribe(anyOf(topics, patterns), listener);
}

/** One pattern for topics of a name and those that match one. */
function anyOf(topics: readonly string[], patterns: readonly RegExp[]): RegExp {
  const names = topics.map((topic) => topic.replaceAll(/[.+]/g, "\\$&"));
  return new RegExp(`^(?:${[...names, ...patterns.map(({ source }) => source)].map((each) => `(?:${each})`).join("|")})$`);
}
