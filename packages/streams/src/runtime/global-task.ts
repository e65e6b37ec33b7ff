import type { Clock } from "@ottla/base";
import type { TaskState } from "../stores/persistent/task-state.ts";
import type { RawRecord } from "./record-queues.ts";
import { Task } from "./task.ts";
import type { TaskOptions } from "./task-options.ts";
import type { StateStore } from "../stores/store.ts";
import type { StorePart } from "../topology/parts.ts";

/** Fills the global stores of a topology. They have no changelog: their topic is one. Every instance fills its own, so none writes: dead letters neither. */
export class GlobalTask {
  readonly #task: Task;
  /** All stores are tables. */
  readonly #areTables: boolean;

  constructor(options: Omit<TaskOptions, "globalStores">) {
    this.#task = new Task({
      ...options,
      globalStores: new Map(),
      writesDeadLetters: false,
      takesStore: ({ isGlobal }: StorePart) => isGlobal,
    });
    this.#areTables = [...options.topology.stores.values()].every(({ isGlobal, isTable }) => !isGlobal || isTable === true);
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

  /**
   * As {@link GlobalTask.commit}, into the state that it was made with, a few ms at a time where its stores are tables: what a crash leaves half done is put into them again. What a user's processor makes of records changes together with
   * the offsets, at once. Nothing may be processed meanwhile.
   */
  async commitInTurns(state: TaskState, clock: Pick<Clock, "monotonicMs" | "nextTurn">): Promise<void> {
    if (this.#areTables) await state.commitInTurns(this.#task.prepareCommit().progress, clock);
    else this.#task.commit();
  }

  close(): void {
    this.#task.close();
  }
}
