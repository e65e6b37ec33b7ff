import { ClientError, type Consumer } from "@ottla/client";
import { GlobalTask } from "../../runtime/global-task.ts";
import type { TaskOptions } from "../../runtime/task-options.ts";
import type { TaskState } from "../../stores/persistent/task-state.ts";
import type { StateStore } from "../../stores/store.ts";
import type { StoreCopy } from "../queries/store-copy.ts";
import { isolationOf, propertiesOf } from "../worker/worker-clients.ts";
import type { WorkerHost } from "../worker/worker-host.ts";
import { globalPartitions, openGlobalState } from "./global-state.ts";

const POLL_MS = 100;
const RECORDS_PER_LOOK = 64;
const SLICE_MS = 8;
const COMMIT_MS = 10_000;

/** What global tables have of the world. */
export interface GlobalTablesHost extends Pick<WorkerHost, "plan" | "options" | "counts" | "client" | "clock" | "logger"> {
  /** Of stores on the disk, in the application's. */
  readonly folder: string;
  readonly task: Omit<TaskOptions, "taskId" | "partition" | "nodes" | "globalStores">;
}

/** The global stores of an instance: filled from the whole of their topics before any task runs, and kept up with them. */
export class GlobalTables {
  readonly #host: GlobalTablesHost;
  readonly #consumer: Consumer;
  readonly #state: TaskState | undefined;
  readonly #task: GlobalTask;
  #isStopping = false;
  #isFilled = false;
  #committedAtMs: number;

  /** Opens the stores; what is on the disk and cannot be read, or is of topics that were deleted or cut, is made again from what is there. */
  static async open(host: GlobalTablesHost): Promise<GlobalTables> {
    return new GlobalTables(host, await openGlobalState(host));
  }

  private constructor(host: GlobalTablesHost, state: TaskState | undefined) {
    this.#host = host;
    const { client, options, plan, clock } = host;
    this.#state = state;
    this.#task = new GlobalTask({
      ...host.task,
      taskId: "-1_-1",
      partition: -1,
      nodes: plan.global.nodes,
      state: this.#state,
      committed: this.#state,
    });
    this.#committedAtMs = clock.monotonicMs();
    this.#consumer = client.consumer({
      ...propertiesOf(options, "consumer.", "global.consumer."),
      enableAutoCommit: false,
      autoOffsetReset: "earliest",
      isolationLevel: isolationOf(options),
      allowAutoCreateTopics: false,
    });
  }

  get stores(): ReadonlyMap<string, StateStore> {
    return this.#task.stores;
  }

  /** What can be asked of one of them. */
  copyOf(name: string): StoreCopy[] {
    const store = this.#task.stores.get(name);
    return store?.isOpen !== true ? [] : [{ store, role: "global", isRestoring: !this.#isFilled, position: {}, lag: null }];
  }

  /** Resolves when they have all that was in their topics at its call. */
  async fill(): Promise<void> {
    const partitions = globalPartitions(this.#host);
    this.#consumer.assign(partitions);
    for (const place of partitions) {
      const next = this.#state === undefined || !this.#isPersistent ? 0 : this.#task.nextOffset(place.topic, place.partition);
      if (next > 0) this.#consumer.seek(place, next);
      else this.#consumer.seekToBeginning([place]);
    }
    const ends = await this.#consumer.endOffsets(partitions);
    for (let open = ends; open.length > 0 && !this.#isStopping; ) {
      await this.#turn();
      const behind: (typeof open)[number][] = [];
      for (const end of open) if ((await this.#consumer.position(end)) < end.offset) behind.push(end);
      open = behind;
    }
    this.#isFilled = !this.#isStopping;
  }

  /** Keeps up until it is stopped. Rejects with what stops a task. */
  async run(): Promise<void> {
    while (!this.#isStopping) await this.#turn();
    await this.#commit();
  }

  stop(): void {
    this.#isStopping = true;
    this.#consumer.wakeup();
  }

  async close(): Promise<void> {
    this.#task.close();
    this.#state?.close();
    await this.#consumer.close({ timeoutMs: 0 });
  }

  /** A store in memory begins empty, and all of a task's are of one age. */
  get #isPersistent(): boolean {
    return [...this.#task.stores.values()].every(({ isPersistent }) => isPersistent);
  }

  async #turn(): Promise<void> {
    const { clock } = this.#host;
    try {
      for (const batch of await this.#consumer.poll(POLL_MS)) {
        let sliceEndMs = clock.monotonicMs() + SLICE_MS;
        let count = 0;
        for (const record of batch) {
          this.#task.process(record);
          if (++count % RECORDS_PER_LOOK !== 0 || clock.monotonicMs() < sliceEndMs) continue;
          await new Promise<void>((resolve) => clock.nextTurn(resolve));
          sliceEndMs = clock.monotonicMs() + SLICE_MS;
        }
      }
    } catch (error) {
      if (!(error instanceof ClientError) || error.code !== "WOKEN_UP") throw error;
    }
    if (clock.monotonicMs() - this.#committedAtMs < COMMIT_MS && this.#state?.needsCommit !== true) return;
    this.#committedAtMs = clock.monotonicMs();
    await this.#commit();
  }

  async #commit(): Promise<void> {
    if (this.#state !== undefined) await this.#task.commitInTurns(this.#state, this.#host.clock);
  }
}
