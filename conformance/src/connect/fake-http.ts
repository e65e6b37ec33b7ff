import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request that came. */
export interface CameRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** What is answered. */
export interface FakeAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** The connection is cut in place of an answer, or within it. */
  readonly cut?: "before" | "within";
}

/** A server on loopback that answers what a function says, and keeps what came. */
export interface FakeHttp extends AsyncDisposable {
  readonly url: string;
  readonly requests: CameRequest[];
}

export async function startFakeHttp(answer: (request: CameRequest) => FakeAnswer | Promise<FakeAnswer>): Promise<FakeHttp> {
  const requests: CameRequest[] = [];
  const handle = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const pieces: Buffer[] = [];
    for await (const piece of message) pieces.push(piece as Buffer);
    const request = {
      method: message.method ?? "",
      url: message.url ?? "",
      headers: message.headers,
      body: Buffer.concat(pieces).toString(),
    };
    requests.push(request);
    const { status = 200, headers = {}, body = "", cut } = await answer(request);
    if (cut === "before") return void message.socket.destroy();
    response.writeHead(status, headers);
    if (cut === "within") {
      response.write("[");
      return void setImmediate(() => message.socket.destroy());
    }
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  };
  const server = createServer((message, response) => void handle(message, response).catch(() => message.socket.destroy()));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
