import { ByteReader, ByteWriter } from "@ottla/base";
import { partitionKey } from "../../topic-partition.ts";
import type { Assignor, GroupMember, MemberAssignment } from "../assignor.ts";
import { assignSticky } from "./sticky-assignment.ts";

const NO_GENERATION = -1;

/**
 * Balanced and sticky under the cooperative protocol: a partition that moves is first taken from its owner, and given to the new one in
 * the next rebalance, which follows at once. All others are read without a break. User data, as Java's: `int32 generation`.
 * One per consumer: it remembers the generation. Source: KIP-429.
 */
export function cooperativeStickyAssignor(): Assignor {
  let generation = NO_GENERATION;
  return {
    name: "cooperative-sticky",
    protocols: ["cooperative", "eager"],
    subscriptionUserData() {
      const writer = new ByteWriter();
      writer.int32(generation);
      return writer.toBuffer();
    },
    assign(members, topics): ReadonlyMap<string, MemberAssignment> {
      const claims = members.map((member) => ({
        memberId: member.memberId,
        generationId: generationOf(member),
        partitions: member.ownedPartitions,
      }));
      const { assigned } = assignSticky(members, topics, claims);
      const claimants = new Map<string, string[]>();
      for (const claim of claims) {
        for (const { topic, partition } of claim.partitions) {
          const key = partitionKey(topic, partition);
          claimants.set(key, [...(claimants.get(key) ?? []), claim.memberId]);
        }
      }
      // Held back: still in another member's hands, who learns of the loss by not finding it in his assignment.
      const isFree = (memberId: string, key: string) => (claimants.get(key) ?? []).every((claimant) => claimant === memberId);
      return new Map(
        [...assigned].map(([memberId, partitions]) => [
          memberId,
          { partitions: partitions.filter((each) => isFree(memberId, partitionKey(each.topic, each.partition))) },
        ]),
      );
    },
    onAssignment(_assignment, generationId) {
      generation = generationId;
    },
  };
}

function generationOf(member: GroupMember): number {
  if (member.generationId >= 0 || member.userData === null || member.userData.length < 4) return member.generationId;
  return new ByteReader(member.userData).int32();
}
