import { Agent as HttpAgent, type IncomingMessage, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { systemClock } from "@ottla/base/node";
import { pemFile } from "../../pem-file.ts";

/** A request. */
export interface HttpAsk {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string | undefined;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** More of an answer is not read. */
  readonly bytesMax: number;
}

/** What a server answered. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
  /** Whether there was more than `bytesMax`. */
  readonly isCut: boolean;
}

/** Who is trusted, and who we are; files in PEM. */
export interface TlsFiles {
  readonly caFile?: string | undefined;
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  readonly trustsAll?: boolean | undefined;
}

/** Requests over connections that are kept, at most so many at once; redirects are not followed. */
export class HttpExchange {
  readonly #http: HttpAgent;
  readonly #https: HttpsAgent;

  /** @throws ConnectError CONNECT_CONFIG for files that are not there */
  constructor(tls: TlsFiles, connectionsMax: number) {
    const kept = { keepAlive: true, maxSockets: connectionsMax, scheduling: "lifo" } as const;
    this.#http = new HttpAgent(kept);
    const [ca, cert, key] = [
      pemFile(tls.caFile, "ottla.tls.ca.file"),
      pemFile(tls.certFile, "ottla.tls.cert.file"),
      pemFile(tls.keyFile, "ottla.tls.key.file"),
    ];
    this.#https = new HttpsAgent({
      ...kept,
      rejectUnauthorized: tls.trustsAll !== true,
      ...(ca !== undefined && { ca }),
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
    });
  }

  /** What the connection fails with is thrown as it is; {@link isPassingFailure} tells whether time may mend it. */
  send(ask: HttpAsk): Promise<HttpAnswer> {
    const { method, url, headers, body, timeoutMs, signal } = ask;
    const isTls = url.protocol === "https:";
    const bytes = body === undefined ? undefined : typeof body === "string" ? Buffer.from(body) : body;
    const length = bytes === undefined ? {} : { "content-length": String(bytes.byteLength) };
    return new Promise((resolve, reject) => {
      const options = { method, headers: { ...headers, ...length }, agent: isTls ? this.#https : this.#http, signal };
      const sent = isTls ? httpsRequest(url, options) : httpRequest(url, options);
      // The whole exchange, not only a silence: a server that drips a byte a second ends too.
      const timer = systemClock.schedule(timeoutMs, () => sent.destroy(new HttpTimeout(`there was no answer within ${timeoutMs} ms`)));
      const failed = (error: Error): void => {
        timer.cancel();
        reject(error);
      };
      sent.once("error", failed);
      sent.once("response", (response) => {
        collected(response, ask.bytesMax).then((answer) => {
          timer.cancel();
          resolve(answer);
        }, failed);
      });
      sent.end(bytes);
    });
  }

  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }
}

/** An answer did not come in time. */
class HttpTimeout extends Error {
  override readonly name = "HttpTimeout";
}

function collected(response: IncomingMessage, bytesMax: number): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let size = 0;
    const answer = (isCut: boolean): HttpAnswer => ({
      status: response.statusCode ?? 0,
      headers: response.headers,
      body: Buffer.concat(pieces),
      isCut,
    });
    response.on("data", (piece: Buffer) => {
      const room = bytesMax - size;
      size += piece.length;
      if (room > 0) pieces.push(piece.subarray(0, room));
      if (size <= bytesMax) return;
      // The rest of it is not waited for, and so the connection is of no more use.
      resolve(answer(true));
      response.destroy();
    });
    response.once("end", () => resolve(answer(false)));
    response.once("error", reject);
    response.once("close", () => reject(new Error("the connection ended within the answer")));
  });
}

/** Certificates that are not trusted and addresses that are none stay so. */
export function isPassingFailure(error: unknown): boolean {
  const code = (error as { readonly code?: string } | null)?.code ?? "";
  return !/^(?:CERT_|DEPTH_|SELF_|UNABLE_TO|ERR_TLS|ERR_INVALID|ERR_SSL_(?!.*EOF)|HPE_)/.test(code);
}

/** How long a server asks to be left alone, by `Retry-After`; undefined: it does not say. */
export function retryAfterMs({ headers }: HttpAnswer, nowMs: number): number | undefined {
  const text = headers["retry-after"];
  if (typeof text !== "string") return undefined;
  const ms = /^\d{1,9}$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - nowMs;
  return Number.isNaN(ms) ? undefined : Math.min(RETRY_AFTER_MAX_MS, Math.max(0, ms));
}

/** A server that asks for more is asked again nevertheless. */
const RETRY_AFTER_MAX_MS = 300_000;
const SHOWN_MAX = 300;

/** An answer in an error: `503 Service Unavailable: try later`. */
export function answerText({ status, body, headers }: HttpAnswer): string {
  const text = body
    .toString("utf8", 0, SHOWN_MAX)
    .replaceAll(/[\p{Cc}\s]+/gu, " ")
    .trim();
  const to =
    status >= 300 && status < 400 && typeof headers["location"] === "string" ? ` to ${headers["location"].slice(0, SHOWN_MAX)}` : "";
  return `${status}${to}${text === "" ? "" : `: ${text}`}`;
}

/** A failure in an error. */
export function failureText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Several addresses were tried, and the error itself says nothing.
  if (error instanceof AggregateError && error.message === "") return error.errors.map((each) => failureText(each)).join("; ");
  return error.message;
}
