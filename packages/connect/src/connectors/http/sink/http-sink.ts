import { systemClock } from "@ottla/base/node";
import { ConnectError } from "../../../connect-error.ts";
import type { SinkRecord } from "../../../data/connect-record.ts";
import { DataError } from "../../../data/data-error.ts";
import { defineSink } from "../../../plugin/define.ts";
import type { SinkPlugin, SinkTask, WriteContext } from "../../../plugin/sink-plugin.ts";
import { HttpAuthorization } from "../exchange/http-authorization.ts";
import { HttpExchange } from "../exchange/http-exchange.ts";
import { HttpSender, type Pause, retriable, statusRanges } from "./http-sender.ts";
import { httpSinkConfig, type HttpSinkSettings } from "./http-sink-config.ts";
import { lanesOf } from "./lanes.ts";
import { type RecordRequest, requestMaker } from "./request-of-record.ts";

/** Records as requests. At least once: what was sent and not yet committed comes again after a crash. */
export const httpSink: SinkPlugin<typeof httpSinkConfig> = defineSink({
  name: "http-sink",
  aliases: ["io.aiven.kafka.connect.http.HttpSinkConnector", "io.confluent.connect.http.HttpSinkConnector"],
  version: "0.1.0",
  doc: "Sends each record, or several together, as a request.",
  config: httpSinkConfig,
  check: async (settings) => {
    try {
      new HttpTask(settings).close();
      return [];
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error;
      return [{ severity: "error", message: error.message }];
    }
  },
  preview: async (settings) => {
    const requestOf = requestMaker(settings);
    return (record) => {
      const request = requestOf(record);
      if (request === undefined) return undefined;
      const { method, url, contentType, body } = request;
      // Who asks is a secret.
      const address = `${url.protocol}//${url.host}${url.pathname}${url.search}`;
      return `${method} ${address}${contentType === undefined ? "" : ` (${contentType})`}${body === undefined ? "" : `: ${Buffer.from(body).toString()}`}`;
    };
  },
  open: async (settings) => {
    const task = new HttpTask(settings);
    return { write: (records, context) => task.write(records, context), close: async () => task.close() } satisfies SinkTask;
  },
});

class HttpTask {
  readonly #settings: HttpSinkSettings;
  readonly #exchange: HttpExchange;
  readonly #sender: HttpSender;
  readonly #requestOf: (record: SinkRecord) => RecordRequest | undefined;

  constructor(settings: HttpSinkSettings) {
    this.#settings = settings;
    if (settings["http.url"] === "" && settings["http.api.url"] === "")
      throw new ConnectError("CONNECT_CONFIG", "http.url is not set: the URL that records go to.");
    statusRanges(settings["retry.on.status.codes"]);
    this.#requestOf = requestMaker(settings);
    const tls = {
      caFile: settings["ottla.tls.ca.file"],
      certFile: settings["ottla.tls.cert.file"],
      keyFile: settings["ottla.tls.key.file"],
      trustsAll: settings["http.ssl.trust.all.certs"] === "true",
    };
    this.#exchange = new HttpExchange(tls, settings["ottla.max.in.flight"]);
    this.#sender = new HttpSender(settings, this.#exchange, new HttpAuthorization(settings, this.#exchange, systemClock), systemClock);
  }

  /** Lanes go beside each other, records of a lane behind each other; a lane stops where a server is away. Throws when all have come as far as they can. */
  async write(records: readonly SinkRecord[], context: WriteContext): Promise<void> {
    const requests: RecordRequest[] = [];
    for (const record of records) {
      if (this.#sender.isDecided(record, context)) continue;
      try {
        const request = this.#requestOf(record);
        if (request !== undefined) requests.push(request);
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
        context.reportBad(record, error);
      }
    }
    const ends = await Promise.allSettled(
      lanesOf(requests, this.#settings["ottla.max.in.flight"]).map((lane) => this.#sendLane(lane, context)),
    );
    const failed = ends.find((end) => end.status === "rejected");
    if (failed !== undefined) throw failed.reason;
    const pauses = ends.flatMap((end) => (end.status === "fulfilled" && end.value !== undefined ? [end.value] : []));
    const [longest] = pauses.sort((a, b) => b.afterMs - a.afterMs);
    if (longest !== undefined && !context.signal.aborted) throw retriable(longest);
  }

  close(): void {
    this.#exchange.close();
  }

  async #sendLane(lane: readonly RecordRequest[], context: WriteContext): Promise<Pause | undefined> {
    for (let from = 0; from < lane.length && !context.signal.aborted; ) {
      const to = this.#settings["batching.enabled"] ? this.#endOfBatch(lane, from) : from + 1;
      const pause = await this.#sender.send(lane.slice(from, to), context);
      if (pause !== undefined) return pause;
      from = to;
    }
    return undefined;
  }

  /** Records behind each other that go to one place. */
  #endOfBatch(lane: readonly RecordRequest[], from: number): number {
    const { "batch.max.size": countMax, "ottla.batch.max.bytes": bytesMax } = this.#settings;
    const first = lane[from]!;
    if (first.body === undefined) return from + 1;
    let bytes = first.body.byteLength;
    let to = from + 1;
    for (; to < lane.length && to - from < countMax; to++) {
      const next = lane[to]!;
      bytes += next.body?.byteLength ?? 0;
      if (
        next.body === undefined ||
        next.method !== first.method ||
        next.url.href !== first.url.href ||
        next.contentType !== first.contentType ||
        bytes > bytesMax
      )
        break;
    }
    return to;
  }
}
