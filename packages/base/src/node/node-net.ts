import { createServer, connect as netConnect, type Server, type Socket } from "node:net";
import { OttlaError } from "../errors.ts";
import type { Net, NetListener, NetSocket, NetSocketEvents } from "../seams/net.ts";

const KEEP_ALIVE_AFTER_MS = 60_000;
const BACKLOG = 1024;

/** The machine's TCP sockets. */
export const nodeNet: Net = {
  listen(host, port, onSocket) {
    return new Promise((resolve, reject) => {
      const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_AFTER_MS, allowHalfOpen: false });
      server.on("connection", (socket) => onSocket(new NodeSocket(socket)));
      server.once("error", (error) => reject(listenError(host, port, error)));
      server.listen({ host, port, backlog: BACKLOG }, () => {
        server.removeAllListeners("error");
        // An accept that fails (too many open files) must not end the process; the client sees its connection refused.
        server.on("error", () => {});
        resolve(new NodeListener(server));
      });
    });
  },

  connect(host, port, timeoutMs) {
    return new Promise((resolve, reject) => {
      const socket = netConnect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_AFTER_MS });
      const timer = setTimeout(() => {
        socket.destroy();
        reject(new OttlaError("CONNECT_TIMEOUT", `No answer from ${host}:${port} within ${timeoutMs} ms; check the address and the network.`));
      }, timeoutMs);
      socket.once("connect", () => {
        clearTimeout(timer);
        socket.removeAllListeners("error");
        resolve(new NodeSocket(socket));
      });
      socket.once("error", (error) => {
        clearTimeout(timer);
        reject(connectError(host, port, error));
      });
    });
  },
};

class NodeListener implements NetListener {
  readonly #server: Server;
  readonly host: string;
  readonly port: number;

  constructor(server: Server) {
    this.#server = server;
    const address = server.address();
    this.host = typeof address === "object" && address ? address.address : "";
    this.port = typeof address === "object" && address ? address.port : 0;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
    });
  }
}

class NodeSocket implements NetSocket {
  readonly #socket: Socket;
  readonly remoteHost: string;
  readonly remotePort: number;
  readonly localHost: string;
  readonly localPort: number;
  #error: Error | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.remoteHost = socket.remoteAddress ?? "";
    this.remotePort = socket.remotePort ?? 0;
    this.localHost = socket.localAddress ?? "";
    this.localPort = socket.localPort ?? 0;
    socket.on("error", (error) => {
      this.#error = error;
    });
  }

  get unsentBytes(): number {
    return this.#socket.writableLength;
  }

  listen(events: NetSocketEvents): void {
    this.#socket.on("drain", () => events.onDrain());
    this.#socket.on("close", () => events.onClose(this.#error));
    this.#socket.on("data", (chunk: Buffer) => events.onData(chunk));
  }

  write(buffers: readonly Uint8Array[]): boolean {
    const socket = this.#socket;
    if (socket.destroyed) return false;
    if (buffers.length === 1) return socket.write(buffers[0]!);
    socket.cork();
    let flowing = true;
    for (const buffer of buffers) flowing = socket.write(buffer);
    socket.uncork();
    return flowing;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

function listenError(host: string, port: number, cause: NodeJS.ErrnoException): OttlaError {
  switch (cause.code) {
    case "EADDRINUSE":
      return new OttlaError("PORT_IN_USE", `Port ${port} on ${host} is in use; stop the program that has it or choose another port.`, { cause });
    case "EACCES":
      return new OttlaError("PORT_DENIED", `Port ${port} on ${host} needs more rights than this process has; choose one above 1023.`, { cause });
    default:
      return new OttlaError("ADDRESS_UNAVAILABLE", `Cannot listen on ${host}:${port} (${cause.code ?? cause.message}); check the host.`, { cause });
  }
}

function connectError(host: string, port: number, cause: NodeJS.ErrnoException): OttlaError {
  if (cause.code === "ECONNREFUSED") return new OttlaError("CONNECT_REFUSED", `Nothing listens on ${host}:${port}; start the broker or check the address.`, { cause });
  return new OttlaError("CONNECT_FAILED", `Cannot connect to ${host}:${port} (${cause.code ?? cause.message}); check the address.`, { cause });
}
