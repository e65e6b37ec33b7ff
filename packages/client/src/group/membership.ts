import type { TopicPartition } from "../topic-partition.ts";

/** `classic`: the members divide the partitions themselves; `consumer`: the coordinator does (KIP-848); `streams`: it divides the tasks of a topology (KIP-1071). */
export type GroupProtocol = "classic" | "consumer" | "streams";

/** How a member shows itself to its group. */
export interface MemberIdentity {
  readonly groupId: string;
  readonly memberId: string;
  /** The member epoch in a group of the consumer protocol; −1: no member. */
  readonly generationId: number;
  readonly groupInstanceId: string | undefined;
}

/** Whether it is one member in one generation. Generations of a group that was lost with its coordinator begin anew: their number alone tells nothing. */
export function isSameMember(a: MemberIdentity, b: MemberIdentity): boolean {
  return a.memberId === b.memberId && a.generationId === b.generationId;
}

/** What the consumer has to do next for its membership. */
export type MembershipStep =
  /** The group has gone on without this member: what it owned is lost. */
  | { readonly kind: "lost" }
  /** Cannot be mended. */
  | { readonly kind: "failed"; readonly error: Error }
  /** This is what the member is to own from now on; `onApplied` once it does, before the application is told. */
  | { readonly kind: "assigned"; readonly partitions: readonly TopicPartition[]; readonly onApplied: () => void }
  /** These have to be given up (none of them: only committed) before the group can go on. */
  | { readonly kind: "release"; readonly partitions: readonly TopicPartition[] };

/** What a membership has to say on its own time. */
export interface MembershipEvents {
  /** The consumer may want to look. */
  news(): void;
  /** To be thrown by the next poll; the member goes on. */
  failed(error: Error): void;
  /** A heartbeat went out so much later than it should: the event loop was blocked, and the group may have waited. */
  late(lateMs: number): void;
}

/** A heartbeat that is so late is worth a word: the coordinators' shortest session timeout is 6,000 ms. */
export const LATE_HEARTBEAT_MS = 1000;

/** What a membership looks at when it says what is next. */
export interface MembershipView {
  /** Undefined while they are not known. */
  readonly topics: readonly string[] | undefined;
  owned(): readonly TopicPartition[];
}

/**
 * One consumer's place in a group, whatever the protocol: the classic one, where members join and sync, or that of KIP-848, where the coordinator assigns.
 * It talks to the coordinator on its own time and has the consumer do its steps inside `poll`, one after the other: {@link next}, then {@link carriedOut}.
 */
export interface Membership {
  readonly protocol: GroupProtocol;
  readonly identity: MemberIdentity;
  /** In the group, and a commit would be taken now. */
  readonly mayCommit: boolean;
  readonly isMember: boolean;
  /** The group surely has this member until then, whatever it does (monotonic ms), by what was heard of it so far; undefined: no member, or only the coordinator knows. */
  readonly keptUntilMs: number | undefined;
  /** What cannot be mended. */
  readonly failure: Error | undefined;
  /** {@link next} has something to say. */
  readonly hasWork: boolean;
  next(view: MembershipView): MembershipStep | undefined;
  /** `revokedCount`: how many partitions were given up in it. */
  carriedOut(step: MembershipStep, revokedCount: number): void;
  /** The application asks for a rebalance. */
  requestRejoin(reason: string): void;
  /** The topics that a pattern stands for are others now. */
  subscriptionChanged(): void;
  /** The cluster's metadata is new. */
  metadataChanged(): void;
  /** The application asked for records at this time (monotonic ms). */
  notePoll(nowMs: number): void;
  /** While the application is inside a poll it is alive, however long that takes. */
  enterPoll(): void;
  leavePoll(): void;
  /** A commit that was made as this member was refused; what it was before it joined anew is no word about it now. Returns false when the code says nothing about the membership. */
  noteCommitRefusal(errorCode: number, as: MemberIdentity | undefined): boolean;
  /** Leaves the group, unless it is a static member. Never throws: the session timeout does the same, later. */
  leave(reason: string): Promise<void>;
  /** Goes quiet at once, without a word to the group. */
  stop(): void;
}
