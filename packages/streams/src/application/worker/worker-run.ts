import type { DropReason } from "../../processors/operator.ts";
import type { FailedRecord } from "../../runtime/failures.ts";
import type { RecordCollector } from "../../runtime/sink-operator.ts";
import { RecordCache } from "../../stores/cache/record-cache.ts";
import type { StateStore } from "../../stores/store.ts";
import { StreamsError } from "../../streams-error.ts";
import type { TopologyBuilder } from "../../topology/topology-builder.ts";
import { GlobalTables } from "../global/global-tables.ts";
import type { WorkerSnapshot } from "../observe/snapshots.ts";
import type { TaskId } from "../plan/task-id.ts";
import type { QueryableStore } from "../queries/queryable-stores.ts";
import { copyOf, standbyCopyOf, type StoreCopy } from "../queries/store-copy.ts";
import { Worker } from "./worker.ts";
import type { WorkerHost } from "./worker-host.ts";

/** What a worker stands on, in the caller's loop or on a thread, and what it tells. */
export interface WorkerRunHost extends Omit<WorkerHost, "task" | "onWriteFailure"> {
  readonly topology: TopologyBuilder;
  /** Its share of `cacheMaxBytes`. */
  readonly cacheMaxBytes: number;
  onDropped(node: string, reason: DropReason): void;
}

/** One worker with its own global tables, from its first record to its last: whatever needs one loop is in here. */
export class WorkerRun {
  readonly #host: WorkerRunHost;
  readonly #cache: RecordCache | undefined;
  #global: GlobalTables | undefined;
  #worker: Worker | undefined;
  #isStopping = false;
  #isLeaving = true;

  constructor(host: WorkerRunHost) {
    this.#host = host;
    this.#cache = host.options.cacheMaxBytes > 0 ? new RecordCache(host.cacheMaxBytes) : undefined;
  }

  /** Fills global tables, joins the group and runs until it is stopped; rejects with what it cannot go on with. What it has is closed by then. */
  async run(): Promise<void> {
    try {
      await this.#begin();
      if (!this.#isStopping) await this.#untilEnd();
    } finally {
      await this.#global?.close().catch((error: Error) => this.#host.logger.warn("global tables did not close", { error: error.message }));
    }
  }

  /** Lets it come to its end: what is done is committed. */
  stop(isLeaving: boolean): void {
    this.#isStopping = true;
    this.#isLeaving = isLeaving;
    this.#worker?.stop();
    if (this.#worker === undefined) this.#global?.stop();
  }

  setCacheBytes(maxBytes: number): void {
    this.#cache?.resize(maxBytes);
  }

  /** What it does now; undefined before it joins the group. */
  snapshot(): WorkerSnapshot | undefined {
    return this.#worker?.snapshot();
  }

  /** The copies of a store's partition that are here. */
  copies({ name, isGlobal, subtopology }: QueryableStore, partition: number): StoreCopy[] {
    if (isGlobal) return this.#global?.copyOf(name) ?? [];
    const isOfIt = ({ id }: { readonly id: TaskId }) => id.subtopology === subtopology && id.partition === partition;
    const active = (this.#worker?.tasks ?? []).filter(isOfIt).flatMap((task) => copyOf(task, name) ?? []);
    const kept = (this.#worker?.copies ?? []).filter(isOfIt).flatMap((stores) => standbyCopyOf(stores, name) ?? []);
    return [...active, ...kept];
  }

  async #begin(): Promise<void> {
    const { topology, options, plan, clock, number } = this.#host;
    const shared = {
      applicationId: options.applicationId,
      topology,
      systemTimeMs: () => clock.nowMs(),
      elapsedMs: () => clock.monotonicMs(),
      onError: options.onError,
      onDropped: (node: string, reason: DropReason) => this.#host.onDropped(node, reason),
    };
    if (plan.global.nodes.length > 0) {
      this.#global = await GlobalTables.open({
        ...this.#host,
        folder: number === 1 ? "global" : `global-${number}`,
        task: { ...shared, collector: noOutput },
      });
      if (this.#isStopping) return;
      await this.#global.fill();
    }
    if (this.#isStopping) return;
    if (plan.subtopologies.length === 0) return this.#host.onRunning(true, undefined);
    this.#worker = new Worker({
      ...this.#host,
      task: {
        ...shared,
        globalStores: this.#global?.stores ?? new Map<string, StateStore>(),
        cache: this.#cache,
        spans: options.spans,
      },
      onWriteFailure: (error) => this.#onWriteFailure(error),
    });
  }

  /** The worker and the global tables end together. */
  async #untilEnd(): Promise<void> {
    const global = this.#global?.run();
    const worker = this.#worker?.run(() => this.#isLeaving);
    try {
      await Promise.race([worker ?? global, ...(global === undefined ? [] : [global.then(() => worker)])]);
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

/** Global tasks write nothing: every worker has them. */
const noOutput: RecordCollector = { send() {}, partitionsOf: () => 0 };
