import type { Clock, Logger } from "@ottla/base";
import { ConnectError, RetriableError } from "../../connect-error.ts";
import { readJson } from "../../converters/json/read-json.ts";
import type { SinkRecord } from "../../data/connect-record.ts";
import { DataError } from "../../data/data-error.ts";
import type { WriteContext } from "../../plugin/sink-plugin.ts";
import { httpUrl } from "../http/exchange/http-authorization.ts";
import { answerText, failureText, type HttpAnswer, HttpExchange, isPassingFailure, retryAfterMs } from "../http/exchange/http-exchange.ts";
import type { BulkAction } from "./bulk-action.ts";
import type { ElasticsearchSettings } from "./elasticsearch-sink-config.ts";

const BACKOFF_MAX_MS = 60_000;
const ANSWER_BYTES = 16 * 1024 * 1024;
const LOOK_MS = 5_000;
const AWAY = new Set([429, 502, 503, 504]);

/** An action's answer. */
interface ItemAnswer {
  readonly status?: number;
  readonly error?: { readonly type?: string; readonly reason?: string; readonly caused_by?: { readonly reason?: string } };
}

/** Sends actions by `_bulk` and takes each one's answer for itself: what is written, what may be later, what the index refuses. */
export class BulkWriter {
  readonly #settings: ElasticsearchSettings;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #nodes: readonly URL[];
  readonly #exchange: HttpExchange;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #done = new WeakSet<SinkRecord>();
  readonly #bad = new WeakMap<SinkRecord, DataError>();
  #node = 0;
  #failures = 0;

  /** @throws ConnectError CONNECT_CONFIG */
  constructor(settings: ElasticsearchSettings, clock: Clock, log: Logger) {
    this.#settings = settings;
    this.#clock = clock;
    this.#log = log;
    this.#nodes = settings["connection.url"].map((text) => bulkUrl(text));
    if (this.#nodes.length === 0) throw new ConnectError("CONNECT_CONFIG", "connection.url is not set: the nodes that records go to.");
    this.#exchange = new HttpExchange({ caFile: settings["ottla.tls.ca.file"] }, 1);
    const { "connection.username": user, "connection.password": password = "", "ottla.api.key": key } = settings;
    this.#headers = {
      "content-type": "application/x-ndjson",
      ...(user !== undefined && { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` }),
      ...(key !== undefined && { authorization: `ApiKey ${key}` }),
    };
  }

  /** Whether nothing is to be done of a record any more; what was wrong with it is said again. */
  isDecided(record: SinkRecord, { reportBad }: WriteContext): boolean {
    const bad = this.#bad.get(record);
    if (bad !== undefined) reportBad(record, bad);
    return bad !== undefined || this.#done.has(record);
  }

  /**
   * One request. All actions are decided when it resolves.
   * @throws RetriableError where some may be written later; the others are decided
   */
  async send(actions: readonly BulkAction[], context: WriteContext): Promise<void> {
    const url = this.#nodes[this.#node % this.#nodes.length]!;
    const body = Buffer.concat(actions.map(({ lines }) => lines));
    const ask = {
      method: "POST",
      url,
      headers: this.#headers,
      body,
      timeoutMs: this.#settings["read.timeout.ms"],
      signal: context.signal,
      bytesMax: ANSWER_BYTES,
    };
    const answer = await this.#exchange.send(ask).catch((error: unknown) => {
      const why = `${url.origin} cannot be reached: ${failureText(error)}.`;
      if (!isPassingFailure(error)) throw new ConnectError("CONNECT_SINK", why, { cause: error });
      throw this.#later(why, undefined, error);
    });
    const { status } = answer;
    if (status === 413 && actions.length > 1) {
      const middle = Math.ceil(actions.length / 2);
      await this.send(actions.slice(0, middle), context);
      return this.send(actions.slice(middle), context);
    }
    if (status === 413) return this.#refuse(actions[0]!, "the document is larger than the server takes", context);
    if (AWAY.has(status)) throw this.#later(`${url.origin} answered ${answerText(answer)}.`, answer);
    if (status !== 200) {
      const hint = status === 401 || status === 403 ? "; see to connection.username, connection.password and the user's rights" : "";
      throw new ConnectError("CONNECT_SINK", `${url.origin} answered ${answerText(answer)}${hint}.`);
    }
    const waiting = this.#take(actions, itemsOf(answer, actions.length, url), context);
    if (waiting !== undefined) throw this.#later(waiting, answer);
    this.#failures = 0;
  }

  /** What keeps everything from being written, as far as a look at the nodes tells; one of them is enough. */
  async obstacle(signal: AbortSignal): Promise<{ readonly key: string; readonly message: string } | undefined> {
    let found: { readonly key: string; readonly message: string } | undefined;
    for (const { origin, pathname } of this.#nodes) {
      try {
        const { authorization } = this.#headers;
        const answer = await this.#exchange.send({
          method: "GET",
          url: new URL(origin + pathname.replace(/_bulk$/, "")),
          headers: authorization === undefined ? {} : { authorization },
          timeoutMs: Math.min(LOOK_MS, this.#settings["read.timeout.ms"]),
          signal,
          bytesMax: ANSWER_BYTES,
        });
        // Whoever may write need not be allowed to look.
        if (answer.status !== 401 && !AWAY.has(answer.status)) return undefined;
        const key = answer.status === 401 ? "connection.username" : "connection.url";
        found ??= { key, message: `${origin} answered ${answerText(answer)}.` };
      } catch (error) {
        found ??= { key: "connection.url", message: `${origin} cannot be reached: ${failureText(error)}.` };
      }
    }
    return found;
  }

  close(): void {
    this.#exchange.close();
  }

  /** Decides actions by their answers; what is left for later is told. */
  #take(actions: readonly BulkAction[], items: readonly ItemAnswer[], context: WriteContext): string | undefined {
    let waiting = 0;
    // An update has no version: what came behind one that waits is sent behind it again.
    const behind = new Set<string>();
    let why = "";
    for (const [index, action] of actions.entries()) {
      const { status = 0, error } = items[index]!;
      const text = [error?.type, error?.reason, error?.caused_by?.reason].filter((part) => part !== undefined).join(": ");
      const isWritten = (status >= 200 && status < 300) || isDoneBefore(action, status);
      if (AWAY.has(status) || (status === 409 && action.kind === "update") || (isWritten && behind.has(action.document))) {
        waiting++;
        if (!isWritten) why = `${status} ${text}`;
        if (action.kind === "update") behind.add(action.document);
      } else if (isWritten) this.#done.add(action.record);
      else if (status === 400 && !isOfIndex(error)) this.#refuse(action, text, context);
      else
        throw new ConnectError(
          "CONNECT_SINK",
          `The index refused to ${action.kind} the document of ${placeOf(action.record)}: ${status} ${text}.`,
        );
    }
    return waiting === 0 ? undefined : `${waiting} of ${actions.length} documents wait: ${why}.`;
  }

  /** A document that the index cannot take. */
  #refuse({ record, kind }: BulkAction, why: string, { reportBad }: WriteContext): void {
    const behavior = this.#settings["behavior.on.malformed.documents"].toUpperCase();
    this.#done.add(record);
    if (behavior === "WARN") this.#log.warn("the index refused a document, and it is left out", { ...placeFields(record), why });
    if (behavior !== "FAIL") return;
    const bad = new DataError(`the index refused to ${kind} the document: ${why}`);
    this.#bad.set(record, bad);
    reportBad(record, bad);
  }

  #later(why: string, answer?: HttpAnswer, cause?: unknown): RetriableError {
    const backoffMs = Math.min(BACKOFF_MAX_MS, this.#settings["retry.backoff.ms"] * 2 ** Math.min(20, this.#failures++));
    const afterMs = (answer && retryAfterMs(answer, this.#clock.nowMs())) ?? backoffMs;
    this.#node++;
    return new RetriableError(why, { afterMs, cause });
  }
}

/** It is there already as it is or newer; it is gone already. */
function isDoneBefore({ kind }: BulkAction, status: number): boolean {
  return (status === 409 && kind !== "update") || (status === 404 && kind === "delete");
}

/** What no document of the index is taken for, though the answer is that of a bad one: it is closed, or an alias of several with none to write to. */
function isOfIndex(error: ItemAnswer["error"]): boolean {
  return error?.type === "index_closed_exception" || (error?.reason ?? "").startsWith("no write index is defined");
}

function placeFields({ originalTopic: topic, originalPartition: partition, originalOffset: offset }: SinkRecord): object {
  return { topic, partition, offset };
}

function placeOf({ originalTopic, originalPartition, originalOffset }: SinkRecord): string {
  return `topic ${originalTopic}, partition ${originalPartition}, offset ${originalOffset}`;
}

function bulkUrl(text: string): URL {
  const url = httpUrl("connection.url", text.trim());
  url.pathname = `${url.pathname.replace(/\/$/, "")}/_bulk`;
  url.search = "?filter_path=errors,items.*.status,items.*.error.type,items.*.error.reason,items.*.error.caused_by.reason";
  return url;
}

function itemsOf({ body, isCut }: HttpAnswer, count: number, { origin }: URL): readonly ItemAnswer[] {
  let told: unknown;
  try {
    told = readJson(body.toString());
  } catch {
    told = undefined;
  }
  const { items } = (told ?? {}) as { readonly items?: unknown };
  if (isCut || !Array.isArray(items) || items.length !== count)
    throw new ConnectError(
      "CONNECT_SINK",
      `${origin} answered _bulk with something else than an answer for each of ${count} documents; is it Elasticsearch or OpenSearch?`,
    );
  return items.map((item) => Object.values((item ?? {}) as Record<string, ItemAnswer>)[0] ?? {});
}
