import type { RunStatus, StatusOwner } from "./status-store.ts";

/** States and topics in memory. */
export class KnownStatuses {
  readonly #connectors = new Map<string, RunStatus>();
  readonly #tasks = new Map<string, Map<number, RunStatus>>();
  readonly #topics = new Map<string, Set<string>>();

  set({ connector, task }: StatusOwner, status: RunStatus | null): void {
    if (task === undefined) {
      if (status === null) this.#connectors.delete(connector);
      else this.#connectors.set(connector, status);
      return;
    }
    let tasks = this.#tasks.get(connector);
    if (tasks === undefined) {
      tasks = new Map();
      this.#tasks.set(connector, tasks);
    }
    if (status === null) tasks.delete(task);
    else tasks.set(task, status);
    if (tasks.size === 0) this.#tasks.delete(connector);
  }

  get({ connector, task }: StatusOwner): RunStatus | undefined {
    return task === undefined ? this.#connectors.get(connector) : this.#tasks.get(connector)?.get(task);
  }

  tasks(connector: string): ReadonlyMap<number, RunStatus> {
    return new Map([...(this.#tasks.get(connector) ?? [])].toSorted(([a], [b]) => a - b));
  }

  /** Whether it was not known before. */
  addTopic(connector: string, topic: string): boolean {
    let topics = this.#topics.get(connector);
    if (topics === undefined) {
      topics = new Set();
      this.#topics.set(connector, topics);
    }
    if (topics.has(topic)) return false;
    topics.add(topic);
    return true;
  }

  removeTopic(connector: string, topic: string): void {
    this.#topics.get(connector)?.delete(topic);
  }

  topics(connector: string): string[] {
    return [...(this.#topics.get(connector) ?? [])].toSorted();
  }
}
