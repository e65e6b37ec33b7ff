import { type Clock, type Logger, printable, silentLogger } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import type { Registry } from "./registry.ts";

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;

/** What a registry is begun with. */
export interface RenewedRegistryOptions {
  /** Begins one from the topic; every call on a log of its own. */
  readonly begin: () => Promise<Registry>;
  readonly logger?: Logger;
  readonly clock?: Clock;
}

/**
 * A registry that begins anew from its topic when it has failed, as often as it takes, at the latest every 5 seconds. Until then `current` is the failed one, which refuses everything.
 */
export class RenewedRegistry {
  readonly #options: Required<RenewedRegistryOptions>;
  readonly #stopping = new AbortController();
  #current: Registry;
  #renewing: Promise<void>;

  private constructor(options: Required<RenewedRegistryOptions>, first: Registry) {
    this.#options = options;
    this.#current = first;
    this.#renewing = this.#renewWhenFailed();
  }

  /** Rejects when the first one cannot begin: what is wrong then is for a person to mend. */
  static async start({ begin, logger = silentLogger, clock = systemClock }: RenewedRegistryOptions): Promise<RenewedRegistry> {
    return new RenewedRegistry({ begin, logger, clock }, await begin());
  }

  get current(): Registry {
    return this.#current;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#current.stop();
    await this.#renewing;
  }

  async #renewWhenFailed(): Promise<void> {
    const { signal } = this.#stopping;
    for (;;) {
      const error = await this.#current.failed;
      if (signal.aborted) return;
      this.#options.logger.warn("The registry failed and begins anew from its topic.", { error: printable(error.message) });
      await this.#current.stop().catch(() => {});
      const next = await this.#begin();
      if (next === undefined) return;
      this.#current = next;
    }
  }

  /** Undefined when it was stopped meanwhile. */
  async #begin(): Promise<Registry | undefined> {
    for (let waitMs = FIRST_WAIT_MS; await this.#waited(waitMs); waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
      try {
        const next = await this.#options.begin();
        if (!this.#stopping.signal.aborted) return next;
        await next.stop();
      } catch (error) {
        this.#options.logger.warn("The registry cannot begin anew yet.", {
          error: printable(error instanceof Error ? error.message : String(error)),
        });
      }
    }
    return undefined;
  }

  /** False when it was stopped. */
  #waited(waitMs: number): Promise<boolean> {
    const { signal } = this.#stopping;
    return new Promise((resolve) => {
      const end = (): void => {
        timer.cancel();
        resolve(false);
      };
      const timer = this.#options.clock.schedule(waitMs, () => {
        signal.removeEventListener("abort", end);
        resolve(true);
      });
      if (signal.aborted) end();
      else signal.addEventListener("abort", end, { once: true });
    });
  }
}
