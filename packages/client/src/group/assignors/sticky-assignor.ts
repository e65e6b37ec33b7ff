import { ByteReader, ByteWriter, MalformedBytesError } from "@ottla/base";
import { groupByTopic, type TopicPartition } from "../../topic-partition.ts";
import type { Assignor, GroupMember, MemberAssignment } from "../assignor.ts";
import { assignSticky, type Claim } from "./sticky-assignment.ts";

const NO_GENERATION = -1;

/**
 * Balanced, moving as few partitions as it can; with the eager protocol, so members stop for a moment all the same. What a member held
 * travels in its user data, in Java's StickyAssignor format v1: `[topic string · [int32 partition]] · int32 generation`.
 * One per consumer: it remembers the last assignment.
 */
export function stickyAssignor(): Assignor {
  let held: readonly TopicPartition[] | undefined;
  let generation = NO_GENERATION;
  return {
    name: "sticky",
    protocols: ["eager"],
    subscriptionUserData: () => (held === undefined ? null : encodeHeld(held, generation)),
    assign(members, topics): ReadonlyMap<string, MemberAssignment> {
      const { assigned } = assignSticky(members, topics, members.map(claimOf));
      return new Map([...assigned].map(([memberId, partitions]) => [memberId, { partitions }]));
    },
    onAssignment(assignment, generationId) {
      held = assignment.partitions;
      generation = generationId;
    },
  };
}

function claimOf(member: GroupMember): Claim {
  const fromUserData = member.userData === null ? undefined : decodeHeld(member.userData);
  const { partitions, generationId } = fromUserData ?? { partitions: member.ownedPartitions, generationId: member.generationId };
  return { memberId: member.memberId, generationId, partitions };
}

export function encodeHeld(partitions: readonly TopicPartition[], generationId: number): Buffer {
  const writer = new ByteWriter();
  const byTopic = groupByTopic(partitions);
  writer.int32(byTopic.size);
  for (const [topic, entries] of byTopic) {
    writer.int16(Buffer.byteLength(topic));
    writer.utf8(topic);
    writer.int32(entries.length);
    for (const entry of entries) writer.int32(entry.partition);
  }
  writer.int32(generationId);
  return writer.toBuffer();
}

/** Undefined for bytes of another make. Version 0 has no generation. */
export function decodeHeld(bytes: Buffer): { readonly partitions: TopicPartition[]; readonly generationId: number } | undefined {
  try {
    const reader = new ByteReader(bytes);
    const partitions: TopicPartition[] = [];
    for (let topics = reader.int32(); topics > 0; topics--) {
      const topic = reader.utf8(reader.int16());
      for (let left = reader.int32(); left > 0; left--) partitions.push({ topic, partition: reader.int32() });
    }
    return { partitions, generationId: reader.remaining >= 4 ? reader.int32() : NO_GENERATION };
  } catch (error) {
    if (!(error instanceof MalformedBytesError)) throw error;
    return undefined;
  }
}
