import { getCompileCacheDir } from "node:module";
import { dirname } from "node:path";
import { Worker } from "node:worker_threads";
import type { Clock, Logger, Timer } from "@ottla/base";
import { ConnectError } from "../connect-error.ts";
import type { PluginEntry } from "../plugin/plugin-entry.ts";
import type { ConnectorProperties } from "../plugin/read-config.ts";
import { numberOf } from "../worker/task-settings.ts";
import { CalledThread } from "./called-thread.ts";
import type { ListedFilePlugin, PluginAnswer, PluginCall, PluginThreadStart } from "./plugin-thread-messages.ts";
import { CONNECT_TASKS } from "./thread-messages.ts";

/** What threads of plugins' code stand on. */
export interface PluginThreadsOptions {
  /** The script of a thread, which calls `runTaskThread`. */
  readonly entry: URL;
  readonly pluginFolder: string;
  /** The worker's: `ottla.thread.memory.mb`, `ottla.thread.blocked.ms`, `exactly.once.source.support`. */
  readonly properties: ConnectorProperties;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly logger: Logger;
}

const THREADS_MAX = 4;
const MEMORY_MB = 512;
/** A thread that nobody asks anything is kept so long. */
const IDLE_MS = 10_000;
/** Code that does not give way for longer costs its thread. */
const BLOCKED_MS = 30_000;

/**
 * The code of plugins' files besides their tasks runs on threads of its own, one call at a time on each: a file that does not come back from its loading, a dry run that loops or calls `process.exit`, costs its thread and
 * whoever asked, and neither the worker nor others.
 */
export class PluginThreads {
  readonly #options: PluginThreadsOptions;
  readonly #leftOut: string[] = [];
  readonly #idle = new Map<CalledThread, Timer>();
  readonly #busy = new Set<CalledThread>();
  readonly #waiting: (() => void)[] = [];
  #isClosed = false;

  constructor(options: PluginThreadsOptions) {
    this.#options = options;
  }

  /** Files that did not come back from their loading. */
  get leftOut(): readonly string[] {
    return this.#leftOut;
  }

  /** The plugins of the folder, without their code; files that do not come back from their loading are left out and told of. */
  async list(): Promise<PluginEntry[]> {
    for (;;) {
      const thread = this.#make();
      this.#busy.add(thread);
      const late = (file: string): void => this.#leaveOut(file, undefined);
      try {
        const listed = (await thread.call({ op: "list" }, { late })) as readonly ListedFilePlugin[];
        this.#letGo(thread);
        return listed.map(entryOf);
      } catch (error) {
        this.#letGo(thread);
        const { loading } = thread;
        if (loading === undefined || this.#leftOut.includes(loading)) throw error;
        this.#leaveOut(loading, error);
      }
    }
  }

  /** @throws ConnectError `CONNECT_CONFIG` where the plugin does not come back within `limitMs`, or its thread dies */
  async call(call: PluginCall, limitMs: number, signal?: AbortSignal): Promise<PluginAnswer> {
    while (this.#busy.size >= THREADS_MAX && signal?.aborted !== true) await this.#turn(signal);
    if (signal?.aborted === true) throw new ConnectError("CONNECT_STATE", "Nobody wants the plugin's answer any more.");
    if (this.#isClosed) throw new ConnectError("CONNECT_STATE", "The worker ends.");
    const [free] = this.#idle.keys();
    const thread = free ?? this.#make();
    this.#idle.get(thread)?.cancel();
    this.#idle.delete(thread);
    this.#busy.add(thread);
    try {
      return await thread.call(call, { limitMs, signal });
    } finally {
      this.#letGo(thread);
    }
  }

  /** Resolves when a thread may be free, or with the signal. */
  async #turn(signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const go = (): void => resolve();
    this.#waiting.push(go);
    signal?.addEventListener("abort", go, { once: true });
    await promise;
    signal?.removeEventListener("abort", go);
    const at = this.#waiting.indexOf(go);
    if (at !== -1) this.#waiting.splice(at, 1);
    // A turn that nobody wants any more is the next one's.
    if (signal?.aborted === true) this.#waiting.shift()?.();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const timer of this.#idle.values()) timer.cancel();
    await Promise.all([...this.#idle.keys(), ...this.#busy].map((thread) => thread.end()));
    for (const go of this.#waiting.splice(0)) go();
  }

  #letGo(thread: CalledThread): void {
    this.#busy.delete(thread);
    if (!thread.isOver && !this.#isClosed)
      this.#idle.set(
        thread,
        this.#options.clock.schedule(IDLE_MS, () => {
          this.#idle.delete(thread);
          void thread.end();
        }),
      );
    this.#waiting.shift()?.();
  }

  #leaveOut(file: string, error: unknown): void {
    this.#leftOut.push(file);
    this.#options.logger.error("a file of plugins did not come back from its loading, and is left out", { file, error });
  }

  #make(): CalledThread {
    const { entry, pluginFolder, properties, environment, clock, logger } = this.#options;
    const compiled = getCompileCacheDir();
    const workerData: PluginThreadStart = {
      kind: CONNECT_TASKS,
      role: "plugins",
      pluginFolder,
      leftOut: [...this.#leftOut],
      environment: { ...environment },
      properties,
      isExactlyOnce: properties["exactly.once.source.support"]?.trim() === "enabled" && properties["group.id"] !== undefined,
      compileCache: compiled === undefined ? undefined : dirname(compiled),
    };
    const maxOldGenerationSizeMb = numberOf(properties, "ottla.thread.memory.mb", MEMORY_MB);
    const worker = new Worker(entry, {
      name: "ottla connect plugins",
      workerData,
      // With V8's larger default of young ones, threads that come to their limit may abort the process.
      resourceLimits: { maxOldGenerationSizeMb, maxYoungGenerationSizeMb: 8 },
      stdout: true,
      stderr: true,
    });
    return new CalledThread(worker, numberOf(properties, "ottla.thread.blocked.ms", BLOCKED_MS), clock, logger);
  }
}

function entryOf({ kind, name, aliases, version, file }: ListedFilePlugin): PluginEntry {
  const load = (): Promise<never> =>
    Promise.reject(new ConnectError("CONNECT_STATE", `${file} is loaded on threads of its own, and not by the worker.`));
  return { kind, name, aliases, version, file, load };
}
