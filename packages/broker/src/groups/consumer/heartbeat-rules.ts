import { ErrorCode } from "@ottla/protocol";
import type { RequestToken } from "../../coordinator/coordinator-spec.ts";
import type { ConsumerHeartbeat, ConsumerHeartbeatAnswer } from "./consumer-decision.ts";
import { type ConsumerMember, isReconciledTo, isSameCurrent, isSameMetadata, JOINS } from "./consumer-member.ts";
import type { ConsumerStep } from "./consumer-step.ts";
import { checkRoom, senderOf } from "./member-rules.ts";
import { holdsAny, isSameEpochs, type OwnedPartitions } from "./partition-epochs.ts";
import { reconcile } from "./reconcile.ts";
import { changeRegex, checkSubscriptions, type Subscribed } from "./subscription-rules.ts";
import { preferredAssignor, type Target, updateTarget } from "./target-assignment.ts";
import { TopicNames } from "./topic-names.ts";

/** A member joins, or shows that it lives, tells what is new and learns what it is to have. */
export function heartbeat(step: ConsumerStep, token: RequestToken, request: ConsumerHeartbeat): void {
  const { group, env } = step;
  const { memberId, instanceId, memberEpoch, owned } = request;
  checkRoom(step, memberId, instanceId);
  const isJoining = memberEpoch === JOINS;
  const before = senderOf(step, { memberId, instanceId, isClassic: false, isJoining, memberEpoch, owned });
  let member = described(before, request);
  if (!isSameMetadata(before, member)) step.writeMember(member);
  const regexChange = changeRegex(step, before, member);
  const hasNewNames = !member.subscribedTopicNames.equals(before.subscribedTopicNames);
  const hasNewAssignor = preferredAssignor(group, env.settings) !== preferredAssignor(group, env.settings, before, member);
  const isNewEpoch = hasNewNames || regexChange === "resolved" || hasNewAssignor;
  const subscribed = subscriptionsOf(step, before, member, isNewEpoch);
  const target = updateTarget(step, before, member, subscribed);
  member = reconciled(step, member, target, hasNewNames || regexChange !== "none", owned);
  step.setTimer({ kind: "member-session", memberId }, env.settings.sessionTimeoutMs);
  const isFull =
    request.rebalanceTimeoutMs !== -1 && (request.subscribedTopicNames ?? request.subscribedTopicRegex) !== null && owned !== null;
  // It says that it has what it is to give up: the answer that told it so may have been lost (librdkafka does not ask again for all).
  const isBehind = member.state === "unrevoked" && owned !== null && holdsAny(member.pendingRevocation, owned);
  const isTold = isJoining || isFull || isBehind || !isSameEpochs(before.assigned, member.assigned);
  step.reply(token, {
    errorCode: ErrorCode.NONE,
    errorMessage: null,
    memberId,
    memberEpoch: member.memberEpoch,
    heartbeatIntervalMs: env.settings.heartbeatIntervalMs,
    assignment: isTold ? member.assigned : null,
  });
}

/** What the group is subscribed to, looked up anew where the member or the topics changed. */
export function subscriptionsOf(step: ConsumerStep, before: ConsumerMember, after: ConsumerMember, isNewEpoch: boolean): Subscribed {
  const { group, env } = step;
  const isKnown = group.members.has(after.memberId) && group.checkedRevision === env.topics.revision;
  if (isNewEpoch || !isKnown) return checkSubscriptions(step, before, after, isNewEpoch);
  return { groupEpoch: group.groupEpoch, isHomogeneous: group.subscriptions.isHomogeneous };
}

/** Brings the member nearer to its target and writes that down. */
export function reconciled(
  step: ConsumerStep,
  member: ConsumerMember,
  target: Target,
  hasSubscriptionChanged: boolean,
  owned: OwnedPartitions | null,
): ConsumerMember {
  if (!hasSubscriptionChanged && isReconciledTo(member, target.epoch)) return member;
  const { group } = step;
  const next = reconcile(member, {
    targetEpoch: target.epoch,
    target: target.assignment,
    hasSubscriptionChanged,
    owned,
    partitionEpoch: (topicId, partition) => group.partitionEpoch(topicId, partition),
    isSubscribed: (topicId) => isSubscribed(step, member, topicId),
  });
  if (isSameCurrent(member, next)) return member;
  step.writeCurrent(next);
  if (next.classic === null) {
    const timer = { kind: "member-revocation", memberId: next.memberId, memberEpoch: next.memberEpoch } as const;
    if (next.state === "unrevoked") step.setTimer(timer, next.rebalanceTimeoutMs);
    else step.cancelTimer(timer);
  }
  return next;
}

function isSubscribed(
  { group, env }: ConsumerStep,
  { subscribedTopicNames, subscribedTopicRegex }: ConsumerMember,
  topicId: string,
): boolean {
  const topic = env.topics.byId(topicId);
  if (topic === undefined) return false;
  if (subscribedTopicNames.has(topic.name)) return true;
  return subscribedTopicRegex !== "" && (group.subscriptions.resolved.get(subscribedTopicRegex)?.topics.has(topic.name) ?? false);
}

/** The member as the request describes it; the same object where that is nothing new. */
function described(member: ConsumerMember, request: ConsumerHeartbeat): ConsumerMember {
  const { instanceId, rackId, rebalanceTimeoutMs, subscribedTopicNames, subscribedTopicRegex, serverAssignor, clientId, clientHost } =
    request;
  const next: ConsumerMember = {
    ...member,
    instanceId: instanceId ?? member.instanceId,
    rackId: rackId ?? member.rackId,
    rebalanceTimeoutMs: rebalanceTimeoutMs === -1 ? member.rebalanceTimeoutMs : rebalanceTimeoutMs,
    serverAssignor: serverAssignor ?? member.serverAssignor,
    subscribedTopicNames: subscribedTopicNames === null ? member.subscribedTopicNames : namesOf(member, subscribedTopicNames),
    subscribedTopicRegex: subscribedTopicRegex ?? member.subscribedTopicRegex,
    clientId,
    clientHost,
    classic: null,
  };
  return isSameMetadata(member, next) ? member : next;
}

function namesOf({ subscribedTopicNames }: ConsumerMember, names: readonly string[]): TopicNames {
  const given = TopicNames.of(names);
  return given.equals(subscribedTopicNames) ? subscribedTopicNames : given;
}

/** A heartbeat that failed. */
export function heartbeatError(errorCode: number, errorMessage: string | null): ConsumerHeartbeatAnswer {
  return { errorCode, errorMessage, memberId: null, memberEpoch: 0, heartbeatIntervalMs: 0, assignment: null };
}
