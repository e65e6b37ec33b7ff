import type { TopicPartition } from "../../topic-partition.ts";
import type { AssignableTopic, Assignor, GroupMember, MemberAssignment } from "../assignor.ts";
import { compareMembers, subscribersOf } from "./member-order.ts";

type Assigned = ReadonlyMap<string, TopicPartition[]>;

/**
 * Per topic, consecutive partitions to each subscriber, the first ones getting one more where it does not come out even. Topics with as many
 * partitions and the same subscribers end up with equal numbers on the same member, which joins rely on.
 * Where members tell their racks and the replicas of partitions do not stand in all of them, members first get partitions of their own rack, in equal numbers
 * all the same (KIP-881). As Java's RangeAssignor.
 */
export const rangeAssignor: Assignor = {
  name: "range",
  protocols: ["eager"],
  assign(members, topics): ReadonlyMap<string, MemberAssignment> {
    const assigned = new Map<string, TopicPartition[]>(members.map((member) => [member.memberId, []]));
    const shares: TopicShare[] = [];
    for (const [name, subscribers] of subscribersOf(members)) {
      const topic = topics.get(name);
      if (topic !== undefined && topic.partitionCount > 0) shares.push(new TopicShare(topic, subscribers.toSorted(compareMembers)));
    }
    const usesRacks = shares.some((share) => share.needsRacks);
    if (usesRacks) assignByRacks(shares, assigned);
    for (const share of shares) assignRanges(share, () => true, assigned);
    if (usesRacks) for (const partitions of assigned.values()) partitions.sort(comparePartitions);
    return new Map([...assigned].map(([memberId, partitions]) => [memberId, { partitions }]));
  },
};

/** How far one topic is divided. */
class TopicShare {
  readonly topic: AssignableTopic;
  readonly members: readonly GroupMember[];
  /** Racks would make a difference. */
  readonly needsRacks: boolean;
  readonly #left: Set<number>;
  readonly #counts = new Map<string, number>();
  readonly #each: number;
  #extra: number;

  constructor(topic: AssignableTopic, members: readonly GroupMember[]) {
    this.topic = topic;
    this.members = members;
    this.#left = new Set(Array.from({ length: topic.partitionCount }, (_, partition) => partition));
    this.#each = Math.floor(topic.partitionCount / members.length);
    this.#extra = topic.partitionCount % members.length;
    const all = new Set(topic.partitionRacks.flat());
    const isEverywhere = Array.from({ length: topic.partitionCount }, (_, partition) => new Set(topic.partitionRacks[partition])).every(
      ({ size }) => size === all.size,
    );
    this.needsRacks = !isEverywhere && members.some(({ rackId }) => rackId !== undefined && all.has(rackId));
  }

  get left(): ReadonlySet<number> {
    return this.#left;
  }

  /** A member without a rack is at home everywhere. */
  matches({ rackId }: GroupMember, partition: number): boolean {
    return rackId === undefined || (this.topic.partitionRacks[partition]?.includes(rackId) ?? false);
  }

  roomOf({ memberId }: GroupMember): number {
    return Math.max(0, this.#each + (this.#extra > 0 ? 1 : 0) - (this.#counts.get(memberId) ?? 0));
  }

  give({ memberId }: GroupMember, partitions: readonly number[], assigned: Assigned): void {
    const list = assigned.get(memberId)!;
    for (const partition of partitions) {
      list.push({ topic: this.topic.name, partition });
      this.#left.delete(partition);
    }
    const count = (this.#counts.get(memberId) ?? 0) + partitions.length;
    this.#counts.set(memberId, count);
    if (count > this.#each) this.#extra--;
  }
}

function assignRanges(share: TopicShare, may: (member: GroupMember, partition: number) => boolean, assigned: Assigned): void {
  for (const member of share.members) {
    if (share.left.size === 0) return;
    const room = share.roomOf(member);
    const partitions: number[] = [];
    for (const partition of share.left) {
      if (partitions.length >= room) break;
      if (may(member, partition)) partitions.push(partition);
    }
    if (partitions.length > 0) share.give(member, partitions, assigned);
  }
}

/** Topics that belong together (the same subscribers, as many partitions) give equal numbers to the same member. */
function assignByRacks(shares: readonly TopicShare[], assigned: Assigned): void {
  const together = new Map<string, TopicShare[]>();
  for (const share of shares) {
    const key = JSON.stringify([share.topic.partitionCount, share.members.map(({ memberId }) => memberId)]);
    const list = together.get(key);
    if (list) list.push(share);
    else together.set(key, [share]);
  }
  for (const list of together.values()) {
    const [first] = list;
    if (list.length > 1) assignTogether(list, assigned);
    else if (first!.needsRacks) assignRanges(first!, (member, partition) => first!.matches(member, partition), assigned);
  }
}

function assignTogether(shares: readonly TopicShare[], assigned: Assigned): void {
  const { members, topic } = shares[0]!;
  const remaining = new Set(members);
  for (let partition = 0; partition < topic.partitionCount && remaining.size > 0; partition++) {
    for (const member of remaining) {
      if (!shares.every((share) => share.matches(member, partition) && share.roomOf(member) > 0)) continue;
      for (const share of shares) share.give(member, [partition], assigned);
      if (shares.every((share) => share.roomOf(member) === 0)) remaining.delete(member);
      break;
    }
  }
}

function comparePartitions(a: TopicPartition, b: TopicPartition): number {
  return a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : a.partition - b.partition;
}
