import { KnownStatuses } from "./known-statuses.ts";
import type { RunStatus, StatusOwner, StatusStore } from "./status-store.ts";

/** States that end with the process. */
export class MemoryStatusStore implements StatusStore {
  readonly #known = new KnownStatuses();

  start(): Promise<void> {
    return Promise.resolve();
  }

  put(owner: StatusOwner, status: RunStatus | null): void {
    this.#known.set(owner, status);
  }

  get(owner: StatusOwner): RunStatus | undefined {
    return this.#known.get(owner);
  }

  tasks(connector: string): ReadonlyMap<number, RunStatus> {
    return this.#known.tasks(connector);
  }

  addTopic(connector: string, _task: number, topic: string): void {
    this.#known.addTopic(connector, topic);
  }

  topics(connector: string): readonly string[] {
    return this.#known.topics(connector);
  }

  resetTopics(connector: string): void {
    for (const topic of this.#known.topics(connector)) this.#known.removeTopic(connector, topic);
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }
}
