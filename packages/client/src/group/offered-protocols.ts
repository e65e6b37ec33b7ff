import { ByteReader } from "@ottla/base";
import type { TopicPartition } from "../topic-partition.ts";
import type { Assignor } from "./assignor.ts";
import { type Assignment, decodeAssignment, encodeSubscription, readable } from "./consumer-protocol.ts";
import type { JoinParameters } from "./group-calls.ts";

/** What a member says of itself to whoever leads the group. */
export interface Offer {
  readonly topics: readonly string[];
  readonly owned: readonly TopicPartition[];
  /** −1: no member, which owns nothing. */
  readonly generationId: number;
  readonly rack: string | undefined;
}

/** The member's subscription by each of its assignors, as a join has it. */
export function offeredProtocols(
  assignors: readonly Assignor[],
  { topics, owned, generationId, rack }: Offer,
): JoinParameters["protocols"] {
  const ownedPartitions = generationId < 0 ? [] : owned;
  return assignors.map((assignor) => {
    const userData = assignor.subscriptionUserData?.(topics) ?? null;
    return { name: assignor.name, metadata: encodeSubscription({ topics, userData, ownedPartitions, generationId, rackId: rack }) };
  });
}

/** What the leader assigned, from the answer to a sync; without bytes nothing. Throws `ClientError` BAD_RESPONSE. */
export function readAssignment(groupId: string, bytes: Buffer): Assignment {
  if (bytes.length === 0) return { partitions: [], userData: null };
  return readable(`What the leader of group "${groupId}" assigned`, () => decodeAssignment(new ByteReader(bytes)));
}
