import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { OttlaError } from "../errors.ts";

/** Whom a client of HTTPS trusts, and what it shows, in PEM. */
export interface HttpsTrust {
  /** In place of the system's. */
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** Of the key, where it is encrypted. */
  readonly passphrase?: string | undefined;
}

/** One request of one service. */
export interface HttpExchange {
  readonly method: string;
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly tls?: HttpsTrust | undefined;
  readonly timeoutMs: number;
  /** A longer answer is not read. 32 MiB. */
  readonly answerBytesMax?: number;
  readonly signal?: AbortSignal | undefined;
}

/** What came back. */
export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

const ANSWER_BYTES_MAX = 32 * 1024 * 1024;

/**
 * Asks once, over HTTP or HTTPS, on a connection of its own. No answer leads elsewhere: a redirection is an answer as any other.
 * @throws OttlaError `ANSWER_TOO_LARGE`; the system's own error where nobody answers, and what the signal was aborted with
 */
export function httpExchange({ method, url, headers, body, tls, timeoutMs, answerBytesMax, signal }: HttpExchange): Promise<HttpAnswer> {
  const bytesMax = answerBytesMax ?? ANSWER_BYTES_MAX;
  const within = AbortSignal.timeout(timeoutMs);
  const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
  const request = (url.protocol === "https:" ? httpsRequest : httpRequest)(url, {
    method,
    agent: false,
    headers: { ...headers, ...(body !== undefined && { "content-length": String(Buffer.byteLength(body)) }) },
    signal: signal === undefined ? within : AbortSignal.any([signal, within]),
    ...(tls?.ca !== undefined && { ca: tls.ca }),
    ...(tls?.cert !== undefined && { cert: tls.cert, key: tls.key, passphrase: tls.passphrase }),
  });
  const fail = (error: unknown): void => {
    const aborted = signal?.aborted === true ? signal.reason : undefined;
    reject(aborted ?? (within.aborted ? new Error(`it does not answer within ${timeoutMs} ms`, { cause: error }) : error));
    request.destroy();
  };
  request.on("error", fail);
  request.on("response", (response) => {
    const pieces: Buffer[] = [];
    let bytes = 0;
    response.on("data", (piece: Buffer) => {
      pieces.push(piece);
      bytes += piece.length;
      if (bytes > bytesMax) fail(new OttlaError("ANSWER_TOO_LARGE", `An answer of the service has more than ${bytesMax} bytes.`));
    });
    response.on("error", fail);
    response.on("close", () => {
      if (!response.complete) fail(new Error("the connection went in the middle of the answer"));
    });
    response.on("end", () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(pieces).toString() }));
  });
  request.end(body);
  return promise;
}
