import type { ConsumerRecord } from "./consumer/consumer-records.ts";
import type { StreamsRecord } from "./streams/streams-records.ts";

/** A committed offset as the log keeps it. */
export interface CommittedOffset {
  readonly offset: number;
  /** -1 when the client did not say. */
  readonly leaderEpoch: number;
  readonly metadata: string;
  readonly commitTimestampMs: number;
  /** -1 unless the client asked for its own retention (OffsetCommit v2 to v4). */
  readonly expireTimestampMs: number;
  /** The nil UUID when the client does not know topic ids. */
  readonly topicId: string;
}

/** What the offsets of one commit have in common, mostly. */
export type CommitDetails = Omit<CommittedOffset, "offset">;

/** What survives of a group between rebalances. */
export interface GroupSnapshot {
  readonly protocolType: string;
  readonly generationId: number;
  readonly protocolName: string | null;
  readonly leaderId: string | null;
  readonly stateTimestampMs: number;
  readonly members: readonly MemberSnapshot[];
}

export interface MemberSnapshot {
  readonly memberId: string;
  readonly groupInstanceId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  readonly rebalanceTimeoutMs: number;
  readonly sessionTimeoutMs: number;
  readonly subscription: Buffer;
  readonly assignment: Buffer;
}

/** One record of `__consumer_offsets`. `value` null is a tombstone. Kinds of groups to come join this union. */
export type GroupRecord =
  | {
      readonly kind: "offset";
      readonly groupId: string;
      readonly topic: string;
      readonly partition: number;
      readonly value: CommittedOffset | null;
      /** Of the transaction that commits it; absent outside of one. */
      readonly producerId?: number;
    }
  | { readonly kind: "group"; readonly groupId: string; readonly value: GroupSnapshot | null }
  | ConsumerRecord
  | StreamsRecord;
