import { ApiKey, NIL_UUID } from "@ottla/protocol";
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
  makeOffsetFetchRequestTopic,
  makeOffsetFetchRequestTopics,
  offsetFetchApi,
} from "@ottla/protocol/apis/offset-fetch";
import type { ScriptContext } from "../script-context.ts";
import type { TopicModel } from "../script-model.ts";
import type { StepKind } from "../step.ts";
import { anyGroup, anyMember } from "./group-steps.ts";

/** From version 10 on offsets go by topic id. */
export function topicOf(
  context: ScriptContext,
  topic: TopicModel | undefined,
  version: number,
): { readonly name: string; readonly topicId: string } {
  if (version < 10) return { name: topic?.name ?? context.topicName(), topicId: NIL_UUID };
  return { name: "", topicId: topic?.id ?? context.random.pick(["AAAAAAAAAAAAAAAAAAAAAQ", NIL_UUID, ...context.model.staleTopicIds]) };
}

const commit: StepKind = {
  name: "offsets: commit",
  weight: 6,
  keys: [ApiKey.OffsetCommit],
  async run(context) {
    const { random } = context;
    const group = anyGroup(context);
    const version = context.version(offsetCommitApi);
    const topic = context.topic();
    const partition = makeOffsetCommitRequestPartition({
      partitionIndex: context.partitionOf(topic),
      committedOffset: context.mostly(random.nextInt(20), [-1, 0, 2 ** 40], 0.1),
      committedLeaderEpoch: version >= 6 ? context.mostly(-1, [0, 4], 0.2) : -1,
      committedMetadata: random.pick([null, "", "note", "x".repeat(4096), group.exists ? "x".repeat(4097) : ""]),
    });
    const topics = [makeOffsetCommitRequestTopic({ ...topicOf(context, topic, version), partitions: [partition] })];
    // Without members a group takes commits of nobody.
    const member = group.members.size === 0 && random.chance(0.8) ? { id: "", instanceId: null } : anyMember(context, group);
    const request = makeOffsetCommitRequest({
      groupId: group.name,
      generationIdOrMemberEpoch:
        member.id === "" ? context.mostly(-1, [0, 3], 0.1) : context.mostly(group.generation, [group.generation + 1, -1], 0.12),
      memberId: member.id,
      groupInstanceId: version >= 7 ? context.mostly(member.instanceId, ["i9"], 0.05) : null,
      retentionTimeMs: -1,
      topics,
    });
    const answer = await context.ask(offsetCommitApi, version, request);
    group.exists ||= typeof answer !== "string" && answer.topics.some((each) => each.partitions.some(({ errorCode }) => errorCode === 0));
  },
};

const fetchOffsets: StepKind = {
  name: "offsets: fetch",
  weight: 6,
  keys: [ApiKey.OffsetFetch],
  async run(context) {
    const { random } = context;
    const version = context.version(offsetFetchApi);
    const isAll = version >= 2 && random.chance(0.4);
    const requireStable = version >= 7 && random.chance(0.4);
    if (version < 8) {
      const topics = Array.from({ length: random.nextInt(3) }, () => {
        const topic = context.topic();
        return makeOffsetFetchRequestTopic({ name: topic?.name ?? context.topicName(), partitionIndexes: [context.partitionOf(topic)] });
      });
      const request = makeOffsetFetchRequest({ groupId: anyGroup(context).name, topics: isAll ? null : topics, requireStable });
      await context.ask(offsetFetchApi, version, request);
      return;
    }
    const groups = Array.from({ length: 1 + random.nextInt(2) }, () => {
      const group = anyGroup(context);
      const topics = Array.from({ length: random.nextInt(3) }, () => {
        const topic = context.topic();
        return makeOffsetFetchRequestTopics({ ...topicOf(context, topic, version), partitionIndexes: [context.partitionOf(topic)] });
      });
      const isMember = version >= 9 && random.chance(0.2);
      return makeOffsetFetchRequestGroup({
        groupId: context.mostly(group.name, [context.named("nogroup")], 0.1),
        memberId: isMember ? anyMember(context, group).id : null,
        memberEpoch: isMember ? context.mostly(group.generation, [0, -1]) : -1,
        topics: isAll ? null : topics,
      });
    });
    await context.ask(offsetFetchApi, version, makeOffsetFetchRequest({ groups, requireStable }));
  },
};

const deleteOffsets: StepKind = {
  name: "offsets: delete",
  weight: 2,
  keys: [ApiKey.OffsetDelete],
  async run(context) {
    const topic = context.topic();
    const partitions = [makeOffsetDeleteRequestPartition({ partitionIndex: context.partitionOf(topic) })];
    const topics = [makeOffsetDeleteRequestTopic({ name: topic?.name ?? context.topicName(), partitions })];
    const groupId = context.mostly(anyGroup(context).name, ["", context.named("nogroup")], 0.1);
    await context.ask(offsetDeleteApi, context.version(offsetDeleteApi), makeOffsetDeleteRequest({ groupId, topics }));
  },
};

export const offsetSteps: readonly StepKind[] = [commit, fetchOffsets, deleteOffsets];
