import type { NetSocket } from "../seams/net.ts";

/** A socket that keeps what it hears. `borrowsChunks`: it takes chunks on loan, and copies them. */
export class Peer {
  readonly socket: NetSocket;
  readonly chunks: Buffer[] = [];
  readonly closes: (Error | undefined)[] = [];
  drains = 0;
  readonly #waiting: { isDone: () => boolean; resolve: () => void }[] = [];

  constructor(socket: NetSocket, borrowsChunks = false) {
    this.socket = socket;
    socket.listen(
      {
        onData: (chunk) => this.#after(this.chunks.push(borrowsChunks ? Buffer.from(chunk) : chunk)),
        onDrain: () => this.#after(this.drains++),
        onClose: (error) => this.#after(this.closes.push(error)),
      },
      { borrowsChunks },
    );
  }

  get received(): Buffer {
    return Buffer.concat(this.chunks);
  }

  /** Waits for an event after which `isDone` holds. */
  until(isDone: () => boolean): Promise<void> {
    if (isDone()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ isDone, resolve }));
  }

  #after(_event: unknown): void {
    for (const { isDone, resolve } of this.#waiting) if (isDone()) resolve();
  }
}
