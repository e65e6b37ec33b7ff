import { ErrorCode, NIL_UUID } from "@ottla/protocol";
import type { TimerChange } from "../../coordinator/coordinator-spec.ts";
import { CONSUMER_PROTOCOL_TYPE } from "../classic/classic-group.ts";
import type { GroupTimer } from "../classic/group-decision.ts";
import { checkGeneration } from "../classic/member-check.ts";
import { checkEpochCommit } from "../consumer/commit-check.ts";
import { groupTombstones } from "../consumer/tombstones.ts";
import type { Group } from "../group.ts";
import { checkTaskCommit } from "../streams/streams-commit-check.ts";
import { streamsTombstones } from "../streams/streams-tombstones.ts";
import type { CommittedOffset, GroupRecord } from "../group-records.ts";
import type { CommittedOffsets, OffsetWalk } from "./committed-offsets.ts";

export interface OffsetCommitInput {
  readonly groupId: string;
  readonly memberId: string;
  readonly groupInstanceId: string | null;
  /** -1 for a commit outside of group membership. */
  readonly generationId: number;
  /** -1 for the broker's retention. */
  readonly retentionMs: number;
  /** True of OffsetCommit below version 9, which members of consumer groups must not send. */
  readonly isBeforeMemberEpochs?: boolean;
  /** What a member of a group that does not exist is told: it depends on the request's version. */
  readonly unknownGroupErrorCode: number;
  readonly topics: readonly OffsetCommitTopic[];
}

/** As {@link OffsetCommitInput}, by a transaction: the offsets are pending until it ends. */
export type TransactionalCommitInput = Omit<OffsetCommitInput, "retentionMs">;

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

/** `errorCode` other than NONE stands for the whole request; then `topics` is empty. */
export interface OffsetsAnswer {
  readonly errorCode: number;
  readonly topics: readonly TopicResult[];
}

interface TopicResult {
  readonly name: string;
  readonly topicId: string;
  readonly partitions: readonly { readonly partitionIndex: number; readonly errorCode: number }[];
}

/** Either the whole request is refused, or `records` are to be written before `topics` is answered. */
export type OffsetDecision =
  | { readonly kind: "refused"; readonly errorCode: number }
  | {
      readonly kind: "accepted";
      readonly records: readonly GroupRecord[];
      readonly isPartial: boolean;
      readonly timers: readonly TimerChange<GroupTimer>[];
      readonly topics: readonly TopicResult[];
    };

/** Tombstones for one group; `isPartial`: there is more to be looked at than one step should, from where its walk has got to. */
export interface Removal {
  readonly records: readonly GroupRecord[];
  readonly isPartial: boolean;
}

/** What one step may do. */
export interface StepBounds {
  readonly tombstonesMax: number;
  /** Offsets that are looked at. */
  readonly lookedAtMax: number;
}

/** Making, encoding and applying so many takes about 10 ms. */
const TOMBSTONES_PER_STEP = 5000;
/** So many take about 2 ms. */
const LOOKED_AT_PER_STEP = 20_000;
const STEP: StepBounds = { tombstonesMax: TOMBSTONES_PER_STEP, lookedAtMax: LOOKED_AT_PER_STEP };

/** OffsetCommit: by a member of the current generation, or by anyone while the group has no members. */
export function decideOffsetCommit(
  group: Group | undefined,
  request: OffsetCommitInput,
  metadataLengthMax: number,
  nowMs: number,
): OffsetDecision {
  const errorCode = checkCommitter(group, request);
  if (errorCode !== ErrorCode.NONE) return { kind: "refused", errorCode };
  const expireTimestampMs = request.retentionMs === -1 ? -1 : nowMs + request.retentionMs;
  const { records, topics } = recordsOf(request, { expireTimestampMs, metadataLengthMax, nowMs });
  return { kind: "accepted", records, isPartial: false, timers: sessionKept(group, request.memberId), topics };
}

/**
 * TxnOffsetCommit: as {@link decideOffsetCommit}, but in any state of the group, since members that send nothing of themselves (before version 3) commit too, and a
 * rebalance does not stop a transaction. It does not keep anybody's session.
 */
export function decideTransactionalCommit(
  group: Group | undefined,
  request: TransactionalCommitInput,
  producerId: number,
  metadataLengthMax: number,
  nowMs: number,
): OffsetDecision {
  const errorCode = checkTransactionalCommitter(group, request);
  if (errorCode !== ErrorCode.NONE) return { kind: "refused", errorCode };
  const { records, topics } = recordsOf(request, { expireTimestampMs: -1, metadataLengthMax, nowMs, producerId });
  return { kind: "accepted", records, isPartial: false, timers: [], topics };
}

function recordsOf(
  request: TransactionalCommitInput,
  { expireTimestampMs, metadataLengthMax, nowMs, producerId }: CommitTerms,
): { readonly records: GroupRecord[]; readonly topics: TopicResult[] } {
  const records: GroupRecord[] = [];
  const transaction = producerId === undefined ? undefined : { producerId };
  const topics = request.topics.map(({ name, topicId, partitions }) => ({
    name,
    topicId,
    partitions: partitions.map(({ partitionIndex, committedOffset, committedLeaderEpoch, committedMetadata }) => {
      const metadata = committedMetadata ?? "";
      // Kafka keeps any number; ours only what it can give back exactly.
      if (!Number.isSafeInteger(committedOffset)) return { partitionIndex, errorCode: ErrorCode.OFFSET_OUT_OF_RANGE };
      if (metadata.length > metadataLengthMax) return { partitionIndex, errorCode: ErrorCode.OFFSET_METADATA_TOO_LARGE };
      const value: CommittedOffset = {
        offset: committedOffset,
        leaderEpoch: committedLeaderEpoch,
        metadata,
        commitTimestampMs: nowMs,
        expireTimestampMs,
        topicId,
      };
      records.push({ kind: "offset", groupId: request.groupId, topic: name, partition: partitionIndex, value, ...transaction });
      return { partitionIndex, errorCode: ErrorCode.NONE };
    }),
  }));
  return { records, topics };
}

interface CommitTerms {
  readonly expireTimestampMs: number;
  readonly metadataLengthMax: number;
  readonly nowMs: number;
  readonly producerId?: number;
}

function checkTransactionalCommitter(group: Group | undefined, request: TransactionalCommitInput): number {
  const { memberId, groupInstanceId, generationId } = request;
  if (!group) return generationId < 0 ? ErrorCode.NONE : request.unknownGroupErrorCode;
  if (generationId < 0 && group.state === "Empty") return ErrorCode.NONE;
  if (group.type === "classic") {
    const saysWho = generationId >= 0 || memberId !== "" || groupInstanceId !== null;
    return saysWho ? checkGeneration(group, memberId, groupInstanceId, generationId) : ErrorCode.NONE;
  }
  if (group.type === "streams" && generationId === -1 && memberId === "" && groupInstanceId === null) return ErrorCode.NONE;
  const commit = { memberId, generationId, topics: request.topics };
  const errorCode = group.type === "streams" ? checkTaskCommit(group, commit) : checkEpochCommit(group, commit);
  // Versions that know of no group that is not there know of no member epochs either.
  const knowsEpochs = request.unknownGroupErrorCode === ErrorCode.GROUP_ID_NOT_FOUND;
  return errorCode === ErrorCode.STALE_MEMBER_EPOCH && !knowsEpochs ? ErrorCode.ILLEGAL_GENERATION : errorCode;
}

function checkCommitter(group: Group | undefined, request: OffsetCommitInput): number {
  const { memberId, groupInstanceId, generationId } = request;
  if (!group) return generationId < 0 ? ErrorCode.NONE : request.unknownGroupErrorCode;
  if (generationId < 0 && group.state === "Empty") return ErrorCode.NONE;
  if (generationId < 0 && memberId === "" && groupInstanceId === null) return ErrorCode.UNKNOWN_MEMBER_ID;
  if (group.type === "consumer") return checkEpochCommit(group, request);
  if (group.type === "streams") return checkTaskCommit(group, request);
  const errorCode = checkGeneration(group, memberId, groupInstanceId, generationId);
  if (errorCode !== ErrorCode.NONE) return errorCode;
  // The member knows of the new generation but has no assignment yet: what it would commit belongs to the old one.
  return group.state === "CompletingRebalance" ? ErrorCode.REBALANCE_IN_PROGRESS : ErrorCode.NONE;
}

/** A commit shows that its member lives. */
function sessionKept(group: Group | undefined, memberId: string): TimerChange<GroupTimer>[] {
  if (group?.type !== "classic" || (group.state !== "Stable" && group.state !== "PreparingRebalance")) return [];
  const member = group.members.get(memberId);
  return member ? [{ timer: { kind: "session", memberId }, delayMs: member.sessionTimeoutMs }] : [];
}

/** OffsetDelete: never for topics that the group's members are subscribed to. While there is more to remove, `topics` is empty. */
export function decideOffsetDelete(
  group: Group | undefined,
  offsets: CommittedOffsets,
  topics: readonly { readonly name: string; readonly partitions: readonly { readonly partitionIndex: number }[] }[],
  tombstonesMax: number = TOMBSTONES_PER_STEP,
): OffsetDecision {
  if (!group) return { kind: "refused", errorCode: ErrorCode.GROUP_ID_NOT_FOUND };
  if (group.state !== "Empty" && group.type === "classic" && group.protocolType !== CONSUMER_PROTOCOL_TYPE)
    return { kind: "refused", errorCode: ErrorCode.NON_EMPTY_GROUP };
  const records = new Map<string, GroupRecord>();
  for (const { name, partitions } of topics) {
    if (isSubscribed(group, name)) continue;
    for (const { partitionIndex } of partitions) {
      if (!offsets.get(group.groupId, name, partitionIndex) && !offsets.pending.has(group.groupId, name, partitionIndex)) continue;
      if (records.size === tombstonesMax)
        return { kind: "accepted", records: [...records.values()], isPartial: true, timers: [], topics: [] };
      records.set(`${partitionIndex} ${name}`, offsetTombstone(group.groupId, name, partitionIndex));
    }
  }
  const results = topics.map(({ name, partitions }) => {
    const errorCode = isSubscribed(group, name) ? ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC : ErrorCode.NONE;
    return { name, topicId: NIL_UUID, partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode })) };
  });
  return { kind: "accepted", records: [...records.values()], isPartial: false, timers: [], topics: results };
}

/** DeleteGroups: an empty group goes with all its offsets. NONE, or why it may not. */
export function checkGroupDelete(group: Group | undefined): number {
  if (!group) return ErrorCode.GROUP_ID_NOT_FOUND;
  return group.state === "Empty" ? ErrorCode.NONE : ErrorCode.NON_EMPTY_GROUP;
}

/** All that the log has of a group; the group itself goes last. */
export function decideGroupDelete(group: Group, offsets: CommittedOffsets, bounds: StepBounds = STEP): Removal {
  // Each step from the start: what was committed since the one before goes too, and what was looked at is gone.
  const removal = removeEverywhere(group.groupId, offsets, offsets.walk(group.groupId), bounds, () => true);
  return removal.isPartial ? removal : { ...removal, records: [...removal.records, ...tombstonesOf(group)] };
}

/**
 * What retention takes from one group: offsets whose time is over, then the group itself once it is empty and has none left.
 * An empty group's offsets live `retentionMs` from the moment it became empty; those of topics that an active consumer group no longer
 * subscribes to, and of simple groups, from their commit. What a transaction is about to move stays, and its group too. Source: KIP-211, KIP-496.
 * `walk` is given again until the removal is whole.
 */
export function decideExpiry(
  group: Group,
  offsets: CommittedOffsets,
  retentionMs: number,
  nowMs: number,
  walk: OffsetWalk = offsets.walk(group.groupId),
  bounds: StepBounds = STEP,
): Removal {
  const { groupId } = group;
  const { pending } = offsets;
  const isToGo = (topic: string, offset: CommittedOffset, partition: number): boolean =>
    isExpired(group, topic, offset, retentionMs, nowMs) && !pending.has(groupId, topic, partition);
  const removal = removeOffsets(groupId, walk, bounds, isToGo);
  const isLeft = removal.isPartial || offsets.hasMoreThan(removal.records.length, groupId) || pending.hasAnyOf(groupId);
  const isAwaited = group.type === "classic" && group.members.pendingCount > 0;
  const isOver = !isLeft && group.state === "Empty" && !isAwaited;
  return isOver ? { ...removal, records: [...removal.records, ...tombstonesOf(group)] } : removal;
}

function isExpired(group: Group, topic: string, offset: CommittedOffset, retentionMs: number, nowMs: number): boolean {
  const sinceMs = retainedSinceMs(group, offset);
  if (sinceMs === null || isSubscribed(group, topic)) return false;
  return offset.expireTimestampMs === -1 ? nowMs - sinceMs >= retentionMs : nowMs >= offset.expireTimestampMs;
}

/** When an offset's retention began; `null` while the group keeps it alive. */
function retainedSinceMs(group: Group, offset: CommittedOffset): number | null {
  if (group.type !== "classic" || group.protocolType === null) return offset.commitTimestampMs;
  if (group.state === "Empty") return group.stateTimestampMs === -1 ? offset.commitTimestampMs : group.stateTimestampMs;
  const knowsTopics = group.protocolType === CONSUMER_PROTOCOL_TYPE && group.subscribedTopics !== null;
  return group.state === "Stable" && knowsTopics ? offset.commitTimestampMs : null;
}

/** Where subscriptions cannot be read, a consumer group counts as subscribed to everything. */
function isSubscribed(group: Group, topic: string): boolean {
  if (group.type === "consumer") return group.subscriptions.topics.has(topic);
  if (group.type === "streams") return group.isSubscribedTo(topic);
  return group.subscribedTopics?.has(topic) ?? group.protocolType === CONSUMER_PROTOCOL_TYPE;
}

/** A group's offsets of topics that are gone go too. `topicId` is the one they were committed with; a topic of that name may have another by now. `walk` is given again until the removal is whole. */
export function decideTopicCleanup(
  groupId: string,
  offsets: CommittedOffsets,
  isGone: (topic: string, topicId: string) => boolean,
  walk: OffsetWalk = offsets.walk(groupId),
  bounds: StepBounds = STEP,
): Removal {
  return removeEverywhere(groupId, offsets, walk, bounds, (topic, { topicId }) => isGone(topic, topicId));
}

/** Removes what is pending too: a tombstone takes both. */
function removeEverywhere(
  groupId: string,
  offsets: CommittedOffsets,
  walk: OffsetWalk,
  bounds: StepBounds,
  isToGo: (topic: string, offset: CommittedOffset) => boolean,
): Removal {
  const removal = removeOffsets(groupId, walk, bounds, isToGo);
  if (removal.isPartial || !offsets.pending.hasAnyOf(groupId)) return removal;
  const records = [...removal.records];
  for (const { topic, partition, value } of offsets.pending.of(groupId)) {
    if (offsets.get(groupId, topic, partition) || !isToGo(topic, value)) continue;
    if (records.length >= bounds.tombstonesMax) return { records, isPartial: true };
    records.push(offsetTombstone(groupId, topic, partition));
  }
  return { records, isPartial: false };
}

/** What is looked at and stays is not looked at again by the steps that follow. */
function removeOffsets(
  groupId: string,
  walk: OffsetWalk,
  { tombstonesMax, lookedAtMax }: StepBounds,
  isToGo: (topic: string, offset: CommittedOffset, partition: number) => boolean,
): Removal {
  const records: GroupRecord[] = [];
  for (let lookedAt = 0; lookedAt < lookedAtMax && records.length < tombstonesMax; lookedAt++) {
    const next = walk.next();
    if (next.done === true) return { records, isPartial: false };
    const { topic, partition, offset } = next.value;
    if (isToGo(topic, offset, partition)) records.push(offsetTombstone(groupId, topic, partition));
  }
  return { records, isPartial: true };
}

function offsetTombstone(groupId: string, topic: string, partition: number): GroupRecord {
  return { kind: "offset", groupId, topic, partition, value: null };
}

function tombstonesOf(group: Group): GroupRecord[] {
  const { groupId } = group;
  if (group.type === "consumer") return groupTombstones(group).map((part) => ({ kind: "consumer", groupId, part }));
  if (group.type === "streams") return streamsTombstones(group).map((part) => ({ kind: "streams", groupId, part }));
  return [{ kind: "group", groupId, value: null }];
}
