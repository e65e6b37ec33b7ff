import { ClientError } from "../client-error.ts";
import type { CallLimit } from "../cluster/call-limit.ts";
import type { Cluster } from "../cluster/cluster.ts";

/** One poll or loop at a time waits for records; and when the application asked last. */
export class OnePoll {
  readonly #cluster: Cluster;
  #running: Promise<unknown> | undefined;
  #isAbandoned = false;
  /** Monotonic ms; undefined: never. */
  #lastAskedMs: number | undefined;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** Resolves when no poll is running. */
  get idle(): Promise<unknown> {
    return this.#running ?? Promise.resolve();
  }

  /** How long ago the application asked for records; 0 while it does, undefined when it never has. */
  get askedAgoMs(): number | undefined {
    if (this.#running !== undefined) return 0;
    return this.#lastAskedMs === undefined ? undefined : this.#cluster.deps.clock.monotonicMs() - this.#lastAskedMs;
  }

  noteAsked(nowMs: number): void {
    this.#lastAskedMs = nowMs;
  }

  /**
   * Does the work until it is done, or the caller's signal or the client's end comes first. `check` throws what speaks against it. Throws `ClientError` INVALID_ARGUMENT when another one is
   * running.
   */
  async run<T>(call: string, signal: AbortSignal | undefined, check: () => void, work: (limit: CallLimit) => Promise<T>): Promise<T> {
    // One that its caller gave up still has to see the end of a callback.
    if (this.#isAbandoned) await this.#running;
    if (this.#running)
      throw new ClientError(
        "INVALID_ARGUMENT",
        `${call} was called while another poll or loop of this consumer is waiting; await it first.`,
      );
    check();
    const limit = this.#cluster.limit({ timeoutMs: Infinity, signal });
    limit.throwIfEnded();
    const polling = work(limit);
    const running = polling
      .catch(() => {})
      .then(() => {
        this.#running = undefined;
        this.#lastAskedMs = this.#cluster.deps.clock.monotonicMs();
        this.#isAbandoned = false;
      });
    this.#running = running;
    try {
      const taken = await limit.bound(call, () => polling);
      await running;
      return taken;
    } catch (error) {
      if (limit.ended) this.#isAbandoned = true;
      else await running;
      throw error;
    }
  }
}
