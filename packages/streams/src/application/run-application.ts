import { type Clock, type Logger, type Random, randomUuid, silentLogger, type Timer } from "@ottla/base";
import { nodeDisk } from "@ottla/base/node";
import { type Client, createClient } from "@ottla/client";
import type { DropReason } from "../processors/operator.ts";
import type { Topology } from "../topology/topology.ts";
import { LoopWorker } from "./loop-worker.ts";
import type { FatalAnswer } from "./options/application-options.ts";
import type { Observed } from "./observe/application-observer.ts";
import { inputTopics, outputTopics } from "./plan/input-topics.ts";
import type { ResolvedOptions } from "./options/resolve-options.ts";
import type { ApplicationQueries } from "./queries/application-queries.ts";
import { ensureTopics } from "./plan/ensure-topics.ts";
import type { PartitionCounts } from "./plan/partition-counts.ts";
import { planTopology, type TopologyPlan } from "./plan/topology-plan.ts";
import type { RestoreListener } from "./restore/changelog-restore.ts";
import { announceShutdown } from "./shutdown-call.ts";
import { StateDirectory } from "./state/state-directory.ts";
import { checkGroupTopology } from "./streams-group/group-topology.ts";
import { portableOptions } from "./threads/portable-options.ts";
import type { TopologyPlace } from "./threads/topology-module.ts";
import { LeftTransactions } from "./worker/left-transactions.ts";
import { transactionalIdOf } from "./worker/transactional-id.ts";
import { type ApplicationWorker, type WorkerEvents, WorkerPool } from "./worker-pool.ts";
import { reasonOf } from "../thrown.ts";

const LOOK_AGAIN_MS = 100;
/** How often folders of tasks are looked at that are not here any more. */
const CLEAN_UP_MS = 60_000;
/** What is left then are questions that nobody waits for any more. */
const CLIENT_CLOSE_MS = 1_000;
/** How long coordinators are asked to let go of a worker that died. */
const BURY_MS = 5_000;

/** What a running application is given, and tells. */
export interface RunHost {
  readonly topology: Topology;
  /** Where threads find the topology; undefined: there are none. */
  readonly place: TopologyPlace | undefined;
  readonly options: ResolvedOptions;
  /** Without what the topology's module says of them: that is loaded in each thread anew. */
  readonly givenOptions: ResolvedOptions;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: Random;
  readonly queries: ApplicationQueries;
  onRunning(isRunning: boolean): void;
  onFatal(error: Error): FatalAnswer;
  onDropped(reason: DropReason, count: number): void;
  readonly onRestore: RestoreListener;
  readonly onStandby: RestoreListener;
}

/** What all workers of an application have in common; made once, before the first of them. */
interface Common {
  readonly plan: TopologyPlan;
  readonly counts: PartitionCounts;
  readonly processId: string;
  readonly newThread: typeof import("./threads/thread-worker.ts").ThreadWorker | undefined;
}

/** An application at work: its client, its state directory and its workers. Loaded when an application starts, since it needs the client. */
export class RunningApplication {
  readonly #host: RunHost;
  readonly #client: Client;
  /** Ends what the client does for the worker in this loop. */
  readonly #life = new AbortController();
  readonly pool: WorkerPool;
  #common: Common | undefined;
  #state: StateDirectory | undefined;
  #observed: Observed | undefined;
  #earlier: LeftTransactions | undefined;
  #isStopping = false;
  #cleanUp: Timer | undefined;

  constructor(host: RunHost) {
    this.#host = host;
    const { client, cacheMaxBytes, workers } = host.options;
    const signal = client.signal === undefined ? this.#life.signal : AbortSignal.any([client.signal, this.#life.signal]);
    this.#client = createClient({ ...client, signal }, { logger: host.logger });
    this.pool = new WorkerPool({
      clock: host.clock,
      logger: host.logger,
      cacheMaxBytes,
      make: (number, cacheBytes, events) => this.#makeWorker(number, cacheBytes, events),
      bury: (number, memberId) => this.#bury(number, memberId),
      onRunning: (isRunning) => host.onRunning(isRunning),
      onFatal: (error) => host.onFatal(error),
      events: {
        onDropped: (reason, count) => host.onDropped(reason, count),
        onRestore: host.onRestore,
        onStandby: host.onStandby,
        onHosts: (hosts) => host.queries.hosts.replace(hosts),
      },
    });
    if (workers > 0) client.signal?.addEventListener("abort", () => void this.pool.terminate(), { once: true });
  }

  /** Makes the topics, and lets the workers begin. */
  async begin(): Promise<void> {
    const { topology, options, clock, random } = this.#host;
    // Before anything is done in the cluster: another instance may have it.
    if (options.stateDir !== undefined) this.#state = StateDirectory.open(nodeDisk, `${options.stateDir}/${options.applicationId}`, random);
    this.#cleanUpLater();
    const plan = planTopology(topology.builder, options.applicationId);
    const isStreamsGroup = options.groupProtocol === "streams";
    if (isStreamsGroup) checkGroupTopology(plan);
    const counts = await ensureTopics(this.#client.admin(), plan, {
      replicationFactor: options.replicationFactor,
      additionalRetentionMs: options.changelogAdditionalRetentionMs,
      areMadeByBroker: isStreamsGroup,
      pause: () => new Promise((resolve) => void clock.schedule(LOOK_AGAIN_MS, resolve)),
    });
    const newThread = options.workers > 0 ? (await import("./threads/thread-worker.ts")).ThreadWorker : undefined;
    if (this.#isStopping) return;
    this.#host.queries.attach({
      plan,
      counts,
      copies: (store, partition) => this.pool.copies(store, partition),
      askThreads: (ask) => this.pool.ask(ask),
      threads: () => this.pool.threads(),
    });
    this.#common = { plan, counts, processId: this.#state?.processId ?? randomUuid(random), newThread };
    this.#observed = {
      admin: this.#client.admin(),
      processId: this.#common.processId,
      inputTopics: inputTopics(plan, counts),
      outputTopics: outputTopics(plan),
      snapshots: () => this.pool.snapshots(),
    };
    for (let count = 0; count < Math.max(1, options.workers); count++) this.pool.add();
    if (this.#state !== undefined && options.guarantee === "exactlyOnce") this.#endEarlierWorkers(this.#common.processId);
  }

  /** What may be asked about it; undefined before its topics are there. */
  get observed(): Observed | undefined {
    return this.#observed;
  }

  /** Before its restart the instance may have had more workers: nobody takes over from those, and to all others it lives. */
  #endEarlierWorkers(ownProcessId: string): void {
    const { options, clock, logger } = this.#host;
    this.#earlier = new LeftTransactions({
      admin: this.#client.admin(),
      clock,
      logger,
      applicationId: options.applicationId,
      left: (open) =>
        open.filter(({ processId, number }) => processId === ownProcessId && !this.pool.workers.some((worker) => worker.number === number)),
    });
    this.#earlier.end();
  }

  async #announceShutdown(): Promise<void> {
    if (this.#common === undefined) return;
    const { options, clock, logger } = this.#host;
    const { plan, counts, processId } = this.#common;
    await announceShutdown({ client: this.#client, options, plan, counts, processId, number: 0, clock, logger });
  }

  #cleanUpLater(): void {
    const { clock, logger, options } = this.#host;
    if (this.#state === undefined) return;
    const { stateCleanupDelayMs: delayMs } = options;
    this.#cleanUp = clock.schedule(Math.min(CLEAN_UP_MS, delayMs), () => {
      try {
        const emptied = this.#state?.emptyUnused(clock.monotonicMs(), delayMs) ?? [];
        if (emptied.length > 0) logger.info("the state of tasks that are not here is removed", { tasks: emptied.join(" ") });
      } catch (error) {
        logger.warn("the state of tasks that are not here is not removed", { error: reasonOf(error) });
      }
      this.#cleanUpLater();
    });
  }

  /** Lets all come to its end: what is done is committed, as far as there is time. `isForAll`: all other instances are told to end, too. Never rejects. */
  async end(isLeaving: boolean, timeoutMs: number, isForAll: boolean): Promise<void> {
    this.#isStopping = true;
    this.#cleanUp?.cancel();
    this.#earlier?.close();
    await Promise.all([this.pool.end(isLeaving, timeoutMs), isForAll ? this.#announceShutdown() : undefined]);
    this.#state?.close();
    await this.#client
      .close({ timeoutMs: CLIENT_CLOSE_MS })
      .catch((error: Error) => this.#host.logger.warn("the client did not close", { error: error.message }));
  }

  async #bury(number: number, memberId: string): Promise<void> {
    if (!this.#life.signal.aborted) return this.#takeOut(this.#client, number, memberId);
    await using another = createClient(this.#host.options.client, { logger: this.#host.logger });
    await this.#takeOut(another, number, memberId);
  }

  async #takeOut(client: Client, number: number, memberId: string): Promise<void> {
    const { applicationId, guarantee } = this.#host.options;
    const admin = client.admin();
    const transactionalId = transactionalIdOf(applicationId, this.#common!.processId, number);
    await Promise.all([
      admin.removeGroupMembers(applicationId, [{ memberId }], { timeoutMs: BURY_MS }),
      guarantee === "exactlyOnce" ? admin.fenceProducers([transactionalId], { timeoutMs: BURY_MS }) : undefined,
    ]);
  }

  #makeWorker(number: number, cacheMaxBytes: number, events: WorkerEvents): ApplicationWorker {
    const { topology, place, options, givenOptions, clock, logger } = this.#host;
    const { plan, counts, processId, newThread } = this.#common!;
    if (newThread === undefined || place === undefined) {
      const shared = { topology: topology.builder, options, plan, counts, client: this.#client, clock, logger, processId };
      return new LoopWorker({ ...shared, number, cacheMaxBytes }, events, () => this.#life.abort(new Error("it was ended")));
    }
    const parts = {
      url: place.module.href,
      data: place.data,
      description: topology.describe(),
      options: portableOptions(givenOptions),
      counts,
      processId,
      logger,
      isLogged: logger !== silentLogger,
      resourceLimits: options.workerLimits,
    };
    return new newThread(parts, number, cacheMaxBytes, events);
  }
}
