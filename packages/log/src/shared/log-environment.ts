import { type Clock, type Disk, LatencyHistogram, type Logger } from "@ottla/base";
import { RemoteCalls, type RemoteLimits } from "../remote/remote-calls.ts";
import type { RemoteSegments } from "../remote/remote-segments.ts";
import type { RemoteStorage } from "../remote/remote-tier.ts";
import { DirectorySyncs } from "./directory-syncs.ts";
import { FileRemovals } from "./file-removals.ts";
import { FileRetirements } from "./file-retirements.ts";
import { FileCache } from "./file-cache.ts";
import { frugalDisk } from "./frugal-disk.ts";
import { FlushQueue } from "./flush-queue.ts";
import { IndexCache } from "./index-cache.ts";
import { BufferPool } from "./buffer-pool.ts";
import { ReadAhead } from "./read-ahead.ts";
import { RecentWrites } from "./recent-writes.ts";
import { SpaceGuard } from "./space-guard.ts";
import { SyncsUnderWay } from "./syncs-under-way.ts";
import { TailCache } from "./tail-cache.ts";

/** Bounds over all logs of a process. */
export interface LogLimits extends RemoteLimits {
  /** Open files. */
  readonly openFilesMax: number;
  /** Memory for recent batches, in bytes. */
  readonly tailCacheBytes: number;
  /** Memory for what is read before it is asked for, in bytes. */
  readonly readAheadBytes: number;
  /** Large buffers that are kept for the next read, each of about 1 MiB. */
  readonly pooledBuffersMax: number;
  /** Memory for the indexes of closed segments, in bytes. */
  readonly indexCacheBytes: number;
  /** Syncs that run side by side. */
  readonly concurrentFlushesMax: number;
}

/** Bounds that fit a development machine and a small server alike. */
export const defaultLogLimits: LogLimits = {
  openFilesMax: 2000,
  tailCacheBytes: 32 * 1024 * 1024,
  readAheadBytes: 32 * 1024 * 1024,
  pooledBuffersMax: 48,
  indexCacheBytes: 32 * 1024 * 1024,
  concurrentFlushesMax: 16,
  remoteCallsMax: 100,
  remoteFetchMaxWaitMs: 500,
  remoteCallMaxMs: 5000,
};

/** What all logs of a process share. */
export interface LogEnvironment {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly files: FileCache;
  readonly indexes: IndexCache;
  readonly buffers: BufferPool;
  readonly tails: TailCache;
  readonly ahead: ReadAhead;
  readonly recent: RecentWrites;
  readonly flushes: FlushQueue;
  readonly syncsUnderWay: SyncsUnderWay;
  /** Of the syncs of segments. */
  readonly flushTimes: LatencyHistogram;
  readonly directories: DirectorySyncs;
  readonly removals: FileRemovals;
  readonly retirements: FileRetirements;
  readonly space: SpaceGuard;
  readonly remote: RemoteStorage | undefined;
}

export function createLogEnvironment(
  deps: { readonly disk: Disk; readonly clock: Clock; readonly logger: Logger },
  limits: LogLimits = defaultLogLimits,
  directory = ".",
  remote?: RemoteSegments,
): LogEnvironment {
  const buffers = new BufferPool(limits.pooledBuffersMax);
  const files = new FileCache(deps.disk, limits.openFilesMax);
  // All others stand back for files that are kept open only because there was room.
  const disk = frugalDisk(deps.disk, () => files.giveBack());
  const directories = new DirectorySyncs(disk);
  const removals = new FileRemovals({ ...deps, disk });
  return {
    disk,
    clock: deps.clock,
    logger: deps.logger,
    files,
    indexes: new IndexCache(limits.indexCacheBytes),
    buffers,
    tails: new TailCache(buffers, limits.tailCacheBytes),
    ahead: new ReadAhead({ buffers, clock: deps.clock }, limits.readAheadBytes),
    recent: new RecentWrites({ disk, clock: deps.clock }),
    flushes: new FlushQueue(limits.concurrentFlushesMax),
    syncsUnderWay: new SyncsUnderWay(disk, deps.logger, directory, limits.concurrentFlushesMax),
    flushTimes: new LatencyHistogram(),
    directories,
    space: new SpaceGuard(disk, directory),
    remote: remote && { store: remote, calls: new RemoteCalls(deps.clock, limits) },
    removals,
    retirements: new FileRetirements({ ...deps, disk, directories, removals }),
  };
}
