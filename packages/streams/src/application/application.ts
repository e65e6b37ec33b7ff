import { type Logger, silentLogger } from "@ottla/base";
import { nodeDisk, systemClock, systemRandom } from "@ottla/base/node";
import type { DropReason } from "../processors/operator.ts";
import { StreamsError } from "../streams-error.ts";
import { StateDirectory } from "./state/state-directory.ts";
import type { Topology } from "../topology/topology.ts";
import { type ApplicationState, ApplicationStates, type StateListener } from "./application-state.ts";
import type { ApplicationDeps, FatalAnswer } from "./options/application-options.ts";
import type { ApplicationOptionsByName } from "./options/java-names.ts";
import { type ResolvedOptions, resolveOptions, WORKERS_MAX } from "./options/resolve-options.ts";
import { type ApplicationDescription, ApplicationObserver } from "./observe/application-observer.ts";
import type { StreamsMetric } from "./observe/java-metrics.ts";
import type { TaskSnapshot } from "./observe/snapshots.ts";
import type { Reason } from "./observe/why/reason.ts";
import type { RestoreListener } from "./restore/changelog-restore.ts";
import type { ApplicationQueries } from "./queries/application-queries.ts";
import type { QueryServer, ServeOptions } from "./queries/http/serve-queries.ts";
import type { InstanceMetadata, KeyMetadata } from "./queries/store-metadata.ts";
import type { KeyValueQueries, SessionQueries, VersionedQueries, WindowQueries } from "./queries/store-queries.ts";
import type { RunningApplication } from "./run-application.ts";
import { checkThreads } from "./threads/check-threads.ts";
import type { TopologyPlace } from "./threads/topology-module.ts";
import type { WorkerPool } from "./worker-pool.ts";
import { checkedClose, type CloseOptions } from "./close-options.ts";
import { closeOnSignals } from "./close-on-signals.ts";
import { LoadedTopology } from "./loaded-topology.ts";
import { Listeners } from "./listeners.ts";
import { reasonOf } from "../thrown.ts";

const CLOSE_MS = 30_000;

/**
 * An instance of a streams application: runs a topology's tasks on a cluster, together with all other instances of its `applicationId`. Starts once, and ends once.
 */
export class StreamsApplication implements AsyncDisposable {
  /** As the application was given them; its module may say more. */
  readonly #given: ResolvedOptions;
  readonly #loaded: LoadedTopology;
  readonly #deps: ApplicationDeps;
  readonly #states = new ApplicationStates(() => this.#deps.logger);
  readonly #dropped = new Map<DropReason, number>();
  readonly #restoreListeners = new Listeners<Parameters<RestoreListener>>("onRestore", () => this.#deps.logger);
  readonly #standbyListeners = new Listeners<Parameters<RestoreListener>>("onStandby", () => this.#deps.logger);
  readonly #observer: ApplicationObserver;
  readonly #servers = new Set<QueryServer>();
  #running: RunningApplication | undefined;
  #ended: Promise<void> | undefined;
  #error: Error | undefined;

  /** @internal */
  constructor(topology: Topology | URL | TopologyPlace, options: ApplicationOptionsByName, deps: Partial<ApplicationDeps> = {}) {
    this.#given = resolveOptions(options);
    const { clock = systemClock, random = systemRandom, logger = silentLogger } = deps;
    this.#deps = { clock, random, logger };
    this.#loaded = new LoadedTopology(topology, this.#given, { clock: this.#deps.clock, state: () => this.state });
    this.#observer = new ApplicationObserver({
      options: this.#given,
      topology: () => this.#loaded.topology,
      nowMs: () => this.#deps.clock.nowMs(),
      state: () => this.state,
      error: () => this.#error,
      restores: () => this.#loaded.queries?.restoring.all() ?? [],
      running: () => (this.#states.isOver ? undefined : this.#running?.observed),
    });
    if (this.#given.workers > 0) checkThreads(this.#loaded.place, this.#given, this.#deps.clock);
  }

  get #options(): ResolvedOptions {
    return this.#loaded.options;
  }

  get #asked(): ApplicationQueries {
    return this.#loaded.asked;
  }

  get applicationId(): string {
    return this.#options.applicationId;
  }

  get state(): ApplicationState {
    return this.#states.state;
  }

  /** What ended the application, where its state is `ERROR`. */
  get error(): Error | undefined {
    return this.#error;
  }

  /** Is told of each state; what it returns takes the listener away. A listener that throws is in the log, and stops nobody; the same of the others. */
  onState(listener: StateListener): () => void {
    return this.#states.listen(listener);
  }

  /** Is told how stores are filled; what it returns takes the listener away. */
  onRestore(listener: RestoreListener): () => void {
    return this.#restoreListeners.add(listener);
  }

  /** Is told how copies of tasks that run elsewhere are kept (`numStandbyReplicas`): `suspended` when one is given up, or becomes its task's stores. What it returns takes the listener away. */
  onStandby(listener: RestoreListener): () => void {
    return this.#standbyListeners.add(listener);
  }

  /** How many records came to nothing, by reason. */
  droppedRecords(): ReadonlyMap<DropReason, number> {
    return this.#dropped;
  }

  /** This instance as it is: its workers, their tasks, how far they are, what they count. Plain data; reads and changes nothing. */
  describe(): Promise<ApplicationDescription> {
    return this.#observer.describe();
  }

  /** The tasks that are here. */
  tasks(): Promise<readonly TaskSnapshot[]> {
    return this.#observer.tasks();
  }

  /** Metrics of this instance under Java's names, of groups `stream-…`. OpenTelemetry gets them by `observeMetrics` of `@ottla/streams/opentelemetry`. */
  metrics(): Promise<readonly StreamsMetric[]> {
    return this.#observer.metrics();
  }

  /** Why nothing comes out, by name, with codes that stay; what stops all of it comes first. Asks the cluster, which may take five seconds; never rejects. */
  whyNothing(): Promise<readonly Reason[]> {
    return this.#observer.whyNothing();
  }

  /**
   * Makes the application's own topics, fills global tables and joins the group. Resolves when all tasks that the group gave this instance are restored and run for the first time. Rejects with what keeps it from that:
   * `STREAMS_UNKNOWN_TOPIC`, `STREAMS_INTERNAL_TOPIC`, `STREAMS_CO_PARTITIONING`, what a task stopped at, the client's errors; `STREAMS_CLOSED` when it was closed before.
   */
  async start(): Promise<void> {
    if (!this.#states.become("REBALANCING")) {
      throw new StreamsError(
        "STREAMS_CLOSED",
        `Application ${this.applicationId} is ${this.state}: an application starts once. Make another one.`,
      );
    }
    const running = this.#untilRunning();
    running.catch(() => {});
    closeOnSignals(this.#options.closeOnSignals, this.#states, () => void this.close());
    try {
      const topology = await this.#loaded.load();
      const { RunningApplication } = await import("./run-application.ts");
      if (this.#states.isOver) return await running;
      this.#running = new RunningApplication({
        topology,
        place: this.#loaded.place,
        givenOptions: { ...this.#given, applicationServer: this.#asked.applicationServer },
        options: { ...this.#options, applicationServer: this.#asked.applicationServer },
        clock: this.#deps.clock,
        logger: this.#deps.logger,
        random: this.#deps.random,
        queries: this.#asked,
        onRunning: (isRunning) => void this.#states.become(isRunning ? "RUNNING" : "REBALANCING"),
        onFatal: (error) => this.#onFatal(error),
        onDropped: (reason, count) => this.#dropped.set(reason, (this.#dropped.get(reason) ?? 0) + count),
        onRestore: (event, progress) => {
          this.#loaded.queries?.restoring.note(event, progress);
          this.#restoreListeners.tell(event, progress);
        },
        onStandby: (event, progress) => this.#standbyListeners.tell(event, progress),
      });
      await this.#running.begin();
    } catch (error) {
      this.#fail(error as Error);
    }
    await running;
  }

  /** Ends the instance: records in hand are done with, what is done is committed, others take over. Twice is fine. Rejects for options that cannot be, with `STREAMS_BAD_ARGUMENT`, and nothing else: what went wrong is in the log. */
  async close(options?: CloseOptions): Promise<void> {
    const { leaveGroup = this.#options.groupInstanceId === undefined, timeoutMs = CLOSE_MS } = checkedClose("close", options);
    if (this.#states.become("PENDING_SHUTDOWN")) this.#end("NOT_RUNNING", leaveGroup, timeoutMs);
    await this.#ended;
  }

  /** The workers that have its tasks; in the caller's loop it is one. */
  workers(): readonly { readonly number: number; readonly isRunning: boolean }[] {
    return this.#running?.pool.workers ?? [];
  }

  /**
   * One more thread: a member of the group, which gives it its share of the tasks. Resolves with its number when these run; rejects with what keeps it from that, and with `STREAMS_CLOSED` where the application does not run, and
   * `STREAMS_BAD_ARGUMENT` where its tasks are in the caller's loop.
   */
  async addWorker(): Promise<number> {
    const pool = this.#threads("added");
    if (pool.workers.length >= WORKERS_MAX)
      throw new StreamsError("STREAMS_BAD_ARGUMENT", `Application ${this.applicationId} has ${WORKERS_MAX} workers, and cannot have more.`);
    const { number, running } = pool.add();
    await running;
    return number;
  }

  /** One thread less: what it has done is committed, and the others take its tasks over. Resolves with its number, undefined where there was none, when it is gone. Rejects as {@link addWorker}. Options are those of `close`. */
  async removeWorker(options?: CloseOptions): Promise<number | undefined> {
    const { leaveGroup = true, timeoutMs = CLOSE_MS } = checkedClose("removeWorker", options);
    return this.#threads("removed").remove(leaveGroup, timeoutMs);
  }

  /**
   * Removes what the application has in `stateDir`, before the start or after the end: its stores are then made again from changelogs. Throws `STREAMS_NOT_CLOSED` while it runs, `DISK_LOCKED` when another instance has the folder.
   */
  cleanUp(): void {
    const { stateDir, applicationId } = this.#options;
    if (this.state !== "CREATED" && this.state !== "NOT_RUNNING" && this.state !== "ERROR") {
      throw new StreamsError(
        "STREAMS_NOT_CLOSED",
        `Application ${applicationId} is ${this.state}: its state is removed before it starts or when it has ended.`,
      );
    }
    if (stateDir !== undefined) StateDirectory.clean(nodeDisk, `${stateDir}/${applicationId}`);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /**
   * A store by key, for questions: tables, and aggregates without windows. Throws `STREAMS_UNKNOWN_STORE` where the topology has none of the name, `STREAMS_STORE_KIND` where it is of another kind. It can be had at any time; what
   * is asked of it rejects with `StoreQueryError` where it cannot be answered.
   */
  store<K, V>(name: string): KeyValueQueries<K, V> {
    return this.#asked.keyValue(name);
  }

  /** A store by key and window; throws as {@link StreamsApplication.store}. */
  windowStore<K, V>(name: string): WindowQueries<K, V> {
    return this.#asked.window(name);
  }

  /** A store by key and session; throws as {@link StreamsApplication.store}. */
  sessionStore<K, V>(name: string): SessionQueries<K, V> {
    return this.#asked.session(name);
  }

  /** A store of versions; throws as {@link StreamsApplication.store}. */
  versionedStore<K, V>(name: string): VersionedQueries<K, V> {
    return this.#asked.versioned(name);
  }

  /** Where a key of a store is asked for, as of the last rebalance (Java's `queryMetadataForKey`). `partition`: of a key that comes by another partitioner than Kafka's default. Throws `STREAMS_UNKNOWN_STORE`, `STREAMS_STORE_UNAVAILABLE` before the start. */
  metadataForKey(store: string, key: unknown, { partition }: { readonly partition?: number } = {}): KeyMetadata {
    return this.#asked.keyMetadata(store, key, partition);
  }

  /** All instances that say where they can be asked, with the partitions that they have. */
  allMetadata(): InstanceMetadata[] {
    return this.#asked.metadata();
  }

  /** Those that have something of a store. */
  metadataForStore(store: string): InstanceMetadata[] {
    return this.#asked.metadata(store);
  }

  #threads(done: string): WorkerPool {
    if (this.#options.workers === 0) {
      throw new StreamsError(
        "STREAMS_BAD_ARGUMENT",
        `The tasks of ${this.applicationId} are in the caller's loop: workers can be ${done} where there are threads. Start it with workers: 1 or more.`,
      );
    }
    // Before its topics are there none has anything to run.
    if (this.#running?.observed === undefined || this.#states.isOver) {
      throw new StreamsError(
        "STREAMS_CLOSED",
        `Application ${this.applicationId} is ${this.state}${this.#states.isOver ? "" : ", and has not begun"}: no worker can be ${done}.`,
      );
    }
    return this.#running.pool;
  }

  #end(to: "NOT_RUNNING" | "ERROR", isLeaving: boolean, timeoutMs: number, isForAll = false): void {
    const served = [...this.#servers].map((server) => server.close());
    this.#ended = Promise.all([this.#running?.end(isLeaving, timeoutMs, isForAll), ...served]).then(() => void this.#states.become(to));
  }

  /**
   * Answers questions by HTTP, with JSON, lines and Server-Sent Events, also for what other instances have. Call it before `start()`: where `applicationServer` is not given, others are then told the place that it listens at,
   * unless that is no address to reach it by (`0.0.0.0`). Closed with the application. Errors: `PORT_IN_USE`, `LISTEN_FAILED`, `STREAMS_CLOSED`.
   */
  async serve(options: ServeOptions = {}): Promise<QueryServer> {
    if (this.#states.isOver)
      throw new StreamsError("STREAMS_CLOSED", `Application ${this.applicationId} is ${this.state}: nothing of it can be asked.`);
    const { serveQueries } = await import("./queries/http/serve-queries.ts");
    await this.#loaded.load();
    const server = await serveQueries(this.#asked, this.#observer, options, this.#deps);
    this.#servers.add(server);
    if (this.#states.isOver) await server.close();
    if (this.state === "CREATED" && !/^(?:0\.0\.0\.0|\[::\]):/.test(server.authority)) this.#asked.applicationServer ??= server.authority;
    return server;
  }

  #untilRunning(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    // Who was told that it starts may have closed it.
    if (this.#states.isOver) reject(new StreamsError("STREAMS_CLOSED", `Application ${this.applicationId} was closed before it ran.`));
    const forget = this.#states.listen((to) => {
      if (to === "RUNNING") resolve();
      else if (to === "PENDING_SHUTDOWN")
        reject(new StreamsError("STREAMS_CLOSED", `Application ${this.applicationId} was closed before it ran.`));
      else if (to === "PENDING_ERROR") reject(this.#error);
    });
    return promise.finally(forget);
  }

  #onFatal(error: Error): FatalAnswer {
    const answer = this.#answerTo(error);
    if (answer !== "restart") this.#fail(error, answer === "shutdownApplication");
    else this.#deps.logger.error("a worker begins anew", { application: this.applicationId, error: error.message });
    return answer;
  }

  #answerTo(error: Error): FatalAnswer {
    // Another instance has answered for all.
    if (error instanceof StreamsError && error.code === "STREAMS_SHUTDOWN") return "shutdown";
    const { fatal = "shutdown" } = this.#options.onError;
    try {
      return typeof fatal === "function" ? fatal(error) : fatal;
    } catch (thrown) {
      this.#deps.logger.error("onError.fatal threw", { application: this.applicationId, error: reasonOf(thrown) });
      return "shutdown";
    }
  }

  #fail(error: Error, isForAll = false): void {
    // What is cut short by its end is no reason for it.
    if (this.#states.isOver) return;
    this.#error = error;
    const { logger }: { readonly logger: Logger } = this.#deps;
    logger.error("the application ends", { application: this.applicationId, error: error.message });
    this.#states.become("PENDING_ERROR");
    this.#end("ERROR", true, CLOSE_MS, isForAll);
  }
}

/**
 * An instance of a streams application: of a topology, or of a module that builds one (see {@link TopologyModule}), which threads need. Options go by our names or by Java's (`"application.id"`), those of clients with Java's prefixes (`"producer.linger.ms"`). Nothing happens until `start()`, which loads the client.
 * Throws `STREAMS_BAD_ARGUMENT`, `STREAMS_BAD_NAME`.
 */
export function streams(
  topology: Topology | URL | TopologyPlace,
  options: ApplicationOptionsByName,
  deps?: Partial<ApplicationDeps>,
): StreamsApplication {
  return new StreamsApplication(topology, options, deps);
}
