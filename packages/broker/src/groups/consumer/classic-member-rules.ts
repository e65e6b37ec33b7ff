import { MalformedBytesError } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import type { ConsumerProtocolSubscription } from "@ottla/protocol/data/consumer-protocol-subscription";
import type { RequestToken } from "../../coordinator/coordinator-spec.ts";
import { CONSUMER_PROTOCOL_TYPE } from "../classic/classic-group.ts";
import type { HeartbeatInput, JoinRequest, LeaveInput, MemberIdentity } from "../classic/group-decision.ts";
import type { SyncRequest } from "../classic/sync-rules.ts";
import type { ConsumerDecision } from "./consumer-decision.ts";
import { type ConsumerMember, isSameMetadata } from "./consumer-member.ts";
import { assignmentBytes, ownedPartitions, readSubscription } from "./consumer-protocol.ts";
import type { ConsumerStep } from "./consumer-step.ts";
import { canDowngradeTo, downgrade } from "./downgrade.ts";
import { GroupFault } from "./group-fault.ts";
import { reconciled, subscriptionsOf } from "./heartbeat-rules.ts";
import { checkInstance, checkRoom, memberOf, senderOf } from "./member-rules.ts";
import { removeMembers } from "./leave-rules.ts";
import { changeRegex } from "./subscription-rules.ts";
import { updateTarget } from "./target-assignment.ts";
import { TopicNames } from "./topic-names.ts";

/** JoinGroup of a member that speaks the classic protocol: it is told its epoch as generation, and never waits. */
export function classicJoin(step: ConsumerStep, request: JoinRequest): ConsumerDecision {
  const { group, env } = step;
  const { groupInstanceId: instanceId, token } = request;
  const { canUpgrade, canDowngrade } = env.settings;
  if (!canUpgrade && !canDowngrade) {
    throw new GroupFault(
      ErrorCode.INCONSISTENT_GROUP_PROTOCOL,
      "The group migration is disabled, so that no classic member can join a consumer group.",
    );
  }
  const isUnknown = request.memberId === "";
  const memberId = isUnknown ? request.newMemberId : request.memberId;
  checkRoom(step, memberId, instanceId);
  checkOffer(step, request);
  if (isUnknown && request.requiresMemberId && instanceId === null) {
    step.reply(token, joinAnswer(ErrorCode.MEMBER_ID_REQUIRED, memberId, -1, null));
    return step.finish();
  }
  const isJoining = instanceId === null || isUnknown;
  const before = senderOf(step, { memberId, instanceId, isClassic: true, isJoining, memberEpoch: -1, owned: [] });
  const replaced = instanceId === null ? undefined : group.staticMember(instanceId);
  const isDowngrade = replaced !== undefined && replaced.classic === null && canDowngradeTo(step, [replaced], 1);
  const subscription = subscriptionOf(request);
  let member = described(before, request, subscription);
  if (!isSameMetadata(before, member)) step.writeMember(member);
  const isNewEpoch = changeRegex(step, before, member) !== "none" || !member.subscribedTopicNames.equals(before.subscribedTopicNames);
  const subscribed = subscriptionsOf(step, before, member, isNewEpoch);
  const owned = ownedPartitions(subscription, env.topics);
  if (isDowngrade) {
    const isStale = group.assignmentEpoch < subscribed.groupEpoch;
    const last = { epoch: group.assignmentEpoch, assignment: group.targetOf(memberId, instanceId) };
    if (!isStale) member = reconciled(step, member, last, isNewEpoch, owned);
    step.reply(token, joinAnswer(ErrorCode.NONE, memberId, member.memberEpoch, request.protocols[0]?.name ?? null));
    return downgrade(step, [replaced], member, isStale);
  }
  member = reconciled(step, member, updateTarget(step, before, member, subscribed), isNewEpoch, owned);
  step.cancelTimer({ kind: "member-rejoin", memberId });
  step.setTimer({ kind: "member-session", memberId }, request.sessionTimeoutMs);
  step.setTimer({ kind: "member-sync", memberId }, request.rebalanceTimeoutMs);
  step.reply(token, joinAnswer(ErrorCode.NONE, memberId, member.memberEpoch, request.protocols[0]?.name ?? null));
  return step.finish();
}

function joinAnswer(errorCode: number, memberId: string, generationId: number, protocolName: string | null) {
  const protocolType = protocolName === null ? null : CONSUMER_PROTOCOL_TYPE;
  return { errorCode, memberId, generationId, protocolType, protocolName, leader: "", skipAssignment: false, members: [] };
}

function checkOffer({ group, env }: ConsumerStep, { protocolType, protocols }: JoinRequest): void {
  const fits =
    protocolType === CONSUMER_PROTOCOL_TYPE &&
    protocols.length <= env.classicLimits.protocolsPerMemberMax &&
    protocols.some(({ name }) => group.isOfferedByAllClassic(name));
  if (!fits) throw new GroupFault(ErrorCode.INCONSISTENT_GROUP_PROTOCOL, "The member's protocols are not supported.");
}

function subscriptionOf({ protocols }: JoinRequest): ConsumerProtocolSubscription {
  try {
    return readSubscription(protocols[0]!.metadata);
  } catch (error) {
    if (!(error instanceof MalformedBytesError)) throw error;
    throw new GroupFault(ErrorCode.INCONSISTENT_GROUP_PROTOCOL, "The member's subscription cannot be read.");
  }
}

function described(member: ConsumerMember, request: JoinRequest, subscription: ConsumerProtocolSubscription): ConsumerMember {
  const names = TopicNames.of(subscription.topics);
  return {
    ...member,
    instanceId: request.groupInstanceId ?? member.instanceId,
    rackId: subscription.rackId === null || subscription.rackId === "" ? member.rackId : subscription.rackId,
    rebalanceTimeoutMs: request.rebalanceTimeoutMs === -1 ? member.rebalanceTimeoutMs : request.rebalanceTimeoutMs,
    subscribedTopicNames: names.equals(member.subscribedTopicNames) ? member.subscribedTopicNames : names,
    subscribedTopicRegex: "",
    clientId: request.clientId,
    clientHost: request.clientHost,
    classic: { sessionTimeoutMs: request.sessionTimeoutMs, protocols: request.protocols },
  };
}

/** SyncGroup: what the member has, at once. */
export function classicSync(step: ConsumerStep, request: SyncRequest): void {
  const { group, env } = step;
  const { memberId, generationId, protocolType, protocolName, token } = request;
  const member = classicMember(step, memberId, request.groupInstanceId);
  checkGeneration(member, generationId);
  const [offer] = member.classic.protocols;
  const differs =
    (protocolType !== null && protocolType !== CONSUMER_PROTOCOL_TYPE) || (protocolName !== null && protocolName !== offer?.name);
  if (differs) throw new GroupFault(ErrorCode.INCONSISTENT_GROUP_PROTOCOL, "The protocol is not the one that JoinGroup was answered with.");
  if (group.assignmentEpoch > member.memberEpoch && member.state !== "unrevoked") {
    step.setTimerIfAbsent({ kind: "member-rejoin", memberId }, member.rebalanceTimeoutMs);
    step.reply(token, { errorCode: ErrorCode.REBALANCE_IN_PROGRESS, protocolType: null, protocolName: null, assignment: Buffer.alloc(0) });
    return;
  }
  step.cancelTimer({ kind: "member-sync", memberId });
  step.setTimer({ kind: "member-session", memberId }, member.classic.sessionTimeoutMs);
  const partitions = new Map(Array.from(member.assigned, ([topicId, epochs]) => [topicId, [...epochs.keys()]]));
  const assignment = assignmentBytes(partitions, env.topics, offer!.metadata);
  step.reply(token, { errorCode: ErrorCode.NONE, protocolType, protocolName, assignment });
}

/** Heartbeat: a member that is to give something up, or could get something, is told to join again. */
export function classicHeartbeat(step: ConsumerStep, request: HeartbeatInput & { readonly token: RequestToken }): void {
  const { group } = step;
  const { memberId, token } = request;
  const member = classicMember(step, memberId, request.groupInstanceId);
  checkGeneration(member, request.generationId);
  step.setTimer({ kind: "member-session", memberId }, member.classic.sessionTimeoutMs);
  const isToRejoin =
    member.memberEpoch < group.assignmentEpoch ||
    member.state === "unrevoked" ||
    (member.state === "unreleased" && !isWaitingForOthers(step, member));
  if (isToRejoin) step.setTimerIfAbsent({ kind: "member-rejoin", memberId }, member.rebalanceTimeoutMs);
  step.reply(token, { errorCode: isToRejoin ? ErrorCode.REBALANCE_IN_PROGRESS : ErrorCode.NONE });
}

function isWaitingForOthers({ group }: ConsumerStep, { memberId, assigned }: ConsumerMember): boolean {
  for (const [topicId, partitions] of group.targets.get(memberId) ?? []) {
    const own = assigned.get(topicId);
    for (const partition of partitions) if (!own?.has(partition) && group.partitionEpoch(topicId, partition) !== -1) return true;
  }
  return false;
}

/** LeaveGroup: members by id or, for an administrator, by instance id alone, whatever protocol they speak; each has its own result. */
export function classicLeave(step: ConsumerStep, request: LeaveInput & { readonly token: RequestToken }): ConsumerDecision {
  const leaving = new Set<ConsumerMember>();
  const members = request.members.map((identity) => {
    try {
      leaving.add(named(step, identity));
      return { ...identity, errorCode: ErrorCode.NONE };
    } catch (error) {
      if (!(error instanceof GroupFault)) throw error;
      return { ...identity, errorCode: error.errorCode };
    }
  });
  step.reply(request.token, { errorCode: ErrorCode.NONE, members });
  return expel(step, [...leaving]);
}

/** Takes members out. When only classic ones are left, the group is theirs again. */
export function expel(step: ConsumerStep, members: readonly ConsumerMember[]): ConsumerDecision {
  if (members.length > 0 && canDowngradeTo(step, members, 0)) return downgrade(step, members, undefined, true);
  removeMembers(step, members);
  return step.finish();
}

function named({ group }: ConsumerStep, { memberId, groupInstanceId }: MemberIdentity): ConsumerMember {
  if (groupInstanceId === null) return memberOf(group, memberId);
  const member = group.staticMember(groupInstanceId);
  return checkInstance(member, memberId === "" ? (member?.memberId ?? "") : memberId, groupInstanceId);
}

type ClassicMember = ConsumerMember & { readonly classic: NonNullable<ConsumerMember["classic"]> };

function classicMember({ group }: ConsumerStep, memberId: string, instanceId: string | null): ClassicMember {
  const member = instanceId === null ? memberOf(group, memberId) : checkInstance(group.staticMember(instanceId), memberId, instanceId);
  if (member.classic === null) throw new GroupFault(ErrorCode.UNKNOWN_MEMBER_ID, `Member ${memberId} does not use the classic protocol.`);
  return { ...member, classic: member.classic };
}

function checkGeneration({ memberId, memberEpoch }: ConsumerMember, generationId: number): void {
  if (generationId === memberEpoch) return;
  throw new GroupFault(
    ErrorCode.ILLEGAL_GENERATION,
    `The request generation id ${generationId} is not equal to the member epoch ${memberEpoch} of member ${memberId}.`,
  );
}
