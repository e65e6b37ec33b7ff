import { ErrorCode } from "@ottla/protocol";
import {
  type AssignableMember,
  type Assignment,
  type AssignmentProblem,
  AssignorError,
  isSameAssignment,
  NO_PARTITIONS,
} from "./assignors/assignment.ts";
import { assignors } from "./assignors/assignors.ts";
import type { ConsumerSettings } from "./consumer-decision.ts";
import type { ConsumerGroup } from "./consumer-group.ts";
import type { ConsumerMember } from "./consumer-member.ts";
import type { ConsumerStep } from "./consumer-step.ts";
import { GroupFault } from "./group-fault.ts";
import type { TopicCatalog } from "./topic-catalog.ts";
import type { TopicNames } from "./topic-names.ts";

/**
 * What an assignment may cost that is made at once, in members, partitions and subscriptions: a few ms. A larger one is worked out beside the requests, and the members are
 * told of it by later heartbeats.
 */
export const INLINE_COST_MAX = 3000;

/** What a member is to reach. */
export interface Target {
  readonly epoch: number;
  readonly assignment: Assignment;
}

/** Whether the group waits for a new target, and the last one was long enough ago. */
export function isAssignmentDue(
  group: ConsumerGroup,
  groupEpoch: number,
  { assignmentIntervalMs }: ConsumerSettings,
  nowMs: number,
): boolean {
  if (group.assignmentEpoch >= groupEpoch) return false;
  return group.assignmentTimestampMs === 0 || assignmentIntervalMs === 0 || nowMs >= group.assignmentTimestampMs + assignmentIntervalMs;
}

/** What assigning the group costs once it has the member too, or more than {@link INLINE_COST_MAX}. */
export function assignmentCost(group: ConsumerGroup, topics: TopicCatalog, member?: ConsumerMember): number {
  let cost = group.members.size + 1;
  for (const name of member?.subscribedTopicNames.sorted ?? []) {
    if (cost > INLINE_COST_MAX) return cost;
    if (!group.subscriptions.topics.has(name)) cost += 1 + (topics.byName(name)?.partitions.length ?? 0);
  }
  for (const [name, { byName, byRegex }] of group.subscriptions.topics) {
    if (cost > INLINE_COST_MAX) return cost;
    cost += topics.byName(name)?.partitions.length ?? 0;
    if (!group.subscriptions.isHomogeneous) cost += byName + byRegex;
  }
  return cost;
}

/** The assignor that most members ask for, the default one where none is asked for. */
export function preferredAssignor(
  group: ConsumerGroup,
  settings: ConsumerSettings,
  before?: ConsumerMember,
  after?: ConsumerMember,
): string {
  const votes = new Map(group.assignorVotes);
  if (before?.serverAssignor) votes.set(before.serverAssignor, (votes.get(before.serverAssignor) ?? 0) - 1);
  if (after?.serverAssignor) votes.set(after.serverAssignor, (votes.get(after.serverAssignor) ?? 0) + 1);
  let winner: string | undefined;
  let winnerVotes = 0;
  for (const [name, count] of votes) if (count > winnerVotes) [winner, winnerVotes] = [name, count];
  return winner ?? settings.assignors[0] ?? "uniform";
}

/** Makes the next target where it is due and small, and gives what of it, or of the last one, is the member's. `member` is as it will be. */
export function updateTarget(
  step: ConsumerStep,
  before: ConsumerMember,
  member: ConsumerMember,
  { groupEpoch, isHomogeneous }: { readonly groupEpoch: number; readonly isHomogeneous: boolean },
): Target {
  const { group, env } = step;
  const last = { epoch: group.assignmentEpoch, assignment: group.targetOf(member.memberId, member.instanceId) };
  if (!isAssignmentDue(group, groupEpoch, env.settings, env.nowMs) || assignmentCost(group, env.topics, member) > INLINE_COST_MAX)
    return last;
  const members = membersWith(group, member);
  const problem = assignmentProblem(group, env.topics, members, isHomogeneous);
  const target = solve(preferredAssignor(group, env.settings, before, member), problem, groupEpoch);
  for (const { memberId } of members) {
    const assignment = target.get(memberId) ?? NO_PARTITIONS;
    const old = group.targets.get(memberId);
    if (old === undefined || !isSameAssignment(assignment, old)) step.write({ type: "target-member", memberId, value: assignment });
  }
  step.write({ type: "target", value: { assignmentEpoch: groupEpoch, assignmentTimestampMs: env.nowMs } });
  return { epoch: groupEpoch, assignment: target.get(member.memberId) ?? NO_PARTITIONS };
}

function solve(assignorName: string, problem: AssignmentProblem, groupEpoch: number): ReadonlyMap<string, Assignment> {
  try {
    const assign = (assignors.get(assignorName) ?? assignors.get("uniform")!)(problem);
    for (let step = assign.next(); ; step = assign.next()) if (step.done) return step.value;
  } catch (error) {
    if (!(error instanceof AssignorError)) throw error;
    throw new GroupFault(
      ErrorCode.UNKNOWN_SERVER_ERROR,
      `Failed to compute a new target assignment for epoch ${groupEpoch}: ${error.message}`,
    );
  }
}

/** The members as they will be: with this one, which may take a static member's place. */
function membersWith(group: ConsumerGroup, member: ConsumerMember): ConsumerMember[] {
  const members: ConsumerMember[] = [];
  let isThere = false;
  for (const other of group.members.values()) {
    const isIt = other.memberId === member.memberId || (member.instanceId !== null && other.instanceId === member.instanceId);
    if (isIt && isThere) continue;
    isThere ||= isIt;
    members.push(isIt ? member : other);
  }
  if (!isThere) members.push(member);
  return members;
}

/** What an assignor is asked. Members are in order of joining. */
function assignmentProblem(
  group: ConsumerGroup,
  topics: TopicCatalog,
  members: readonly ConsumerMember[],
  isHomogeneous: boolean,
): AssignmentProblem {
  const subscribed = new SubscribedTopics(group, topics);
  return {
    members: members.map((member) => assignable(group, subscribed, member)),
    isHomogeneous,
    isAssigned: (topicId, partition) => group.targets.isAssigned(topicId, partition),
    partitionCount: (topicId) => topics.byId(topicId)?.partitions.length ?? -1,
  };
}

/** One member as an assignor sees it. */
export function assignable(group: ConsumerGroup, subscribed: SubscribedTopics, member: ConsumerMember): AssignableMember {
  const { memberId, instanceId, subscribedTopicNames, subscribedTopicRegex } = member;
  const assignment = group.targetOf(memberId, instanceId);
  return {
    memberId,
    instanceId,
    subscribedTopicIds: subscribed.of(subscribedTopicNames, subscribedTopicRegex),
    assignment: group.targets.isTorn ? untorn(group, member, assignment) : assignment,
  };
}

/** What nobody else's target has too. */
function untorn(group: ConsumerGroup, { memberId, instanceId }: ConsumerMember, assignment: Assignment): Assignment {
  const holder = (instanceId === null ? undefined : group.staticMember(instanceId)?.memberId) ?? memberId;
  const whole = new Map<string, readonly number[]>();
  for (const [topicId, partitions] of assignment) {
    const own = partitions.filter((partition) => group.targets.ownerOf(topicId, partition) === holder);
    if (own.length > 0) whole.set(topicId, own);
  }
  return whole;
}

/** Ids of the topics that subscriptions mean; members that are subscribed alike share a set. */
export class SubscribedTopics {
  readonly #group: ConsumerGroup;
  readonly #topics: TopicCatalog;
  readonly #known = new Map<TopicNames, Map<string, ReadonlySet<string>>>();

  constructor(group: ConsumerGroup, topics: TopicCatalog) {
    this.#group = group;
    this.#topics = topics;
  }

  of(names: TopicNames, regex: string): ReadonlySet<string> {
    let byRegex = this.#known.get(names);
    if (!byRegex) this.#known.set(names, (byRegex = new Map()));
    let topicIds = byRegex.get(regex);
    if (!topicIds) byRegex.set(regex, (topicIds = this.#lookUp(names, regex)));
    return topicIds;
  }

  #lookUp(names: TopicNames, regex: string): ReadonlySet<string> {
    const topicIds = new Set<string>();
    const matched = regex === "" ? undefined : this.#group.subscriptions.resolved.get(regex)?.topics;
    for (const list of [names.sorted, matched ?? []]) {
      for (const name of list) {
        const topic = this.#topics.byName(name);
        if (topic) topicIds.add(topic.topicId);
      }
    }
    return topicIds;
  }
}
