import { ErrorCode, KafkaError } from "@ottla/protocol";
import type { ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse } from "@ottla/protocol/apis/consumer-group-heartbeat";
import { areSamePartitions, NO_PARTITIONS, type TopicIdPartitions, topicIdPartitions } from "../topic-id-partitions.ts";

/** Where a member of a consumer group stands (KIP-848). */
type MemberPhase =
  /** In no group; it joins when the application asks for records. */
  | "outside"
  /** Says all about itself under epoch 0. */
  | "joining"
  /** Is to own something else than it owns: the consumer has to revoke and assign. */
  | "reconciling"
  /** The consumer did so; the coordinator is to hear of it at once. */
  | "acknowledging"
  | "stable"
  /** The group has gone on without it: what it owned is lost, and only then may it join again. */
  | "lost"
  | "failed";

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
interface Told {
  readonly rebalanceTimeoutMs?: number | undefined;
  readonly assignor?: string | undefined;
  readonly topics?: readonly string[] | undefined;
  readonly pattern?: string | undefined;
  readonly owned?: TopicIdPartitions | undefined;
}

/** All that a member knows of its place in the group. Never changed: each function below gives the next one. */
export interface MemberState {
  readonly phase: MemberPhase;
  readonly memberId: string;
  /** 0: joining; −1: no member. */
  readonly memberEpoch: number;
  /** Counts the times it joined: answers to heartbeats of an earlier time mean nothing. */
  readonly joins: number;
  /** What the coordinator wants it to own. */
  readonly target: TopicIdPartitions;
  /** What it owns. */
  readonly owned: TopicIdPartitions;
  readonly told: Told;
  readonly failure: Error | undefined;
}

const NO_EPOCH = -1;
const JOIN_EPOCH = 0;
/** How a member says farewell; a static one only goes away for a while. */
export const LEAVE_EPOCH = -1;
export const LEAVE_STATIC_EPOCH = -2;

export function memberOutside(memberId: string): MemberState {
  return {
    phase: "outside",
    memberId,
    memberEpoch: NO_EPOCH,
    joins: 0,
    target: NO_PARTITIONS,
    owned: NO_PARTITIONS,
    told: {},
    failure: undefined,
  };
}

/** From outside: says all with the next heartbeat. */
export function join(state: MemberState): MemberState {
  return { ...memberOutside(state.memberId), phase: "joining", memberEpoch: JOIN_EPOCH, joins: state.joins + 1 };
}

/** A member that takes part: its heartbeats go on. */
export function takesPart({ phase }: MemberState): boolean {
  return phase !== "outside" && phase !== "lost" && phase !== "failed";
}

/** The coordinator is to hear from it at once. */
export function isUrgent({ phase }: MemberState): boolean {
  return phase === "joining" || phase === "acknowledging";
}

/** The fields of the next heartbeat, and the state once it was sent. Fields that the coordinator knows are null (a delta). */
export function nextHeartbeat(
  state: MemberState,
  groupId: string,
  profile: MemberProfile,
): { readonly request: Partial<ConsumerGroupHeartbeatRequest>; readonly state: MemberState } {
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
  const next: MemberState = { ...state, told: { rebalanceTimeoutMs, assignor, topics, pattern, owned } };
  return { request, state: state.phase === "acknowledging" ? settled(next) : next };
}

/** After an answer without an error. */
export function onAnswer(
  state: MemberState,
  { memberId, memberEpoch, assignment }: Pick<ConsumerGroupHeartbeatResponse, "memberId" | "memberEpoch" | "assignment">,
): MemberState {
  if (!takesPart(state)) return state;
  const target = assignment === null ? state.target : topicIdPartitions(assignment.topicPartitions);
  const next: MemberState = { ...state, memberId: memberId ?? state.memberId, memberEpoch, target };
  // What was applied while the heartbeat was on the way is still to be told.
  if (state.phase === "acknowledging") return next;
  return settled(next);
}

/** What an error code means; see {@link onRefusal}. */
export type HeartbeatTrouble =
  /** Another broker coordinates, or none does yet. */
  | "coordinator"
  /** It is the right one, and needs time. */
  | "wait"
  | "lost"
  /** The application has to hear of it; the member stays. */
  | "told"
  | "failed";

export function heartbeatTrouble(errorCode: number): HeartbeatTrouble {
  switch (errorCode) {
    case ErrorCode.NOT_COORDINATOR:
    case ErrorCode.COORDINATOR_NOT_AVAILABLE:
      return "coordinator";
    case ErrorCode.COORDINATOR_LOAD_IN_PROGRESS:
      return "wait";
    case ErrorCode.FENCED_MEMBER_EPOCH:
    case ErrorCode.UNKNOWN_MEMBER_ID:
    // A coordinator that lost the whole group has lost this member with it.
    case ErrorCode.GROUP_ID_NOT_FOUND:
      return "lost";
    case ErrorCode.TOPIC_AUTHORIZATION_FAILED:
      return "told";
    default:
      return new KafkaError(errorCode).retriable ? "coordinator" : "failed";
  }
}

/** After an answer with an error. The next heartbeat says all again. */
export function onRefusal(state: MemberState, errorCode: number, message: string | undefined): MemberState {
  if (!takesPart(state)) return state;
  const trouble = heartbeatTrouble(errorCode);
  if (trouble === "lost") return lose(state);
  if (trouble === "failed") return fail(state, new KafkaError(errorCode, message));
  return onSilence(state);
}

/** No answer came: what the coordinator has taken in is not known. */
export function onSilence(state: MemberState): MemberState {
  return { ...state, told: {} };
}

/** The consumer owns this now. Means nothing when the member was lost in between. */
export function onApplied(state: MemberState, owned: TopicIdPartitions, joins: number): MemberState {
  if (!takesPart(state) || state.joins !== joins) return state;
  return { ...state, owned, phase: "acknowledging" };
}

/** The group has it no more, or it left by itself. */
export function lose(state: MemberState): MemberState {
  const isOwner = state.memberEpoch > JOIN_EPOCH;
  return { ...memberOutside(state.memberId), joins: state.joins, phase: isOwner ? "lost" : "outside" };
}

/** For good. What it owned is lost first. */
export function fail(state: MemberState, failure: Error): MemberState {
  const next = lose(state);
  return { ...next, failure, phase: next.phase === "lost" ? "lost" : "failed" };
}

/** The consumer has given up what was lost. */
export function onGivenUp(state: MemberState): MemberState {
  if (state.phase !== "lost") return state;
  return { ...state, phase: state.failure === undefined ? "outside" : "failed" };
}

/** The phase of a member that has told all it has to tell. */
function settled(state: MemberState): MemberState {
  return { ...state, phase: areSamePartitions(state.target, state.owned) ? "stable" : "reconciling" };
}

function areSameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, i) => text === b[i]);
}
