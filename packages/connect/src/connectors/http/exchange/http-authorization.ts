import type { Clock } from "@ottla/base";
import { ConnectError, RetriableError } from "../../../connect-error.ts";
import { readJson } from "../../../converters/json/read-json.ts";
import { list, oneOf, secret, str } from "../../../plugin/config-shape.ts";
import { answerText, failureText, type HttpExchange, isPassingFailure } from "./http-exchange.ts";

const low = { importance: "low" } as const;

/** Settings of who asks, which the HTTP connectors have alike. */
export const httpAuthorizationConfig = {
  "http.authorization.type": oneOf("none", "static", "basic", "bearer", "apikey", "oauth2")
    .default("none")
    .doc("How a request says who asks. static: the header http.headers.authorization; apikey: a header of another name."),
  "http.headers.authorization": secret().optional().doc("The header Authorization of static; the token of bearer; the key of apikey."),
  "http.apikey.header": str().default("x-api-key").with(low).doc("The header that has the key."),
  "connection.user": str().optional().doc("The user of basic."),
  "connection.password": secret().optional().doc("The password of basic."),
  "oauth2.access.token.url": str().optional().doc("Where tokens are given, for client credentials."),
  "oauth2.client.id": str().optional().doc("Who asks for tokens."),
  "oauth2.client.secret": secret().optional().doc("The secret of who asks for tokens."),
  "oauth2.client.authorization.mode": oneOf("HEADER", "URL")
    .default("HEADER")
    .with(low)
    .doc("Whether id and secret go in a header or in the form."),
  "oauth2.client.scope": str().optional().with(low).doc("What the token is for."),
  "oauth2.response.token.property": str().default("access_token").with(low).doc("Where the token stands in the answer."),
  "http.headers.additional": list().default([]).doc("Headers of each request, each as name:value."),
  "ottla.tls.ca.file": str().optional().with(low).doc("PEM of the authorities that are trusted; left out: those of the system."),
  "ottla.tls.cert.file": str().optional().with(low).doc("PEM of our certificate."),
  "ottla.tls.key.file": str().optional().with(low).doc("PEM of its key."),
  "http.ssl.trust.all.certs": oneOf("true", "false")
    .default("false")
    .with(low)
    .doc("Whether anybody's certificate is taken; only for tests."),
};

/** What the settings say, typed as far as it is looked at here. */
type Settings = {
  readonly [Key in keyof typeof httpAuthorizationConfig]?: (typeof httpAuthorizationConfig)[Key] extends { readonly valueType: infer T }
    ? T
    : never;
};

/** A token is asked for anew so long before it ends. */
const EARLY_MS = 30_000;
const TOKEN_BYTES = 64 * 1024;
const TOKEN_TIMEOUT_MS = 30_000;

/** Headers that say who asks. Tokens are kept until they end, or a server does not take them. */
export class HttpAuthorization {
  readonly #settings: Settings;
  readonly #exchange: HttpExchange;
  readonly #clock: Clock;
  readonly #always: Readonly<Record<string, string>>;
  #token: { readonly text: string; readonly untilMs: number } | undefined;
  #asking: Promise<string> | undefined;

  /** @throws ConnectError CONNECT_CONFIG for settings that are missing */
  constructor(settings: Settings, exchange: HttpExchange, clock: Clock) {
    this.#settings = settings;
    this.#exchange = exchange;
    this.#clock = clock;
    this.#always = { ...additional(settings["http.headers.additional"] ?? []), ...staticHeader(settings) };
  }

  get hasTokens(): boolean {
    return this.#settings["http.authorization.type"] === "oauth2";
  }

  /** @throws RetriableError where tokens cannot be had now; ConnectError CONNECT_SINK where they are refused */
  async headers(signal: AbortSignal): Promise<Readonly<Record<string, string>>> {
    if (!this.hasTokens) return this.#always;
    if (this.#token === undefined || this.#token.untilMs <= this.#clock.monotonicMs()) {
      this.#asking ??= this.#ask(signal).finally(() => (this.#asking = undefined));
      await this.#asking;
    }
    return { ...this.#always, authorization: `Bearer ${this.#token?.text ?? ""}` };
  }

  /** A server did not take the token. */
  forgetToken(): void {
    this.#token = undefined;
  }

  async #ask(signal: AbortSignal): Promise<string> {
    const settings = this.#settings;
    const [url, id = "", password = ""] = [
      settings["oauth2.access.token.url"],
      settings["oauth2.client.id"],
      settings["oauth2.client.secret"],
    ];
    const form = new URLSearchParams({ grant_type: "client_credentials" });
    const scope = settings["oauth2.client.scope"];
    if (scope !== undefined) form.set("scope", scope);
    const headers: Record<string, string> = { "content-type": "application/x-www-form-urlencoded", accept: "application/json" };
    if (settings["oauth2.client.authorization.mode"] === "URL") {
      form.set("client_id", id);
      form.set("client_secret", password);
    } else headers["authorization"] = basic(encodeURIComponent(id), encodeURIComponent(password));
    const ask = {
      method: "POST",
      url: new URL(url ?? ""),
      headers,
      body: form.toString(),
      timeoutMs: TOKEN_TIMEOUT_MS,
      signal,
      bytesMax: TOKEN_BYTES,
    };
    const answer = await this.#exchange.send(ask).catch((error: unknown) => {
      const message = `oauth2.access.token.url cannot be reached: ${failureText(error)}.`;
      throw isPassingFailure(error)
        ? new RetriableError(message, { cause: error })
        : new ConnectError("CONNECT_SINK", message, { cause: error });
    });
    if (answer.status >= 500 || answer.status === 429) throw new RetriableError(`oauth2.access.token.url answered ${answerText(answer)}.`);
    if (answer.status !== 200)
      throw new ConnectError(
        "CONNECT_SINK",
        `oauth2.access.token.url gave no token, but ${answerText(answer)}; see to oauth2.client.id, its secret and its scope.`,
      );
    const told = tokenIn(answer.body, settings["oauth2.response.token.property"] ?? "access_token");
    this.#token = { text: told.token, untilMs: this.#clock.monotonicMs() + Math.max(1_000, told.lifeMs - EARLY_MS) };
    return told.token;
  }
}

function tokenIn(body: Buffer, property: string): { readonly token: string; readonly lifeMs: number } {
  let told: unknown;
  try {
    told = readJson(body.toString());
  } catch {
    told = undefined;
  }
  const { [property]: token, expires_in: seconds } = (told ?? {}) as Record<string, unknown>;
  if (typeof token !== "string" || /[\r\n]/.test(token))
    throw new ConnectError(
      "CONNECT_SINK",
      `oauth2.access.token.url answered without a text in "${property}"; see to oauth2.response.token.property.`,
    );
  return { token, lifeMs: Number.isFinite(Number(seconds)) && seconds !== undefined ? Number(seconds) * 1000 : 300_000 };
}

function staticHeader(settings: Settings): Readonly<Record<string, string>> {
  const need = (name: keyof Settings): string => {
    const value = settings[name];
    if (typeof value === "string" && value !== "") return value;
    throw new ConnectError("CONNECT_CONFIG", `http.authorization.type=${settings["http.authorization.type"]} needs ${name}.`);
  };
  switch (settings["http.authorization.type"]) {
    case "static":
      return { authorization: need("http.headers.authorization") };
    case "bearer":
      return { authorization: `Bearer ${need("http.headers.authorization")}` };
    case "apikey":
      return { [settings["http.apikey.header"] ?? "x-api-key"]: need("http.headers.authorization") };
    case "basic":
      return { authorization: basic(need("connection.user"), settings["connection.password"] ?? "") };
    case "oauth2":
      for (const name of ["oauth2.access.token.url", "oauth2.client.id", "oauth2.client.secret"] as const) need(name);
      httpUrl("oauth2.access.token.url", need("oauth2.access.token.url"));
      return {};
    case "none":
    case undefined:
    default:
      return {};
  }
}

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
}

function additional(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, name, value] = /^\s*([!#$%&'*+.^_`|~\w-]+)\s*:\s*([^\r\n]*)$/.exec(pair) ?? [];
      if (name === undefined || value === undefined)
        throw new ConnectError("CONNECT_CONFIG", "http.headers.additional has headers as name:value, apart by commas.");
      return [name.toLowerCase(), value];
    }),
  );
}

/** @throws ConnectError CONNECT_CONFIG */
export function httpUrl(setting: string, text: string): URL {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return new URL(text);
  throw new ConnectError("CONNECT_CONFIG", `${setting} is a URL that begins with http:// or https://.`);
}
