import { ErrorCode } from "@ottla/protocol";
import type { ConsumerGroup } from "./consumer-group.ts";
import type { ConsumerMember } from "./consumer-member.ts";

/** Who commits what, by a member epoch or, for classic members, a generation. */
interface EpochCommit {
  readonly memberId: string;
  readonly generationId: number;
  readonly isBeforeMemberEpochs?: boolean;
  readonly topics: readonly { readonly topicId: string; readonly partitions: readonly { readonly partitionIndex: number }[] }[];
}

/**
 * Whether a member of a consumer group may commit: at its epoch, or at an older one for partitions that it has had since then (KIP-1251). NONE, UNKNOWN_MEMBER_ID,
 * UNSUPPORTED_VERSION, STALE_MEMBER_EPOCH or, to classic members, ILLEGAL_GENERATION.
 */
export function checkEpochCommit(group: ConsumerGroup, { memberId, generationId, isBeforeMemberEpochs, topics }: EpochCommit): number {
  const member = group.members.get(memberId);
  if (!member) return ErrorCode.UNKNOWN_MEMBER_ID;
  if (member.classic === null && isBeforeMemberEpochs) return ErrorCode.UNSUPPORTED_VERSION;
  if (generationId === member.memberEpoch) return ErrorCode.NONE;
  const isCovered =
    generationId < member.memberEpoch &&
    topics.every(({ topicId, partitions }) =>
      partitions.every(({ partitionIndex }) => isHeldSince(member, topicId, partitionIndex, generationId)),
    );
  return isCovered ? ErrorCode.NONE : epochError(member);
}

function isHeldSince({ assigned, pendingRevocation }: ConsumerMember, topicId: string, partition: number, epoch: number): boolean {
  const since = assigned.get(topicId)?.get(partition) ?? pendingRevocation.get(topicId)?.get(partition);
  return since !== undefined && epoch >= since;
}

/**
 * Whether a member may fetch offsets: at its epoch; and anybody who says that it is no member. NONE, UNKNOWN_MEMBER_ID, STALE_MEMBER_EPOCH or, to classic members,
 * ILLEGAL_GENERATION.
 */
export function checkEpochFetch(group: ConsumerGroup, memberId: string | null, memberEpoch: number): number {
  if (memberId === null && memberEpoch < 0) return ErrorCode.NONE;
  const member = group.members.get(memberId ?? "");
  if (!member) return ErrorCode.UNKNOWN_MEMBER_ID;
  return memberEpoch === member.memberEpoch ? ErrorCode.NONE : epochError(member);
}

function epochError({ classic }: ConsumerMember): number {
  return classic ? ErrorCode.ILLEGAL_GENERATION : ErrorCode.STALE_MEMBER_EPOCH;
}
