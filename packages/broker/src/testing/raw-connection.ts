import type { NetSocket } from "@ottla/base";
import { nodeNet } from "@ottla/base/node";
import type { Endpoint } from "../metadata/cluster-metadata.ts";
import { ReceivedBytes } from "./received-bytes.ts";

/** A broker of which the addresses of its virtual brokers are known. */
export interface Reachable {
  address(nodeId?: number): Endpoint;
}

/** A client that sends any bytes and takes whatever frames come, for what a well-behaved client would not do. */
export class RawConnection {
  readonly #socket: NetSocket;
  readonly #bytes = new ReceivedBytes();
  #isClosed = false;
  #wake: (() => void) | undefined;

  private constructor(socket: NetSocket) {
    this.#socket = socket;
    socket.listen({
      onData: (chunk) => {
        this.#bytes.add(chunk);
        this.#wake?.();
      },
      onDrain() {},
      onClose: () => {
        this.#isClosed = true;
        this.#wake?.();
      },
    });
  }

  static async open(broker: Reachable, nodeId?: number): Promise<RawConnection> {
    const { host, port } = broker.address(nodeId);
    return new RawConnection(await nodeNet.connect(host, port, 5000));
  }

  write(...buffers: readonly Uint8Array[]): void {
    this.#socket.write(buffers);
  }

  /** Bytes that came and were not taken yet. */
  get receivedBytes(): number {
    return this.#bytes.length;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** The next answer without its length; undefined when the broker closed the connection. */
  async frame(): Promise<Buffer | undefined> {
    for (;;) {
      const frame = this.#bytes.takeFrame();
      if (frame !== undefined) return frame;
      if (this.#isClosed) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  close(): void {
    this.#socket.destroy();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
