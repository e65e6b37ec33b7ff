import { ErrorCode } from "@ottla/protocol";
import { isSameAssignment } from "./assignors/assignment.ts";
import type { AssignmentJob, ConsumerEnvironment, TargetChange } from "./consumer-decision.ts";
import type { ConsumerGroup } from "./consumer-group.ts";
import type { ResolvedRegex } from "./consumer-records.ts";
import type { ConsumerStep } from "./consumer-step.ts";
import { assignmentCost, INLINE_COST_MAX, isAssignmentDue } from "./target-assignment.ts";
import { metadataHash } from "./topic-catalog.ts";

/** However often topics are created, patterns are looked up no more often than this. */
const REGEX_REFRESH_MS_MIN = 10_000;

/** Whether the group's regular expressions must be looked up in the catalogue now. */
export function needsRegexes({ subscriptions }: ConsumerGroup, env: ConsumerEnvironment): boolean {
  const { regexes, resolved } = subscriptions;
  if (regexes.size === 0) return false;
  const [last] = resolved.values();
  if (last === undefined) return true;
  if (env.nowMs <= last.timestampMs + REGEX_REFRESH_MS_MIN) return false;
  return (
    regexes.size !== resolved.size ||
    last.revision < env.topics.createdRevision ||
    env.nowMs > last.timestampMs + env.settings.regexRefreshIntervalMs
  );
}

/** Whether the group's next assignment is due, and too large to be made by a heartbeat. */
export function needsAssignment(group: ConsumerGroup, env: ConsumerEnvironment): boolean {
  if (group.members.size === 0 || !isAssignmentDue(group, group.groupEpoch, env.settings, env.nowMs)) return false;
  return assignmentCost(group, env.topics) > INLINE_COST_MAX;
}

/** Regular expressions were looked up: those that members still have are kept, and a new epoch begins where they mean other topics than before. */
export function keepResolved(step: ConsumerStep, resolved: ReadonlyMap<string, ResolvedRegex>): void {
  const { group, env } = step;
  const { subscriptions } = group;
  const interest = new Map(Array.from(subscriptions.topics, ([name, { byName, byRegex }]) => [name, byName + byRegex]));
  let isNewEpoch = false;
  for (const [regex, found] of resolved) {
    if (!subscriptions.regexes.has(regex)) continue;
    const before = subscriptions.resolved.get(regex);
    if (!isSameSet(before?.topics ?? new Set(), found.topics)) {
      isNewEpoch = true;
      for (const topic of before?.topics ?? []) interest.set(topic, (interest.get(topic) ?? 0) - 1);
      for (const topic of found.topics) interest.set(topic, (interest.get(topic) ?? 0) + 1);
    }
    step.write({ type: "regex", regex, value: found });
  }
  const hash = metadataHash(subscribedNames(interest), env.topics);
  if (isNewEpoch || hash !== group.metadataHash) {
    step.write({ type: "group", value: { groupEpoch: group.groupEpoch + 1, metadataHash: hash } });
    step.checkedTopics();
  }
}

function* subscribedNames(interest: ReadonlyMap<string, number>): Generator<string> {
  for (const [name, count] of interest) if (count > 0) yield name;
}

function isSameSet(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  if (one.size !== other.size) return false;
  for (const each of one) if (!other.has(each)) return false;
  return true;
}

/** A part of an assignment that was worked out beside the requests; members that went meanwhile are left out. */
export function keepTargetPart(step: ConsumerStep, job: AssignmentJob, changes: readonly TargetChange[]): number {
  const { group } = step;
  if (!isWanted(group, job)) return ErrorCode.UNKNOWN_SERVER_ERROR;
  for (const { memberId, instanceId, target } of changes) {
    const present = instanceId === null ? group.members.get(memberId) : group.staticMember(instanceId);
    if (!present) continue;
    const old = group.targets.get(present.memberId);
    if (old === undefined || !isSameAssignment(old, target))
      step.write({ type: "target-member", memberId: present.memberId, value: target });
  }
  return ErrorCode.NONE;
}

/** Every part is written: the target counts from now on. */
export function keepTarget(step: ConsumerStep, job: AssignmentJob): number {
  if (!isWanted(step.group, job)) return ErrorCode.UNKNOWN_SERVER_ERROR;
  step.write({ type: "target", value: { assignmentEpoch: job.groupEpoch, assignmentTimestampMs: step.env.nowMs } });
  return ErrorCode.NONE;
}

function isWanted(group: ConsumerGroup, job: AssignmentJob): boolean {
  return group.members.size > 0 && group.assignmentEpoch === job.assignmentEpoch && group.groupEpoch >= job.groupEpoch;
}
