import { Agent as HttpAgent, type IncomingMessage, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { type Clock, printable } from "@ottla/base";
import { RegistryClientError } from "./registry-client-error.ts";
import type { RegistryAuth, RegistryRequest, RegistryTls } from "./registry-client-types.ts";

const MEDIA_TYPE = "application/vnd.schemaregistry.v1+json";
/** Longer answers are not read, unless the call says another bound: a page of a thousand schemas is less, a list of a hundred thousand subjects far less. */
const MAX_ANSWER_BYTES = 256 << 20;
/** Of what a registry says of an error: an incompatible schema has its differences there. */
const MAX_WORDS = 65_536;
const CONNECTIONS_MAX = 8;
const BACKOFF_MAX_MS = 5_000;
const LATER = new Set([408, 429, 502, 503, 504]);
/** A change was begun, and whether it holds is not known. */
const OUTCOME_UNKNOWN: ReadonlySet<unknown> = new Set([50002, 50003]);

export interface RegistryHttpOptions {
  readonly baseUrls: readonly URL[];
  readonly auth: RegistryAuth | undefined;
  readonly tls: RegistryTls | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly requestTimeoutMs: number;
  readonly retries: number;
  readonly retryBackoffMs: number;
  readonly clock: Clock;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** One attempt that found nobody, or a registry that is busy. */
interface Failure {
  readonly url: URL;
  readonly problem: string;
  readonly cause: unknown;
  /** Of a registry that answered. */
  readonly status?: number;
  readonly answer?: Answer;
}

/** HTTP to one of several URLs of one registry: with time limits, again where it may succeed, and in another place. */
export class RegistryHttp {
  readonly #options: RegistryHttpOptions;
  readonly #agents: { readonly http: HttpAgent; readonly https: HttpsAgent };
  readonly #closing = new AbortController();
  /** Who answered last is asked first. */
  #current = 0;

  constructor(options: RegistryHttpOptions) {
    this.#options = options;
    const { ca, ...tls } = options.tls ?? {};
    const common = { keepAlive: true, maxSockets: CONNECTIONS_MAX, maxFreeSockets: CONNECTIONS_MAX };
    this.#agents = {
      http: new HttpAgent(common),
      https: new HttpsAgent({
        ...common,
        ...tls,
        ...(ca !== undefined && { ca: typeof ca === "string" || Buffer.isBuffer(ca) ? ca : [...ca] }),
      }),
    };
  }

  /** The answer's JSON. Rejects with {@link RegistryClientError}. */
  async call(call: RegistryRequest): Promise<unknown> {
    const { baseUrls, retries } = this.#options;
    const failures: Failure[] = [];
    for (let attempt = 0; ; attempt++) {
      const url = baseUrls[this.#current % baseUrls.length]!;
      const found = await this.#attempt(url, call);
      if ("text" in found) return readAnswer(found, call, url);
      // The registry itself says that nobody knows, and how to look.
      if (call.method === "DELETE" && found.answer !== undefined && isOutcomeUnknown(found.answer))
        return readAnswer(found.answer, call, url);
      failures.push(found);
      this.#current = (this.#current + 1) % baseUrls.length;
      // A deletion may have been carried out although nobody said so; to say "no such subject" then would be a lie.
      const mayRepeat = call.method !== "DELETE" || isNobodyThere(found.cause);
      if (attempt >= retries || !mayRepeat) throw unreachable(call, failures);
      const round = Math.floor((attempt + 1) / baseUrls.length);
      if ((attempt + 1) % baseUrls.length === 0) await this.#wait(round, call.signal);
    }
  }

  close(): void {
    this.#closing.abort();
    this.#agents.http.destroy();
    this.#agents.https.destroy();
  }

  async #attempt(url: URL, call: RegistryRequest): Promise<Answer | Failure> {
    const { auth } = this.#options;
    const authorization = await authorizationOf(url, auth);
    if (call.signal?.aborted || this.#closing.signal.aborted) throw aborted(call);
    try {
      const answer = await this.#send(url, call, authorization);
      return LATER.has(answer.status) ? { url, problem: problemTold(answer), cause: undefined, status: answer.status, answer } : answer;
    } catch (cause) {
      if (cause instanceof RegistryClientError) throw cause;
      return { url, problem: problemOf(cause), cause };
    }
  }

  #send(url: URL, call: RegistryRequest, authorization: string | undefined): Promise<Answer> {
    const { clock, headers, requestTimeoutMs } = this.#options;
    const body = call.body === undefined ? undefined : Buffer.from(JSON.stringify(call.body));
    const isTls = url.protocol === "https:";
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const request = (isTls ? httpsRequest : httpRequest)({
      agent: isTls ? this.#agents.https : this.#agents.http,
      host: url.hostname.replace(/^\[|\]$/g, ""),
      port: url.port === "" ? (isTls ? 443 : 80) : Number(url.port),
      path: `${url.pathname.replace(/\/$/, "")}${call.path}`,
      method: call.method,
      headers: {
        accept: `${MEDIA_TYPE}, application/json`,
        ...headers,
        ...(authorization !== undefined && { authorization }),
        ...(body !== undefined && { "content-type": MEDIA_TYPE, "content-length": body.length }),
      },
    });
    const stop = (error: Error): void => {
      reject(error);
      request.destroy();
    };
    const timer = clock.schedule(requestTimeoutMs, () => stop(new Error(`did not answer within ${requestTimeoutMs} ms`)));
    const onAbort = (): void => stop(aborted(call));
    const signals = [call.signal, this.#closing.signal];
    for (const signal of signals) signal?.addEventListener("abort", onAbort, { once: true });
    request.on("error", reject);
    request.on("response", (response) => {
      readText(response, call.maxAnswerBytes ?? MAX_ANSWER_BYTES).then(resolve, stop);
    });
    request.end(body);
    return promise.finally(() => {
      timer.cancel();
      for (const signal of signals) signal?.removeEventListener("abort", onAbort);
    });
  }

  async #wait(round: number, signal: AbortSignal | undefined): Promise<void> {
    const { clock, retryBackoffMs } = this.#options;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = clock.schedule(Math.min(BACKOFF_MAX_MS, retryBackoffMs * 2 ** (round - 1)), resolve);
    for (const each of [signal, this.#closing.signal]) each?.addEventListener("abort", () => resolve(), { once: true });
    await promise;
    timer.cancel();
  }
}

async function authorizationOf(url: URL, auth: RegistryAuth | undefined): Promise<string | undefined> {
  if (auth === undefined) {
    if (url.username === "") return undefined;
    return basic(decodeURIComponent(url.username), decodeURIComponent(url.password));
  }
  if ("username" in auth) return basic(auth.username, auth.password);
  return `Bearer ${typeof auth.token === "function" ? await auth.token() : auth.token}`;
}

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

function readText(response: IncomingMessage, maxBytes: number): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const parts: Buffer[] = [];
  let length = 0;
  response.on("data", (part: Buffer) => {
    length += part.length;
    if (length > maxBytes) reject(new Error(`sends more than ${maxBytes} bytes`));
    else parts.push(part);
  });
  response.on("error", reject);
  response.on("aborted", () => reject(new Error("ended the connection within its answer")));
  response.on("end", () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString() }));
  return promise;
}

const SHOWN_ANSWER = 200;

function isOutcomeUnknown({ text }: Answer): boolean {
  try {
    return OUTCOME_UNKNOWN.has((JSON.parse(text) as { error_code?: unknown } | null)?.error_code);
  } catch {
    return false;
  }
}

/** A registry that is busy says why; a proxy before it may send a page, of which nothing is worth to be shown. */
function problemTold({ status, text }: Answer): string {
  let message: unknown;
  try {
    message = (JSON.parse(text) as { message?: unknown } | null)?.message;
  } catch {
    message = undefined;
  }
  return `answered ${status}${typeof message === "string" && message !== "" ? ` (${printable(message.slice(0, SHOWN_ANSWER))})` : ""}`;
}

function readAnswer({ status, text }: Answer, call: RegistryRequest, url: URL): unknown {
  if (status >= 300 && status < 400)
    throw new RegistryClientError(
      "REGISTRY_BAD_ANSWER",
      `${nameOf(url)} sends ${call.method} ${call.path} elsewhere (${status}), which is not followed as the login would go there, too; give "baseUrls" the registry's own address.`,
      { status },
    );
  let json: unknown;
  try {
    json = text === "" ? undefined : JSON.parse(text);
  } catch (cause) {
    if (status < 400)
      throw new RegistryClientError(
        "REGISTRY_BAD_ANSWER",
        `${nameOf(url)} answers ${call.method} ${call.path} with no JSON (${printable(text.slice(0, SHOWN_ANSWER))}); is it a Schema Registry?`,
        { status, cause },
      );
  }
  if (status < 400) return json;
  const told = typeof json === "object" && json !== null ? (json as { error_code?: unknown; message?: unknown }) : {};
  const errorCode = typeof told.error_code === "number" ? told.error_code : undefined;
  const words = typeof told.message === "string" ? told.message.slice(0, MAX_WORDS) : printable(text.slice(0, SHOWN_ANSWER));
  const remedy =
    status === 401 || status === 403
      ? ` Check "auth": ${status === 401 ? "the registry does not take this login" : "this login may not do that"}.`
      : "";
  throw new RegistryClientError(
    "REGISTRY_REFUSED",
    `The registry refuses ${call.method} ${call.path} (${errorCode ?? status}): ${words}${remedy}`,
    {
      status,
      errorCode,
      problem: json === undefined ? undefined : words,
    },
  );
}

function aborted(call: RegistryRequest): RegistryClientError {
  return new RegistryClientError("REGISTRY_ABORTED", `${call.method} ${call.path} was given up.`, { cause: call.signal?.reason });
}

function unreachable(call: RegistryRequest, failures: readonly Failure[]): RegistryClientError {
  const last = new Map(failures.map(({ url, problem }) => [nameOf(url), problem]));
  const told = [...last].map(([url, problem]) => `${url} ${problem}`).join("; ");
  const message = `The Schema Registry cannot be reached for ${call.method} ${call.path}: ${told} (${failures.length} attempts). Check "baseUrls".`;
  const { problem, cause, status } = failures.at(-1)!;
  return new RegistryClientError("REGISTRY_UNREACHABLE", message, { problem, cause, status });
}

function isNobodyThere(cause: unknown): boolean {
  const code = cause instanceof Error ? (cause as NodeJS.ErrnoException).code : undefined;
  return code === "ECONNREFUSED" || code === "ENOTFOUND" || code === "EHOSTUNREACH";
}

function problemOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if (cause instanceof AggregateError && cause.message === "") return problemOf(cause.errors[0]);
  const { code } = cause as NodeJS.ErrnoException;
  if (code === "ECONNREFUSED") return "refuses connections";
  if (code === "ENOTFOUND") return "has no address";
  return /^(did not|ended|sends)/.test(cause.message) ? cause.message : `failed (${printable(cause.message)})`;
}

/** A URL without the login in it. */
function nameOf(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname.replace(/\/$/, "")}`;
}
