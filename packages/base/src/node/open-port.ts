import { createServer, type Server, type Socket } from "node:net";
import { invariant, OttlaError } from "../errors.ts";

/** Where a server is to listen. */
export interface PortPlace {
  /** What is served there, as an error names it: `The registry`. */
  readonly what: string;
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
}

/** As many connections wait for their server; further ones are closed. */
const MAX_WAITING = 1_000;

/**
 * A port that accepts connections before there is a server that answers them: loading a server and what it answers with takes longer than a start may. Connections wait unread, and are handed to
 * the server once it is there.
 */
export class OpenPort {
  readonly #acceptor: Server;
  #waiting: Socket[] = [];

  private constructor(acceptor: Server) {
    this.#acceptor = acceptor;
    acceptor.on("connection", (socket) => this.#keep(socket));
  }

  /** Errors: `PORT_IN_USE`, `LISTEN_FAILED`. */
  static open({ what, host, port }: PortPlace): Promise<OpenPort> {
    const acceptor = createServer({ pauseOnConnect: true, noDelay: true });
    const opened = new OpenPort(acceptor);
    return new Promise((resolve, reject) => {
      acceptor.once("error", (error: NodeJS.ErrnoException) => {
        const code = error.code === "EADDRINUSE" ? "PORT_IN_USE" : "LISTEN_FAILED";
        reject(new OttlaError(code, `${what} cannot be served at ${host}:${port}: ${error.message}.`, { cause: error }));
      });
      acceptor.listen(port, host, () => resolve(opened));
    });
  }

  /** `127.0.0.1:8081` */
  get authority(): string {
    const bound = this.#acceptor.address();
    invariant(bound !== null && typeof bound === "object", "A server that listens on a port has one.");
    return `${bound.address.includes(":") ? `[${bound.address}]` : bound.address}:${bound.port}`;
  }

  /** From now on the server accepts, and what waited is its. It alone closes the port then. */
  handTo(server: Server): Promise<void> {
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      // A server that is given another listens where that one does, and takes its connections.
      server.listen(this.#acceptor, () => {
        server.off("error", reject);
        for (const socket of this.#waiting.splice(0)) {
          server.emit("connection", socket);
          socket.resume();
        }
        resolve();
      });
    });
  }

  /** Closes a port that was not handed on, and what waits there. */
  close(): Promise<void> {
    for (const socket of this.#waiting.splice(0)) socket.destroy();
    return new Promise((resolve) => void this.#acceptor.close(() => resolve()));
  }

  #keep(socket: Socket): void {
    if (this.#waiting.length >= MAX_WAITING) return void socket.destroy();
    this.#waiting.push(socket);
    socket.on("error", () => {});
    socket.once("close", () => {
      this.#waiting = this.#waiting.filter((each) => each !== socket);
    });
    return undefined;
  }
}
