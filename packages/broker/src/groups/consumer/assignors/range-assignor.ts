import { type AssignableMember, type Assignment, type AssignmentProblem, AssignorError } from "./assignment.ts";

/** Steps between two yields. */
const STEPS_PER_YIELD = 500;

interface TopicShare {
  readonly partitionCount: number;
  memberCount: number;
  /** Members that are still to get one partition more than the others. */
  extraCount: number;
  nextPartition: number;
}

/**
 * "range": of each topic, every subscribed member gets a run of neighbouring partitions, so that topics with as many partitions are divided alike. Static members come
 * first, in order of their instance ids, then the others by member id. Results equal Apache Kafka 4.4's `RangeAssignor`.
 */
export function* rangeAssignor(problem: AssignmentProblem): Generator<void, ReadonlyMap<string, Assignment>> {
  const members = [...problem.members].sort(compareMembers);
  const shares = new Map<string, TopicShare>();
  let steps = 0;
  for (const { subscribedTopicIds } of members) {
    for (const topicId of subscribedTopicIds) {
      shareOf(shares, topicId, problem).memberCount++;
      if (++steps % STEPS_PER_YIELD === 0) yield;
    }
  }
  for (const share of shares.values()) share.extraCount = share.partitionCount % share.memberCount;
  const target = new Map<string, Assignment>();
  for (const { memberId, subscribedTopicIds } of members) {
    const assignment = new Map<string, readonly number[]>();
    for (const topicId of subscribedTopicIds) {
      const partitions = take(shareOf(shares, topicId, problem));
      if (partitions.length > 0) assignment.set(topicId, partitions);
      if (++steps % STEPS_PER_YIELD === 0) yield;
    }
    target.set(memberId, assignment);
  }
  return target;
}

function compareMembers(one: AssignableMember, other: AssignableMember): number {
  if (one.instanceId !== null && other.instanceId !== null) return compareText(one.instanceId, other.instanceId);
  if (one.instanceId !== null) return -1;
  if (other.instanceId !== null) return 1;
  return compareText(one.memberId, other.memberId);
}

function compareText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

function shareOf(shares: Map<string, TopicShare>, topicId: string, problem: AssignmentProblem): TopicShare {
  let share = shares.get(topicId);
  if (share === undefined) {
    const partitionCount = problem.partitionCount(topicId);
    if (partitionCount === -1) throw new AssignorError(`A member is subscribed to topic ${topicId}, which does not exist.`);
    shares.set(topicId, (share = { partitionCount, memberCount: 0, extraCount: 0, nextPartition: 0 }));
  }
  return share;
}

function take(share: TopicShare): number[] {
  const quota = Math.floor(share.partitionCount / share.memberCount) + (share.extraCount > 0 ? 1 : 0);
  if (share.extraCount > 0) share.extraCount--;
  const partitions: number[] = [];
  for (const end = Math.min(share.nextPartition + quota, share.partitionCount); share.nextPartition < end; share.nextPartition++) {
    partitions.push(share.nextPartition);
  }
  return partitions;
}
