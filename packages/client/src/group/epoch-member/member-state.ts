import { ErrorCode, KafkaError } from "@ottla/protocol";

/** Where a member stands of a group whose coordinator assigns: a consumer group (KIP-848) or a streams group (KIP-1071). */
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

/** What the coordinator assigns to members of a group of one kind. */
export interface AssignmentKind<A> {
  readonly none: A;
  areSame(a: A, b: A): boolean;
}

/**
 * All that a member knows of its place in the group. Never changed: each function below gives the next one. `A`: what is assigned; `T`: the parts of a heartbeat that are left out while the
 * coordinator knows them.
 */
export interface MemberState<A, T extends object> {
  readonly kind: AssignmentKind<A>;
  readonly phase: MemberPhase;
  readonly memberId: string;
  /** 0: joining; −1: no member. */
  readonly memberEpoch: number;
  /** Counts the times it joined: answers to heartbeats of an earlier time mean nothing. */
  readonly joins: number;
  /** What the coordinator wants it to own. */
  readonly target: A;
  /** What it owns. */
  readonly owned: A;
  readonly told: Partial<T>;
  readonly failure: Error | undefined;
}

const NO_EPOCH = -1;
/** Of a member that joins. */
export const JOIN_EPOCH = 0;
/** How a member says farewell; a static one only goes away for a while. */
export const LEAVE_EPOCH = -1;
export const LEAVE_STATIC_EPOCH = -2;

export function memberOutside<A, T extends object>(kind: AssignmentKind<A>, memberId: string): MemberState<A, T> {
  return {
    kind,
    phase: "outside",
    memberId,
    memberEpoch: NO_EPOCH,
    joins: 0,
    target: kind.none,
    owned: kind.none,
    told: {},
    failure: undefined,
  };
}

/** From outside: says all with the next heartbeat. */
export function join<A, T extends object>(state: MemberState<A, T>): MemberState<A, T> {
  return { ...memberOutside<A, T>(state.kind, state.memberId), phase: "joining", memberEpoch: JOIN_EPOCH, joins: state.joins + 1 };
}

/** A member that takes part: its heartbeats go on. */
export function takesPart({ phase }: { readonly phase: MemberPhase }): boolean {
  return phase !== "outside" && phase !== "lost" && phase !== "failed";
}

/** The coordinator is to hear from it at once. */
export function isUrgent({ phase }: { readonly phase: MemberPhase }): boolean {
  return phase === "joining" || phase === "acknowledging";
}

/** A heartbeat that tells all of this was sent. */
export function onTold<A, T extends object>(state: MemberState<A, T>, told: Partial<T>): MemberState<A, T> {
  const next = { ...state, told };
  return state.phase === "acknowledging" ? settled(next) : next;
}

/** What an answer without an error says; `target` undefined: as it was. */
export interface MemberAnswer<A> {
  readonly memberId: string | undefined;
  readonly memberEpoch: number;
  readonly target: A | undefined;
}

/** After an answer without an error. */
export function onAnswer<A, T extends object>(
  state: MemberState<A, T>,
  { memberId, memberEpoch, target }: MemberAnswer<A>,
): MemberState<A, T> {
  if (!takesPart(state)) return state;
  const next = { ...state, memberId: memberId ?? state.memberId, memberEpoch, target: target ?? state.target };
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
export function onRefusal<A, T extends object>(
  state: MemberState<A, T>,
  errorCode: number,
  message: string | undefined,
): MemberState<A, T> {
  if (!takesPart(state)) return state;
  // A group is made for who joins it: one that is not found then is of another kind, and stays so.
  if (errorCode === ErrorCode.GROUP_ID_NOT_FOUND && state.phase === "joining") return fail(state, new KafkaError(errorCode, message));
  const trouble = heartbeatTrouble(errorCode);
  if (trouble === "lost") return lose(state);
  if (trouble === "failed") return fail(state, new KafkaError(errorCode, message));
  return onSilence(state);
}

/** No answer came: what the coordinator has taken in is not known. */
export function onSilence<A, T extends object>(state: MemberState<A, T>): MemberState<A, T> {
  return { ...state, told: {} };
}

/** The consumer owns this now. Means nothing when the member was lost in between. */
export function onApplied<A, T extends object>(state: MemberState<A, T>, owned: A, joins: number): MemberState<A, T> {
  if (!takesPart(state) || state.joins !== joins) return state;
  return { ...state, owned, phase: "acknowledging" };
}

/** The group has it no more, or it left by itself. */
export function lose<A, T extends object>(state: MemberState<A, T>): MemberState<A, T> {
  const isOwner = state.memberEpoch > JOIN_EPOCH;
  return { ...memberOutside<A, T>(state.kind, state.memberId), joins: state.joins, phase: isOwner ? "lost" : "outside" };
}

/** For good. What it owned is lost first. */
export function fail<A, T extends object>(state: MemberState<A, T>, failure: Error): MemberState<A, T> {
  const next = lose(state);
  return { ...next, failure, phase: next.phase === "lost" ? "lost" : "failed" };
}

/** The consumer has given up what was lost. */
export function onGivenUp<A, T extends object>(state: MemberState<A, T>): MemberState<A, T> {
  if (state.phase !== "lost") return state;
  return { ...state, phase: state.failure === undefined ? "outside" : "failed" };
}

/** The phase of a member that has told all it has to tell. */
function settled<A, T extends object>(state: MemberState<A, T>): MemberState<A, T> {
  return { ...state, phase: state.kind.areSame(state.target, state.owned) ? "stable" : "reconciling" };
}
