import { connect, type Socket } from "node:net";

export type Answer = { readonly kind: "frame"; readonly frame: Buffer } | { readonly kind: "closed" } | { readonly kind: "silent" };

/** One connection that sends a request at a time. */
export class Wire {
  readonly #socket: Socket;
  #received = Buffer.alloc(0);
  #settle: ((answer: Answer) => void) | undefined;
  isOpen = true;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (chunk) => this.#take(chunk));
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.isOpen = false;
      this.#settle?.({ kind: "closed" });
    });
  }

  /** `localAddress`: the address of this machine that the connection comes from. */
  static open(host: string, port: number, localAddress?: string): Promise<Wire> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host, ...(localAddress !== undefined && { localAddress }) }, () => {
        socket.off("error", reject);
        resolve(new Wire(socket));
      });
      socket.once("error", reject);
    });
  }

  /** Sends a frame and waits for the next answer; "silent" after `timeoutMs`, and the connection is given up. */
  ask(frame: readonly Buffer[], timeoutMs: number): Promise<Answer> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#settle?.({ kind: "silent" }), timeoutMs);
      this.#settle = (answer) => {
        clearTimeout(timer);
        this.#settle = undefined;
        if (answer.kind === "silent") this.close();
        resolve(answer);
      };
      if (!this.isOpen) this.#settle({ kind: "closed" });
      else this.#socket.write(Buffer.concat(frame));
    });
  }

  close(): void {
    this.isOpen = false;
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    if (this.#received.length < 4 || this.#received.length < 4 + this.#received.readInt32BE()) return;
    const frame = this.#received.subarray(4, 4 + this.#received.readInt32BE());
    this.#received = this.#received.subarray(4 + frame.length);
    this.#settle?.({ kind: "frame", frame });
  }
}
