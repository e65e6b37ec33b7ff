import type { Consumer, RebalanceListener } from "@ottla/client";
import { type AssignorHost, streamsAssignor } from "../assignment/streams-assignor.ts";
import type { TopologyPlan } from "../plan/topology-plan.ts";
import { divisionRules, isolationOf, propertiesOf } from "./worker-clients.ts";
import type { WorkerHost } from "./worker-host.ts";

/** The consumer as which a worker is a member of the application's group. `asked` is what the division of tasks asks and tells that one worker. */
export function groupConsumer(host: WorkerHost, asked: Pick<AssignorHost, "held" | "nonce" | "onAssigned">): Consumer {
  const { client, options, plan, processId, number, counts } = host;
  return client.consumer({
    ...propertiesOf(options, "consumer.", "main.consumer."),
    maxPollRecords: options.bufferedRecordsPerPartition,
    groupId: options.applicationId,
    groupInstanceId: options.groupInstanceId === undefined ? undefined : `${options.groupInstanceId}-${number}`,
    sessionTimeoutMs: options.sessionTimeoutMs,
    heartbeatIntervalMs: options.heartbeatIntervalMs,
    maxPollIntervalMs: options.maxPollIntervalMs,
    enableAutoCommit: false,
    autoOffsetReset: "none",
    isolationLevel: isolationOf(options),
    allowAutoCreateTopics: false,
    assignors: [
      streamsAssignor(plan, {
        ...asked,
        processId,
        rules: divisionRules(options),
        probingRebalanceIntervalMs: options.probingRebalanceIntervalMs,
        clientTags: options.clientTags,
        partitionCounts: counts,
        applicationServer: options.applicationServer,
      }),
    ],
  });
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
