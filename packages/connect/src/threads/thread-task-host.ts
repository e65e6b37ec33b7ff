import { getCompileCacheDir } from "node:module";
import { dirname } from "node:path";
import { type ResourceLimits, Worker } from "node:worker_threads";
import type { Clock, Logger, Timer } from "@ottla/base";
import type { ConnectorProperties } from "../plugin/read-config.ts";
import { pluginFilesOf } from "../plugin/plugin-files.ts";
import type { ClusterAccess } from "../worker/cluster-access.ts";
import { ConnectLoggers } from "../worker/connect-loggers.ts";
import { STOP_MORE_MS, type TaskHost } from "../worker/task-host.ts";
import { graceMsOf, numberOf } from "../worker/task-settings.ts";
import type { RunningTask, TaskPlan, TaskWorld } from "../worker/task-world.ts";
import { placeConnector, type ThreadWish } from "./place-connector.ts";
import { PoolThread } from "./pool-thread.ts";
import { CONNECT_TASKS, type TaskThreadStart } from "./thread-messages.ts";

/** What a pool of threads stands on. */
export interface ThreadTaskHostOptions {
  /** The script of a thread, which calls `runTaskThread`. */
  readonly entry: URL;
  readonly access: ClusterAccess;
  /** The worker's: `ottla.threads.max`, `ottla.thread.memory.mb`, `ottla.thread.blocked.ms`. */
  readonly properties: ConnectorProperties;
  readonly clock: Clock;
  readonly logger: Logger;
}

const THREADS_MAX = 16;
const MEMORY_MB = 512;
const BLOCKED_MS = 30_000;
const TICK_MS = 1_000;
/** A thread that nobody needs is kept for a connector that starts again. */
const IDLE_MS = 10_000;
/** Who was on a thread that died is alone for so long. */
const SUSPECT_MS = 600_000;

/**
 * Tasks on threads (ADR 27): connectors that come along share one, a connector with code of the user's has one of its own, each with a bound of memory. One that dies or does not give way fails the connectors on it; they
 * are started again each on its own, so that the one at fault is found.
 */
export class ThreadTaskHost implements TaskHost {
  readonly #options: ThreadTaskHostOptions;
  readonly #threads = new Map<number, PoolThread>();
  /** Until when a connector is alone, monotonic. */
  readonly #suspects = new Map<string, number>();
  readonly #idle = new Map<number, Timer>();
  readonly #threadsMax: number;
  readonly #memoryMb: number;
  readonly #blockedMs: number;
  #lastId = 0;
  #tick: Timer | undefined;
  #isClosed = false;

  constructor(options: ThreadTaskHostOptions) {
    this.#options = options;
    this.#threadsMax = Math.max(1, numberOf(options.properties, "ottla.threads.max", THREADS_MAX));
    this.#memoryMb = numberOf(options.properties, "ottla.thread.memory.mb", MEMORY_MB);
    this.#blockedMs = numberOf(options.properties, "ottla.thread.blocked.ms", BLOCKED_MS);
  }

  start(plan: TaskPlan, world: TaskWorld): RunningTask {
    const files = pluginFilesOf(plan.properties, world.worker, world.catalogue);
    const wish = this.#wishOf(plan, files.length > 0);
    const views = [...this.#threads.values()].filter((each) => each.takesMore);
    const placement = placeConnector(wish, views, this.#threadsMax);
    const thread = ("use" in placement ? this.#threads.get(placement.use) : undefined) ?? this.#make(wish);
    this.#idle.get(thread.id)?.cancel();
    this.#idle.delete(thread.id);
    this.#arm();
    return thread.start(plan, world, files, graceMsOf(world.worker) + STOP_MORE_MS);
  }

  /** Ends all threads. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#tick?.cancel();
    for (const timer of this.#idle.values()) timer.cancel();
    await Promise.all([...this.#threads.values()].map((thread) => thread.end()));
  }

  #wishOf({ connector, properties }: TaskPlan, usesFiles: boolean): ThreadWish {
    const until = this.#suspects.get(connector);
    const isSuspect = until !== undefined && this.#options.clock.monotonicMs() < until;
    if (until !== undefined && !isSuspect) this.#suspects.delete(connector);
    const asked = properties["ottla.thread"]?.trim() ?? "auto";
    const memoryMb = numberOf(properties, "ottla.thread.memory.mb", this.#memoryMb);
    const isOwn = asked === "own" || memoryMb !== this.#memoryMb || (asked === "auto" && usesFiles) || isSuspect;
    return { connector, isOwn, memoryMb };
  }

  #make({ isOwn, memoryMb }: ThreadWish): PoolThread {
    const id = ++this.#lastId;
    const { clock, logger } = this.#options;
    const thread = new PoolThread({
      id,
      isOwn,
      memoryMb,
      logger,
      makeWorker: (name, resourceLimits) => this.#makeWorker(name, resourceLimits),
      onEmpty: () => this.#emptied(thread),
      onDeath: (connectors) => {
        const until = clock.monotonicMs() + SUSPECT_MS;
        if (connectors.length > 1) for (const connector of connectors) this.#suspects.set(connector, until);
      },
    });
    this.#threads.set(id, thread);
    return thread;
  }

  #makeWorker(name: string, resourceLimits: ResourceLimits): Worker {
    const { entry, access, properties } = this.#options;
    // It names a folder of this version of Node inside of the one that was given.
    const compiled = getCompileCacheDir();
    const workerData: TaskThreadStart = {
      kind: CONNECT_TASKS,
      access,
      properties,
      compileCache: compiled === undefined ? undefined : dirname(compiled),
      tellsDebug: this.#tellsDebug,
    };
    return new Worker(entry, { name, workerData, resourceLimits, stdout: true, stderr: true });
  }

  /** A logger without levels takes all. */
  get #tellsDebug(): boolean {
    const { logger } = this.#options;
    return !(logger instanceof ConnectLoggers) || logger.tellsDebug;
  }

  #emptied(thread: PoolThread): void {
    if (!thread.takesMore) {
      this.#threads.delete(thread.id);
      if (!this.#isClosed) void thread.end();
      return;
    }
    if (this.#isClosed) return;
    this.#idle.get(thread.id)?.cancel();
    const timer = this.#options.clock.schedule(IDLE_MS, () => {
      if (!thread.isEmpty) return;
      this.#threads.delete(thread.id);
      void thread.end();
    });
    this.#idle.set(thread.id, timer);
  }

  #arm(): void {
    if (this.#tick !== undefined || this.#isClosed) return;
    this.#tick = this.#options.clock.schedule(TICK_MS, () => {
      this.#tick = undefined;
      const silentTicksMax = Math.max(1, Math.ceil(this.#blockedMs / TICK_MS));
      const busy = [...this.#threads.values()].filter((thread) => !thread.isEmpty);
      for (const thread of busy) thread.tick(silentTicksMax, this.#blockedMs, this.#tellsDebug);
      if (busy.length > 0) this.#arm();
    });
  }
}
