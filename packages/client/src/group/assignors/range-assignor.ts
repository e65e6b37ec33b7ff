import type { TopicPartition } from "../../topic-partition.ts";
import type { AssignableTopic, Assignor, GroupMember, MemberAssignment } from "../assignor.ts";
import { compareMembers, subscribersOf } from "./member-order.ts";

/**
 * Per topic, consecutive partitions to each subscriber, the first ones getting one more where it does not come out even. Topics with as many
 * partitions and the same subscribers end up with equal numbers on the same member, which joins rely on.
 * As Java's RangeAssignor where no racks are known.
 */
export const rangeAssignor: Assignor = {
  name: "range",
  protocols: ["eager"],
  assign(members, topics): ReadonlyMap<string, MemberAssignment> {
    const assigned = new Map<string, TopicPartition[]>(members.map((member) => [member.memberId, []]));
    for (const [name, subscribers] of subscribersOf(members)) {
      const topic = topics.get(name);
      if (topic !== undefined) divide(topic, subscribers.toSorted(compareMembers), assigned);
    }
    return new Map([...assigned].map(([memberId, partitions]) => [memberId, { partitions }]));
  },
};

function divide(topic: AssignableTopic, subscribers: readonly GroupMember[], assigned: Map<string, TopicPartition[]>): void {
  const share = Math.floor(topic.partitionCount / subscribers.length);
  const extra = topic.partitionCount % subscribers.length;
  let next = 0;
  subscribers.forEach((member, i) => {
    const end = next + share + (i < extra ? 1 : 0);
    const list = assigned.get(member.memberId)!;
    while (next < end) list.push({ topic: topic.name, partition: next++ });
  });
}
