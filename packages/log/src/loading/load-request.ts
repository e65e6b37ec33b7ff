import type { LogConfig } from "../partition/log-config.ts";
import type { LoadedLog } from "../partition/loaded-log.ts";
import type { Segment } from "../segment/segment.ts";

/** Which partition is opened, and what is known of it from outside its directory. */
export interface LoadRequest {
  readonly topic: string;
  readonly partition: number;
  readonly topicId: string | undefined;
  readonly parentDirectory: string;
  readonly directory: string;
  readonly config: LogConfig;
  /** Whether the log was closed properly: then its end is trusted, after a look at it. */
  readonly wasCleanlyClosed: boolean;
  /**
   * A sync failed since the files were known to be on the disk: what they show beyond the recovery point may not be there, and only writing it again takes it there.
   */
  readonly hasUnsyncablePages: boolean;
  /** From the checkpoint: everything below was on the disk. 0 if unknown. */
  readonly recoveryPoint: number;
  /** From the checkpoint; 0 if unknown. */
  readonly logStartOffset: number;
}

/** The end of a log and how it was found. `producers` are set when finding it went through all their batches. */
export interface LogEnd {
  readonly segments: readonly Segment[];
  readonly logEndOffset: number;
  readonly producers: LoadedLog["producers"] | undefined;
}
