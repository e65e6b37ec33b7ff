import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** A stretch of network between clients and a broker: connections through it can be broken, or stand still, and the broker behind it may move. */
export class FlakyProxy {
  readonly #server: Server;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  #targetPort = 0;
  /** How long each piece of data is on the way. */
  delayMs = 0;

  private constructor(server: Server) {
    this.#server = server;
    server.on("connection", (near) => this.#join(near));
  }

  static async open(): Promise<FlakyProxy> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new FlakyProxy(server);
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  /** Where the broker is from now on. */
  leadTo(port: number): void {
    this.#targetPort = port;
  }

  get connectionCount(): number {
    return this.#pairs.size;
  }

  /** Breaks connections of which `choose` says so. */
  reset(choose: () => boolean): void {
    for (const pair of this.#pairs) if (choose()) for (const socket of pair) socket.resetAndDestroy();
  }

  /** What is on the way stays there. Returns a function that lets it go on. */
  stall(choose: () => boolean): () => void {
    const stalled = [...this.#pairs].filter(choose).flat();
    for (const socket of stalled) socket.pause();
    return () => {
      for (const socket of stalled) socket.resume();
    };
  }

  close(): void {
    this.reset(() => true);
    this.#server.close();
  }

  #join(near: Socket): void {
    const far = connect(this.#targetPort, "127.0.0.1");
    const pair = [near, far] as const;
    this.#pairs.add(pair);
    for (const [socket, other] of [pair, [far, near] as const]) {
      socket.setNoDelay(true);
      socket.on("error", () => {});
      socket.on("data", (chunk) => {
        if (this.delayMs > 0) {
          socket.pause();
          setTimeout(() => {
            if (!other.write(chunk)) return;
            socket.resume();
          }, this.delayMs);
        } else if (!other.write(chunk)) socket.pause();
      });
      socket.on("drain", () => other.resume());
      socket.on("close", () => {
        this.#pairs.delete(pair);
        other.destroy();
      });
    }
  }
}
