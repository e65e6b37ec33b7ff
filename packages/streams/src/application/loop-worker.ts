import type { WorkerSnapshot } from "./observe/snapshots.ts";
import type { QueryableStore } from "./queries/queryable-stores.ts";
import type { StoreCopy } from "./queries/store-copy.ts";
import { WorkerRun, type WorkerRunHost } from "./worker/worker-run.ts";
import type { ApplicationWorker, WorkerEvents } from "./worker-pool.ts";

/** A worker in the caller's loop. */
export class LoopWorker implements ApplicationWorker {
  readonly number: number;
  readonly #run: WorkerRun;
  readonly #abort: () => void;
  #isLeaving = false;
  #orphanedMemberId: string | undefined;

  /** `abort` ends what its client does, which ends its loop: nothing else does from outside. */
  constructor(host: Omit<WorkerRunHost, keyof WorkerEvents>, events: WorkerEvents, abort: () => void) {
    this.number = host.number;
    this.#abort = abort;
    this.#run = new WorkerRun({
      ...host,
      ...events,
      onDropped: (_node, reason) => events.onDropped(reason, 1),
    });
  }

  /** Its client leaves for it, unless that was ended with all it has. */
  get orphanedMemberId(): string | undefined {
    return this.#orphanedMemberId;
  }

  run(): Promise<void> {
    return this.#run.run();
  }

  stop(isLeaving: boolean): void {
    this.#isLeaving = isLeaving;
    this.#run.stop(isLeaving);
  }

  async terminate(): Promise<void> {
    if (this.#isLeaving) this.#orphanedMemberId = this.#run.snapshot()?.memberId;
    this.#abort();
  }

  setCacheBytes(maxBytes: number): void {
    this.#run.setCacheBytes(maxBytes);
  }

  async snapshot(): Promise<WorkerSnapshot | undefined> {
    return this.#run.snapshot();
  }

  copies(store: QueryableStore, partition: number): readonly StoreCopy[] {
    return this.#run.copies(store, partition);
  }
}
