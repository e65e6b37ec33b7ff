import { type Clock, type Logger, type Random, randomUuid } from "@ottla/base";
import { nodeDisk } from "@ottla/base/node";
import { type Client, createClient } from "@ottla/client";
import type { DropReason } from "../processors/operator.ts";
import type { FailedRecord } from "../runtime/failures.ts";
import type { RecordCollector } from "../runtime/sink-operator.ts";
import { RecordCache } from "../stores/cache/record-cache.ts";
import type { StateStore } from "../stores/store.ts";
import type { TopologyBuilder } from "../topology/topology-builder.ts";
import { GlobalTables } from "./global/global-tables.ts";
import type { ResolvedOptions } from "./options/resolve-options.ts";
import type { ApplicationQueries } from "./queries/application-queries.ts";
import type { QueryableStore } from "./queries/queryable-stores.ts";
import { copyOf, standbyCopyOf, type StoreCopy } from "./queries/store-copy.ts";
import { ensureTopics } from "./plan/ensure-topics.ts";
import type { TaskId } from "./plan/task-id.ts";
import { planTopology } from "./plan/topology-plan.ts";
import type { RestoreListener } from "./restore/changelog-restore.ts";
import { StateDirectory } from "./state/state-directory.ts";
import { Worker } from "./worker/worker.ts";
import { StreamsError } from "../streams-error.ts";

const LOOK_AGAIN_MS = 100;

/** What a running application is given, and tells. */
export interface RunHost {
  readonly topology: TopologyBuilder;
  readonly options: ResolvedOptions;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: Random;
  readonly queries: ApplicationQueries;
  onRunning(isRunning: boolean): void;
  onFatal(error: Error): "shutdown" | "restart";
  onDropped(node: string, reason: DropReason): void;
  onRestore: RestoreListener;
  onStandby: RestoreListener;
}

/** An application at work: its client, its global tables and its worker. Loaded when an application starts, since it needs the client. */
export class RunningApplication {
  readonly #host: RunHost;
  readonly #client: Client;
  #global: GlobalTables | undefined;
  #worker: Worker | undefined;
  #state: StateDirectory | undefined;
  #work: Promise<void> | undefined;
  #isStopping = false;
  #isLeaving = true;

  constructor(host: RunHost) {
    this.#host = host;
    this.#client = createClient(host.options.client, { logger: host.logger });
  }

  /** Makes the topics, fills global tables, and joins the group. */
  async begin(): Promise<void> {
    const { topology, options, clock, logger, random } = this.#host;
    // Before anything is done in the cluster: another instance may have it.
    if (options.stateDir !== undefined) this.#state = StateDirectory.open(nodeDisk, `${options.stateDir}/${options.applicationId}`, random);
    const plan = planTopology(topology, options.applicationId);
    const counts = await ensureTopics(this.#client.admin(), plan, {
      replicationFactor: options.replicationFactor,
      additionalRetentionMs: options.changelogAdditionalRetentionMs,
      pause: () => new Promise((resolve) => void clock.schedule(LOOK_AGAIN_MS, resolve)),
    });
    if (this.#isStopping) return;
    this.#host.queries.attach({ plan, counts, copies: (store, partition) => this.#copies(store, partition) });
    const shared = {
      applicationId: options.applicationId,
      topology,
      systemTimeMs: () => clock.nowMs(),
      onError: options.onError,
      onDropped: (node: string, reason: DropReason) => this.#host.onDropped(node, reason),
    };
    const parts = { plan, options, counts, client: this.#client, clock, logger };
    if (plan.global.nodes.length > 0) {
      this.#global = new GlobalTables({ ...parts, task: { ...shared, collector: noOutput } });
      await this.#global.fill();
    }
    if (this.#isStopping) return;
    if (plan.subtopologies.length > 0) {
      this.#worker = new Worker({
        ...parts,
        processId: this.#state?.processId ?? randomUuid(random),
        task: {
          ...shared,
          globalStores: this.#global?.stores ?? new Map<string, StateStore>(),
          cache: options.cacheMaxBytes > 0 ? new RecordCache(options.cacheMaxBytes) : undefined,
        },
        onWriteFailure: (error) => this.#onWriteFailure(error),
        onRestore: this.#host.onRestore,
        onStandby: this.#host.onStandby,
        onHosts: (hosts) => this.#host.queries.hosts.replace(hosts),
        onRunning: (isRunning) => this.#host.onRunning(isRunning),
        onFatal: (error) => this.#host.onFatal(error),
      });
    } else this.#host.onRunning(true);
    this.#work = this.#run();
    this.#work.catch(() => {});
  }

  /** Rejects with what ended the work. */
  get work(): Promise<void> {
    return this.#work ?? Promise.resolve();
  }

  /** The copies of a store's partition that are here. */
  #copies({ name, isGlobal, subtopology }: QueryableStore, partition: number): StoreCopy[] {
    if (isGlobal) return this.#global?.copyOf(name) ?? [];
    const isOfIt = ({ id }: { readonly id: TaskId }) => id.subtopology === subtopology && id.partition === partition;
    const active = (this.#worker?.tasks ?? []).filter(isOfIt).flatMap((task) => copyOf(task, name) ?? []);
    const kept = (this.#worker?.copies ?? []).filter(isOfIt).flatMap((stores) => standbyCopyOf(stores, name) ?? []);
    return [...active, ...kept];
  }

  /** Lets all come to its end: what is done is committed. Never rejects. */
  async end(isLeaving: boolean): Promise<void> {
    this.#isStopping = true;
    this.#isLeaving = isLeaving;
    this.#worker?.stop();
    if (this.#worker === undefined) this.#global?.stop();
    await this.#work?.catch(() => {});
    await this.#global?.close().catch((error: Error) => this.#host.logger.warn("global tables did not close", { error: error.message }));
    this.#state?.close();
    await this.#client.close().catch((error: Error) => this.#host.logger.warn("the client did not close", { error: error.message }));
  }

  /** The worker and the global tables end together. */
  async #run(): Promise<void> {
    const global = this.#global?.run();
    const worker = this.#worker?.run(() => this.#isLeaving);
    try {
      await Promise.race([worker ?? global, ...(global === undefined ? [] : [global.then(() => worker)])]);
    } catch (error) {
      if (this.#worker !== undefined) this.#host.onFatal(error as Error);
      throw error;
    } finally {
      this.#worker?.stop();
      this.#global?.stop();
      await Promise.allSettled([worker, global]);
    }
  }

  /** Of a record that the broker refused; it is not known any more what it was made of. */
  #onWriteFailure(error: Error): "fail" | "continue" {
    const { produce = "fail" } = this.#host.options.onError;
    if (produce === "fail" || produce === "continue") return produce;
    const failed: FailedRecord & { readonly toTopic: string } = {
      node: "",
      taskId: "",
      topic: "",
      partition: -1,
      offset: -1,
      timestamp: -1,
      headers: [],
      key: undefined,
      value: undefined,
      sourceKey: null,
      sourceValue: null,
      error: new StreamsError("STREAMS_WRITE", error.message, { cause: error }),
      attempt: 1,
      toTopic: "",
    };
    return produce(failed) === "continue" ? "continue" : "fail";
  }
}

/** Global tasks write nothing: every instance has them. */
const noOutput: RecordCollector = { send() {}, partitionsOf: () => 0 };
