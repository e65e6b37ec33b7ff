import { Agent as HttpAgent, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { Claim } from "../storage/topic-codec.ts";

/** Says by which claim the receiver is held to lead. What has it is not forwarded again. */
export const CLAIM_HEADER = "x-ottla-registry-claim";
/** In an answer: the place in the topic that it stands on. */
export const OFFSET_HEADER = "x-ottla-registry-offset";

/** A request as it came, to be brought to another instance. */
interface ForwardedRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** @throws ForwardError when there is no answer */
export type Forward = (claim: Claim, request: ForwardedRequest) => Promise<Response>;

/** An instance that did not answer. */
export class ForwardError extends Error {
  readonly claim: Claim;
  /** Whether it may have got the request. */
  readonly isSent: boolean;

  constructor(claim: Claim, isSent: boolean, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.claim = claim;
    this.isSent = isSent;
  }
}

/** How requests are brought to others. */
export interface ForwardOptions {
  /** Who does not answer in time is held to be gone. 10 seconds. */
  readonly timeoutMs?: number;
  /** Certificates that others' are checked with, in PEM; the system's when left out. */
  readonly ca?: string;
}

const TIMEOUT_MS = 10_000;
/** More than any answer has. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
/** With it the other decides as if the client had asked it. */
const HEADERS: readonly string[] = ["authorization", "content-type", "accept"];

/** Forwards over HTTP or HTTPS, on connections that are kept. */
export function forwardOverHttp({ timeoutMs = TIMEOUT_MS, ca }: ForwardOptions = {}): { readonly forward: Forward; close(): void } {
  const http = new HttpAgent({ keepAlive: true, maxSockets: 32 });
  const https = new HttpsAgent({ keepAlive: true, maxSockets: 32, ...(ca !== undefined && { ca }) });
  const forward: Forward = (claim, { method, path, headers, body }) =>
    new Promise((resolve, reject) => {
      let isSent = false;
      const fail = (cause: unknown): void => reject(new ForwardError(claim, isSent, cause));
      let target: URL;
      try {
        target = new URL(path, claim.url);
        // What a path says must not lead to another host.
        if (target.origin !== new URL(claim.url).origin) throw new Error("the path leads elsewhere");
      } catch (error) {
        fail(error);
        return;
      }
      const isSecure = target.protocol === "https:";
      const kept = Object.fromEntries(HEADERS.flatMap((name) => (headers.has(name) ? [[name, headers.get(name) ?? ""] as const] : [])));
      const request = (isSecure ? httpsRequest : httpRequest)(target, {
        agent: isSecure ? https : http,
        method,
        headers: { ...kept, [CLAIM_HEADER]: claim.id, "content-length": body.length },
        signal: AbortSignal.timeout(timeoutMs),
      });
      request.on("socket", (socket) => {
        if (socket.connecting) socket.once(isSecure ? "secureConnect" : "connect", () => (isSent = true));
        else isSent = true;
      });
      request.on("error", fail);
      request.on("response", (response) => {
        const pieces: Buffer[] = [];
        let bytes = 0;
        response.on("error", fail);
        response.on("data", (piece: Buffer) => {
          bytes += piece.length;
          if (bytes > MAX_ANSWER_BYTES) response.destroy(new Error("the answer is too long"));
          else pieces.push(piece);
        });
        response.on("end", () => {
          const answered = new Headers();
          for (const [name, value] of Object.entries(response.headers)) {
            if (typeof value === "string" && name !== "connection" && name !== "transfer-encoding" && name !== "keep-alive")
              answered.set(name, value);
          }
          resolve(new Response(Buffer.concat(pieces), { status: response.statusCode ?? 502, headers: answered }));
        });
        response.on("close", () => {
          if (!response.complete) fail(new Error("the connection went in the middle of the answer"));
        });
      });
      request.end(body);
    });
  return {
    forward,
    close: () => {
      http.destroy();
      https.destroy();
    },
  };
}
