import type { TopicPartition } from "../../topic-partition.ts";
import type { Assignor, MemberAssignment } from "../assignor.ts";
import { compareMembers, subscribersOf } from "./member-order.ts";

/** All partitions in order of topic and number, dealt out in turn to the members that want them. As Java's RoundRobinAssignor. */
export const roundRobinAssignor: Assignor = {
  name: "roundrobin",
  protocols: ["eager"],
  assign(members, topics): ReadonlyMap<string, MemberAssignment> {
    const circle = members.toSorted(compareMembers);
    const assigned = new Map<string, TopicPartition[]>(members.map((member) => [member.memberId, []]));
    let next = 0;
    for (const name of subscribersOf(members).keys()) {
      for (let partition = 0; partition < (topics.get(name)?.partitionCount ?? 0); partition++) {
        while (!circle[next % circle.length]!.topics.includes(name)) next++;
        assigned.get(circle[next++ % circle.length]!.memberId)!.push({ topic: name, partition });
      }
    }
    return new Map([...assigned].map(([memberId, partitions]) => [memberId, { partitions }]));
  },
};
