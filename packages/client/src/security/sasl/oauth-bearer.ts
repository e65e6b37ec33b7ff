import type { Clock } from "@ottla/base";
import { ClientError } from "../../client-error.ts";
import type { SaslExchange, SaslLogin } from "./sasl-exchange.ts";

/** A token that shows who the client is. */
export interface OAuthToken {
  /** As it goes over the wire: a JSON Web Token mostly. */
  readonly value: string;
  /** When it ends, in ms since 1970. Default: what a JSON Web Token says of itself; a token that says nothing is used for one login. */
  readonly expiresAtMs?: number | undefined;
  /** SASL extensions (KIP-342), such as `logicalCluster`. */
  readonly extensions?: Readonly<Record<string, string>> | undefined;
}

/** Gets a token from wherever it comes. Called again before the last one ends, never twice at once. */
export type TokenProvider = (options: { readonly signal: AbortSignal }) => OAuthToken | Promise<OAuthToken>;

const TOKEN_CHARS_MAX = 256 * 1024;
/** A token is asked for anew when so much of its life has passed: Java's `sasl.login.refresh.window.factor`. */
const REFRESH_AT = 0.8;
/** How long a provider may take. */
const PROVIDER_MS_MAX = 30_000;
const EXTENSION_NAME = /^[A-Za-z]+$/;
const EXTENSION_VALUE = /^[\x20-\x7e\t\r\n]*$/;
const SEPARATOR = "\x01";

interface KeptToken {
  readonly message: Buffer;
  readonly refreshAtMs: number;
  readonly expiresAtMs: number;
}

/** RFC 7628 with tokens of a {@link TokenProvider}, one of which serves all connections until it grows old. */
export class OAuthBearerLogin implements SaslLogin {
  readonly mechanism = "OAUTHBEARER";
  readonly who = "a token";
  readonly #provider: TokenProvider;
  readonly #clock: Clock;
  readonly #extensions: Readonly<Record<string, string>>;
  #kept: KeptToken | undefined;
  #asking: Promise<KeptToken> | undefined;

  constructor(provider: TokenProvider, clock: Clock, extensions: Readonly<Record<string, string>> = {}) {
    this.#provider = provider;
    this.#clock = clock;
    this.#extensions = extensions;
  }

  async begin(): Promise<SaslExchange> {
    const { message } = await this.#token();
    return {
      first: () => message,
      // A refusal comes as a message of its own; the broker waits for this byte until it says so as an error.
      answer: (challenge) => Promise.resolve(challenge.length === 0 ? undefined : Buffer.from(SEPARATOR)),
    };
  }

  refused(): void {
    this.#kept = undefined;
  }

  async #token(): Promise<KeptToken> {
    const kept = this.#kept;
    const now = this.#clock.nowMs();
    if (kept !== undefined && now < kept.refreshAtMs) return kept;
    this.#asking ??= this.#ask().finally(() => (this.#asking = undefined));
    try {
      return await this.#asking;
    } catch (error) {
      // The old one still holds for a while: a provider that fails now may be back by then.
      if (kept !== undefined && this.#clock.nowMs() < kept.expiresAtMs) return kept;
      throw error;
    }
  }

  async #ask(): Promise<KeptToken> {
    const now = this.#clock.nowMs();
    const token = await this.#fromProvider();
    const message = this.#messageOf(token);
    const expiresAtMs = token.expiresAtMs ?? expiryOf(token.value) ?? now;
    if (expiresAtMs <= this.#clock.nowMs() && token.expiresAtMs !== undefined)
      throw failed("the token that the provider gave had already ended");
    this.#kept = { message, expiresAtMs, refreshAtMs: now + (expiresAtMs - now) * REFRESH_AT };
    return this.#kept;
  }

  async #fromProvider(): Promise<OAuthToken> {
    const controller = new AbortController();
    let alarm: { cancel(): void } | undefined;
    const late = new Promise<never>((_, reject) => {
      alarm = this.#clock.schedule(PROVIDER_MS_MAX, () => {
        controller.abort();
        reject(unavailable(`the token provider gave none within ${PROVIDER_MS_MAX} ms`));
      });
    });
    try {
      return await Promise.race([Promise.resolve(this.#provider({ signal: controller.signal })), late]);
    } catch (cause) {
      if (cause instanceof ClientError) throw cause;
      throw unavailable(`the token provider failed: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
    } finally {
      alarm?.cancel();
    }
  }

  #messageOf(token: OAuthToken): Buffer {
    if (typeof token !== "object" || token === null || typeof token.value !== "string")
      throw failed("the token provider gave no object with a text as its value");
    if (token.value === "" || token.value.length > TOKEN_CHARS_MAX || !/^[\x21-\x7e]+$/.test(token.value))
      throw failed("the token provider gave a value that is no token: it must be printable characters without blanks");
    const { expiresAtMs } = token;
    if (expiresAtMs !== undefined && !Number.isFinite(expiresAtMs)) throw failed("the token's expiresAtMs is no number");
    let text = `n,,${SEPARATOR}auth=Bearer ${token.value}`;
    for (const [name, value] of Object.entries({ ...this.#extensions, ...token.extensions })) {
      checkExtension(name, value);
      text += `${SEPARATOR}${name}=${value}`;
    }
    return Buffer.from(`${text}${SEPARATOR}${SEPARATOR}`);
  }
}

/** Throws `ClientError` AUTHENTICATION_FAILED for what no SASL extension can be. */
function checkExtension(name: string, value: unknown): void {
  if (!EXTENSION_NAME.test(name) || name === "auth") throw failed(`"${name}" is no name of an extension: letters alone, and not "auth"`);
  if (typeof value !== "string" || !EXTENSION_VALUE.test(value))
    throw failed(`the extension "${name}" must be a text of printable characters`);
}

/** The claim `exp` of a JSON Web Token, in ms; nothing of it is verified, that is the broker's part. */
function expiryOf(token: string): number | undefined {
  const [, payload] = token.split(".");
  if (payload === undefined) return undefined;
  try {
    const { exp } = JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as { exp?: unknown };
    return typeof exp === "number" && Number.isFinite(exp) ? exp * 1000 : undefined;
  } catch {
    return undefined;
  }
}

function failed(what: string): ClientError {
  return new ClientError("AUTHENTICATION_FAILED", `OAUTHBEARER: ${what}.`);
}

/** Whoever gives tokens may be back soon. */
function unavailable(what: string, cause?: unknown): ClientError {
  return new ClientError("TOKEN_UNAVAILABLE", `OAUTHBEARER: ${what}.`, { cause });
}
