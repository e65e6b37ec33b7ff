import { ApiKey } from "@ottla/protocol";
import { consumerGroupDescribeApi, makeConsumerGroupDescribeRequest } from "@ottla/protocol/apis/consumer-group-describe";
import {
  type ConsumerGroupHeartbeatRequest,
  consumerGroupHeartbeatApi,
  makeConsumerGroupHeartbeatRequest,
  makeConsumerGroupHeartbeatRequestTopicPartitions as makeOwned,
} from "@ottla/protocol/apis/consumer-group-heartbeat";
import { deleteGroupsApi, makeDeleteGroupsRequest } from "@ottla/protocol/apis/delete-groups";
import { describeGroupsApi, makeDescribeGroupsRequest } from "@ottla/protocol/apis/describe-groups";
import { leaveGroupApi, makeLeaveGroupRequest, makeMemberIdentity } from "@ottla/protocol/apis/leave-group";
import type { ScriptContext } from "../script-context.ts";
import type { ConsumerGroupModel, ConsumerMemberModel } from "../script-model.ts";
import type { StepKind } from "../step.ts";
import { anyGroup } from "./group-steps.ts";

const REBALANCE_TIMEOUT_MS = 300_000;
const MEMBERS_MAX = 4;
const JOINS = 0;
const LEAVES = -1;
const LEAVES_FOR_A_WHILE = -2;
/** From this version on members choose their ids. */
const OWN_IDS = 1;
/** Heartbeats of every member after which a group has come to rest. */
const ROUNDS_TO_REST = 3;

/** One of the script's groups of KIP-848; it need not be there yet. */
export function anyConsumerGroup(context: ScriptContext): ConsumerGroupModel {
  const name = context.named(`c${context.random.nextInt(2)}`);
  let group = context.model.consumerGroups.get(name);
  if (group === undefined) context.model.consumerGroups.set(name, (group = { name, members: new Map(), topic: null, joined: 0 }));
  return group;
}

/** A member that is there, seldom one that is not. */
export function anyConsumerMember(context: ScriptContext, group: ConsumerGroupModel): ConsumerMemberModel {
  const members = [...group.members.values()];
  if (members.length > 0 && !context.random.chance(0.06)) return context.random.pick(members);
  return { id: "nobody", instanceId: null, epoch: 1, topics: [], owned: [], isAway: false };
}

/**
 * Kafka's uniform assignor goes through topics in the order of their ids' hashes, which the clusters make up: its group reads one topic. The range assignor's group reads several.
 */
function isUniform(group: ConsumerGroupModel): boolean {
  return group.name.endsWith("c1");
}

function topicsFor(context: ScriptContext, group: ConsumerGroupModel): string[] {
  if (isUniform(group)) return [(group.topic ??= context.topicName())];
  return [...new Set(Array.from({ length: 1 + context.random.nextInt(2) }, () => context.topicName()))];
}

/** All that a member tells when it joins. */
function fullRequest(group: ConsumerGroupModel, member: ConsumerMemberModel, memberEpoch: number): ConsumerGroupHeartbeatRequest {
  return makeConsumerGroupHeartbeatRequest({
    groupId: group.name,
    memberId: member.id,
    memberEpoch,
    instanceId: member.instanceId,
    rebalanceTimeoutMs: REBALANCE_TIMEOUT_MS,
    subscribedTopicNames: member.topics,
    serverAssignor: isUniform(group) ? "uniform" : "range",
    topicPartitions: memberEpoch === JOINS ? [] : member.owned,
  });
}

function briefRequest(
  group: ConsumerGroupModel,
  member: ConsumerMemberModel,
  memberEpoch: number,
  tellsOwned: boolean,
): ConsumerGroupHeartbeatRequest {
  return makeConsumerGroupHeartbeatRequest({
    groupId: group.name,
    memberId: member.id,
    memberEpoch,
    instanceId: member.instanceId,
    topicPartitions: tellsOwned ? member.owned : null,
  });
}

/** Asks both, and has the member do at once what it is told; returns whether it was taken. */
async function beat(context: ScriptContext, member: ConsumerMemberModel, request: ConsumerGroupHeartbeatRequest): Promise<boolean> {
  const answer = await context.ask(consumerGroupHeartbeatApi, context.version(consumerGroupHeartbeatApi, OWN_IDS), request);
  if (typeof answer === "string" || answer.errorCode !== 0) return false;
  member.epoch = answer.memberEpoch;
  if (answer.assignment !== null)
    member.owned = answer.assignment.topicPartitions.map(({ topicId, partitions }) => makeOwned({ topicId, partitions }));
  return true;
}

const join: StepKind = {
  name: "consumer group: join",
  weight: 5,
  keys: [ApiKey.ConsumerGroupHeartbeat],
  async run(context) {
    const { random } = context;
    const group = anyConsumerGroup(context);
    if (group.members.size >= MEMBERS_MAX) return;
    const instanceId = random.chance(0.35) ? `i${random.nextInt(2)}` : null;
    const id = `${group.name}-m${++group.joined}`;
    const member: ConsumerMemberModel = { id, instanceId, epoch: 0, topics: topicsFor(context, group), owned: [], isAway: false };
    if (!(await beat(context, member, fullRequest(group, member, JOINS)))) return;
    const before = [...group.members.values()].find((each) => instanceId !== null && each.instanceId === instanceId);
    if (before !== undefined) group.members.delete(before.id);
    group.members.set(id, member);
  },
};

const joinUnnamed: StepKind = {
  name: "consumer group: join without an id",
  weight: 1,
  keys: [ApiKey.ConsumerGroupHeartbeat],
  async run(context) {
    const group = anyConsumerGroup(context);
    // The ids that the clusters make up decide who gets what.
    if (group.members.size > 0) return;
    const member: ConsumerMemberModel = { id: "", instanceId: null, epoch: 0, topics: topicsFor(context, group), owned: [], isAway: false };
    const answer = await context.ask(consumerGroupHeartbeatApi, 0, fullRequest(group, member, JOINS));
    if (typeof answer === "string" || answer.errorCode !== 0 || answer.memberId === null) return;
    const leaving = makeConsumerGroupHeartbeatRequest({ groupId: group.name, memberId: answer.memberId, memberEpoch: LEAVES });
    await context.ask(consumerGroupHeartbeatApi, 0, leaving);
  },
};

const heartbeat: StepKind = {
  name: "consumer group: heartbeat",
  weight: 6,
  keys: [ApiKey.ConsumerGroupHeartbeat],
  async run(context) {
    const { random } = context;
    const group = anyConsumerGroup(context);
    const member = anyConsumerMember(context, group);
    const epoch = context.mostly(member.epoch, [member.epoch + 1, Math.max(1, member.epoch - 1), 99], 0.12);
    const request = random.chance(0.3) ? fullRequest(group, member, epoch) : briefRequest(group, member, epoch, random.chance(0.6));
    const isOdd = random.chance(0.05);
    await beat(context, member, isOdd ? { ...request, instanceId: random.pick(["i0", "i1", "i9"]) } : request);
  },
};

const settle: StepKind = {
  name: "consumer group: come to rest",
  weight: 4,
  keys: [ApiKey.ConsumerGroupHeartbeat],
  async run(context) {
    const group = anyConsumerGroup(context);
    for (let round = 0; round < ROUNDS_TO_REST; round++) {
      for (const member of group.members.values())
        if (!member.isAway) await beat(context, member, briefRequest(group, member, member.epoch, true));
    }
  },
};

const resubscribe: StepKind = {
  name: "consumer group: subscribe to others",
  weight: 2,
  keys: [ApiKey.ConsumerGroupHeartbeat],
  async run(context) {
    const group = anyConsumerGroup(context);
    if (isUniform(group)) return;
    const member = anyConsumerMember(context, group);
    member.topics = topicsFor(context, group);
    await beat(context, member, fullRequest(group, member, member.epoch));
  },
};

const joinOddly: StepKind = {
  name: "consumer group: join oddly",
  weight: 2,
  keys: [ApiKey.ConsumerGroupHeartbeat],
  async run(context) {
    const { random } = context;
    const group = anyConsumerGroup(context);
    const topics = topicsFor(context, group);
    const member: ConsumerMemberModel = { id: `${group.name}-odd`, instanceId: null, epoch: 0, topics, owned: [], isAway: false };
    const usual = fullRequest(group, member, JOINS);
    const odd = random.pick<Partial<ConsumerGroupHeartbeatRequest>>([
      { groupId: "" },
      { groupId: " " },
      { memberId: "" },
      { memberId: "x".repeat(37) },
      { memberEpoch: -3 },
      { memberEpoch: 1 },
      { instanceId: "" },
      { memberEpoch: LEAVES_FOR_A_WHILE },
      { memberEpoch: LEAVES_FOR_A_WHILE, instanceId: "i9" },
      { rebalanceTimeoutMs: -1 },
      { rebalanceTimeoutMs: 0 },
      { subscribedTopicNames: null },
      { topicPartitions: null },
      { topicPartitions: [makeOwned({ topicId: "AAAAAAAAAAAAAAAAAAAAAQ", partitions: [0] })] },
      { serverAssignor: "nobody's" },
      { serverAssignor: "" },
      { rackId: "" },
      { subscribedTopicRegex: "(" },
      { subscribedTopicRegex: "(?<name>a)\\k<name>" },
      { groupId: anyGroup(context).name, memberEpoch: 3 },
    ]);
    const version = context.version(consumerGroupHeartbeatApi, OWN_IDS);
    await context.ask(consumerGroupHeartbeatApi, version, { ...usual, ...odd });
  },
};

const leave: StepKind = {
  name: "consumer group: leave",
  weight: 3,
  keys: [ApiKey.ConsumerGroupHeartbeat],
  async run(context) {
    const group = anyConsumerGroup(context);
    const member = anyConsumerMember(context, group);
    const isForAWhile = member.instanceId !== null && context.random.chance(0.6);
    const epoch = isForAWhile ? LEAVES_FOR_A_WHILE : LEAVES;
    const request = makeConsumerGroupHeartbeatRequest({
      groupId: group.name,
      memberId: member.id,
      memberEpoch: epoch,
      instanceId: context.mostly(member.instanceId, ["i9"], 0.05),
    });
    const answer = await context.ask(consumerGroupHeartbeatApi, context.version(consumerGroupHeartbeatApi, OWN_IDS), request);
    if (typeof answer === "string" || answer.errorCode !== 0) return;
    if (isForAWhile) member.isAway = true;
    else group.members.delete(member.id);
  },
};

const remove: StepKind = {
  name: "consumer group: remove a member",
  weight: 1,
  keys: [ApiKey.LeaveGroup],
  async run(context) {
    const group = anyConsumerGroup(context);
    const member = anyConsumerMember(context, group);
    const isByInstance = member.instanceId !== null && context.random.chance(0.5);
    const identity = makeMemberIdentity({ memberId: isByInstance ? "" : member.id, groupInstanceId: member.instanceId });
    const request = makeLeaveGroupRequest({ groupId: group.name, members: [identity] });
    const answer = await context.ask(leaveGroupApi, context.version(leaveGroupApi, 3), request);
    if (typeof answer !== "string" && answer.errorCode === 0 && answer.members[0]?.errorCode === 0) group.members.delete(member.id);
  },
};

const describe: StepKind = {
  name: "consumer group: describe",
  weight: 5,
  keys: [ApiKey.ConsumerGroupDescribe, ApiKey.DescribeGroups],
  async run(context) {
    const { random } = context;
    const group = anyConsumerGroup(context);
    const others = context.mostly<string[]>([], [[context.named("nogroup")], [anyGroup(context).name], [group.name], [""]], 0.2);
    const groups = [group.name, ...others];
    if (random.chance(0.15))
      await context.ask(describeGroupsApi, context.version(describeGroupsApi), makeDescribeGroupsRequest({ groups }));
    const request = makeConsumerGroupDescribeRequest({ groupIds: groups, includeAuthorizedOperations: random.chance(0.3) });
    await context.ask(consumerGroupDescribeApi, context.version(consumerGroupDescribeApi), request);
  },
};

const deleteGroup: StepKind = {
  name: "consumer group: delete",
  weight: 1,
  keys: [ApiKey.DeleteGroups],
  async run(context) {
    const group = anyConsumerGroup(context);
    const request = makeDeleteGroupsRequest({ groupsNames: [group.name] });
    const answer = await context.ask(deleteGroupsApi, context.version(deleteGroupsApi), request);
    if (typeof answer !== "string" && answer.results[0]?.errorCode === 0) context.model.consumerGroups.delete(group.name);
  },
};

export const consumerGroupSteps: readonly StepKind[] = [
  join,
  joinUnnamed,
  heartbeat,
  settle,
  resubscribe,
  joinOddly,
  leave,
  remove,
  describe,
  deleteGroup,
];
