import { type IncomingMessage, request as requestHttp } from "node:http";
import { type RequestOptions, request as requestHttps } from "node:https";
import { OttlaError } from "@ottla/base";
import type { RegistrySettings } from "./registry-settings.ts";

const MEDIA_TYPE = "application/vnd.schemaregistry.v1+json";
const TIMEOUT_MS = 30_000;
/** A page of a thousand schemas of a registry's largest size is less. */
const ANSWER_BYTES_MAX = 256 * 1024 * 1024;

type Method = "GET" | "POST" | "PUT" | "DELETE";

/** What a registry refused, with the number by which registries tell why. */
export class RegistryRefusal extends OttlaError {
  override readonly name = "RegistryRefusal";
  readonly status: number;
  /** 40401, 40901 …; the HTTP status where the body tells no number. */
  readonly errorCode: number;

  constructor(message: string, status: number, errorCode: number) {
    super("REGISTRY_REFUSED", message);
    this.status = status;
    this.errorCode = errorCode;
  }

  /** Whether it says that a subject, a version, a schema or a setting is not there. */
  get isNotFound(): boolean {
    return this.status === 404;
  }
}

export interface RegistryQuery {
  readonly [name: string]: string | number | boolean | undefined;
}

/** Requests to one registry, whoever made it. Addresses are tried one after the other as long as nobody answers. */
export class RegistryConnection {
  readonly #settings: RegistrySettings;
  readonly #signal: AbortSignal;

  constructor(settings: RegistrySettings, signal: AbortSignal) {
    this.#settings = settings;
    this.#signal = signal;
  }

  /** Where it is, for sentences. */
  get name(): string {
    return this.#settings.urls.map(({ href }) => href.replace(/\/$/, "")).join(", ");
  }

  /** The same, whatever ends the command: for what must be put in order behind a failure. */
  withoutSignal(): RegistryConnection {
    return new RegistryConnection(this.#settings, new AbortController().signal);
  }

  get(path: string, query?: RegistryQuery): Promise<unknown> {
    return this.send("GET", path, undefined, query);
  }

  /** Errors: {@link RegistryRefusal}, `REGISTRY_UNREACHABLE`, `REGISTRY_LOGIN_REFUSED`, `REGISTRY_ANSWER_UNREADABLE`. */
  async send(method: Method, path: string, body?: unknown, query: RegistryQuery = {}): Promise<unknown> {
    let last: Error | undefined;
    for (const base of this.#settings.urls) {
      const url = new URL(`${base.pathname.replace(/\/$/, "")}${path}`, base);
      for (const [name, value] of Object.entries(query))
        if (value !== undefined && value !== false) url.searchParams.set(name, String(value));
      try {
        return this.#read(await this.#exchange(url, method, body), url);
      } catch (error) {
        if (error instanceof OttlaError || this.#signal.aborted) throw error;
        last = error as Error;
        // What may have arrived is not sent a second time.
        if (method !== "GET" && !NEVER_SENT.has((error as NodeJS.ErrnoException).code ?? "")) break;
      }
    }
    throw this.#unreachable(last);
  }

  #exchange(url: URL, method: Method, body: unknown): Promise<{ readonly status: number; readonly text: string }> {
    const { authorization, tls } = this.#settings;
    const payload = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const options: RequestOptions = {
      method,
      signal: this.#signal,
      timeout: TIMEOUT_MS,
      headers: {
        accept: `${MEDIA_TYPE}, application/json;q=0.9`,
        ...(payload !== undefined && { "content-type": MEDIA_TYPE, "content-length": payload.length }),
        ...(authorization !== undefined && { authorization }),
      },
      ...(url.protocol === "https:" && {
        ...(tls.ca !== undefined && { ca: [...tls.ca] }),
        ...(tls.cert !== undefined && { cert: tls.cert, key: tls.key }),
        ...(tls.passphrase !== undefined && { passphrase: tls.passphrase }),
        ...(!tls.isHostVerified && { checkServerIdentity: () => undefined }),
      }),
    };
    return new Promise((resolve, reject) => {
      const send = url.protocol === "https:" ? requestHttps : requestHttp;
      const request = send(url, options, (answer) => void readAnswer(answer).then(resolve, reject));
      request.on("timeout", () => request.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)));
      request.on("error", reject);
      request.end(payload);
    });
  }

  #read({ status, text }: { readonly status: number; readonly text: string }, url: URL): unknown {
    if (status === 401) {
      const what = this.#settings.authorization === undefined ? "asks for a login" : "refuses this login";
      throw new OttlaError(
        "REGISTRY_LOGIN_REFUSED",
        `The registry at ${url.origin} ${what}; give --registry-user, or basic.auth.user.info in --command-config.`,
      );
    }
    let value: unknown;
    try {
      value = text === "" ? undefined : JSON.parse(text);
    } catch (cause) {
      throw new OttlaError(
        "REGISTRY_ANSWER_UNREADABLE",
        `What answers at ${url.origin} is no Schema Registry: status ${status}, and its answer is no JSON; check --registry-url.`,
        { cause },
      );
    }
    if (status >= 200 && status < 300) return value;
    const { error_code: code, message } = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
    const said = typeof message === "string" && message !== "" ? message : `the request ${url.pathname} was answered with status ${status}`;
    throw new RegistryRefusal(said, status, typeof code === "number" ? code : status);
  }

  #unreachable(cause: Error | undefined): OttlaError {
    const why = cause === undefined ? "" : ` (${reasonIn(cause)})`;
    return new OttlaError(
      "REGISTRY_UNREACHABLE",
      `No registry answers at ${this.name}${why}; start one with "ottla dev", or name yours with --registry-url.`,
      { cause },
    );
  }
}

const NEVER_SENT: ReadonlySet<string> = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"]);

/** Of several addresses of a name the first says enough. */
function reasonIn(error: Error): string {
  const first = error instanceof AggregateError ? (error.errors[0] as Error | undefined) : undefined;
  return (first ?? error).message.replace(/\.$/, "");
}

async function readAnswer(answer: IncomingMessage): Promise<{ readonly status: number; readonly text: string }> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of answer as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > ANSWER_BYTES_MAX) {
      answer.destroy();
      throw new OttlaError("REGISTRY_ANSWER_UNREADABLE", `The registry's answer is larger than ${ANSWER_BYTES_MAX} bytes.`);
    }
    pieces.push(piece);
  }
  return { status: answer.statusCode ?? 0, text: Buffer.concat(pieces).toString("utf8") };
}
