import { type Clock, pause } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import { ConnectError } from "../../../connect-error.ts";
import type { SourcePlace } from "../../../data/connect-record.ts";
import { defineSource } from "../../../plugin/define.ts";
import type { SourceEvent, SourceItem, SourcePlugin, SourceTaskContext } from "../../../plugin/source-plugin.ts";
import { HttpAuthorization, httpUrl } from "../exchange/http-authorization.ts";
import { answerText, failureText, type HttpAnswer, HttpExchange, isPassingFailure, retryAfterMs } from "../exchange/http-exchange.ts";
import { httpSourceConfig, type HttpSourceSettings } from "./http-source-config.ts";
import { jsonPointer } from "./json-pointer.ts";
import { type HttpPosition, offsetOf, pageReader, positionOf } from "./page-of-answer.ts";

const BACKOFF_MAX_MS = 60_000;

/** Records of answers in JSON, asked for again and again. */
export const httpSource: SourcePlugin<typeof httpSourceConfig> = defineSource({
  name: "http-source",
  aliases: ["io.confluent.connect.http.HttpSourceConnector"],
  version: "0.1.0",
  doc: "Asks a URL for JSON again and again: by a number, by what the last record has, by cursors, by links, or whole where it changed.",
  config: httpSourceConfig,
  exactlyOnce: true,
  check: async (settings) => {
    try {
      new HttpReading(settings, systemClock).close();
      return [];
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error;
      return [{ severity: "error", message: error.message }];
    }
  },
  async *read(settings, context) {
    const reading = new HttpReading(settings, systemClock);
    try {
      yield* reading.read(context);
    } finally {
      reading.close();
    }
  },
  checkOffsets: async (settings, offsets) => {
    for (const { partition, offset } of offsets) {
      if (partition["url"] !== settings.url)
        throw new ConnectError("CONNECT_CONFIG", `The partition of this source is {"url":"${settings.url}"}.`);
      if (offset !== null) positionOf(offset);
    }
  },
});

class HttpReading {
  readonly #settings: HttpSourceSettings;
  readonly #clock: Clock;
  readonly #exchange: HttpExchange;
  readonly #authorization: HttpAuthorization;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #pageOf: ReturnType<typeof pageReader>;
  readonly #keyAt: ((value: unknown) => unknown) | undefined;
  readonly #timeAt: ((value: unknown) => unknown) | undefined;
  readonly #partition: SourcePlace;
  /** Of the answer that was read last, whole. */
  #validators: Readonly<Record<string, string>> = {};

  constructor(settings: HttpSourceSettings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
    this.#partition = { url: settings.url };
    this.#pageOf = pageReader(settings, clock);
    const { "ottla.key.json.pointer": key, "ottla.timestamp.json.pointer": time } = settings;
    this.#keyAt = key === "" ? undefined : jsonPointer("ottla.key.json.pointer", key);
    this.#timeAt = time === "" ? undefined : jsonPointer("ottla.timestamp.json.pointer", time);
    this.#headers = headersIn(settings["http.request.headers"]);
    this.#urlOf({ offset: settings["http.initial.offset"], index: 0 });
    const tls = {
      caFile: settings["ottla.tls.ca.file"],
      certFile: settings["ottla.tls.cert.file"],
      keyFile: settings["ottla.tls.key.file"],
      trustsAll: settings["http.ssl.trust.all.certs"] === "true",
    };
    this.#exchange = new HttpExchange(tls, 1);
    this.#authorization = new HttpAuthorization(settings, this.#exchange, clock);
  }

  async *read({ offsets, signal, log }: SourceTaskContext<object>): AsyncGenerator<readonly SourceItem[]> {
    const stored = await offsets.get(this.#partition);
    let position: HttpPosition = stored === undefined ? this.#first() : positionOf(stored);
    for (let failures = 0; !signal.aborted; ) {
      const url = this.#urlOf(position);
      let answer: HttpAnswer;
      try {
        answer = await this.#ask(url, position, signal);
      } catch (error) {
        if (signal.aborted) return;
        const { afterMs, why } = this.#passing(error, failures + 1);
        if (++failures > this.#settings["max.retries"])
          throw new ConnectError("CONNECT_SOURCE", `${why}, ${failures} times.`, { cause: error });
        log.warn("a request failed; it is sent again", { url: url.origin + url.pathname, why, afterMs, attempt: failures });
        await pause(this.#clock, afterMs, signal);
        continue;
      }
      failures = 0;
      const page = answer.status === 304 || answer.status === 204 ? { records: [] } : await this.#pageOf(answer, position, url);
      const before = position;
      if (page.records.length > 0) {
        const events = page.records.map(({ value, behind }) => this.#event(value, behind));
        yield events;
        position = page.records.at(-1)!.behind;
      } else if (page.end !== undefined) {
        position = page.end;
        if (position.offset !== before.offset || position.seen !== before.seen)
          yield [{ partition: this.#partition, offset: offsetOf(position) }];
      }
      this.#remember(answer, position);
      const isMore = position.offset !== before.offset && this.#settings["http.offset.mode"] !== "NONE";
      if (!isMore) await pause(this.#clock, this.#settings["request.interval.ms"], signal);
    }
  }

  close(): void {
    this.#exchange.close();
  }

  #first(): HttpPosition {
    const { "http.offset.mode": mode, "http.initial.offset": initial } = this.#settings;
    return { offset: mode === "SIMPLE_INCREMENTING" ? initial || "0" : initial, index: 0 };
  }

  async #ask(url: URL, { offset }: HttpPosition, signal: AbortSignal): Promise<HttpAnswer> {
    const settings = this.#settings;
    const body =
      settings["http.request.method"] === "GET"
        ? undefined
        : settings["http.request.body"].replaceAll("${offset}", JSON.stringify(offset).slice(1, -1));
    const send = async (): Promise<HttpAnswer> =>
      this.#exchange.send({
        method: settings["http.request.method"],
        url,
        headers: {
          accept: "application/json",
          ...(body !== undefined && { "content-type": "application/json" }),
          ...this.#headers,
          ...this.#validators,
          ...(await this.#authorization.headers(signal)),
        },
        body,
        timeoutMs: settings["http.timeout"] * 1000,
        signal,
        bytesMax: settings["ottla.response.max.bytes"],
      });
    let answer = await send();
    if (answer.status === 401 && this.#authorization.hasTokens) {
      this.#authorization.forgetToken();
      answer = await send();
    }
    const { status, isCut } = answer;
    if (status === 304 || (status >= 200 && status < 300)) {
      if (!isCut) return answer;
      throw new ConnectError(
        "CONNECT_SOURCE",
        `${place(url)} answered with more than ${settings["ottla.response.max.bytes"]} bytes; ask for smaller pages, or raise ottla.response.max.bytes.`,
      );
    }
    throw new Refused(answer, `${place(url)} answered ${answerText(answer)}`);
  }

  /** Throws what time does not mend. */
  #passing(error: unknown, attempt: number): { readonly afterMs: number; readonly why: string } {
    const afterMs = Math.min(BACKOFF_MAX_MS, this.#settings["retry.backoff.ms"] * 2 ** Math.min(20, attempt - 1));
    if (error instanceof Refused) {
      const { status } = error.answer;
      if (status < 500 && status !== 429 && status !== 408 && status !== 425)
        throw new ConnectError("CONNECT_SOURCE", `${error.message}; see to url, http.request.* and http.authorization.*.`);
      return { afterMs: retryAfterMs(error.answer, this.#clock.nowMs()) ?? afterMs, why: error.message };
    }
    if (error instanceof ConnectError) {
      if (error.code !== "CONNECT_RETRIABLE") throw error;
      return { afterMs, why: error.message };
    }
    const why = `${this.#settings.url} cannot be reached: ${failureText(error)}`;
    if (!isPassingFailure(error)) throw new ConnectError("CONNECT_SOURCE", `${why}.`, { cause: error });
    return { afterMs, why };
  }

  /** The answer at this place was read whole: it need not come again while it is the same. */
  #remember({ headers, status }: HttpAnswer, { index }: HttpPosition): void {
    if (status === 304) return;
    const { etag, "last-modified": modified } = headers;
    this.#validators = {};
    if (this.#settings["http.offset.mode"] !== "NONE" || index > 0) return;
    if (typeof etag === "string") this.#validators = { "if-none-match": etag };
    else if (typeof modified === "string") this.#validators = { "if-modified-since": modified };
  }

  #event(value: unknown, behind: HttpPosition): SourceEvent {
    const key = this.#keyAt?.(value);
    const timestampMs = timeOf(this.#timeAt?.(value));
    return {
      topic: this.#settings["topic.name.pattern"],
      ...(key !== undefined && { key: typeof key === "number" || typeof key === "bigint" ? String(key) : key }),
      value,
      ...(timestampMs !== undefined && { timestampMs }),
      partition: this.#partition,
      offset: offsetOf(behind),
    };
  }

  #urlOf({ offset }: HttpPosition): URL {
    const { url, "http.request.parameters": parameters, "http.offset.mode": mode } = this.#settings;
    if (mode === "LINK" && offset !== "" && URL.canParse(offset)) return httpUrl("url", offset);
    const put = (text: string): string => text.replaceAll("${offset}", encodeURIComponent(offset));
    const made = httpUrl("url", put(url));
    if (made.origin !== httpUrl("url", url.replaceAll("${offset}", "x")).origin)
      throw new ConnectError("CONNECT_CONFIG", "url names its host itself; ${offset} stands behind it.");
    const query = put(parameters.trim());
    if (query !== "") made.search += made.search === "" ? `?${query}` : `&${query}`;
    return made;
  }
}

class Refused extends Error {
  readonly answer: HttpAnswer;
  constructor(answer: HttpAnswer, message: string) {
    super(message);
    this.answer = answer;
  }
}

function place({ origin, pathname }: URL): string {
  return `${origin}${pathname}`;
}

function timeOf(value: unknown): number | undefined {
  const ms = typeof value === "number" ? value : typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isSafeInteger(ms) && ms >= 0 ? ms : undefined;
}

function headersIn(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    text
      .split("|")
      .filter((part) => part.trim() !== "")
      .map((part) => {
        const [, name, value] = /^\s*([!#$%&'*+.^_`|~\w-]+)\s*:\s*([^\r\n]*?)\s*$/.exec(part) ?? [];
        if (name === undefined || value === undefined)
          throw new ConnectError("CONNECT_CONFIG", "http.request.headers has headers as name: value, apart by |.");
        return [name.toLowerCase(), value];
      }),
  );
}
