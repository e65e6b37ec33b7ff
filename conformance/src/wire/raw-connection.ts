import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { type Api, decodeResponse, encodeRequest } from "@ottla/protocol";

const CLIENT_ID = "conformance";

/** One connection on which requests are asked one at a time, with no client's rules in between. */
export class RawConnection {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #correlationId = 0;
  #isClosed = false;
  #wake: (() => void) | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    const wake = (): void => this.#wake?.();
    socket.on("data", (chunk) => {
      this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
      wake();
    });
    socket.on("error", wake);
    socket.on("close", () => {
      this.#isClosed = true;
      wake();
    });
  }

  /** `bootstrap` is the address of one broker: "127.0.0.1:9092". */
  static async open(bootstrap: string): Promise<RawConnection> {
    const [host = "", port = ""] = bootstrap.split(":");
    const socket = connect({ host, port: Number(port), noDelay: true });
    await once(socket, "connect");
    return new RawConnection(socket);
  }

  /** Resolves with the answer; undefined when the broker closed the connection in its place. */
  async ask<Request, Response>(api: Api<Request, Response>, version: number, request: Request): Promise<Response | undefined> {
    this.#correlationId++;
    for (const part of encodeRequest(api, version, this.#correlationId, CLIENT_ID, request)) this.#socket.write(part);
    for (;;) {
      const { length } = this.#received;
      const end = length < 4 ? Infinity : 4 + this.#received.readInt32BE(0);
      if (length >= end) {
        const frame = this.#received.subarray(4, end);
        this.#received = this.#received.subarray(end);
        return decodeResponse(api, version, frame);
      }
      if (this.#isClosed) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  close(): void {
    this.#socket.destroy();
  }
}
