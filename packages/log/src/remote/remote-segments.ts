import type { EpochStart } from "../epochs/leader-epochs.ts";
import type { AbortedEntry } from "../segment/aborted-entry.ts";

/** A partition as a remote store knows it. A topic made again under an old name has another id. */
export interface RemotePartition {
  readonly topic: string;
  readonly partition: number;
  readonly topicId: string | undefined;
}

/** What is known of one segment that a remote store holds whole. It never changes. Source: KIP-405 (RemoteLogSegmentMetadata). */
export interface RemoteSegment {
  /** Unique in the store. */
  readonly id: string;
  readonly baseOffset: number;
  /** The last offset in it. */
  readonly endOffset: number;
  readonly sizeBytes: number;
  /** The largest timestamp of its records; −1 where they carry none: retention by time then keeps it. */
  readonly maxTimestampMs: number;
  /** The leader epochs under which its records were written, with the first offset of each in it. */
  readonly leaderEpochs: readonly EpochStart[];
  /** Of the transactions whose abort markers lie in it, in order of their markers: without them aborted records would be read as committed. */
  readonly abortedTransactions: readonly AbortedEntry[];
}

/**
 * Where segments are kept that the local disk lets go. Every call may fail and may be asked again; none is waited for longer than its bound, at which `signal` is
 * aborted. Who copies segments there tells the log by `refreshRemoteSegments`.
 */
export interface RemoteSegments {
  /** All whole segments of a partition, in any order. */
  list(partition: RemotePartition, signal: AbortSignal): Promise<readonly RemoteSegment[]>;
  /** Bytes from the beginning of the batch that holds `offset`, at most `maxBytes`, cut anywhere. They belong to the log, and do not change any more. */
  read(segment: RemoteSegment, offset: number, maxBytes: number, signal: AbortSignal): Promise<Buffer>;
  /** An offset of the segment with nothing before it that is as late as `timestampMs`; near the first such record where the store has a time index. */
  offsetBefore(segment: RemoteSegment, timestampMs: number, signal: AbortSignal): Promise<number>;
  /** Takes the segment away. One that is gone already is no error. */
  remove(segment: RemoteSegment, signal: AbortSignal): Promise<void>;
}
