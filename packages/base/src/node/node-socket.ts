import { type OnReadOpts, Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { invariant } from "../errors.ts";
import type { AcceptedTls, NetSocket, NetSocketEvents } from "../seams/net.ts";
import type { TlsAcceptOptions, TlsClient, TlsServer, TlsStartOptions } from "../seams/tls.ts";
import { type HandleEnd, isTcpHandle, type TcpHandle, tune } from "./tcp-handle.ts";
import { NodeTlsClient } from "./node-tls-client.ts";
import { NodeTlsServer } from "./node-tls-server.ts";
import { type PacedReader, ReadingPace, readingTurns } from "./reading-turns.ts";
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

/** The two ends of a connection. */
interface Ends {
  readonly remoteHost: string;
  readonly remotePort: number;
  readonly localHost: string;
  readonly localPort: number;
}

/** A TCP connection, plain or encrypted. Nothing is read from it before {@link NodeSocket.listen}. */
export class NodeSocket implements NetSocket, PacedReader {
  readonly pace: ReadingPace = new ReadingPace();
  /** Of a connection that was accepted, until it is used. */
  #handle: TcpHandle | undefined;
  #madeSocket: Socket | undefined;
  #ends: Ends | undefined;
  readonly #server: EncryptedServer | undefined;
  #events: NetSocketEvents | undefined;
  #error: Error | undefined;
  #isClosed = false;
  #isEnding = false;
  /** By its owner. */
  #isPaused = false;

  constructor(socket: Socket, server?: EncryptedServer);
  constructor(handle: TcpHandle);
  constructor(connection: Socket | TcpHandle, server?: EncryptedServer) {
    this.#server = server;
    if (!(connection instanceof Socket)) {
      this.#handle = connection;
      return;
    }
    this.#madeSocket = connection;
    this.#ends = endsOf(connection);
    this.#follow(connection);
  }

  get remoteHost(): string {
    return this.#known().remoteHost;
  }

  get remotePort(): number {
    return this.#known().remotePort;
  }

  get localHost(): string {
    return this.#known().localHost;
  }

  get localPort(): number {
    return this.#known().localPort;
  }

  get unsentBytes(): number {
    return this.#madeSocket?.writableLength ?? 0;
  }

  #known(): Ends {
    return (this.#ends ??= this.#handle === undefined ? endsOf(this.#socket) : endsOfHandle(this.#handle));
  }

  get #socket(): Socket {
    return (this.#madeSocket ??= this.#make({ pauseOnCreate: true }));
  }

  set #socket(socket: Socket) {
    this.#madeSocket = socket;
  }

  /** Node's own socket over the connection, with options that are not its public API. */
  #make(options: object): Socket {
    const handle = this.#handle;
    invariant(handle !== undefined, "A socket is made of a connection once.");
    this.#known();
    this.#handle = undefined;
    tune(handle);
    const socket = new Socket({ handle, ...options } as unknown as ConstructorParameters<typeof Socket>[0]);
    this.#follow(socket);
    return socket;
  }

  listen(events: NetSocketEvents, options: { readonly borrowsChunks?: boolean } = {}): void {
    invariant(this.#events === undefined, "A socket's events are set once.");
    this.#events = events;
    if (this.#isClosed) {
      process.nextTick(() => events.onClose(this.#error));
      return;
    }
    const isPaced = options.borrowsChunks === true;
    // Decrypted bytes have buffers of their own.
    const mayBorrow = isPaced && !(this.#madeSocket instanceof TLSSocket);
    if (mayBorrow && this.#releaseHandle()) {
      this.#madeSocket = this.#make({
        onread: sharedReads((chunk) => {
          events.onData(chunk);
          readingTurns.hasRead(this);
        }),
      });
    } else {
      this.#socket.on("data", (chunk: Buffer) => {
        if (this.#isEnding) return;
        events.onData(chunk);
        if (isPaced) readingTurns.hasRead(this);
      });
    }
    if (isPaced) {
      readingTurns.add(this);
      this.#socket.on("end", () => readingTurns.hasRead(this));
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
    this.#isPaused = true;
    if (!this.pace.isHeld) this.#socket.pause();
  }

  resume(): void {
    this.#isPaused = false;
    if (!this.pace.isHeld) this.#socket.resume();
  }

  holdReading(): void {
    if (!this.#isPaused) this.#socket.pause();
  }

  goOnReading(): void {
    if (!this.#isPaused) this.#socket.resume();
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

  /** Takes the connection out of Node's own socket, so that another one can be made of it. False where this Node keeps it elsewhere. */
  #releaseHandle(): boolean {
    const socket = this.#madeSocket;
    if (socket === undefined) return this.#handle !== undefined;
    const inner = socket as unknown as { _handle?: unknown };
    if (!isTcpHandle(inner._handle)) return false;
    this.#handle = inner._handle;
    inner._handle = null;
    this.#madeSocket = undefined;
    socket.destroy();
    return true;
  }

  #follow(socket: Socket): void {
    socket.on("error", (error) => {
      this.#error ??=
        (this.#server === undefined ? refusedByClient(error) : refusedByServer(this.#server.host, error, this.#server.showsCertificate)) ??
        error;
      readingTurns.hasRead(this);
    });
    socket.on("close", () => {
      // A socket whose connection was handed on closes without meaning it.
      if (socket !== this.#madeSocket) return;
      this.#isClosed = true;
      readingTurns.remove(this);
      this.#events?.onClose(this.#error);
    });
  }
}

/**
 * Reads of one shared buffer. Node takes such a buffer only when a socket is made, and makes those of a server itself. Receiving a GB so costs a third of the processor time, and no garbage.
 */
function sharedReads(onChunk: (chunk: Buffer) => void): OnReadOpts {
  const buffer = (sharedReadBuffer ??= Buffer.allocUnsafeSlow(SHARED_READ_BYTES));
  return {
    buffer,
    callback: (byteLength: number): boolean => {
      onChunk(buffer.subarray(0, byteLength));
      return true;
    },
  };
}

function endsOf(socket: Socket): Ends {
  return {
    remoteHost: plainAddress(socket.remoteAddress),
    remotePort: socket.remotePort ?? 0,
    localHost: plainAddress(socket.localAddress),
    localPort: socket.localPort ?? 0,
  };
}

function endsOfHandle(handle: TcpHandle): Ends {
  const remote: HandleEnd = {};
  const local: HandleEnd = {};
  handle.getpeername(remote);
  handle.getsockname(local);
  return {
    remoteHost: plainAddress(remote.address),
    remotePort: remote.port ?? 0,
    localHost: plainAddress(local.address),
    localPort: local.port ?? 0,
  };
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
