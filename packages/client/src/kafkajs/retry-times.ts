import type { Random } from "@ottla/base";
import type { RetryOptions } from "./kafka-config.ts";

/** kafkajs's own defaults. */
const DEFAULTS = { maxRetryTime: 30_000, initialRetryTime: 300, factor: 0.2, multiplier: 2, retries: 5 };

/** Pauses between tries as kafkajs makes them: growing, with some chance, up to a maximum. */
export class RetryTimes {
  readonly retries: number;
  readonly #options: typeof DEFAULTS;
  readonly #random: Random;

  constructor(random: Random, ...options: (RetryOptions | undefined)[]) {
    const given = options.flatMap((each) => Object.entries(each ?? {})).filter(([, value]) => value !== undefined);
    this.#options = { ...DEFAULTS, ...Object.fromEntries(given) };
    this.#random = random;
    this.retries = this.#options.retries;
  }

  /** Before try number `retryCount`, the first retry being 1. */
  pauseMs(retryCount: number): number {
    const { initialRetryTime, multiplier, factor, maxRetryTime } = this.#options;
    const pause = Math.min(maxRetryTime, initialRetryTime * multiplier ** Math.min(retryCount - 1, 30));
    const chance = this.#random.nextInt(2001) / 1000 - 1;
    return Math.ceil(Math.min(maxRetryTime, pause * (1 + factor * chance)));
  }
}
