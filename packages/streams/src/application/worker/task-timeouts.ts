import { StreamsError } from "../../streams-error.ts";

/** How long tasks have failed in ways that may pass (KIP-572): they are tried again until their time is over, and others go on meanwhile. */
export class TaskTimeouts {
  /** How long a task may fail. */
  readonly timeoutMs: number;
  readonly #sinceMs = new Map<string, number>();

  constructor(timeoutMs: number) {
    this.timeoutMs = timeoutMs;
  }

  /** These tasks have failed. Throws `STREAMS_TASK_TIMEOUT` with the names of those whose time is over. */
  failed(tasks: readonly string[], error: Error, nowMs: number): void {
    const over: string[] = [];
    for (const task of tasks) {
      const sinceMs = this.#sinceMs.get(task) ?? nowMs;
      this.#sinceMs.set(task, sinceMs);
      if (nowMs - sinceMs >= this.timeoutMs) over.push(task);
    }
    if (over.length === 0) return;
    for (const task of over) this.#sinceMs.delete(task);
    throw new StreamsError(
      "STREAMS_TASK_TIMEOUT",
      `${over.length === 1 ? `Task ${over[0]}` : `Tasks ${over.join(", ")}`} did not get on for taskTimeoutMs (${this.timeoutMs} ms): ${error.message}`,
      { cause: error },
    );
  }

  /** They got on, or are not here any more: the next failure is their first. */
  passed(tasks: Iterable<string>): void {
    for (const task of tasks) this.#sinceMs.delete(task);
  }
}
