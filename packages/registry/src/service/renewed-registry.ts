import { type Clock, type Logger, printable, silentLogger } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import { RegistryError } from "../registry-error.ts";
import { Registry } from "./registry.ts";

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;
/** Whoever asks while one begins anew waits for it so long. */
const RENEWAL_MS = 10_000;
/** So many wait for a new one; who comes then is told to come again. */
const MAX_WAITING = 1_000;

/** What a registry is begun with. */
export interface RenewedRegistryOptions {
  /** Begins one from the topic; every call on a log of its own. */
  readonly begin: () => Promise<Registry>;
  readonly logger?: Logger;
  readonly clock?: Clock;
  /** Aborted: nobody wants it any more, and that it could not begin is no news. */
  readonly signal?: AbortSignal;
}

type RenewalOptions = Required<Omit<RenewedRegistryOptions, "signal">> & Pick<RenewedRegistryOptions, "signal">;

/**
 * A registry that begins anew from its topic when it has failed or could not begin, as often as it takes, at the latest every 5 seconds. Until then `current` is the failed one, which refuses everything,
 * or throws why none can begin.
 */
export class RenewedRegistry {
  readonly #options: RenewalOptions;
  readonly #stopping = new AbortController();
  #current: Registry | RegistryError;
  #renewing: Promise<void>;
  readonly #waiting = new Set<() => void>();

  private constructor(options: RenewalOptions, first: Registry | RegistryError) {
    this.#options = options;
    this.#current = first;
    this.#renewing = this.#renewWhenFailed();
  }

  /** Resolves when the first one has begun, or could not. */
  static async start({ begin, logger = silentLogger, clock = systemClock, signal }: RenewedRegistryOptions): Promise<RenewedRegistry> {
    const first = await begin().catch((error: unknown) => {
      const refusal = error instanceof RegistryError ? error : notBegun(error);
      if (signal?.aborted !== true) {
        logger.error("The registry cannot begin, and answers every request with the reason until it can.", {
          error: printable(refusal.message),
        });
      }
      return refusal;
    });
    return new RenewedRegistry({ begin, logger, clock, ...(signal && { signal }) }, first);
  }

  /** @throws RegistryError why none has begun yet */
  get current(): Registry {
    if (this.#current instanceof RegistryError) throw this.#current;
    return this.#current;
  }

  /** Whether another one than this answers, once the next try to begin one is over; at most 10 seconds later. */
  async renewed(failed: Registry): Promise<boolean> {
    const isAnother = (): boolean => this.#current instanceof Registry && this.#current !== failed;
    if (this.#current !== failed || this.#stopping.signal.aborted || this.#waiting.size >= MAX_WAITING) return isAnother();
    if (!failed.isFailed) return false;
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        timer.cancel();
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = this.#options.clock.schedule(RENEWAL_MS, wake);
      this.#waiting.add(wake);
    });
    return isAnother();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake();
    if (!(this.#current instanceof RegistryError)) await this.#current.stop();
    await this.#renewing;
  }

  async #renewWhenFailed(): Promise<void> {
    const { signal } = this.#stopping;
    for (;;) {
      if (!(this.#current instanceof RegistryError)) {
        const error = await this.#current.failed;
        if (signal.aborted || this.#options.signal?.aborted) return;
        this.#options.logger.warn("The registry failed and begins anew from its topic.", { error: printable(error.message) });
        await this.#current.stop().catch(() => {});
      }
      const next = await this.#begin();
      if (next === undefined) return;
      this.#become(next);
    }
  }

  #become(next: Registry | RegistryError): void {
    this.#current = next;
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }

  /** Undefined when it was stopped meanwhile. */
  async #begin(): Promise<Registry | undefined> {
    for (let waitMs = FIRST_WAIT_MS; await this.#waited(waitMs); waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
      try {
        const next = await this.#options.begin();
        if (!this.#stopping.signal.aborted) return next;
        await next.stop();
      } catch (error) {
        if (this.#stopping.signal.aborted) return undefined;
        const refusal = error instanceof RegistryError ? error : notBegun(error);
        this.#options.logger.warn("The registry cannot begin anew yet.", { error: printable(refusal.message) });
        this.#become(refusal);
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

function notBegun(cause: unknown): RegistryError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new RegistryError("REGISTRY_NOT_READY", `The registry cannot read its topic: ${why}`, { cause });
}
