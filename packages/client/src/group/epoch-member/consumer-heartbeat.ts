import type { ConsumerGroupHeartbeatRequest } from "@ottla/protocol/apis/consumer-group-heartbeat";
import { areSamePartitions, NO_PARTITIONS, type TopicIdPartitions } from "../topic-id-partitions.ts";
import { type AssignmentKind, type MemberState, onTold } from "./member-state.ts";

/** What a member tells of itself. */
export interface MemberProfile {
  readonly instanceId: string | undefined;
  readonly rack: string | undefined;
  readonly rebalanceTimeoutMs: number;
  readonly assignor: string | undefined;
  /** In order of names. */
  readonly topics: readonly string[];
  /** Matched by the coordinator, beside the topics. */
  readonly pattern: string | undefined;
}

/** The parts of a heartbeat that are left out while the coordinator knows them. */
export interface Told {
  readonly rebalanceTimeoutMs: number | undefined;
  readonly assignor: string | undefined;
  readonly topics: readonly string[] | undefined;
  readonly pattern: string | undefined;
  readonly owned: TopicIdPartitions | undefined;
}

/** A member of a consumer group (KIP-848). */
export type ConsumerMemberState = MemberState<TopicIdPartitions, Told>;

export const consumerAssignments: AssignmentKind<TopicIdPartitions> = { none: NO_PARTITIONS, areSame: areSamePartitions };

/** The fields of the next heartbeat, and the state once it was sent. Fields that the coordinator knows are null (a delta). */
export function nextHeartbeat(
  state: ConsumerMemberState,
  groupId: string,
  profile: MemberProfile,
): { readonly request: Partial<ConsumerGroupHeartbeatRequest>; readonly state: ConsumerMemberState } {
  const { told, owned } = state;
  const isJoin = state.phase === "joining";
  const areTopicsNews = isJoin || told.topics === undefined || !areSameTexts(told.topics, profile.topics);
  const isPatternNews = profile.pattern !== undefined ? isJoin || told.pattern !== profile.pattern : told.pattern !== undefined;
  const isOwnedNews = isJoin || told.owned === undefined || !areSamePartitions(told.owned, owned);
  const request: Partial<ConsumerGroupHeartbeatRequest> = {
    groupId,
    memberId: state.memberId,
    memberEpoch: state.memberEpoch,
    instanceId: profile.instanceId ?? null,
    rackId: isJoin ? (profile.rack ?? null) : null,
    rebalanceTimeoutMs: isJoin || told.rebalanceTimeoutMs !== profile.rebalanceTimeoutMs ? profile.rebalanceTimeoutMs : -1,
    subscribedTopicNames: areTopicsNews ? profile.topics : null,
    subscribedTopicRegex: isPatternNews ? (profile.pattern ?? "") : null,
    serverAssignor: isJoin || told.assignor !== profile.assignor ? (profile.assignor ?? null) : null,
    topicPartitions: isOwnedNews
      ? [...owned].map(([topicId, partitions]) => ({ topicId, partitions, unknownTaggedFields: undefined }))
      : null,
  };
  const { rebalanceTimeoutMs, assignor, topics, pattern } = profile;
  return { request, state: onTold(state, { rebalanceTimeoutMs, assignor, topics, pattern, owned }) };
}

function areSameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, i) => text === b[i]);
}
