import type { Clock, Disk, Logger, Random } from "@ottla/base";
import type { CleanerEngine } from "../cleaner/cleaner-engine.ts";
import type { CleanerSettings } from "../cleaner/log-cleaner.ts";
import type { LogConfig } from "../partition/log-config.ts";
import type { PartitionLog } from "../partition/partition-log.ts";
import type { RemoteSegments } from "../remote/remote-segments.ts";
import type { LogLimits } from "../shared/log-environment.ts";
import type { UpkeepSchedule } from "./store-upkeep.ts";

/** What a store needs of its surroundings. */
export interface LogStoreDeps {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** How a data directory is opened. */
export interface LogStoreOptions {
  /** Written into a new directory; an existing one must have it (default: 1, and whatever an existing one has). */
  readonly nodeId?: number;
  /** As `nodeId`; default: a random one for a new directory. */
  readonly clusterId?: string;
  readonly limits?: Partial<LogLimits>;
  /** Where segments of topics with remote storage are, beside this directory. */
  readonly remote?: RemoteSegments;
  readonly schedule?: Partial<UpkeepSchedule>;
  /** Partitions that are loaded side by side (`num.recovery.threads.per.data.dir`). Default: 8. */
  readonly parallelLoads?: number;
  /** How logs with the policy `compact` are compacted in the background. Default: they are not. */
  readonly cleaner?: Partial<CleanerSettings>;
  /** Which threads that is done on. Default: this one, in slices. */
  readonly cleanerEngine?: CleanerEngine;
}

/** Which partitions of a data directory are opened, and with what configuration. */
export interface LoadOptions {
  configOf(topic: string): LogConfig;
  /** Default: every partition is opened. `topicId` is undefined where the directory does not tell it. */
  fateOf?(topic: string, partition: number, topicId: string | undefined): PartitionFate;
  /** Once it is aborted no further partition is opened: what was opened so far is returned, and the store is good for `LogStore.abandon` only. */
  readonly signal?: AbortSignal;
  /** Called after each partition. */
  onProgress?(opened: number, total: number): void;
}

/**
 * What is to be done with a partition's directory. `set-aside`: nobody knows it; it is renamed to `….-stray` with an error event, as it may be all that is left of
 * somebody's records, and removed only if it holds none.
 */
export type PartitionFate = "open" | "remove" | "set-aside";

/** What became of one partition's directory. */
export type LoadOutcome =
  | { readonly kind: "opened"; readonly log: PartitionLog; readonly wasRecovered: boolean }
  /** A disk error or damage: the directory is left as it is. */
  | { readonly kind: "failed"; readonly error: Error };
