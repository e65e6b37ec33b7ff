import type { Logger } from "@ottla/base";
import type { AnyHandler } from "../handler.ts";

/** A request that holds the loop for longer than this is worth a line in the log: all other clients waited for it. */
const LONG_TURN_MS = 50;

/** What was seen of one API since the start. */
export interface ApiStats {
  readonly name: string;
  requests: number;
  /** Requests that ended their connection. */
  closed: number;
  /** From decoding to the answer, waiting included; the sum over all requests. */
  totalMs: number;
  /** The longest time that one request held the loop when it came in. */
  longestTurnMs: number;
}

/** Counts requests and their times, per API, in memory. */
export class RequestObserver {
  readonly #logger: Logger;
  readonly #byKey: (ApiStats | undefined)[] = [];

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** By API key, those that were called. */
  get stats(): readonly ApiStats[] {
    return this.#byKey.filter((stats) => stats !== undefined);
  }

  /** A request was decoded and handed to its handler, which took `turnMs` of the loop. */
  began(handler: AnyHandler, turnMs: number, requestBytes: number): void {
    const stats = this.#of(handler);
    stats.requests++;
    if (turnMs > stats.longestTurnMs) stats.longestTurnMs = turnMs;
    if (turnMs > LONG_TURN_MS)
      this.#logger.warn("a request kept all others waiting", { api: handler.api.name, turnMs: Math.round(turnMs), requestBytes });
  }

  /** It was answered, or its connection is closed for it. */
  ended(handler: AnyHandler, totalMs: number, isClosing: boolean): void {
    const stats = this.#of(handler);
    stats.totalMs += totalMs;
    if (isClosing) stats.closed++;
  }

  #of({ api }: AnyHandler): ApiStats {
    return (this.#byKey[api.key] ??= { name: api.name, requests: 0, closed: 0, totalMs: 0, longestTurnMs: 0 });
  }
}
