import { ErrorCode, NIL_UUID } from "@ottla/protocol";
import { type ClassicGroup, CONSUMER_PROTOCOL_TYPE } from "./classic-group.ts";
import type { CommittedOffsets } from "./committed-offsets.ts";
import type { CommittedOffset, CoordinatorRecord } from "./coordinator-records.ts";
import type { TimerChange } from "./group-decision.ts";
import { checkGeneration } from "./member-check.ts";

export interface OffsetCommitInput {
  readonly groupId: string;
  readonly memberId: string;
  readonly groupInstanceId: string | null;
  /** -1 for a commit outside of group membership. */
  readonly generationId: number;
  /** -1 for the broker's retention. */
  readonly retentionMs: number;
  /** What a member of a group that does not exist is told: it depends on the request's version. */
  readonly unknownGroupErrorCode: number;
  readonly topics: readonly OffsetCommitTopic[];
}

export interface OffsetCommitTopic {
  readonly name: string;
  readonly topicId: string;
  readonly partitions: readonly {
    readonly partitionIndex: number;
    readonly committedOffset: number;
    readonly committedLeaderEpoch: number;
    readonly committedMetadata: string | null;
  }[];
}

export interface TopicResult {
  readonly name: string;
  readonly topicId: string;
  readonly partitions: readonly { readonly partitionIndex: number; readonly errorCode: number }[];
}

/** Either the whole request is refused, or `records` are to be written before `topics` is answered. */
export type OffsetDecision =
  | { readonly kind: "refused"; readonly errorCode: number }
  | {
      readonly kind: "accepted";
      readonly records: readonly CoordinatorRecord[];
      readonly timers: readonly TimerChange[];
      readonly topics: readonly TopicResult[];
    };

/** OffsetCommit: by a member of the current generation, or by anyone while the group has no members. */
export function decideOffsetCommit(
  group: ClassicGroup | undefined,
  request: OffsetCommitInput,
  metadataLengthMax: number,
  nowMs: number,
): OffsetDecision {
  const errorCode = checkCommitter(group, request);
  if (errorCode !== ErrorCode.NONE) return { kind: "refused", errorCode };
  const expireTimestampMs = request.retentionMs === -1 ? -1 : nowMs + request.retentionMs;
  const records: CoordinatorRecord[] = [];
  const topics = request.topics.map(({ name, topicId, partitions }) => ({
    name,
    topicId,
    partitions: partitions.map(({ partitionIndex, committedOffset, committedLeaderEpoch, committedMetadata }) => {
      const metadata = committedMetadata ?? "";
      if (metadata.length > metadataLengthMax) return { partitionIndex, errorCode: ErrorCode.OFFSET_METADATA_TOO_LARGE };
      const value: CommittedOffset = {
        offset: committedOffset,
        leaderEpoch: committedLeaderEpoch,
        metadata,
        commitTimestampMs: nowMs,
        expireTimestampMs,
        topicId,
      };
      records.push({ kind: "offset", groupId: request.groupId, topic: name, partition: partitionIndex, value });
      return { partitionIndex, errorCode: ErrorCode.NONE };
    }),
  }));
  return { kind: "accepted", records, timers: sessionKept(group, request.memberId), topics };
}

function checkCommitter(group: ClassicGroup | undefined, request: OffsetCommitInput): number {
  const { memberId, groupInstanceId, generationId } = request;
  if (!group) return generationId < 0 ? ErrorCode.NONE : request.unknownGroupErrorCode;
  if (generationId < 0 && group.state === "Empty") return ErrorCode.NONE;
  if (generationId < 0 && memberId === "" && groupInstanceId === null) return ErrorCode.UNKNOWN_MEMBER_ID;
  const errorCode = checkGeneration(group, memberId, groupInstanceId, generationId);
  if (errorCode !== ErrorCode.NONE) return errorCode;
  // The member knows of the new generation but has no assignment yet: what it would commit belongs to the old one.
  return group.state === "CompletingRebalance" ? ErrorCode.REBALANCE_IN_PROGRESS : ErrorCode.NONE;
}

/** A commit shows that its member lives. */
function sessionKept(group: ClassicGroup | undefined, memberId: string): TimerChange[] {
  if (group?.state !== "Stable" && group?.state !== "PreparingRebalance") return [];
  const member = group.members.get(memberId);
  return member ? [{ timer: { kind: "session", memberId }, delayMs: member.sessionTimeoutMs }] : [];
}

/** OffsetDelete: never for topics that the group's members are subscribed to (trap G6). */
export function decideOffsetDelete(
  group: ClassicGroup | undefined,
  offsets: CommittedOffsets,
  topics: readonly { readonly name: string; readonly partitions: readonly { readonly partitionIndex: number }[] }[],
): OffsetDecision {
  if (!group) return { kind: "refused", errorCode: ErrorCode.GROUP_ID_NOT_FOUND };
  if (group.state !== "Empty" && group.protocolType !== CONSUMER_PROTOCOL_TYPE)
    return { kind: "refused", errorCode: ErrorCode.NON_EMPTY_GROUP };
  const records: CoordinatorRecord[] = [];
  const results = topics.map(({ name, partitions }) => {
    const errorCode = isSubscribed(group, name) ? ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC : ErrorCode.NONE;
    for (const { partitionIndex } of partitions) {
      if (errorCode !== ErrorCode.NONE || !offsets.get(group.groupId, name, partitionIndex)) continue;
      records.push(offsetTombstone(group.groupId, name, partitionIndex));
    }
    return { name, topicId: NIL_UUID, partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode })) };
  });
  return { kind: "accepted", records, timers: [], topics: results };
}

/** DeleteGroups: an empty group goes with all its offsets. */
export function decideGroupDelete(
  group: ClassicGroup | undefined,
  offsets: CommittedOffsets,
): { readonly errorCode: number; readonly records: readonly CoordinatorRecord[] } {
  if (!group) return { errorCode: ErrorCode.GROUP_ID_NOT_FOUND, records: [] };
  if (group.state !== "Empty") return { errorCode: ErrorCode.NON_EMPTY_GROUP, records: [] };
  const records: CoordinatorRecord[] = [];
  for (const [topic, partitions] of offsets.of(group.groupId)) {
    for (const partition of partitions.keys()) records.push(offsetTombstone(group.groupId, topic, partition));
  }
  records.push({ kind: "group", groupId: group.groupId, value: null });
  return { errorCode: ErrorCode.NONE, records };
}

/**
 * What retention takes from one group: offsets whose time is over, then the group itself once it is empty and has none left.
 * An empty group's offsets live `retentionMs` from the moment it became empty; those of topics that an active consumer group no longer
 * subscribes to, and of simple groups, from their commit. Source: KIP-211, KIP-496.
 */
export function decideExpiry(group: ClassicGroup, offsets: CommittedOffsets, retentionMs: number, nowMs: number): CoordinatorRecord[] {
  const records: CoordinatorRecord[] = [];
  let isAnyLeft = false;
  for (const [topic, partitions] of offsets.of(group.groupId)) {
    for (const [partition, offset] of partitions) {
      if (isExpired(group, topic, offset, retentionMs, nowMs)) records.push(offsetTombstone(group.groupId, topic, partition));
      else isAnyLeft = true;
    }
  }
  if (!isAnyLeft && group.state === "Empty" && group.pendingMemberIds.size === 0) {
    records.push({ kind: "group", groupId: group.groupId, value: null });
  }
  return records;
}

function isExpired(group: ClassicGroup, topic: string, offset: CommittedOffset, retentionMs: number, nowMs: number): boolean {
  const sinceMs = retainedSinceMs(group, offset);
  if (sinceMs === null || isSubscribed(group, topic)) return false;
  return offset.expireTimestampMs === -1 ? nowMs - sinceMs >= retentionMs : nowMs >= offset.expireTimestampMs;
}

/** When an offset's retention began; `null` while the group keeps it alive. */
function retainedSinceMs(group: ClassicGroup, offset: CommittedOffset): number | null {
  if (group.protocolType === null) return offset.commitTimestampMs;
  if (group.state === "Empty") return group.stateTimestampMs === -1 ? offset.commitTimestampMs : group.stateTimestampMs;
  const knowsTopics = group.protocolType === CONSUMER_PROTOCOL_TYPE && group.subscribedTopics !== null;
  return group.state === "Stable" && knowsTopics ? offset.commitTimestampMs : null;
}

/** Where subscriptions cannot be read, a consumer group counts as subscribed to everything. */
function isSubscribed(group: ClassicGroup, topic: string): boolean {
  return group.subscribedTopics?.has(topic) ?? group.protocolType === CONSUMER_PROTOCOL_TYPE;
}

/** Offsets of topics that are gone go too. `topicId` is the one they were committed with; a topic of that name may have another by now. */
export function decideTopicCleanup(offsets: CommittedOffsets, isGone: (topic: string, topicId: string) => boolean): CoordinatorRecord[] {
  const records: CoordinatorRecord[] = [];
  for (const groupId of offsets.groupIds()) {
    for (const [topic, partitions] of offsets.of(groupId)) {
      for (const [partition, { topicId }] of partitions) {
        if (isGone(topic, topicId)) records.push(offsetTombstone(groupId, topic, partition));
      }
    }
  }
  return records;
}

function offsetTombstone(groupId: string, topic: string, partition: number): CoordinatorRecord {
  return { kind: "offset", groupId, topic, partition, value: null };
}
