import { ApiKey } from "@ottla/protocol";
import {
  makeOffsetCommitRequest,
  makeOffsetCommitRequestPartition,
  makeOffsetCommitRequestTopic,
  offsetCommitApi,
} from "@ottla/protocol/apis/offset-commit";
import {
  makeOffsetDeleteRequest,
  makeOffsetDeleteRequestPartition,
  makeOffsetDeleteRequestTopic,
  offsetDeleteApi,
} from "@ottla/protocol/apis/offset-delete";
import {
  makeOffsetFetchRequest,
  makeOffsetFetchRequestGroup,
  makeOffsetFetchRequestTopics,
  offsetFetchApi,
} from "@ottla/protocol/apis/offset-fetch";
import type { StepKind } from "../step.ts";
import { anyConsumerGroup, anyConsumerMember } from "./consumer-group-steps.ts";
import { topicOf } from "./offset-steps.ts";

/** From these versions on a request names a member by its epoch. */
const COMMIT_BY_EPOCH = 9;
const FETCH_BY_EPOCH = 9;

const commit: StepKind = {
  name: "consumer group: commit",
  weight: 4,
  keys: [ApiKey.OffsetCommit, ApiKey.ConsumerGroupHeartbeat],
  async run(context) {
    const { random } = context;
    const group = anyConsumerGroup(context);
    const member = anyConsumerMember(context, group);
    const isOld = random.chance(0.1);
    const version = isOld ? context.version(offsetCommitApi, 7, COMMIT_BY_EPOCH - 1) : context.version(offsetCommitApi, COMMIT_BY_EPOCH);
    const topic = context.topic();
    const partition = makeOffsetCommitRequestPartition({
      partitionIndex: context.partitionOf(topic),
      committedOffset: random.nextInt(20),
      committedLeaderEpoch: -1,
      committedMetadata: "",
    });
    const request = makeOffsetCommitRequest({
      groupId: group.name,
      generationIdOrMemberEpoch: context.mostly(member.epoch, [member.epoch + 1, Math.max(1, member.epoch - 1), -1], 0.25),
      memberId: context.mostly(member.id, [""], 0.08),
      groupInstanceId: member.instanceId,
      retentionTimeMs: -1,
      topics: [makeOffsetCommitRequestTopic({ ...topicOf(context, topic, version), partitions: [partition] })],
    });
    await context.ask(offsetCommitApi, version, request);
  },
};

const fetchOffsets: StepKind = {
  name: "consumer group: fetch offsets",
  weight: 3,
  keys: [ApiKey.OffsetFetch, ApiKey.ConsumerGroupHeartbeat],
  async run(context) {
    const { random } = context;
    const group = anyConsumerGroup(context);
    const member = anyConsumerMember(context, group);
    const version = context.version(offsetFetchApi, FETCH_BY_EPOCH);
    const topic = context.topic();
    const asked = makeOffsetFetchRequestTopics({ ...topicOf(context, topic, version), partitionIndexes: [context.partitionOf(topic)] });
    const isByMember = random.chance(0.6);
    const groups = [
      makeOffsetFetchRequestGroup({
        groupId: group.name,
        memberId: isByMember ? member.id : null,
        memberEpoch: isByMember ? context.mostly(member.epoch, [member.epoch + 1, 0, -1], 0.25) : -1,
        topics: random.chance(0.4) ? null : [asked],
      }),
    ];
    await context.ask(offsetFetchApi, version, makeOffsetFetchRequest({ groups, requireStable: random.chance(0.4) }));
  },
};

const deleteOffsets: StepKind = {
  name: "consumer group: delete offsets",
  weight: 2,
  keys: [ApiKey.OffsetDelete, ApiKey.ConsumerGroupHeartbeat],
  async run(context) {
    const topic = context.topic();
    const partitions = [makeOffsetDeleteRequestPartition({ partitionIndex: context.partitionOf(topic) })];
    const topics = [makeOffsetDeleteRequestTopic({ name: topic?.name ?? context.topicName(), partitions })];
    const request = makeOffsetDeleteRequest({ groupId: anyConsumerGroup(context).name, topics });
    await context.ask(offsetDeleteApi, context.version(offsetDeleteApi), request);
  },
};

export const consumerGroupOffsetSteps: readonly StepKind[] = [commit, fetchOffsets, deleteOffsets];
