import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { hostNameIn, isLoopbackName, OttlaError } from "@ottla/base";
import { inLine, paceServer } from "@ottla/base/node";
import type { ControlledBroker } from "@ottla/broker/controlled";
import { answerDoor, type DoorAnswer } from "./fault-requests.ts";

const BODY_BYTES_MAX: number = 1024 * 1024;
const LOOPBACK = "127.0.0.1";

/**
 * The HTTP door to a broker's faults. Whoever reaches it may break the broker, so it listens on the loopback address alone, and a page in a browser cannot use it: a request must name the
 * loopback by its Host (so that no other name can be made to point here), come from no page, and bring its body as JSON.
 */
export class FaultDoor {
  readonly #server: Server;
  readonly #broker: ControlledBroker;
  readonly #closing = new AbortController();

  private constructor(broker: ControlledBroker) {
    this.#broker = broker;
    this.#server = createServer(
      { keepAliveTimeout: 5000, requestTimeout: 30_000 },
      inLine((request, response) => void this.#serve(request, response)),
    );
    paceServer(this.#server);
  }

  /** Port 0 takes any free one. Fails with `PORT_IN_USE`. */
  static async open(broker: ControlledBroker, port: number): Promise<FaultDoor> {
    const door = new FaultDoor(broker);
    await new Promise<void>((resolve, reject) => {
      door.#server.once("error", (cause: NodeJS.ErrnoException) => {
        const why = cause.code === "EADDRINUSE" ? "the port is in use; choose another one" : cause.message;
        reject(
          new OttlaError(cause.code === "EADDRINUSE" ? "PORT_IN_USE" : "PORT_DENIED", `Cannot listen on ${LOOPBACK}:${port}: ${why}.`, {
            cause,
          }),
        );
      });
      door.#server.listen(port, LOOPBACK, resolve);
    });
    return door;
  }

  /** `http://127.0.0.1:PORT`. */
  get address(): string {
    return `http://${LOOPBACK}:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Answers who waits, and closes. */
  async close(): Promise<void> {
    this.#closing.abort();
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    let answer: DoorAnswer;
    try {
      answer = strangersAnswer(request) ?? (await this.#answer(request, gone.signal));
    } catch (error) {
      answer = { status: 500, body: { error: "UNEXPECTED", message: error instanceof Error ? error.message : String(error) } };
    }
    if (response.destroyed) return;
    const text = answer.body === undefined ? "" : `${JSON.stringify(answer.body)}\n`;
    response.writeHead(answer.status, {
      ...(text !== "" && { "content-type": "application/json" }),
      "content-length": Buffer.byteLength(text),
      "cache-control": "no-store",
    });
    response.end(text);
  }

  async #answer(request: IncomingMessage, gone: AbortSignal): Promise<DoorAnswer> {
    const { method = "GET", url = "/" } = request;
    const text = await bodyOf(request);
    if (text === undefined) return { status: 413, body: { error: "TOO_LARGE", message: `A body may have ${BODY_BYTES_MAX} bytes.` } };
    let body: unknown;
    try {
      body = text === "" ? undefined : JSON.parse(text);
    } catch {
      return { status: 400, body: { error: "INVALID_JSON", message: "The body is no JSON." } };
    }
    return answerDoor(this.#broker, { method, url, body }, AbortSignal.any([gone, this.#closing.signal]));
  }
}

/** What whoever must not come in hears. */
function strangersAnswer({ headers, method }: IncomingMessage): DoorAnswer | undefined {
  const host = hostNameIn(headers.host ?? "");
  if (!isLoopbackName(host))
    return {
      status: 403,
      body: { error: "FOREIGN_HOST", message: `The Host header names "${host}"; only 127.0.0.1, localhost and [::1] are served.` },
    };
  if (headers.origin !== undefined || headers["sec-fetch-site"] !== undefined)
    return { status: 403, body: { error: "FOREIGN_PAGE", message: "Pages in a browser are not served." } };
  if (method === "POST" && hasBody(headers) && !/^application\/json\s*(;|$)/i.test(headers["content-type"] ?? ""))
    return { status: 415, body: { error: "NOT_JSON", message: "Send the body with content-type: application/json." } };
  return undefined;
}

function hasBody(headers: IncomingMessage["headers"]): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

/** Undefined when it is too long. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > BODY_BYTES_MAX) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}
