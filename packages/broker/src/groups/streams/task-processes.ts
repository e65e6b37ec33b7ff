import type { AnyTasks, HeldTasks } from "./tasks.ts";

/** The processes on which tasks are, by what members have or have yet to give up: no task runs on two, and a process has one state directory for each. */
export class TaskProcesses {
  /** Who took a task last has it. */
  readonly #active = new Map<string, Map<number, string>>();
  readonly #standby = new ProcessCounts();
  readonly #warmup = new ProcessCounts();

  /** The process that runs the task, or has yet to end it. */
  activeOn(subtopologyId: string, partition: number): string | undefined {
    return this.#active.get(subtopologyId)?.get(partition);
  }

  hasStandbyOn(subtopologyId: string, partition: number, processId: string): boolean {
    return this.#standby.has(subtopologyId, partition, processId);
  }

  hasWarmupOn(subtopologyId: string, partition: number, processId: string): boolean {
    return this.#warmup.has(subtopologyId, partition, processId);
  }

  add({ active, standby, warmup }: HeldTasks, processId: string): void {
    for (const [subtopologyId, epochs] of active) {
      let processes = this.#active.get(subtopologyId);
      if (!processes) this.#active.set(subtopologyId, (processes = new Map()));
      for (const partition of epochs.keys()) processes.set(partition, processId);
    }
    this.#standby.count(standby, processId, 1);
    this.#warmup.count(warmup, processId, 1);
  }

  remove({ active, standby, warmup }: HeldTasks, processId: string): void {
    for (const [subtopologyId, epochs] of active) {
      const processes = this.#active.get(subtopologyId);
      if (!processes) continue;
      for (const partition of epochs.keys()) if (processes.get(partition) === processId) processes.delete(partition);
      if (processes.size === 0) this.#active.delete(subtopologyId);
    }
    this.#standby.count(standby, processId, -1);
    this.#warmup.count(warmup, processId, -1);
  }
}

/** How many members of each process have a task. */
class ProcessCounts {
  readonly #counts = new Map<string, Map<number, Map<string, number>>>();

  has(subtopologyId: string, partition: number, processId: string): boolean {
    return this.#counts.get(subtopologyId)?.get(partition)?.has(processId) ?? false;
  }

  count(tasks: AnyTasks, processId: string, by: 1 | -1): void {
    for (const [subtopologyId, partitions] of tasks) {
      let known = this.#counts.get(subtopologyId);
      if (!known) this.#counts.set(subtopologyId, (known = new Map()));
      for (const partition of partitions.keys()) {
        let processes = known.get(partition);
        if (!processes) known.set(partition, (processes = new Map()));
        const next = (processes.get(processId) ?? 0) + by;
        if (next > 0) processes.set(processId, next);
        else processes.delete(processId);
        if (processes.size === 0) known.delete(partition);
      }
      if (known.size === 0) this.#counts.delete(subtopologyId);
    }
  }
}
