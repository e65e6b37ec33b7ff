import { OttlaError } from "@ottla/base";
import { httpExchange, type HttpAnswer, type HttpsTrust } from "@ottla/base/node";

/** Where a Connect is, and who asks it. */
export interface ConnectRestOptions {
  /** `http://host:port`, with a path where it is behind a proxy. */
  readonly url: string;
  readonly login?: { readonly user: string; readonly password: string } | undefined;
  readonly tls?: HttpsTrust | undefined;
  readonly signal?: AbortSignal | undefined;
  /** 10 s. */
  readonly timeoutMs?: number;
  /** What Connect says, as the caller shows it; left out: as it is. */
  readonly worded?: (message: string) => string;
  /** What to do, in the caller's words: `start one, or name yours with --connect-url`. */
  readonly remedies?: { readonly unreachable?: string; readonly notConnect?: string; readonly login?: string };
}

const TIMEOUT_MS = 10_000;
const MESSAGE_CHARACTERS_MAX = 10_000;

/** Requests to Connect's REST API, whoever's it is, by HTTP or HTTPS. */
export class ConnectRest {
  readonly url: string;
  readonly #options: ConnectRestOptions;

  constructor(options: ConnectRestOptions) {
    this.url = options.url.replace(/\/+$/, "");
    this.#options = options;
  }

  async get<Answer>(path: string, signal?: AbortSignal): Promise<Answer> {
    return (await this.send("GET", path, undefined, signal)) as Answer;
  }

  /** The text of an answer that is no JSON; undefined: there is none. Errors as those of {@link send}. */
  async text(path: string): Promise<string | undefined> {
    const answer = await this.#ask("GET", path, undefined, undefined);
    if (answer.status === 401 || answer.status === 403) throw this.#refused(answer, undefined);
    return isGood(answer) ? answer.text : undefined;
  }

  /**
   * The JSON of an answer; undefined where it is empty. Errors: `CONNECT_UNREACHABLE`, `CONNECT_LOGIN_REFUSED`, `CONNECT_FORBIDDEN`, `NOT_FOUND` and `CONNECT_REFUSED` with what Connect says, `CONNECT_ANSWER_UNREADABLE`,
   * `ANSWER_TOO_LARGE`.
   */
  async send(method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE", path: string, body?: unknown, signal?: AbortSignal): Promise<unknown> {
    const answer = await this.#ask(method, path, body, signal);
    let parsed: unknown;
    try {
      parsed = answer.text === "" ? undefined : JSON.parse(answer.text);
    } catch (cause) {
      if (answer.status === 401) throw this.#refused(answer, undefined);
      const remedy = this.#options.remedies?.notConnect;
      throw new OttlaError(
        "CONNECT_ANSWER_UNREADABLE",
        `What answers at ${this.url} is no Connect: status ${answer.status}, and its answer is no JSON${remedy === undefined ? "" : `; ${remedy}`}.`,
        { cause },
      );
    }
    if (isGood(answer)) return parsed;
    const { message } = (parsed ?? {}) as { readonly message?: unknown };
    throw this.#refused(answer, typeof message === "string" && message !== "" ? message.slice(0, MESSAGE_CHARACTERS_MAX) : undefined);
  }

  async #ask(method: string, path: string, body: unknown, signal: AbortSignal | undefined): Promise<HttpAnswer> {
    const { login, tls, timeoutMs = TIMEOUT_MS, remedies } = this.#options;
    const signals = [signal, this.#options.signal].filter((each) => each !== undefined);
    const ended = signals.length === 0 ? undefined : AbortSignal.any(signals);
    try {
      return await httpExchange({
        method,
        url: new URL(`${this.url}${path}`),
        headers: {
          accept: "application/json, */*",
          ...(login !== undefined && { authorization: `Basic ${Buffer.from(`${login.user}:${login.password}`).toString("base64")}` }),
          ...(body !== undefined && { "content-type": "application/json" }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        tls,
        timeoutMs,
        signal: ended,
      });
    } catch (cause) {
      if (ended?.aborted) throw cause;
      if (cause instanceof OttlaError) throw cause;
      const remedy = remedies?.unreachable ?? "it may be down, or busy; it is asked again by itself";
      throw new OttlaError("CONNECT_UNREACHABLE", `No Connect answers at ${this.url}${reasonOf(cause)}; ${remedy}.`, { cause });
    }
  }

  #refused({ status }: HttpAnswer, message: string | undefined): OttlaError {
    const { login, remedies, worded = (text: string) => text } = this.#options;
    if (status === 401) {
      const what = login === undefined ? "asks for a login" : "refuses this login";
      return new OttlaError("CONNECT_LOGIN_REFUSED", `The Connect at ${this.url} ${what}; ${remedies?.login ?? "give another one"}.`);
    }
    const code = status === 404 ? "NOT_FOUND" : status === 403 ? "CONNECT_FORBIDDEN" : "CONNECT_REFUSED";
    return new OttlaError(code, message === undefined ? `Connect refused it with status ${status}.` : worded(message));
  }
}

/** The path of a connector. */
export function connectorPath(name: string, rest = ""): string {
  return `/connectors/${encodeURIComponent(name)}${rest}`;
}

function isGood({ status }: HttpAnswer): boolean {
  return status >= 200 && status < 300;
}

/** What a person can do something about: a certificate, a time that ran out. Who does not listen says nothing more. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return "";
  const { code } = cause as NodeJS.ErrnoException;
  return code === "ECONNREFUSED" || cause.message === "" ? "" : ` (${cause.message.replace(/\.$/, "").slice(0, 300)})`;
}
