import type { StreamsGroupTopologyValue } from "@ottla/protocol/data/streams-group-topology-value";
import type { StreamsCurrent, StreamsMemberMetadata } from "./streams-member.ts";
import type { TaskTuple } from "./tasks.ts";

/** What the log keeps of a group itself. */
export interface StreamsGroupMetadata {
  readonly groupEpoch: number;
  /** Over the topics that the topology needs, as they were. */
  readonly metadataHash: number;
  /** The topology that these topics fit; -1: none does. */
  readonly validatedTopologyEpoch: number;
  /** What the group's settings said of assignments, by their names without "streams.". */
  readonly assignmentConfigs: ReadonlyMap<string, string>;
}

/** What one record says of a streams group. `value` null is a tombstone. */
export type StreamsPart =
  | { readonly type: "group"; readonly value: StreamsGroupMetadata | null }
  | { readonly type: "topology"; readonly value: StreamsGroupTopologyValue | null }
  | { readonly type: "member"; readonly memberId: string; readonly value: StreamsMemberMetadata | null }
  | {
      readonly type: "target";
      readonly value: { readonly assignmentEpoch: number; readonly assignmentTimestampMs: number } | null;
    }
  | { readonly type: "target-member"; readonly memberId: string; readonly value: TaskTuple | null }
  | { readonly type: "current"; readonly memberId: string; readonly value: StreamsCurrent | null };

/** A record of a streams group. */
export interface StreamsRecord {
  readonly kind: "streams";
  readonly groupId: string;
  readonly part: StreamsPart;
}
