import { OttlaError, printable } from "@ottla/base";
import type { CommandContext, OptionSpec } from "../command.ts";

const DEFAULT_CONNECT_URL = "http://127.0.0.1:8083";

/** Where Connect is. */
export const CONNECT_URL_OPTION: OptionSpec = {
  name: "connect-url",
  kind: "text",
  placeholder: "URL",
  summary: "where Connect's REST API is",
  defaultText: `OTTLA_CONNECT_URL or ${DEFAULT_CONNECT_URL}`,
};

/** Requests to Connect's REST API, whoever's it is. */
export class ConnectRest {
  readonly #url: string;
  readonly #signal: AbortSignal;

  constructor({ options, env, signal }: CommandContext) {
    this.#url = (options.text("connect-url") ?? env["OTTLA_CONNECT_URL"] ?? DEFAULT_CONNECT_URL).replace(/\/+$/, "");
    this.#signal = signal;
  }

  get(path: string): Promise<unknown> {
    return this.send("GET", path);
  }

  /** Errors: `CONNECT_UNREACHABLE`, `CONNECT_REFUSED`, `CONNECT_ANSWER_UNREADABLE`. */
  async send(method: string, path: string, body?: unknown): Promise<unknown> {
    let response: Response;
    try {
      response = await fetch(`${this.#url}${path}`, {
        method,
        signal: this.#signal,
        ...(body !== undefined && { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
      });
    } catch (cause) {
      if (this.#signal.aborted) throw cause;
      throw new OttlaError(
        "CONNECT_UNREACHABLE",
        `No Connect answers at ${this.#url}; start one with "ottla dev", or name yours with --connect-url.`,
        { cause },
      );
    }
    const text = await response.text();
    let answer: unknown;
    try {
      answer = text === "" ? undefined : JSON.parse(text);
    } catch (cause) {
      throw new OttlaError(
        "CONNECT_ANSWER_UNREADABLE",
        `What answers at ${this.#url} is no Connect: status ${response.status}, and its answer is no JSON; check --connect-url.`,
        { cause },
      );
    }
    if (response.ok) return answer;
    const { message } = (answer ?? {}) as { readonly message?: unknown };
    throw new OttlaError(
      "CONNECT_REFUSED",
      printable(typeof message === "string" ? message.replaceAll("\n", " ") : `status ${response.status}`),
    );
  }
}

/** The path of a connector. */
export function connectorPath(name: string, rest = ""): string {
  return `/connectors/${encodeURIComponent(name)}${rest}`;
}
