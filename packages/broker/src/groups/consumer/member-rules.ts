import { ErrorCode } from "@ottla/protocol";
import type { ConsumerGroup } from "./consumer-group.ts";
import { type ConsumerMember, JOINS, LEFT_FOR_A_WHILE, newMember } from "./consumer-member.ts";
import type { ConsumerStep } from "./consumer-step.ts";
import { GroupFault } from "./group-fault.ts";
import { holdsAll, type OwnedPartitions } from "./partition-epochs.ts";

/** Who sends a request, and by which protocol. */
export interface Sender {
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly isClassic: boolean;
  /** Whether it joins, and so need not be known. */
  readonly isJoining: boolean;
  /** Of the consumer protocol; not looked at for classic members. */
  readonly memberEpoch: number;
  readonly owned: OwnedPartitions | null;
}

/** Refuses one member too many. GROUP_MAX_SIZE_REACHED. */
export function checkRoom({ group, env }: ConsumerStep, memberId: string, instanceId: string | null): void {
  const { groupMaxSize } = env.settings;
  if (instanceId !== null && group.staticMember(instanceId)) return;
  if (group.members.size < groupMaxSize || group.members.has(memberId)) return;
  throw new GroupFault(ErrorCode.GROUP_MAX_SIZE_REACHED, `The consumer group has reached its maximum capacity of ${groupMaxSize} members.`);
}

/**
 * The member that sends the request, or the one it is to be. A static member that starts anew takes the place and the target of the one that went. Errors:
 * UNKNOWN_MEMBER_ID, FENCED_MEMBER_EPOCH, FENCED_INSTANCE_ID, UNRELEASED_INSTANCE_ID.
 */
export function senderOf(step: ConsumerStep, sender: Sender): ConsumerMember {
  return sender.instanceId === null ? dynamicSender(step.group, sender) : staticSender(step, sender, sender.instanceId);
}

function dynamicSender(group: ConsumerGroup, sender: Sender): ConsumerMember {
  const member = sender.isJoining ? (group.members.get(sender.memberId) ?? newMember(sender.memberId)) : memberOf(group, sender.memberId);
  if (!sender.isClassic) checkEpoch(member, sender);
  return member;
}

function staticSender(step: ConsumerStep, sender: Sender, instanceId: string): ConsumerMember {
  const { group } = step;
  const existing = group.staticMember(instanceId);
  if (!sender.isJoining) {
    const member = checkInstance(existing, sender.memberId, instanceId);
    if (!sender.isClassic) checkEpoch(member, sender);
    return member;
  }
  if (existing === undefined) return group.members.get(sender.memberId) ?? newMember(sender.memberId);
  const isReleased = existing.memberEpoch === LEFT_FOR_A_WHILE || existing.classic !== null || sender.isClassic;
  if (!isReleased) {
    throw new GroupFault(
      ErrorCode.UNRELEASED_INSTANCE_ID,
      `Static member ${sender.memberId} with instance id ${instanceId} cannot join the group because the instance id is owned by ${existing.memberId} member.`,
    );
  }
  return replaceMember(step, existing, sender.memberId);
}

function replaceMember(step: ConsumerStep, old: ConsumerMember, memberId: string): ConsumerMember {
  const member: ConsumerMember = { ...old, memberId, memberEpoch: 0, previousMemberEpoch: 0 };
  const target = step.group.targetOf(old.memberId, null);
  step.writeRemoval(old.memberId);
  if (old.memberId !== memberId) step.cancelTimers(old.memberId);
  step.writeMember(member);
  step.write({ type: "target-member", memberId, value: target });
  step.writeCurrent(member);
  return member;
}

/** A member that must be there. UNKNOWN_MEMBER_ID. */
export function memberOf(group: ConsumerGroup, memberId: string): ConsumerMember {
  const member = group.members.get(memberId);
  if (!member) throw new GroupFault(ErrorCode.UNKNOWN_MEMBER_ID, `Member ${memberId} is not a member of group ${group.groupId}.`);
  return member;
}

/** The member that holds an instance id, if it is this one. Errors: UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID. */
export function checkInstance(member: ConsumerMember | undefined, memberId: string, instanceId: string): ConsumerMember {
  if (!member) throw new GroupFault(ErrorCode.UNKNOWN_MEMBER_ID, `Instance id ${instanceId} is unknown.`);
  if (member.memberId === memberId) return member;
  throw new GroupFault(
    ErrorCode.FENCED_INSTANCE_ID,
    `Static member ${memberId} with instance id ${instanceId} was fenced by member ${member.memberId}.`,
  );
}

/** The last epoch but one will do where the answer that told of the new one may have been lost: the member has nothing that is not its. */
function checkEpoch(member: ConsumerMember, { memberEpoch, owned }: Sender): void {
  if (memberEpoch === JOINS || memberEpoch === member.memberEpoch) return;
  const isBehindByLoss = memberEpoch === member.previousMemberEpoch && holdsAll(member.assigned, owned);
  if (memberEpoch < member.memberEpoch && isBehindByLoss) return;
  const size = memberEpoch > member.memberEpoch ? "greater" : "smaller";
  throw new GroupFault(
    ErrorCode.FENCED_MEMBER_EPOCH,
    `The consumer group member has a ${size} member epoch (${memberEpoch}) than the one known by the group coordinator (${member.memberEpoch}). The member must abandon all its partitions and rejoin.`,
  );
}
