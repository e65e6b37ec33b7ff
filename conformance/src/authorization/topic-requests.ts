import { NIL_UUID } from "@ottla/protocol";
import * as reassign from "@ottla/protocol/apis/alter-partition-reassignments";
import * as createPartitions from "@ottla/protocol/apis/create-partitions";
import * as createTopics from "@ottla/protocol/apis/create-topics";
import * as deleteTopics from "@ottla/protocol/apis/delete-topics";
import * as describePartitions from "@ottla/protocol/apis/describe-topic-partitions";
import * as elect from "@ottla/protocol/apis/elect-leaders";
import * as listReassignments from "@ottla/protocol/apis/list-partition-reassignments";
import * as metadata from "@ottla/protocol/apis/metadata";
import { type GuardedRequest, partition0, request, topicsOf } from "./guarded-request.ts";

/** Requests about topics and their partitions. */
export const topicRequests: readonly GuardedRequest[] = [
  ...[0, 1, 8, 10, 12].map((version) =>
    request(`Metadata ${version} of all`, (probe) =>
      probe.ask(
        metadata.metadataApi,
        version,
        metadata.makeMetadataRequest({
          topics: version === 0 ? [] : null,
          allowAutoTopicCreation: version < 4,
          includeClusterAuthorizedOperations: version >= 8 && version <= 10,
          includeTopicAuthorizedOperations: version >= 8,
        }),
      ),
    ),
  ),
  ...[0, 8, 12].flatMap((version) =>
    [false, true].map((creates) =>
      request(`Metadata ${version} by name${creates ? ", creating" : ""}`, (probe, cell) =>
        probe.ask(
          metadata.metadataApi,
          version,
          metadata.makeMetadataRequest({
            topics: ["seen", "other", creates || version < 4 ? `seen.fresh-${version}-${cell}` : "missing"].map((name) =>
              metadata.makeMetadataRequestTopic({ name: probe.named(name) }),
            ),
            allowAutoTopicCreation: creates || version < 4,
            includeTopicAuthorizedOperations: version >= 8,
          }),
        ),
      ),
    ),
  ),
  request("Metadata 12 by id", (probe) =>
    probe.ask(
      metadata.metadataApi,
      12,
      metadata.makeMetadataRequest({
        topics: [probe.topicId("seen"), probe.topicId("other"), "AAAAAAAAAAAAAAAAAAAAAQ"].map((topicId) =>
          metadata.makeMetadataRequestTopic({ name: null, topicId }),
        ),
        allowAutoTopicCreation: false,
      }),
    ),
  ),
  ...[2, 7].map((version) =>
    request(`CreateTopics ${version}`, async (probe) => {
      const answer = await probe.raw(
        createTopics.createTopicsApi,
        version,
        createTopics.makeCreateTopicsRequest({
          topics: ["seen.new", "other.new", "other.new", "other.twice"].map((name) =>
            createTopics.makeCreatableTopic({ name: probe.named(name), numPartitions: 1, replicationFactor: 1 }),
          ),
          timeoutMs: 5000,
          validateOnly: true,
        }),
      );
      if (typeof answer === "string") return answer;
      // Which settings there are is told elsewhere.
      return probe.comparable({ topics: answer.topics.map((topic) => ({ ...topic, configs: (topic.configs ?? []).length > 0 })) });
    }),
  ),
  request("CreatePartitions 3", (probe) =>
    probe.ask(
      createPartitions.createPartitionsApi,
      3,
      createPartitions.makeCreatePartitionsRequest({
        topics: ["seen", "other", "missing", "missing"].map((name) =>
          createPartitions.makeCreatePartitionsTopic({ name: probe.named(name), count: 3 }),
        ),
        timeoutMs: 5000,
        validateOnly: true,
      }),
    ),
  ),
  request("ElectLeaders 2", (probe) =>
    probe.ask(
      elect.electLeadersApi,
      2,
      elect.makeElectLeadersRequest({
        timeoutMs: 5000,
        topicPartitions: [elect.makeTopicPartitions({ topic: probe.named("seen"), partitions: partition0 })],
      }),
    ),
  ),
  request("AlterPartitionReassignments 0", (probe) =>
    probe.ask(
      reassign.alterPartitionReassignmentsApi,
      0,
      reassign.makeAlterPartitionReassignmentsRequest({
        timeoutMs: 5000,
        topics: [
          reassign.makeReassignableTopic({
            name: probe.named("seen"),
            partitions: [reassign.makeReassignablePartition({ partitionIndex: 0, replicas: null })],
          }),
        ],
      }),
    ),
  ),
  request("ListPartitionReassignments 0", (probe) =>
    probe.ask(
      listReassignments.listPartitionReassignmentsApi,
      0,
      listReassignments.makeListPartitionReassignmentsRequest({ timeoutMs: 5000, topics: null }),
    ),
  ),
  ...[false, true].map((all) =>
    request(`DescribeTopicPartitions 0${all ? " of all" : ""}`, async (probe) => {
      const answer = await probe.raw(
        describePartitions.describeTopicPartitionsApi,
        0,
        describePartitions.makeDescribeTopicPartitionsRequest({
          topics: all ? [] : topicsOf(probe).map((name) => describePartitions.makeTopicRequest({ name })),
          responsePartitionLimit: 1000,
        }),
      );
      if (typeof answer === "string") return answer;
      return probe.comparable(
        answer.topics.map(({ errorCode, name, topicId, topicAuthorizedOperations }) => ({
          errorCode,
          name,
          hasId: topicId !== NIL_UUID,
          topicAuthorizedOperations,
        })),
      );
    }),
  ),
  // Last, since Kafka still shows for a moment what it has deleted.
  ...[3, 6].map((version) =>
    request(`DeleteTopics ${version}`, (probe) => {
      const names = ["seen.doomed", "other.doomed", "missing"].map((name) => probe.named(name));
      return probe.ask(
        deleteTopics.deleteTopicsApi,
        version,
        deleteTopics.makeDeleteTopicsRequest({
          timeoutMs: 5000,
          ...(version < 6
            ? { topicNames: [names[2]!, probe.named("seen.missing")] }
            : { topics: [names[2]!, probe.named("seen.missing")].map((name) => deleteTopics.makeDeleteTopicState({ name })) }),
        }),
      );
    }),
  ),
  request("DeleteTopics 6, of what is there and doomed", (probe) =>
    probe.ask(
      deleteTopics.deleteTopicsApi,
      6,
      deleteTopics.makeDeleteTopicsRequest({
        timeoutMs: 5000,
        topics: [
          deleteTopics.makeDeleteTopicState({ name: probe.named("seen.doomed") }),
          deleteTopics.makeDeleteTopicState({ name: null, topicId: probe.topicId("doomed.by-id") }),
          deleteTopics.makeDeleteTopicState({ name: null, topicId: probe.topicId("seen.by-id") }),
          deleteTopics.makeDeleteTopicState({ name: null, topicId: "AAAAAAAAAAAAAAAAAAAAAQ" }),
        ],
      }),
    ),
  ),
];
