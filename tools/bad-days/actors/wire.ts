import type { Clock, Net, NetSocket, Timer } from "@ottla/base";
import { type Api, decodeResponse, encodeRequest, peekCorrelationId } from "@ottla/protocol";

interface Pending {
  readonly take: (frame: Buffer | undefined) => void;
  readonly timer: Timer;
}

/** A connection of a client: requests go out in order, answers come by their correlation ids. Whoever waits too long for one closes it, as clients do. */
export class Wire {
  readonly #clock: Clock;
  readonly #socket: NetSocket;
  readonly #pending = new Map<number, Pending>();
  #bytes: Buffer = Buffer.alloc(0);
  #nextId = 0;
  #isOpen = true;

  private constructor(clock: Clock, socket: NetSocket) {
    this.#clock = clock;
    this.#socket = socket;
    socket.listen({ onData: (chunk) => this.#take(chunk), onDrain() {}, onClose: () => this.#lose() });
  }

  /** Undefined where nobody answers. */
  static async open(net: Net, clock: Clock, port: number): Promise<Wire | undefined> {
    try {
      return new Wire(clock, await net.connect("127.0.0.1", port, 2000));
    } catch {
      return undefined;
    }
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** The answer; undefined when the connection was lost first, or nothing came in time. */
  async call<Request, Response>(
    api: Api<Request, Response>,
    version: number,
    request: Request,
    timeoutMs: number,
  ): Promise<Response | undefined> {
    const id = this.#nextId++;
    const frame = await new Promise<Buffer | undefined>((take) => {
      if (!this.#isOpen) return take(undefined);
      const timer = this.#clock.schedule(timeoutMs, () => this.close());
      this.#pending.set(id, { take, timer });
      this.#socket.write(encodeRequest(api, version, id, "bad-days", request));
    });
    return frame && decodeResponse(api, version, frame);
  }

  /** Sends what gets no answer. */
  tell<Request>(api: Api<Request, unknown>, version: number, request: Request): void {
    if (this.#isOpen) this.#socket.write(encodeRequest(api, version, this.#nextId++, "bad-days", request));
  }

  close(): void {
    this.#socket.destroy();
    this.#lose();
  }

  #take(chunk: Buffer): void {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    while (this.#bytes.length >= 4 && this.#bytes.length >= 4 + this.#bytes.readInt32BE(0)) {
      const end = 4 + this.#bytes.readInt32BE(0);
      const frame = this.#bytes.subarray(4, end);
      this.#bytes = this.#bytes.subarray(end);
      const pending = this.#pending.get(peekCorrelationId(frame));
      this.#pending.delete(peekCorrelationId(frame));
      pending?.timer.cancel();
      pending?.take(frame);
    }
  }

  #lose(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    for (const { take, timer } of this.#pending.values()) {
      timer.cancel();
      take(undefined);
    }
    this.#pending.clear();
  }
}
