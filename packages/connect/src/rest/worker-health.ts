import type { Clock } from "@ottla/base";
import type { ConnectWorker } from "../worker/connect-worker.ts";

const KEPT_MS = 2_000;
const LOOK_MS = 3_000;

/** Whether a worker can do what it is for. Topics are looked at once in two seconds, however often it is asked. */
export class WorkerHealth {
  readonly #worker: ConnectWorker;
  readonly #clock: Clock;
  #looked: { readonly atMs: number; readonly missing: Promise<readonly string[]> } | undefined;

  constructor(worker: ConnectWorker, clock: Clock) {
    this.#worker = worker;
    this.#clock = clock;
  }

  /** What is wrong; undefined: nothing. A cluster that does not answer is none of it: the worker goes on when it does. */
  async complaint(): Promise<string | undefined> {
    try {
      this.#worker.requireSound();
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
    const missing = await this.#missing();
    if (missing.length === 0) return undefined;
    const topics = missing.map((topic) => `"${topic}"`).join(", ");
    return `Connect's ${missing.length === 1 ? "topic" : "topics"} ${topics} ${missing.length === 1 ? "is" : "are"} gone, and with it what stood there; a worker that is started makes ${missing.length === 1 ? "it" : "them"} anew.`;
  }

  #missing(): Promise<readonly string[]> {
    const nowMs = this.#clock.monotonicMs();
    if (this.#looked === undefined || nowMs - this.#looked.atMs > KEPT_MS) this.#looked = { atMs: nowMs, missing: this.#look() };
    return this.#looked.missing;
  }

  async #look(): Promise<readonly string[]> {
    const { internalTopics, client } = this.#worker;
    if (internalTopics.length === 0) return [];
    try {
      const found = await client.admin().describeTopics(internalTopics, { timeoutMs: LOOK_MS });
      return internalTopics.filter((_, at) => found[at]?.error?.code === "UNKNOWN_TOPIC_OR_PARTITION");
    } catch {
      return [];
    }
  }
}
