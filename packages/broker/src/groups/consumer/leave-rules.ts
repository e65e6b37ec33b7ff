import { ErrorCode } from "@ottla/protocol";
import type { RequestToken } from "../../coordinator/coordinator-spec.ts";
import type { ConsumerHeartbeat } from "./consumer-decision.ts";
import { type ConsumerMember, LEFT_FOR_A_WHILE } from "./consumer-member.ts";
import type { ConsumerStep } from "./consumer-step.ts";
import { checkInstance, memberOf } from "./member-rules.ts";
import { NO_EPOCHS, type PartitionEpochs } from "./partition-epochs.ts";
import { topicsAfter } from "./subscription-rules.ts";
import { metadataHash } from "./topic-catalog.ts";

/** The member that a heartbeat with epoch -1 or -2 takes leave of. Errors: UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID. */
export function leavingMember({ group }: ConsumerStep, { memberId, instanceId }: ConsumerHeartbeat): ConsumerMember {
  return instanceId === null ? memberOf(group, memberId) : checkInstance(group.staticMember(instanceId), memberId, instanceId);
}

/** A static member goes for a while: it keeps its partitions until it comes back or its session ends. */
export function leaveForAWhile(step: ConsumerStep, member: ConsumerMember): void {
  step.writeCurrent({ ...member, memberEpoch: LEFT_FOR_A_WHILE, assigned: withEpochsZero(member.assigned), pendingRevocation: NO_EPOCHS });
}

function withEpochsZero(assigned: PartitionEpochs): PartitionEpochs {
  return new Map(Array.from(assigned, ([topicId, epochs]) => [topicId, new Map(Array.from(epochs.keys(), (partition) => [partition, 0]))]));
}

export function leaveAnswer(step: ConsumerStep, token: RequestToken, memberId: string, memberEpoch: number): void {
  step.reply(token, { errorCode: ErrorCode.NONE, errorMessage: null, memberId, memberEpoch, heartbeatIntervalMs: 0, assignment: null });
}

/** Takes members out: what they had is free, and the next heartbeat of any member assigns it. */
export function removeMembers(step: ConsumerStep, members: readonly ConsumerMember[]): void {
  if (members.length === 0) return;
  const { group, env } = step;
  for (const { memberId } of members) step.writeRemoval(memberId);
  const leaving = new Map<string, number>();
  for (const { subscribedTopicRegex: regex } of members) if (regex !== "") leaving.set(regex, (leaving.get(regex) ?? 0) + 1);
  for (const [regex, count] of leaving) {
    if (group.subscriptions.regexes.get(regex) === count) step.write({ type: "regex", regex, value: null });
  }
  const groupEpoch = group.groupEpoch + 1;
  const hash = metadataHash(topicsAfter(group, members, undefined).keys(), env.topics);
  step.write({ type: "group", value: { groupEpoch, metadataHash: hash } });
  // The next member to come need not wait.
  if (group.members.size === members.length)
    step.write({ type: "target", value: { assignmentEpoch: groupEpoch, assignmentTimestampMs: 0 } });
  for (const { memberId } of members) step.cancelTimers(memberId);
}
