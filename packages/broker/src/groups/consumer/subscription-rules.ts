import { ErrorCode } from "@ottla/protocol";
import type { ConsumerGroup } from "./consumer-group.ts";
import type { ConsumerMember } from "./consumer-member.ts";
import type { ConsumerStep } from "./consumer-step.ts";
import { GroupFault } from "./group-fault.ts";
import { isHomogeneous, type TopicInterest } from "./subscription-index.ts";
import { metadataHash } from "./topic-catalog.ts";

/** Each is compared with the name of every topic, again and again. */
const REGEXES_PER_GROUP_MAX = 100;

/** What a change of a member's regular expression means: "pending", its topics are not known yet. */
export type RegexChange = "none" | "pending" | "resolved";

/** A regular expression that nobody has any more goes; a new one must be one. INVALID_REGULAR_EXPRESSION. */
export function changeRegex(step: ConsumerStep, before: ConsumerMember, after: ConsumerMember): RegexChange {
  const old = before.subscribedTopicRegex;
  const next = after.subscribedTopicRegex;
  if (old === next) return "none";
  const { subscriptions } = step.group;
  if (old !== "" && subscriptions.regexes.get(old) === 1) step.write({ type: "regex", regex: old, value: null });
  if (next === "") return "resolved";
  if (subscriptions.regexes.has(next)) return subscriptions.resolved.has(next) ? "resolved" : "pending";
  const isTooMany = subscriptions.regexes.size >= REGEXES_PER_GROUP_MAX;
  const fault = isTooMany ? `the group has ${REGEXES_PER_GROUP_MAX} others already` : step.env.patternFault(next);
  if (fault === undefined) return "pending";
  throw new GroupFault(
    ErrorCode.INVALID_REGULAR_EXPRESSION,
    `SubscribedTopicRegex \`${next}\` is not a valid regular expression: ${fault}.`,
  );
}

/** What the group's subscriptions come to, once a change is made. */
export interface Subscribed {
  readonly groupEpoch: number;
  readonly isHomogeneous: boolean;
}

/**
 * Compares the topics that the group is subscribed to, once `before` has become `after`, with what the log has of them, and begins a new epoch where they differ or
 * `isNewEpoch` says so.
 */
export function checkSubscriptions(step: ConsumerStep, before: ConsumerMember, after: ConsumerMember, isNewEpoch: boolean): Subscribed {
  const { group, env } = step;
  const topics = topicsAfter(group, [before], after);
  const hash = metadataHash(topics.keys(), env.topics);
  const isPresent = group.members.has(after.memberId) || (after.instanceId !== null && group.staticMember(after.instanceId) !== undefined);
  const memberCount = group.members.size + (isPresent ? 0 : 1);
  step.checkedTopics();
  const isBumped = isNewEpoch || hash !== group.metadataHash;
  const groupEpoch = group.groupEpoch + (isBumped ? 1 : 0);
  if (isBumped) step.write({ type: "group", value: { groupEpoch, metadataHash: hash } });
  if (group.hasPartitionMetadata) step.write({ type: "partition-metadata", value: null });
  return { groupEpoch, isHomogeneous: isHomogeneous(topics.values(), regexesAfter(group, before, after), memberCount) };
}

/** The topics that the group is subscribed to without `removed` members and with `added`. A regular expression that only they had goes with them. */
export function topicsAfter(
  group: ConsumerGroup,
  removed: readonly ConsumerMember[],
  added: ConsumerMember | undefined,
): ReadonlyMap<string, TopicInterest> {
  const [only] = removed;
  if (
    removed.length === 1 &&
    only?.subscribedTopicNames === added?.subscribedTopicNames &&
    only?.subscribedTopicRegex === added?.subscribedTopicRegex
  ) {
    return group.subscriptions.topics;
  }
  const topics = new Map(group.subscriptions.topics);
  const gone = new Map<string, number>();
  for (const { subscribedTopicNames, subscribedTopicRegex } of removed) {
    for (const name of subscribedTopicNames.sorted) adjust(topics, name, -1, 0);
    if (subscribedTopicRegex !== "" && subscribedTopicRegex !== added?.subscribedTopicRegex) {
      gone.set(subscribedTopicRegex, (gone.get(subscribedTopicRegex) ?? 0) + 1);
    }
  }
  for (const [regex, members] of gone) {
    if (group.subscriptions.regexes.get(regex) !== members) continue;
    for (const topic of group.subscriptions.resolved.get(regex)?.topics ?? []) adjust(topics, topic, 0, -1);
  }
  for (const name of added?.subscribedTopicNames.sorted ?? []) adjust(topics, name, 1, 0);
  return topics;
}

/** A member that is not in the group yet takes nothing away. */
function adjust(topics: Map<string, TopicInterest>, name: string, byName: number, byRegex: number): void {
  const before = topics.get(name);
  const next = { byName: (before?.byName ?? 0) + byName, byRegex: (before?.byRegex ?? 0) + byRegex };
  if (next.byName > 0 || next.byRegex > 0) topics.set(name, next);
  else topics.delete(name);
}

function regexesAfter(group: ConsumerGroup, before: ConsumerMember, after: ConsumerMember): ReadonlyMap<string, number> {
  const { regexes } = group.subscriptions;
  if (before.subscribedTopicRegex === after.subscribedTopicRegex) return regexes;
  const counts = new Map(regexes);
  for (const [regex, by] of [
    [before.subscribedTopicRegex, -1],
    [after.subscribedTopicRegex, 1],
  ] as const) {
    const members = (counts.get(regex) ?? 0) + by;
    if (regex === "") continue;
    if (members > 0) counts.set(regex, members);
    else counts.delete(regex);
  }
  return counts;
}
