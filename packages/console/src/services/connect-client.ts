import { OttlaError } from "@ottla/base";
import { boundedText } from "./rest-answers.ts";

const TIMEOUT_MS = 10_000;

/** Connect's REST API, whoever's it is. */
export class ConnectClient {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url.replace(/\/+$/, "");
  }

  get url(): string {
    return this.#url;
  }

  async get<Answer>(path: string, signal?: AbortSignal): Promise<Answer> {
    return (await this.send("GET", path, undefined, signal)) as Answer;
  }

  /** The text of an answer that is no JSON; undefined: there is none. Errors as those of {@link send}. */
  async text(path: string): Promise<string | undefined> {
    const response = await this.#ask("GET", path, undefined, undefined);
    return response.ok ? boundedText(response) : undefined;
  }

  /** Errors: `CONNECT_UNREACHABLE`, `CONNECT_REFUSED` with what Connect says, `NOT_FOUND`, `CONNECT_ANSWER_UNREADABLE`. */
  async send(method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE", path: string, body?: unknown, signal?: AbortSignal): Promise<unknown> {
    const response = await this.#ask(method, path, body, signal);
    const text = await boundedText(response);
    let answer: unknown;
    try {
      answer = text === "" ? undefined : JSON.parse(text);
    } catch (cause) {
      throw new OttlaError(
        "CONNECT_ANSWER_UNREADABLE",
        `What answers at ${this.#url} is no Connect: status ${response.status}, and its answer is no JSON.`,
        { cause },
      );
    }
    if (response.ok) return answer;
    const { message } = (answer ?? {}) as { readonly message?: unknown };
    throw new OttlaError(
      response.status === 404 ? "NOT_FOUND" : "CONNECT_REFUSED",
      typeof message === "string" && message !== "" ? message : `Connect refused it with status ${response.status}.`,
    );
  }

  async #ask(method: string, path: string, body: unknown, signal: AbortSignal | undefined): Promise<Response> {
    const within = AbortSignal.timeout(TIMEOUT_MS);
    try {
      return await fetch(`${this.#url}${path}`, {
        method,
        redirect: "error",
        signal: signal === undefined ? within : AbortSignal.any([signal, within]),
        ...(body !== undefined && { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
      });
    } catch (cause) {
      throw new OttlaError(
        "CONNECT_UNREACHABLE",
        `No Connect answers at ${this.#url}: it may be down, or busy; it is asked again by itself.`,
        {
          cause,
        },
      );
    }
  }
}

/** The path of a connector. */
export function connectorPath(name: string, rest = ""): string {
  return `/connectors/${encodeURIComponent(name)}${rest}`;
}

/** Connect, where one is known. Errors: `NO_CONNECT`. */
export function requireConnect(connect: ConnectClient | undefined): ConnectClient {
  if (connect !== undefined) return connect;
  throw new OttlaError("NO_CONNECT", "This console knows no Connect; start one with it, or name yours by --console-connect-url.");
}
