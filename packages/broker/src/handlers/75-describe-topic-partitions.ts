// DescribeTopicPartitions v0. KIP-966. Sorted by name, paged by a cursor, at most max.request.partition.size.limit (2000) partitions an answer.
// Every replica whose node is up is in sync, so no partition has eligible leaders beyond its in-sync set. Authorized operations are always told, as in Kafka.
import { mapInSlices, sortInSlices, TimeSlice } from "@ottla/base";
import { ErrorCode, ResourceType } from "@ottla/protocol";
import {
  type DescribeTopicPartitionsRequest,
  type DescribeTopicPartitionsResponse,
  type DescribeTopicPartitionsResponseTopic,
  describeTopicPartitionsApi,
  makeDescribeTopicPartitionsResponse,
  makeDescribeTopicPartitionsResponseCursor,
  makeDescribeTopicPartitionsResponsePartition,
  makeDescribeTopicPartitionsResponseTopic,
} from "@ottla/protocol/apis/describe-topic-partitions";
import { isMet, need } from "../authorisation.ts";
import { type Handler, MANY_TOPICS_REQUEST_BYTES, MANY_TOPICS_REQUEST_ELEMENTS } from "../handler.ts";
import { offlineReplicas } from "../metadata/cluster-metadata.ts";
import { missingTopicError } from "../topics/auto-create.ts";
import { type PagedTopic, pageOfTopicPartitions } from "../topics/topic-partitions-page.ts";

const MAY_SEE = need("DESCRIBE", "TOPIC", "each topic", { note: "where all are asked for, it is left out" });

const LOOKED_AT_ONCE = 256;

export const describeTopicPartitionsHandler: Handler<DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse> = {
  api: describeTopicPartitionsApi,
  minVersion: 0,
  maxVersion: 0,
  authorisation: { needs: [MAY_SEE] },
  maxRequestBytes: MANY_TOPICS_REQUEST_BYTES,
  maxRequestElements: MANY_TOPICS_REQUEST_ELEMENTS,

  async handle({ broker, access }, { topics, cursor, responsePartitionLimit }) {
    const { config, metadata } = broker;
    const isMisplaced =
      cursor !== null && (cursor.partitionIndex < 0 || (topics.length > 0 && !topics.some(({ name }) => name === cursor.topicName)));
    if (isMisplaced) {
      const errorCode = ErrorCode.INVALID_REQUEST;
      return makeDescribeTopicPartitionsResponse({
        topics: topics.map(({ name }) => makeDescribeTopicPartitionsResponseTopic({ errorCode, name })),
      });
    }
    const limit = Math.max(1, Math.min(responsePartitionLimit, config.number("max.request.partition.size.limit")));
    const asksAll = topics.length === 0;
    const from = cursor?.topicName ?? "";
    const hidden = new Set<string>();
    const seen = new Set<string>();
    const slice = new TimeSlice(broker.clock);
    let looked = 0;
    for (const { name } of asksAll ? metadata.topics() : topics) {
      // What there is may change in a rest; what was asked for does not.
      if (!asksAll && ++looked % LOOKED_AT_ONCE === 0 && slice.isOver) await slice.rest();
      if (name < from) continue;
      if (asksAll ? access.shows(MAY_SEE.operation, MAY_SEE.resourceType, name) : isMet(access, MAY_SEE, name)) seen.add(name);
      else if (!asksAll) hidden.add(name);
    }
    const sorted = await sortInSlices(slice, [...seen]);
    // Who asks for all hears of none that went in a rest.
    const there = asksAll ? sorted.filter((name) => metadata.topic(name) !== undefined) : sorted;
    const page = pageOfTopicPartitions(there, (name) => metadata.topic(name), cursor, limit);
    const told = await mapInSlices(slice, page.topics, (paged) => described(paged, access.operationsOn(ResourceType.TOPIC, paged.name)));
    for (const name of hidden) told.push(makeDescribeTopicPartitionsResponseTopic({ errorCode: MAY_SEE.errorCode, name }));
    return makeDescribeTopicPartitionsResponse({
      topics: told,
      nextCursor: page.next && makeDescribeTopicPartitionsResponseCursor(page.next),
    });
  },
};

function described({ name, topic, partitions }: PagedTopic, topicAuthorizedOperations: number): DescribeTopicPartitionsResponseTopic {
  if (!topic) return makeDescribeTopicPartitionsResponseTopic({ errorCode: missingTopicError(name), name, topicAuthorizedOperations });
  return makeDescribeTopicPartitionsResponseTopic({
    name,
    topicId: topic.topicId,
    isInternal: topic.isInternal,
    partitions: partitions.map((partition) =>
      makeDescribeTopicPartitionsResponsePartition({
        errorCode: partition.leader < 0 ? ErrorCode.LEADER_NOT_AVAILABLE : ErrorCode.NONE,
        partitionIndex: partition.index,
        leaderId: partition.leader,
        leaderEpoch: partition.leaderEpoch,
        replicaNodes: partition.replicas,
        isrNodes: partition.isr,
        offlineReplicas: offlineReplicas(partition),
        eligibleLeaderReplicas: [],
        lastKnownElr: [],
      }),
    ),
    topicAuthorizedOperations,
  });
}
