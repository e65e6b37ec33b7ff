import { MalformedBytesError } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import { type ClassicGroup, CONSUMER_PROTOCOL_TYPE, newGroup } from "../classic/classic-group.ts";
import { type GroupMember, MemberTable } from "../classic/member-table.ts";
import { chooseProtocol } from "../classic/protocol-choice.ts";
import { prepareRebalance } from "../classic/rebalance.ts";
import { subscribedTopics } from "../classic/subscribed-topics.ts";
import { Transition } from "../classic/transition.ts";
import type { ConsumerDecision } from "./consumer-decision.ts";
import type { ConsumerMember } from "./consumer-member.ts";
import { assignmentBytes } from "./consumer-protocol.ts";
import type { ConsumerStep } from "./consumer-step.ts";
import { GroupFault } from "./group-fault.ts";
import { groupTombstones } from "./tombstones.ts";

/** A group changes its protocol in one batch of the log, so no larger one does; it goes on as a consumer group with classic members. */
export const MIGRATING_MEMBERS_MAX = 1000;

/** Whether only classic members are left without `gone`, of which `comeBack` return as such, and the group may become a classic one. */
export function canDowngradeTo({ group, env }: ConsumerStep, gone: readonly ConsumerMember[], comeBack: number): boolean {
  const goneClassic = gone.filter(({ classic }) => classic !== null).length;
  const left = group.members.size - gone.length;
  if (group.classicCount - goneClassic !== left || left + comeBack === 0) return false;
  return env.settings.canDowngrade && left + comeBack <= Math.min(env.classicLimits.groupMaxSize, MIGRATING_MEMBERS_MAX);
}

/**
 * Makes the group a classic one with the same members and their targets, without `gone` members; `joining` takes the place of a static one of these. Its members rebalance
 * where the targets no longer fit.
 */
export function downgrade(
  step: ConsumerStep,
  gone: readonly ConsumerMember[],
  joining: ConsumerMember | undefined,
  isStale: boolean,
): ConsumerDecision {
  const { group, env } = step;
  const replaced = joining?.instanceId == null ? undefined : group.staticMember(joining.instanceId);
  const renamed = new Map(joining && replaced ? [[replaced.memberId, joining.memberId]] : []);
  for (const part of groupTombstones(group, renamed)) step.write(part);
  for (const memberId of group.members.keys()) step.cancelTimers(memberId);
  const stays = [...group.members.values()].filter((member) => !gone.includes(member) && member.memberId !== replaced?.memberId);
  const t = new Transition(classicGroup(step, joining ? [...stays, joining] : stays), env.classicLimits, env.nowMs);
  t.persist("required");
  for (const { memberId, sessionTimeoutMs } of t.group.members.values()) t.setTimer({ kind: "session", memberId }, sessionTimeoutMs);
  if (isStale) prepareRebalance(t);
  return step.finishWith(t.finish());
}

function classicGroup(step: ConsumerStep, members: readonly ConsumerMember[]): ClassicGroup {
  const { group, env } = step;
  const group0: ClassicGroup = {
    ...newGroup(group.groupId, env.nowMs),
    state: "Stable",
    generationId: group.groupEpoch,
    protocolType: CONSUMER_PROTOCOL_TYPE,
    members: new MemberTable(members.map((member) => classicMember(member))),
  };
  const protocolName = chooseProtocol(group0);
  const assigned = members.map((member) => ({ ...classicMember(member), assignment: targetBytes(step, member, protocolName) }));
  const chosen = { ...group0, protocolName, leaderId: members[0]?.memberId ?? null, members: new MemberTable(assigned) };
  return { ...chosen, subscribedTopics: subscribedTopics(chosen) };
}

function classicMember({ memberId, instanceId, clientId, clientHost, rebalanceTimeoutMs, classic }: ConsumerMember): GroupMember {
  return {
    memberId,
    groupInstanceId: instanceId,
    clientId,
    clientHost,
    rebalanceTimeoutMs,
    sessionTimeoutMs: classic?.sessionTimeoutMs ?? 0,
    protocols: classic?.protocols ?? [],
    assignment: Buffer.alloc(0),
    isNew: false,
    owesSync: false,
    awaitingJoin: null,
    awaitingSync: null,
  };
}

function targetBytes({ group, env }: ConsumerStep, { memberId, instanceId, classic }: ConsumerMember, protocolName: string): Buffer {
  const metadata = classic?.protocols.find(({ name }) => name === protocolName)?.metadata;
  try {
    return assignmentBytes(group.targetOf(memberId, instanceId), env.topics, metadata ?? Buffer.alloc(0));
  } catch (error) {
    if (!(error instanceof MalformedBytesError)) throw error;
    throw new GroupFault(ErrorCode.GROUP_ID_NOT_FOUND, `Cannot downgrade the consumer group ${group.groupId}: ${error.message}`);
  }
}
