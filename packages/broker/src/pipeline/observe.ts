import { LatencyHistogram, type Logger } from "@ottla/base";
import type { AnyHandler } from "../handler.ts";
import type { Call } from "./call.ts";

/** A request that holds the loop for longer than this is worth a line in the log: all other clients waited for it. */
const LONG_TURN_MS = 50;

/** What was seen of one API since the start. */
export interface ApiStats {
  readonly name: string;
  /** Requests by version. */
  readonly versions: number[];
  /** Requests that ended their connection. */
  closed: number;
  /** Of request frames. */
  requestBytes: number;
  /** From decoding to the answer, waiting included. */
  readonly totalTime: LatencyHistogram;
  /** How long it held the loop when it came in. */
  readonly localTime: LatencyHistogram;
  /** From then to the answer: records to come, members to join, the disk. */
  readonly remoteTime: LatencyHistogram;
  /** For how long clients were told to be quiet. */
  readonly throttleTime: LatencyHistogram;
  /** The longest time that one request held the loop. */
  longestTurnMs: number;
  /** Answers, or parts of answers, by the error code they told, 0 included. */
  readonly errors: Map<number, number>;
}

/** Counts requests, their times and their errors, per API, in memory. */
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

  /** A request was decoded and handed to its handler, which had its turn. */
  began({ handler, version, turnMs, requestBytes }: Call): void {
    const stats = this.#of(handler);
    stats.versions[version] = (stats.versions[version] ?? 0) + 1;
    stats.requestBytes += requestBytes;
    if (turnMs > stats.longestTurnMs) stats.longestTurnMs = turnMs;
    if (turnMs > LONG_TURN_MS)
      this.#logger.warn("a request kept all others waiting", { api: handler.api.name, turnMs: Math.round(turnMs), requestBytes });
  }

  /** Its answer is ready. */
  answered({ handler, startedMs, turnMs, throttleMs, writer }: Call, nowMs: number): void {
    const stats = this.#of(handler);
    const totalMs = nowMs - startedMs;
    stats.totalTime.record(totalMs, nowMs);
    stats.localTime.record(turnMs, nowMs);
    stats.remoteTime.record(totalMs - turnMs, nowMs);
    stats.throttleTime.record(throttleMs, nowMs);
    if (writer === undefined) return;
    if (writer.noErrors > 0) count(stats.errors, 0, writer.noErrors);
    writer.errorCounts?.forEach((times, code) => count(stats.errors, code, times));
  }

  /** Its connection is closed for it. */
  closed(handler: AnyHandler): void {
    this.#of(handler).closed++;
  }

  #of({ api }: AnyHandler): ApiStats {
    return (this.#byKey[api.key] ??= {
      name: api.name,
      versions: [],
      closed: 0,
      requestBytes: 0,
      totalTime: new LatencyHistogram(),
      localTime: new LatencyHistogram(),
      remoteTime: new LatencyHistogram(),
      throttleTime: new LatencyHistogram(),
      longestTurnMs: 0,
      errors: new Map(),
    });
  }
}

function count(counts: Map<number, number>, code: number, times: number): void {
  counts.set(code, (counts.get(code) ?? 0) + times);
}
