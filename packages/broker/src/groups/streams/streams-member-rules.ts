import { ErrorCode } from "@ottla/protocol";
import { JOINS, LEFT_FOR_A_WHILE } from "../consumer/consumer-member.ts";
import { GroupFault } from "../consumer/group-fault.ts";
import type { StreamsHeartbeat } from "./streams-decision.ts";
import type { StreamsGroup } from "./streams-group.ts";
import { newStreamsMember, type StreamsMember } from "./streams-member.ts";
import type { StreamsStep } from "./streams-step.ts";
import { hasAllOf } from "./tasks.ts";

/** Refuses one member too many. GROUP_MAX_SIZE_REACHED. */
export function checkRoom({ group, env }: StreamsStep, { memberId, instanceId }: StreamsHeartbeat): void {
  const { groupMaxSize } = env.settings;
  if (instanceId !== null && group.staticMember(instanceId)) return;
  if (group.members.size < groupMaxSize || group.members.has(memberId)) return;
  throw new GroupFault(ErrorCode.GROUP_MAX_SIZE_REACHED, `The streams group has reached its maximum capacity of ${groupMaxSize} members.`);
}

/** Who sends a heartbeat. */
export interface Sender {
  readonly member: StreamsMember;
  /** The one whose place it takes; it is gone. */
  readonly replaced: StreamsMember | undefined;
}

/**
 * The member that sends the request, or the one it is to be. A static member that starts anew takes the place and the target of the one that went. Errors:
 * UNKNOWN_MEMBER_ID, FENCED_MEMBER_EPOCH, FENCED_INSTANCE_ID, UNRELEASED_INSTANCE_ID.
 */
export function senderOf(step: StreamsStep, request: StreamsHeartbeat): Sender {
  const { group } = step;
  const { memberId, instanceId } = request;
  const isJoining = request.memberEpoch === JOINS;
  if (instanceId === null) {
    const member = isJoining ? (group.members.get(memberId) ?? newStreamsMember(memberId)) : memberOf(group, memberId);
    checkEpoch(member, request);
    return { member, replaced: undefined };
  }
  const existing = group.staticMember(instanceId);
  if (!isJoining) {
    const member = checkInstance(existing, memberId, instanceId);
    checkEpoch(member, request);
    return { member, replaced: undefined };
  }
  if (existing === undefined) return { member: group.members.get(memberId) ?? newStreamsMember(memberId), replaced: undefined };
  if (existing.memberEpoch !== LEFT_FOR_A_WHILE) {
    throw new GroupFault(
      ErrorCode.UNRELEASED_INSTANCE_ID,
      `Static member ${memberId} with instance id ${instanceId} cannot join the group because the instance id is owned by ${existing.memberId} member.`,
    );
  }
  return { member: replaceMember(step, existing, memberId), replaced: existing.memberId === memberId ? undefined : existing };
}

function replaceMember(step: StreamsStep, old: StreamsMember, memberId: string): StreamsMember {
  const member: StreamsMember = { ...old, memberId, memberEpoch: 0, previousMemberEpoch: 0 };
  const target = step.group.targetOf(old.memberId, null);
  step.change({ taskOffsets: new Map([...step.soft.taskOffsets].filter(([other]) => other !== old.memberId)) });
  step.writeRemoval(old.memberId);
  if (old.memberId !== memberId) step.cancelTimers(old.memberId);
  step.writeMember(member);
  step.write({ type: "target-member", memberId, value: target });
  step.writeCurrent(member);
  return member;
}

/** A member that must be there. UNKNOWN_MEMBER_ID. */
export function memberOf(group: StreamsGroup, memberId: string): StreamsMember {
  const member = group.members.get(memberId);
  if (!member) throw new GroupFault(ErrorCode.UNKNOWN_MEMBER_ID, `Member ${memberId} is not a member of group ${group.groupId}.`);
  return member;
}

/** The member that holds an instance id, if it is this one. Errors: UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID. */
export function checkInstance(member: StreamsMember | undefined, memberId: string, instanceId: string): StreamsMember {
  if (!member) throw new GroupFault(ErrorCode.UNKNOWN_MEMBER_ID, `Instance id ${instanceId} is unknown.`);
  if (member.memberId === memberId) return member;
  throw new GroupFault(
    ErrorCode.FENCED_INSTANCE_ID,
    `Static member ${memberId} with instance id ${instanceId} was fenced by member ${member.memberId}.`,
  );
}

/** The last epoch but one will do where the answer that told of the new one may have been lost: the member has nothing that is not its. */
function checkEpoch(member: StreamsMember, { memberEpoch, activeTasks, standbyTasks, warmupTasks }: StreamsHeartbeat): void {
  if (memberEpoch === JOINS || memberEpoch === member.memberEpoch) return;
  const { active, standby, warmup } = member.assigned;
  const isBehindByLoss =
    memberEpoch === member.previousMemberEpoch &&
    hasAllOf(active, activeTasks) &&
    hasAllOf(standby, standbyTasks) &&
    hasAllOf(warmup, warmupTasks);
  if (memberEpoch < member.memberEpoch && isBehindByLoss) return;
  const size = memberEpoch > member.memberEpoch ? "greater" : "smaller";
  throw new GroupFault(
    ErrorCode.FENCED_MEMBER_EPOCH,
    `The streams group member has a ${size} member epoch (${memberEpoch}) than the one known by the group coordinator (${member.memberEpoch}). The member must abandon all its partitions and rejoin.`,
  );
}
