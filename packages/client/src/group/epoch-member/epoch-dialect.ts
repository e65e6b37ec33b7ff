import type { TopicPartition } from "../../topic-partition.ts";
import type { GroupProtocol } from "../membership.ts";
import type { AssignmentKind, MemberAnswer, MemberState } from "./member-state.ts";

/** What came of a heartbeat. */
export type HeartbeatOutcome<A> =
  | { readonly kind: "answer"; readonly intervalMs: number; readonly answer: MemberAnswer<A> }
  | { readonly kind: "refused"; readonly errorCode: number; readonly message: string | undefined }
  /** It was not sent: nobody wants it any more. */
  | { readonly kind: "unsent" };

/** A heartbeat that is ready, and the state once it was sent. */
export interface NextHeartbeat<A, T extends object> {
  readonly state: MemberState<A, T>;
  /** One attempt; `mayBeSent` is asked when a connection is there, and again before an answer counts. */
  send(mayBeSent: () => boolean): Promise<HeartbeatOutcome<A>>;
}

/** What of a target a member can own now. */
export interface Resolved<A> {
  readonly owned: A;
  readonly partitions: readonly TopicPartition[];
  /** To be called when the member has the partitions, before the application is told. */
  onApplied(): void;
}

/** What is different from one kind of group to another whose coordinator assigns: which words a heartbeat has, and what an assignment is. */
export interface EpochDialect<A, T extends object> {
  readonly protocol: GroupProtocol;
  readonly assignments: AssignmentKind<A>;
  next(state: MemberState<A, T>): NextHeartbeat<A, T>;
  /** Something that was told has changed since: another heartbeat is to follow at once. */
  hasNews(state: MemberState<A, T>): boolean;
  resolve(target: A): Resolved<A>;
  /** The member subscribes to these from now on. True: they are others than before. */
  subscribeTo(topics: readonly string[]): boolean;
  /** The application asks for a rebalance. True: the coordinator is to hear of it at once. */
  requestRejoin(reason: string): boolean;
  /** One attempt to say farewell; rejects with what went wrong. */
  leave(memberId: string, memberEpoch: number): Promise<void>;
  stop(): void;
}
