import { type Clock, pause } from "@ottla/base";
import { httpExchange, type HttpsTrust } from "@ottla/base/node";
import type { ConnectVisitor } from "../access/connect-visitor.ts";
import { signedHeaders } from "../access/worker-signature.ts";
import type { ConnectWorker } from "../worker/connect-worker.ts";
import { RequestError } from "../worker/request-error.ts";

/** How workers of one group reach each other; their doors are alike. */
export interface OtherWorkersOptions {
  readonly scheme: "http" | "https";
  readonly trust: HttpsTrust | undefined;
  readonly clock: Clock;
}

const ANSWER_BYTES_MAX = 1024 * 1024;
const FORWARD_MS = 30_000;
/** Another may have to read a new key first. */
const AGAIN = 5;
const AGAIN_MS = 200;

/** Requests that another worker has to answer. What is passed on says who asked, signed with a key of the group, so that no password goes to an address that stands in a topic. */
export class OtherWorkers {
  readonly #options: OtherWorkersOptions;

  constructor(options: OtherWorkersOptions) {
    this.#options = options;
  }

  /** The one that is asked forwards nothing, so that two that disagree do not ask each other for ever. @throws RequestError 500 */
  async post(worker: ConnectWorker, workerId: string, path: string, visitor: ConnectVisitor): Promise<Response> {
    const { scheme, trust, clock } = this.#options;
    const url = new URL(`${scheme}://${workerId}${path}?forward=false`);
    try {
      for (let attempt = 0; ; attempt++) {
        const headers = await this.#headers(worker, workerId, url, visitor);
        const answer = await httpExchange({
          method: "POST",
          url,
          headers,
          tls: trust,
          timeoutMs: FORWARD_MS,
          answerBytesMax: ANSWER_BYTES_MAX,
        });
        if (answer.status === 503 && attempt < AGAIN) await pause(clock, AGAIN_MS, new AbortController().signal);
        else
          return new Response(answer.status === 204 ? null : answer.text, {
            status: answer.status,
            headers: { "Content-Type": "application/json" },
          });
      }
    } catch (cause) {
      throw new RequestError(500, `The worker ${workerId}, which runs it, does not answer.`, { cause });
    }
  }

  async #headers(worker: ConnectWorker, workerId: string, url: URL, visitor: ConnectVisitor): Promise<Record<string, string>> {
    if (visitor.how === "nobody-logs-in") return {};
    const request = { method: "POST", path: `${url.pathname}${url.search}`, workerId };
    return signedHeaders(request, { name: visitor.name, host: visitor.host }, await worker.sessionKey(), this.#options.clock.nowMs());
  }
}
