import { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { invariant } from "../errors.ts";
import type { AcceptedTls, NetSocket, NetSocketEvents } from "../seams/net.ts";
import type { TlsAcceptOptions, TlsClient, TlsServer, TlsStartOptions } from "../seams/tls.ts";
import { NodeTlsClient } from "./node-tls-client.ts";
import { NodeTlsServer } from "./node-tls-server.ts";
import { startTls } from "./tls-connect.ts";
import { acceptTls } from "./tls-handshake.ts";
import { refusedByClient } from "./tls-errors.ts";
import { refusedByServer } from "./tls-server-faults.ts";

/** A read takes at most so much; large enough for several requests of a busy producer. */
const SHARED_READ_BYTES = 256 * 1024;
/** Small answers are joined into one buffer: a plain write of few bytes is cheaper than a gathering one. */
const JOIN_BELOW_BYTES = 16 * 1024;
/** For how long an encrypted connection that has ended, and has sent all, waits for the peer's end. */
const FAREWELL_MS = 1000;
/** For how long it waits for the peer to take what was written before. */
const DRAIN_MS = 30_000;

let sharedReadBuffer: Buffer | undefined;

/** Whom the encrypted connection of a client leads to. */
interface EncryptedServer {
  readonly host: string;
  readonly showsCertificate: boolean;
}

/** A TCP connection, plain or encrypted. Nothing is read from it before {@link NodeSocket.listen}. */
export class NodeSocket implements NetSocket {
  readonly remoteHost: string;
  readonly remotePort: number;
  readonly localHost: string;
  readonly localPort: number;
  #socket: Socket;
  readonly #server: EncryptedServer | undefined;
  #events: NetSocketEvents | undefined;
  #error: Error | undefined;
  #isClosed = false;
  #isEnding = false;

  constructor(socket: Socket, server?: EncryptedServer) {
    this.#socket = socket;
    this.#server = server;
    this.remoteHost = plainAddress(socket.remoteAddress);
    this.remotePort = socket.remotePort ?? 0;
    this.localHost = plainAddress(socket.localAddress);
    this.localPort = socket.localPort ?? 0;
    this.#follow(socket);
  }

  get unsentBytes(): number {
    return this.#socket.writableLength;
  }

  listen(events: NetSocketEvents, options: { readonly borrowsChunks?: boolean } = {}): void {
    invariant(this.#events === undefined, "A socket's events are set once.");
    this.#events = events;
    if (this.#isClosed) {
      process.nextTick(() => events.onClose(this.#error));
      return;
    }
    // Decrypted bytes have buffers of their own.
    const mayBorrow = options.borrowsChunks === true && !(this.#socket instanceof TLSSocket);
    const borrowing = mayBorrow ? borrowingSocket(this.#socket, (chunk) => events.onData(chunk)) : undefined;
    if (borrowing) {
      this.#socket = borrowing;
      this.#follow(borrowing);
    } else {
      this.#socket.on("data", (chunk: Buffer) => {
        if (!this.#isEnding) events.onData(chunk);
      });
    }
    this.#socket.on("drain", () => events.onDrain());
    this.#socket.resume();
  }

  async acceptTls(server: TlsServer, options: TlsAcceptOptions): Promise<AcceptedTls> {
    invariant(this.#events === undefined, "A socket that has a listener cannot become an encrypted one.");
    invariant(server instanceof NodeTlsServer, "Another net's side of TLS.");
    const { socket, peer } = await acceptTls(this.#socket, server, options, (wrapped) => {
      this.#socket = wrapped;
    });
    return { socket: new NodeSocket(socket), peer };
  }

  async startTls(client: TlsClient, options: TlsStartOptions): Promise<NetSocket> {
    invariant(this.#events === undefined, "A socket that has a listener cannot become an encrypted one.");
    invariant(client instanceof NodeTlsClient, "Another net's side of TLS.");
    const socket = await startTls(this.#socket, client, options, (wrapped) => {
      this.#socket = wrapped;
    });
    return new NodeSocket(socket, { host: options.host, showsCertificate: client.showsCertificate });
  }

  write(buffers: readonly Uint8Array[], onWritten?: () => void): boolean {
    const socket = this.#socket;
    if (!socket.writable) {
      if (onWritten) process.nextTick(onWritten);
      return false;
    }
    if (buffers.length === 1 || byteLengthOf(buffers) < JOIN_BELOW_BYTES)
      return socket.write(buffers.length === 1 ? buffers[0]! : Buffer.concat(buffers), onWritten);
    socket.cork();
    const last = buffers.length - 1;
    for (let i = 0; i <= last; i++) socket.write(buffers[i]!, i === last ? onWritten : undefined);
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
    const socket = this.#socket;
    if (!(socket instanceof TLSSocket)) return socket.destroySoon();
    // The peer's own farewell must find the connection open, or it loses what was sent last; one that says none is not waited for long.
    this.#isEnding = true;
    let farewell = setTimeout(() => socket.destroy(), DRAIN_MS);
    socket.once("close", () => clearTimeout(farewell));
    socket.end(() => {
      if (socket.destroyed) return;
      clearTimeout(farewell);
      farewell = setTimeout(() => socket.destroy(), FAREWELL_MS);
    });
    socket.resume();
  }

  endSending(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #follow(socket: Socket): void {
    socket.on("error", (error) => {
      this.#error ??=
        (this.#server === undefined ? refusedByClient(error) : refusedByServer(this.#server.host, error, this.#server.showsCertificate)) ??
        error;
    });
    socket.on("close", () => {
      // A socket whose connection was handed on closes without meaning it.
      if (socket !== this.#socket) return;
      this.#isClosed = true;
      this.#events?.onClose(this.#error);
    });
  }
}

/**
 * The same connection behind a socket that reads into one shared buffer: Node takes such a buffer only when a socket is made, and makes those of a server itself.
 * Receiving a GB so costs a third of the processor time, and no garbage. Undefined where this Node keeps the connection elsewhere.
 */
function borrowingSocket(accepted: Socket, onChunk: (chunk: Buffer) => void): Socket | undefined {
  const inner = accepted as unknown as { _handle?: unknown };
  const handle = inner._handle;
  if (typeof handle !== "object" || handle === null) return undefined;
  const buffer = (sharedReadBuffer ??= Buffer.allocUnsafeSlow(SHARED_READ_BYTES));
  const onread = {
    buffer,
    callback: (byteLength: number): boolean => {
      onChunk(buffer.subarray(0, byteLength));
      return true;
    },
  };
  inner._handle = null;
  accepted.destroy();
  return new Socket({ handle, onread } as unknown as ConstructorParameters<typeof Socket>[0]);
}

function byteLengthOf(buffers: readonly Uint8Array[]): number {
  let byteLength = 0;
  for (const buffer of buffers) byteLength += buffer.length;
  return byteLength;
}

/** An IPv4 peer of a dual-stack listener shows as `::ffff:10.0.0.1`. */
function plainAddress(address: string | undefined): string {
  return address?.startsWith("::ffff:") ? address.slice("::ffff:".length) : (address ?? "");
}
