import type { Socket } from "node:net";
import { invariant } from "../errors.ts";
import type { NetSocket, NetSocketEvents } from "../seams/net.ts";

/** A TCP connection. Nothing is read from it before {@link NodeSocket.listen}. */
export class NodeSocket implements NetSocket {
  readonly remoteHost: string;
  readonly remotePort: number;
  readonly localHost: string;
  readonly localPort: number;
  readonly #socket: Socket;
  #events: NetSocketEvents | undefined;
  #error: Error | undefined;
  #isClosed = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.remoteHost = plainAddress(socket.remoteAddress);
    this.remotePort = socket.remotePort ?? 0;
    this.localHost = plainAddress(socket.localAddress);
    this.localPort = socket.localPort ?? 0;
    socket.on("error", (error) => {
      this.#error ??= error;
    });
    socket.on("close", () => {
      this.#isClosed = true;
      this.#events?.onClose(this.#error);
    });
  }

  get unsentBytes(): number {
    return this.#socket.writableLength;
  }

  listen(events: NetSocketEvents): void {
    invariant(this.#events === undefined, "A socket's events are set once.");
    this.#events = events;
    if (this.#isClosed) {
      process.nextTick(() => events.onClose(this.#error));
      return;
    }
    this.#socket.on("drain", () => events.onDrain());
    this.#socket.on("data", (chunk: Buffer) => events.onData(chunk));
  }

  write(buffers: readonly Uint8Array[]): boolean {
    const socket = this.#socket;
    if (!socket.writable) return false;
    if (buffers.length === 1) return socket.write(buffers[0]!);
    socket.cork();
    for (const buffer of buffers) socket.write(buffer);
    socket.uncork();
    return !socket.writableNeedDrain;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    this.#socket.destroySoon();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

/** An IPv4 peer of a dual-stack listener shows as `::ffff:10.0.0.1`. */
function plainAddress(address: string | undefined): string {
  return address?.startsWith("::ffff:") ? address.slice("::ffff:".length) : (address ?? "");
}
