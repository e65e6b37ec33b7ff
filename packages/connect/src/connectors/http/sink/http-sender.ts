import type { Clock } from "@ottla/base";
import { ConnectError, RetriableError } from "../../../connect-error.ts";
import type { SinkRecord } from "../../../data/connect-record.ts";
import { DataError } from "../../../data/data-error.ts";
import type { WriteContext } from "../../../plugin/sink-plugin.ts";
import type { HttpAuthorization } from "../exchange/http-authorization.ts";
import { answerText, failureText, type HttpAnswer, type HttpExchange, isPassingFailure, retryAfterMs } from "../exchange/http-exchange.ts";
import type { HttpSinkSettings } from "./http-sink-config.ts";
import type { RecordRequest } from "./request-of-record.ts";

const BACKOFF_MAX_MS = 60_000;
const ANSWER_BYTES = 16 * 1024;
/** Statuses of a server that is away, whatever is sent. */
const AWAY = new Set([429, 502, 503, 504]);

/** Of one call of `write`: what it waits for before it tries again. */
export interface Pause {
  readonly afterMs: number;
  readonly why: string;
  readonly cause?: unknown;
}

/** Sends requests, and says of each answer whose fault it is: the record's, the server's for a while, or the settings'. */
export class HttpSender {
  readonly #settings: HttpSinkSettings;
  readonly #exchange: HttpExchange;
  readonly #authorization: HttpAuthorization;
  readonly #clock: Clock;
  readonly #mayPass: (status: number) => boolean;
  /** How often a record's request failed in a row; a record that is done has none. */
  readonly #attempts = new WeakMap<SinkRecord, number>();
  /** Sent, though the batch they came in is not done and comes again. */
  readonly #done = new WeakSet<SinkRecord>();
  /** What was wrong with a record is said again each time that it comes, since only the call that succeeds counts. */
  readonly #bad = new WeakMap<SinkRecord, DataError>();

  constructor(settings: HttpSinkSettings, exchange: HttpExchange, authorization: HttpAuthorization, clock: Clock) {
    this.#settings = settings;
    this.#exchange = exchange;
    this.#authorization = authorization;
    this.#clock = clock;
    this.#mayPass = statusRanges(settings["retry.on.status.codes"]);
  }

  /** Whether nothing is to be done of a record any more. */
  isDecided(record: SinkRecord, { reportBad }: WriteContext): boolean {
    const bad = this.#bad.get(record);
    if (bad !== undefined) reportBad(record, bad);
    return bad !== undefined || this.#done.has(record);
  }

  /**
   * Sends records in one request; they go to one URL. Undefined: they are decided, sent or reported.
   * @throws ConnectError where it is neither the records' fault nor one that passes
   */
  async send(requests: readonly RecordRequest[], context: WriteContext): Promise<Pause | undefined> {
    const [first] = requests;
    if (first === undefined) return undefined;
    let answer: HttpAnswer;
    try {
      answer = await this.#exchanged(first, requests, context.signal);
    } catch (error) {
      if (error instanceof ConnectError) throw error;
      const why = `${first.url.origin} cannot be reached: ${failureText(error)}`;
      if (!isPassingFailure(error)) throw new ConnectError("CONNECT_SINK", `${why}.`, { cause: error });
      return { afterMs: this.#backoffMs(this.#failed(requests)), why, cause: error };
    }
    const { status } = answer;
    if (status >= 200 && status < 300) {
      for (const { record } of requests) this.#done.add(record);
      return undefined;
    }
    const why = `${first.method} ${first.url.origin}${first.url.pathname} was answered with ${answerText(answer)}`;
    if (status === 401 || status === 403 || status === 407)
      throw new ConnectError("CONNECT_SINK", `${why}; see to http.authorization.type and what belongs to it.`);
    const isPassing = AWAY.has(status) || this.#mayPass(status);
    const attempts = isPassing ? this.#failed(requests) : 0;
    if (AWAY.has(status) || (isPassing && attempts <= this.#settings["max.retries"]))
      return { afterMs: retryAfterMs(answer, this.#clock.nowMs()) ?? this.#backoffMs(attempts), why };
    if (requests.length > 1) return this.#halves(requests, context);
    const bad = new DataError(`${why}${attempts > 0 ? `, ${attempts} times` : ""}`);
    this.#bad.set(first.record, bad);
    context.reportBad(first.record, bad);
    return undefined;
  }

  /** Which record of a request is at fault, nobody says: each half is tried. */
  async #halves(requests: readonly RecordRequest[], context: WriteContext): Promise<Pause | undefined> {
    const middle = Math.ceil(requests.length / 2);
    return (await this.send(requests.slice(0, middle), context)) ?? (await this.send(requests.slice(middle), context));
  }

  /** A token that is not taken is asked for anew, once. */
  async #exchanged(first: RecordRequest, requests: readonly RecordRequest[], signal: AbortSignal): Promise<HttpAnswer> {
    const body = first.body === undefined ? undefined : this.#settings["batching.enabled"] ? joined(requests, this.#settings) : first.body;
    const ask = async (): Promise<HttpAnswer> => {
      const headers = {
        ...(first.contentType !== undefined && { "content-type": first.contentType }),
        ...(await this.#authorization.headers(signal)),
      };
      const timeoutMs = this.#settings["http.timeout"] * 1000;
      return this.#exchange.send({ method: first.method, url: first.url, headers, body, timeoutMs, signal, bytesMax: ANSWER_BYTES });
    };
    const answer = await ask();
    if (answer.status !== 401 || !this.#authorization.hasTokens) return answer;
    this.#authorization.forgetToken();
    return ask();
  }

  #failed(requests: readonly RecordRequest[]): number {
    let most = 0;
    for (const { record } of requests) {
      const attempts = (this.#attempts.get(record) ?? 0) + 1;
      this.#attempts.set(record, attempts);
      most = Math.max(most, attempts);
    }
    return most;
  }

  #backoffMs(attempts: number): number {
    return Math.min(BACKOFF_MAX_MS, this.#settings["retry.backoff.ms"] * 2 ** Math.min(20, attempts - 1));
  }
}

/** Throws what makes the worker wait and bring the same records again. */
export function retriable({ why, afterMs, cause }: Pause): RetriableError {
  return new RetriableError(`${why}.`, { afterMs, cause });
}

function joined(requests: readonly RecordRequest[], settings: HttpSinkSettings): Buffer {
  const { "batch.prefix": prefix, "batch.suffix": suffix, "batch.separator": separator } = settings;
  const isList = prefix === undefined && suffix === undefined && separator === undefined;
  const between = Buffer.from(separator ?? (isList ? "," : "\n"));
  const pieces: Uint8Array[] = [Buffer.from(prefix ?? (isList ? "[" : ""))];
  for (const { body = Buffer.alloc(0) } of requests) {
    if (pieces.length > 1) pieces.push(between);
    pieces.push(body);
  }
  pieces.push(Buffer.from(suffix ?? (isList ? "]" : "")));
  return Buffer.concat(pieces);
}

/**
 * `408,429,500-`, `400-499`.
 * @throws ConnectError CONNECT_CONFIG
 */
export function statusRanges(text: string): (status: number) => boolean {
  const ranges = text
    .split(",")
    .filter((part) => part.trim() !== "")
    .map((part) => {
      const [, from, dash, to] = /^\s*(\d{3})\s*(?:(-)\s*(\d{3})?)?\s*$/.exec(part) ?? [];
      if (from === undefined)
        throw new ConnectError("CONNECT_CONFIG", `retry.on.status.codes: "${part}" is neither a status nor a range as 500-599 or 500-.`);
      return [Number(from), to === undefined ? (dash === undefined ? Number(from) : 999) : Number(to)] as const;
    });
  return (status) => ranges.some(([from, to]) => status >= from && status <= to);
}
