import type { RawRecord } from "./record-queues.ts";
import { Task } from "./task.ts";
import type { TaskOptions } from "./task-options.ts";
import type { StateStore } from "../stores/store.ts";
import type { StorePart } from "../topology/parts.ts";

/** Fills the global stores of a topology. They have no changelog: their topic is one. Every instance fills its own, so none writes: dead letters neither. */
export class GlobalTask {
  readonly #task: Task;

  constructor(options: Omit<TaskOptions, "globalStores">) {
    this.#task = new Task({
      ...options,
      globalStores: new Map(),
      writesDeadLetters: false,
      takesStore: ({ isGlobal }: StorePart) => isGlobal,
    });
  }

  get stores(): ReadonlyMap<string, StateStore> {
    return this.#task.stores;
  }

  get isHalfDone(): boolean {
    return this.#task.isHalfDone;
  }

  reads(topic: string): boolean {
    return this.#task.reads(topic);
  }

  process(record: RawRecord): void {
    this.#task.add(record);
    while (this.#task.processNext());
  }

  /** As {@link Task.nextOffset}. */
  nextOffset(topic: string, partition: number): number {
    return this.#task.nextOffset(topic, partition);
  }

  commit(): void {
    this.#task.commit();
  }

  close(): void {
    this.#task.close();
  }
}
