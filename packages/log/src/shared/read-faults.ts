import type { Clock, Logger } from "@ottla/base";

/** How long one partition's further faults are only counted, in ms: its readers try again and again. */
const SILENCE_MS = 60_000;

/** Reads of one partition that failed for the disk, or for damage found on it: counted all, told of at most once a minute. */
export class ReadFaults {
  readonly #clock: Clock;
  readonly #logger: Logger;
  #count = 0;
  #told = 0;
  #silentUntilMs = -Infinity;

  constructor(deps: { readonly clock: Clock; readonly logger: Logger }) {
    this.#clock = deps.clock;
    this.#logger = deps.logger;
  }

  /** Since the partition was opened. */
  get count(): number {
    return this.#count;
  }

  note(topic: string, partition: number, error: unknown): void {
    this.#count++;
    const nowMs = this.#clock.monotonicMs();
    if (nowMs < this.#silentUntilMs) return;
    this.#silentUntilMs = nowMs + SILENCE_MS;
    this.#logger.error("records cannot be read", { topic, partition, faults: this.#count - this.#told, error });
    this.#told = this.#count;
  }
}
