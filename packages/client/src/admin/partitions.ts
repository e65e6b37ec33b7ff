import {
  deleteRecordsApi,
  makeDeleteRecordsPartition,
  makeDeleteRecordsRequest,
  makeDeleteRecordsTopic,
} from "@ottla/protocol/apis/delete-records";
import { electLeadersApi, makeElectLeadersRequest, makeTopicPartitions } from "@ottla/protocol/apis/elect-leaders";
import { askLeaders } from "../cluster/leader-calls.ts";
import { groupByTopic, partitionKey, type TopicPartition } from "../topic-partition.ts";
import { type AdminContext, askController, serverTimeoutMs } from "./admin-context.ts";
import type { CallOptions } from "../options/call-options.ts";
import type { Partitioned } from "./admin-types.ts";
import type { Outcome } from "../outcome.ts";
import { outcomeOf, throwIfRefused } from "../outcome.ts";

export function deleteRecords(
  context: AdminContext,
  targets: readonly (TopicPartition & { readonly beforeOffset: number })[],
  options: CallOptions = {},
): Promise<readonly Partitioned<{ readonly logStartOffset: number }>[]> {
  const { cluster, lane } = context;
  return askLeaders(cluster, targets, cluster.limit(options), async (nodeId, group) => {
    const topics = [...groupByTopic(group)].map(([name, entries]) =>
      makeDeleteRecordsTopic({
        name,
        partitions: entries.map((e) => makeDeleteRecordsPartition({ partitionIndex: e.partition, offset: e.beforeOffset })),
      }),
    );
    const response = await lane.call(nodeId, deleteRecordsApi, () =>
      makeDeleteRecordsRequest({ topics, timeoutMs: serverTimeoutMs(context, options) }),
    );
    const outcomes = new Map<string, Outcome<{ readonly logStartOffset: number }>>();
    for (const topic of response.topics) {
      for (const p of topic.partitions)
        outcomes.set(
          partitionKey(topic.name, p.partitionIndex),
          outcomeOf(p.errorCode, undefined, () => ({ logStartOffset: p.lowWatermark })),
        );
    }
    return outcomes;
  });
}

export function electLeaders(
  context: AdminContext,
  kind: "preferred" | "unclean",
  partitions: readonly TopicPartition[] | undefined,
  options: CallOptions = {},
): Promise<readonly Partitioned<void>[]> {
  const topicPartitions =
    partitions === undefined
      ? null
      : [...groupByTopic(partitions)].map(([topic, entries]) =>
          makeTopicPartitions({ topic, partitions: entries.map((e) => e.partition) }),
        );
  const request = makeElectLeadersRequest({
    electionType: kind === "preferred" ? 0 : 1,
    topicPartitions,
    timeoutMs: serverTimeoutMs(context, options),
  });
  return askController(
    context,
    electLeadersApi,
    () => request,
    (response) => {
      throwIfRefused(response.errorCode);
      return response.replicaElectionResults.flatMap((topic) =>
        topic.partitionResult.map((p) => ({
          topic: topic.topic,
          partition: p.partitionId,
          ...outcomeOf(p.errorCode, p.errorMessage, () => undefined),
        })),
      );
    },
    { ...options, min: kind === "unclean" ? 1 : undefined },
  );
}
