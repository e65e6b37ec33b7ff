import { ErrorCode } from "@ottla/protocol";
import type { ShareGroupHeartbeatRequest, ShareGroupHeartbeatResponse } from "@ottla/protocol/apis/share-group-heartbeat";
import { heartbeatTrouble } from "../group/epoch-member/member-state.ts";
import { NO_PARTITIONS, type TopicIdPartitions, topicIdPartitions } from "../group/topic-id-partitions.ts";

/** Where a member of a share group stands (KIP-932). */
type ShareMemberPhase =
  /** In no group; it joins when the application asks for records. */
  | "outside"
  /** Says all about itself under epoch 0. */
  | "joining"
  | "member"
  | "failed";

/** All that a member knows of its place in the group. Never changed: each function below gives the next one. */
export interface ShareMemberState {
  readonly phase: ShareMemberPhase;
  /** Its own choice, and the same for all its life: the locks of records are under that name. */
  readonly memberId: string;
  readonly memberEpoch: number;
  /** Counts the times it joined: answers to heartbeats of an earlier time mean nothing. */
  readonly joins: number;
  /** The topics that the coordinator knows of; undefined: none yet, or that is not sure. */
  readonly told: readonly string[] | undefined;
  /** What it reads, with others or alone. Nobody waits for what it reads no more, so that an assignment needs no more than to be taken. */
  readonly assignment: TopicIdPartitions;
  readonly failure: Error | undefined;
}

const JOIN_EPOCH = 0;
const NO_EPOCH = -1;
export const LEAVE_EPOCH = -1;

export function outside(memberId: string): ShareMemberState {
  return { phase: "outside", memberId, memberEpoch: NO_EPOCH, joins: 0, told: undefined, assignment: NO_PARTITIONS, failure: undefined };
}

export function join(state: ShareMemberState): ShareMemberState {
  if (state.phase !== "outside") return state;
  return { ...outside(state.memberId), phase: "joining", memberEpoch: JOIN_EPOCH, joins: state.joins + 1 };
}

export function takesPart({ phase }: ShareMemberState): boolean {
  return phase === "joining" || phase === "member";
}

/** The fields of the next heartbeat, and the state once it was sent. */
export function nextHeartbeat(
  state: ShareMemberState,
  profile: { readonly groupId: string; readonly rack: string | undefined; readonly topics: readonly string[] },
): { readonly request: Partial<ShareGroupHeartbeatRequest>; readonly state: ShareMemberState } {
  const isJoin = state.memberEpoch === JOIN_EPOCH;
  const isNews = isJoin || state.told === undefined || !areSame(state.told, profile.topics);
  const request: Partial<ShareGroupHeartbeatRequest> = {
    groupId: profile.groupId,
    memberId: state.memberId,
    memberEpoch: state.memberEpoch,
    rackId: isJoin ? (profile.rack ?? null) : null,
    subscribedTopicNames: isNews ? profile.topics : null,
  };
  return { request, state: { ...state, told: profile.topics } };
}

export function onAnswer(
  state: ShareMemberState,
  { memberEpoch, assignment }: Pick<ShareGroupHeartbeatResponse, "memberEpoch" | "assignment">,
): ShareMemberState {
  if (!takesPart(state)) return state;
  return {
    ...state,
    phase: "member",
    memberEpoch,
    assignment: assignment === null ? state.assignment : topicIdPartitions(assignment.topicPartitions),
  };
}

/** What an error code means for the member; `lost`: it joins again, under its own name, and goes on reading meanwhile what it is still to read: locks do not depend on the group. */
export function onRefusal(state: ShareMemberState, errorCode: number, failure: Error): ShareMemberState {
  if (!takesPart(state)) return state;
  // One that was no member yet is told that the group is of another kind.
  const isNoGroup = errorCode === ErrorCode.GROUP_ID_NOT_FOUND && state.phase === "joining";
  const trouble = isNoGroup ? "failed" : heartbeatTrouble(errorCode);
  if (trouble === "failed") return { ...outside(state.memberId), joins: state.joins, phase: "failed", failure };
  if (trouble === "lost") return { ...state, phase: "joining", memberEpoch: JOIN_EPOCH, joins: state.joins + 1, told: undefined };
  return onSilence(state);
}

/** No answer came: what the coordinator has taken in is not known. */
export function onSilence(state: ShareMemberState): ShareMemberState {
  return { ...state, told: undefined };
}

/** It left, or means to. */
export function leave(state: ShareMemberState): ShareMemberState {
  return state.phase === "failed" ? state : { ...outside(state.memberId), joins: state.joins };
}

export function fail(state: ShareMemberState, failure: Error): ShareMemberState {
  return { ...outside(state.memberId), joins: state.joins, phase: "failed", failure };
}

function areSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, i) => text === b[i]);
}
