import type { Assignment } from "./assignors/assignment.ts";
import type { CurrentAssignment, MemberMetadata } from "./consumer-member.ts";

/** The topics that a regular expression stands for. */
export interface ResolvedRegex {
  readonly topics: ReadonlySet<string>;
  /** The catalogue's revision that was looked through. */
  readonly revision: number;
  readonly timestampMs: number;
}

/** What one record says of a consumer group. `value` null is a tombstone. */
export type ConsumerPart =
  | { readonly type: "group"; readonly value: { readonly groupEpoch: number; readonly metadataHash: number } | null }
  | { readonly type: "member"; readonly memberId: string; readonly value: MemberMetadata | null }
  | {
      readonly type: "target";
      readonly value: { readonly assignmentEpoch: number; readonly assignmentTimestampMs: number } | null;
    }
  | { readonly type: "target-member"; readonly memberId: string; readonly value: Assignment | null }
  | { readonly type: "current"; readonly memberId: string; readonly value: CurrentAssignment | null }
  | { readonly type: "regex"; readonly regex: string; readonly value: ResolvedRegex | null }
  /** Of Kafka before 4.2: the subscribed topics' partitions, since then a hash in the group's own record. Only its presence counts, so that it gets its tombstone. */
  | { readonly type: "partition-metadata"; readonly value: object | null };

/** A record of a consumer group. */
export interface ConsumerRecord {
  readonly kind: "consumer";
  readonly groupId: string;
  readonly part: ConsumerPart;
}
