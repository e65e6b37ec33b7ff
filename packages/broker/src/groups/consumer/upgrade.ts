import { MalformedBytesError } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import type { Reply, TimerChange } from "../../coordinator/coordinator-spec.ts";
import { type ClassicGroup, CONSUMER_PROTOCOL_TYPE, protocolMetadata } from "../classic/classic-group.ts";
import type { GroupMember } from "../classic/member-table.ts";
import { chooseProtocol } from "../classic/protocol-choice.ts";
import { joinError, syncError } from "../classic/transition.ts";
import type { GroupRecord } from "../group-records.ts";
import { type Assignment, NO_PARTITIONS } from "./assignors/assignment.ts";
import type { AnyAnswer, AnyTimer, ConsumerEnvironment } from "./consumer-decision.ts";
import { ConsumerGroup } from "./consumer-group.ts";
import type { ConsumerMember } from "./consumer-member.ts";
import { newMember } from "./consumer-member.ts";
import { partitionsById, readAssignment, readSubscription } from "./consumer-protocol.ts";
import type { ConsumerPart } from "./consumer-records.ts";
import type { MadeBefore } from "./consumer-step.ts";
import { MIGRATING_MEMBERS_MAX } from "./downgrade.ts";
import { GroupFault } from "./group-fault.ts";
import { epochsOf, NO_EPOCHS } from "./partition-epochs.ts";
import { metadataHash } from "./topic-catalog.ts";
import { TopicNames } from "./topic-names.ts";

/** A group that becomes a consumer group, and what must happen along with it. */
export interface Upgrade extends MadeBefore {
  readonly group: ConsumerGroup;
}

/** A consumer group in place of one that was never there, or is a classic one without members. */
export function freshGroup(groupId: string, classic: ClassicGroup | undefined): Upgrade {
  if (!classic) return { group: new ConsumerGroup(groupId), records: [], timers: [], replies: [] };
  return {
    group: new ConsumerGroup(groupId),
    records: [{ kind: "group", groupId, value: null }],
    timers: timersOf(classic),
    replies: [],
  };
}

/**
 * Makes a classic group with members a consumer group: its members stay, at the generation as their epoch, with what they have, and go on speaking the classic protocol.
 * Whoever waits in JoinGroup or SyncGroup is told to start over. GROUP_ID_NOT_FOUND where it may not or cannot be.
 */
export function upgrade(classic: ClassicGroup, env: ConsumerEnvironment): Upgrade {
  checkUpgrade(classic, env);
  const { groupId } = classic;
  const parts = upgradedParts(classic, env);
  const group = new ConsumerGroup(groupId);
  for (const part of parts) group.apply(part);
  const records: GroupRecord[] = [
    { kind: "group", groupId, value: null },
    ...parts.map((part): GroupRecord => ({ kind: "consumer", groupId, part })),
  ];
  return { group, records, timers: timersOf(classic), replies: repliesOf(classic) };
}

function checkUpgrade(classic: ClassicGroup, { settings }: ConsumerEnvironment): void {
  const { groupId, members, protocolType } = classic;
  const refuse = (why: string) =>
    new GroupFault(ErrorCode.GROUP_ID_NOT_FOUND, `Cannot upgrade classic group ${groupId} to consumer group because ${why}.`);
  if (!settings.canUpgrade) throw refuse("online upgrade is disabled");
  if (protocolType !== CONSUMER_PROTOCOL_TYPE) throw refuse("the group does not use the consumer embedded protocol");
  if (members.size > Math.min(settings.groupMaxSize, MIGRATING_MEMBERS_MAX))
    throw refuse("the group size exceeds the consumer group maximum size");
}

function upgradedParts(classic: ClassicGroup, env: ConsumerEnvironment): ConsumerPart[] {
  const protocolName = classic.protocolName ?? chooseProtocol(classic);
  const upgraded = Array.from(classic.members.values(), (member) => upgradedMember(classic, member, protocolName, env));
  const names = new Set(upgraded.flatMap(({ member }) => member.subscribedTopicNames.sorted));
  const epoch = classic.generationId;
  return [
    ...upgraded.map(({ member }): ConsumerPart => ({ type: "member", memberId: member.memberId, value: metadataOf(member) })),
    { type: "group", value: { groupEpoch: epoch, metadataHash: metadataHash(names, env.topics) } },
    ...upgraded.map(({ member, target }): ConsumerPart => ({ type: "target-member", memberId: member.memberId, value: target })),
    { type: "target", value: { assignmentEpoch: epoch, assignmentTimestampMs: 0 } },
    ...upgraded.map(({ member }): ConsumerPart => ({ type: "current", memberId: member.memberId, value: currentOf(member) })),
  ];
}

function metadataOf({ memberId: _id, memberEpoch: _epoch, previousMemberEpoch: _previous, state: _state, ...rest }: ConsumerMember) {
  const { assigned: _assigned, pendingRevocation: _pending, ...metadata } = rest;
  return metadata;
}

function currentOf({ memberEpoch, previousMemberEpoch, state, assigned, pendingRevocation }: ConsumerMember) {
  return { memberEpoch, previousMemberEpoch, state, assigned, pendingRevocation };
}

function upgradedMember(classic: ClassicGroup, member: GroupMember, protocolName: string, env: ConsumerEnvironment) {
  const { generationId } = classic;
  const target = targetOf(classic, member, env);
  const { topics, rackId } = readOrRefuse(classic, () => readSubscription(protocolMetadata(member, protocolName)));
  const upgraded: ConsumerMember = {
    ...newMember(member.memberId),
    memberEpoch: generationId,
    previousMemberEpoch: generationId,
    instanceId: member.groupInstanceId,
    rackId: rackId === "" ? null : rackId,
    rebalanceTimeoutMs: member.rebalanceTimeoutMs,
    clientId: member.clientId,
    clientHost: member.clientHost,
    subscribedTopicNames: TopicNames.of(topics),
    assigned: target.size === 0 ? NO_EPOCHS : epochsOf(target, generationId),
    classic: { sessionTimeoutMs: member.sessionTimeoutMs, protocols: member.protocols },
  };
  return { member: upgraded, target };
}

function targetOf(classic: ClassicGroup, { assignment }: GroupMember, env: ConsumerEnvironment): Assignment {
  if (assignment.length === 0) return NO_PARTITIONS;
  const read = readOrRefuse(classic, () => readAssignment(assignment));
  if (read.userData !== null && read.userData.length > 0) {
    throw new GroupFault(
      ErrorCode.GROUP_ID_NOT_FOUND,
      `Cannot upgrade classic group ${classic.groupId} to consumer group because an unsupported custom assignor is in use. Please refer to the documentation or switch to a default assignor before re-attempting the upgrade.`,
    );
  }
  return partitionsById(read, env.topics);
}

function readOrRefuse<Message>({ groupId }: ClassicGroup, read: () => Message): Message {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof MalformedBytesError)) throw error;
    throw new GroupFault(
      ErrorCode.GROUP_ID_NOT_FOUND,
      `Cannot upgrade classic group ${groupId} to consumer group because the embedded consumer protocol is malformed.`,
    );
  }
}

function timersOf({ members }: ClassicGroup): Upgrade["timers"] {
  const changes: TimerChange<AnyTimer>[] = [
    { timer: { kind: "join" }, delayMs: null },
    { timer: { kind: "sync" }, delayMs: null },
  ];
  for (const memberId of members.pendingIds()) changes.push({ timer: { kind: "session", memberId }, delayMs: null });
  for (const { memberId, sessionTimeoutMs } of members.values()) {
    changes.push({ timer: { kind: "session", memberId }, delayMs: null });
    changes.push({ timer: { kind: "member-session", memberId }, delayMs: sessionTimeoutMs });
  }
  return changes;
}

function repliesOf({ members }: ClassicGroup): Upgrade["replies"] {
  const replies: Reply<AnyAnswer>[] = [];
  for (const { memberId, awaitingJoin, awaitingSync } of members.values()) {
    if (awaitingJoin !== null) replies.push({ token: awaitingJoin, answer: joinError(ErrorCode.REBALANCE_IN_PROGRESS, memberId) });
    if (awaitingSync !== null) replies.push({ token: awaitingSync, answer: syncError(ErrorCode.REBALANCE_IN_PROGRESS) });
  }
  return replies;
}
