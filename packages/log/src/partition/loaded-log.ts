import type { LeaderEpochs } from "../epochs/leader-epochs.ts";
import type { ProducerTable } from "../producers/producer-table.ts";
import type { SegmentList } from "../segment/segment-list.ts";

/** What was found at opening, or made anew: all that a `PartitionLog` starts from. */
export interface LoadedLog {
  readonly topic: string;
  readonly partition: number;
  readonly topicId: string | undefined;
  readonly parentDirectory: string;
  readonly directory: string;
  readonly segments: SegmentList;
  readonly producers: ProducerTable;
  readonly epochs: LeaderEpochs;
  readonly logStartOffset: number;
  readonly logEndOffset: number;
  /** Everything below is on the disk. */
  readonly recoveryPoint: number;
  /** Below it offsets may be missing because compaction took them. */
  readonly compactedBelow: number;
  /** Indexes, producer snapshot and epoch history on disk are those of this moment, so a close without an append need not write them. */
  readonly areHintsWritten: boolean;
}
