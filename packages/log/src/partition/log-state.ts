import type { LeaderEpochs } from "../epochs/leader-epochs.ts";
import type { ProducerTable } from "../producers/producer-table.ts";
import { UnsettledTransactions } from "../producers/unsettled-transactions.ts";
import type { SegmentList } from "../segment/segment-list.ts";
import type { PartitionTail } from "../shared/tail-cache.ts";
import type { LoadedLog } from "./loaded-log.ts";
import type { LogConfig } from "./log-config.ts";
import type { LogRefusal } from "./log-outcomes.ts";

/** What holds of one log at this moment. The parts of a log share it; of each field one of them is the owner, and only that one changes it. */
export class LogState {
  readonly topic: string;
  readonly partition: number;
  readonly directory: string;
  readonly segments: SegmentList;
  readonly producers: ProducerTable;
  readonly epochs: LeaderEpochs;
  /** Owner: `LogAppender`. */
  readonly unsettled: UnsettledTransactions = new UnsettledTransactions();
  config: LogConfig;
  /** Owner: `LogTrimmer`. */
  logStartOffset: number;
  /** Owner: `LogAppender`. */
  logEndOffset: number;
  /** Owner: `FlushPolicy`. */
  highWatermark: number;
  /** Below it compaction may have taken records, whatever the policy is now. Owner: `PartitionLog`. */
  compactedBelow: number;
  /** The last batches, in memory; undefined before the first append. Owner: `LogAppender`; dropped at the close. */
  tail: PartitionTail | undefined;
  /** No more appends: the disk failed, or the log is closed. Owner: `PartitionLog`. */
  refusal: LogRefusal | undefined;
  /** Told whenever the log start moves, or the high watermark by anything but an append and its sync. Owner: `PartitionLog`. */
  onMoved: (() => void) | undefined;

  constructor(loaded: LoadedLog, config: LogConfig) {
    this.topic = loaded.topic;
    this.partition = loaded.partition;
    this.directory = loaded.directory;
    this.segments = loaded.segments;
    this.producers = loaded.producers;
    this.epochs = loaded.epochs;
    this.config = config;
    this.logStartOffset = loaded.logStartOffset;
    this.logEndOffset = loaded.logEndOffset;
    // What survived to this start is as good as acknowledged.
    this.highWatermark = loaded.logEndOffset;
    this.compactedBelow = loaded.compactedBelow;
    this.tail = undefined;
    this.refusal = undefined;
    this.onMoved = undefined;
  }

  /** `topic-partition`. */
  get name(): string {
    return `${this.topic}-${this.partition}`;
  }

  /** Below it offsets may be missing; from there on that is damage. */
  get gapsBelow(): number {
    return this.config.compacts ? Infinity : this.compactedBelow;
  }

  /** Below it no transaction is open: the high watermark, or the start of the oldest open transaction; never before the log start. */
  get lastStableOffset(): number {
    const { highWatermark } = this;
    const open = this.producers.firstUnstableOffset;
    const unsettled = this.unsettled.firstOffset(highWatermark);
    if (open < 0 && unsettled < 0) return highWatermark;
    const unstable = Math.min(open < 0 ? Infinity : open, unsettled < 0 ? Infinity : unsettled);
    return Math.min(Math.max(unstable, this.logStartOffset), highWatermark);
  }
}
