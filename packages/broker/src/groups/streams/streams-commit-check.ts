import { ErrorCode } from "@ottla/protocol";
import type { StreamsGroup } from "./streams-group.ts";
import type { StreamsMember } from "./streams-member.ts";

/** Who commits what, by a member epoch. */
interface TaskCommit {
  readonly memberId: string;
  readonly generationId: number;
  readonly isBeforeMemberEpochs?: boolean;
  readonly topics: readonly { readonly name: string; readonly partitions: readonly { readonly partitionIndex: number }[] }[];
}

/**
 * Whether a member of a streams group may commit: at its epoch, or at an older one for inputs of tasks that it has had since then. NONE, UNKNOWN_MEMBER_ID, UNSUPPORTED_VERSION or
 * STALE_MEMBER_EPOCH.
 */
export function checkTaskCommit(group: StreamsGroup, { memberId, generationId, isBeforeMemberEpochs, topics }: TaskCommit): number {
  const member = group.members.get(memberId);
  if (!member) return ErrorCode.UNKNOWN_MEMBER_ID;
  if (isBeforeMemberEpochs) return ErrorCode.UNSUPPORTED_VERSION;
  if (generationId === member.memberEpoch) return ErrorCode.NONE;
  const isCovered =
    generationId < member.memberEpoch &&
    topics.every(({ name, partitions }) =>
      partitions.every(({ partitionIndex }) => hasSince(group, member, name, partitionIndex, generationId)),
    );
  return isCovered ? ErrorCode.NONE : ErrorCode.STALE_MEMBER_EPOCH;
}

function hasSince(
  { sourceTopics }: StreamsGroup,
  { assigned, pendingRevocation }: StreamsMember,
  topic: string,
  partition: number,
  epoch: number,
): boolean {
  const subtopologyId = sourceTopics.get(topic);
  if (subtopologyId === undefined) return false;
  const since = assigned.active.get(subtopologyId)?.get(partition) ?? pendingRevocation.active.get(subtopologyId)?.get(partition);
  return since !== undefined && epoch >= since;
}

/** Whether a member may fetch offsets: at its epoch; and anybody who says that it is no member. NONE, UNKNOWN_MEMBER_ID or STALE_MEMBER_EPOCH. */
export function checkTaskFetch(group: StreamsGroup, memberId: string | null, memberEpoch: number): number {
  if (memberId === null && memberEpoch < 0) return ErrorCode.NONE;
  const member = group.members.get(memberId ?? "");
  if (!member) return ErrorCode.UNKNOWN_MEMBER_ID;
  return memberEpoch === member.memberEpoch ? ErrorCode.NONE : ErrorCode.STALE_MEMBER_EPOCH;
}
