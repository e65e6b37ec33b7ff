import type { MapSecret } from "./offset-map.ts";

/** One closed segment, as a cleaner reads it. */
export interface SourceSegment {
  readonly path: string;
  readonly baseOffset: number;
  readonly sizeBytes: number;
  /** Where the segment behind it begins. */
  readonly endOffset: number;
}

/** What has to stay in the log of a producer that is still known. */
export interface LastOfProducer {
  readonly producerId: number;
  readonly epoch: number;
  /** Of its last batch of records; −1 where its epoch has none, so that its marker stays. */
  readonly lastOffset: number;
}

/** Bounds of one cleaning. */
export interface CleanBounds {
  /** Memory for the map of keys, in bytes. */
  readonly mapBytes: number;
  /** How full the map may become, up to 1. */
  readonly mapLoadFactor: number;
  /** What is read at once, and what is written at once, in bytes; a larger batch takes more. */
  readonly bufferBytes: number;
  /** What is read and written together, in bytes per second. */
  readonly ioBytesPerSecond: number;
}

/** Everything one cleaning of one log needs to know. It can be sent to another thread. */
export interface CleanJob {
  readonly directory: string;
  /** The segments that hold what was not cleaned before, in order, below `endOffset`. */
  readonly dirty: readonly SourceSegment[];
  /** Everything below was cleaned before. */
  readonly firstDirtyOffset: number;
  /** Where the first segment begins that may not be cleaned. */
  readonly endOffset: number;
  /** Aborted transactions of all segments below `endOffset`, see `packAborted`. */
  readonly aborted: Float64Array;
  /** The last of each known producer, see `packProducers`. */
  readonly producers: Float64Array;
  /** Wall time of this cleaning, in ms. */
  readonly nowMs: number;
  /** `delete.retention.ms`. */
  readonly deleteRetentionMs: number;
  readonly indexIntervalBytes: number;
  readonly secret: MapSecret;
  readonly bounds: CleanBounds;
}

/** What the first part of a cleaning has found: the last offset of each key. */
export interface MappedKeys {
  /** One past the last offset that the map knows of: cleaning goes as far. */
  readonly endOffset: number;
  readonly keys: number;
  readonly readBytes: number;
}

/** Segments that become one. */
export interface SegmentGroup {
  readonly segments: readonly SourceSegment[];
}

/** A group that was written anew under its `.cleaned` name; nothing of it is synced yet. */
export interface RewrittenGroup {
  readonly sizeBytes: number;
  /** The content of its `.index` and `.timeindex`. */
  readonly offsetIndex: Uint8Array;
  readonly timeIndex: Uint8Array;
  /** Whether it has a `.txnindex` beside it. */
  readonly hasTransactions: boolean;
  readonly readBytes: number;
  readonly keptRecords: number;
}
