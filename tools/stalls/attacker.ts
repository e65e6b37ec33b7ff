import { connect, type Socket } from "node:net";

/** An answer up to this size is kept until the next one. */
const KEPT_BYTES = 4 * 1024 * 1024;

/** A client that sends any bytes and counts the answers, without decoding them. */
export class Attacker {
  readonly #socket: Socket;
  #answers = 0;
  #answerBytes = 0;
  /** Of the answer that comes in: what is still missing, and its length as far as it is there. */
  #left = 0;
  #head = Buffer.alloc(0);
  /** Of the answer that comes in or came in last. */
  #parts: Buffer[] = [];
  #isKept = true;
  #isClosed = false;
  #wake: (() => void) | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (chunk) => {
      this.#count(chunk);
      this.#wake?.();
    });
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.#isClosed = true;
      this.#wake?.();
    });
  }

  static open(host: string, port: number): Promise<Attacker> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, host, () => resolve(new Attacker(socket)));
      socket.once("error", reject);
    });
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** The last answer that came in whole, its length before it left out; empty where it was larger than 4 MiB. */
  get lastAnswer(): Buffer {
    return Buffer.concat(this.#parts);
  }

  get answerBytes(): number {
    return this.#answerBytes;
  }

  /** Sends; resolves when the system has taken it all, or the connection is closed, or after `timeoutMs`; true when all was taken. */
  send(bytes: Uint8Array, timeoutMs = 2000): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), timeoutMs);
      const finish = (isTaken: boolean): void => {
        clearTimeout(timer);
        resolve(isTaken);
      };
      if (this.#isClosed) return finish(false);
      // Node calls back also when the socket is destroyed.
      this.#socket.write(bytes, (error) => finish(!error));
    });
  }

  /** Waits until `count` answers have come in all; "answered", "closed" or "silent". */
  async answers(count: number, timeoutMs: number): Promise<"answered" | "closed" | "silent"> {
    const endMs = performance.now() + timeoutMs;
    while (this.#answers < count) {
      if (this.#isClosed) return "closed";
      const leftMs = endMs - performance.now();
      if (leftMs <= 0) return "silent";
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return "answered";
  }

  /** Takes nothing more of what the broker sends. */
  pause(): void {
    this.#socket.pause();
  }

  close(): void {
    this.#socket.destroy();
  }

  #count(chunk: Buffer): void {
    this.#answerBytes += chunk.length;
    for (let at = 0; at < chunk.length; ) {
      if (this.#left === 0) {
        const head = Buffer.concat([this.#head, chunk.subarray(at, at + 4 - this.#head.length)]);
        at += head.length - this.#head.length;
        this.#head = head;
        if (head.length < 4) return;
        this.#left = head.readInt32BE();
        this.#parts = [];
        this.#isKept = this.#left <= KEPT_BYTES;
        this.#head = Buffer.alloc(0);
        if (this.#left === 0) this.#answers++;
        continue;
      }
      const taken = Math.min(this.#left, chunk.length - at);
      if (this.#isKept) this.#parts.push(chunk.subarray(at, at + taken));
      at += taken;
      this.#left -= taken;
      if (this.#left === 0) this.#answers++;
    }
  }
}
