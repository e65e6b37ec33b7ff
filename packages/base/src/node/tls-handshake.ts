import type { Socket } from "node:net";
import { Readable } from "node:stream";
import { type SecureContext, TLSSocket } from "node:tls";
import type { OttlaError } from "../errors.ts";
import type { TlsAcceptOptions, TlsPeer } from "../seams/tls.ts";
import { judgeBeginning } from "./client-hello.ts";
import { subjectOf } from "./distinguished-name.ts";
import { type HelloKeys, readHelloKeys } from "./hello-keys.ts";
import type { NodeTlsServer } from "./node-tls-server.ts";
import {
  brokenHelloError,
  certificateError,
  handshakeError,
  noCommonKeyError,
  peerGoneError,
  plaintextPeerError,
  tlsTimeoutError,
  unfitHelloError,
  unreadableSubjectError,
} from "./tls-errors.ts";

/** A fatal alert, "unexpected message", as every server of TLS says to whoever speaks something else: so that a client can tell that this is TLS. */
const UNEXPECTED_MESSAGE_ALERT = Buffer.from([0x15, 3, 3, 0, 2, 2, 10]);
/** A fatal alert, "handshake failure". */
const HANDSHAKE_FAILURE_ALERT = Buffer.from([0x15, 3, 3, 0, 2, 2, 40]);
const NO_KEYS: HelloKeys = { versions: [], shared: undefined };
/** Below what Node has room for at first: it makes 16 KiB more for each connection whose first bytes fill that. */
const PIECE_BYTES = 1000;

/** Of TLSSocket what Node has and does not describe: OpenSSL's verdict on the peer's certificate. */
interface VerifyingHandle {
  verifyError(): (Error & { readonly code?: string }) | null;
}

interface HandshakeOptions extends TlsAcceptOptions {
  /** The protocols that may be spoken behind the handshake, as TLS writes their list; left out: none is agreed upon. */
  readonly alpn?: Buffer;
}

/** An encrypted connection and who is at its other end. */
interface Handshaken {
  readonly socket: TLSSocket;
  readonly peer: TlsPeer;
}

/**
 * The server's side of a handshake over a paused socket of which nothing was read. The client's first message is collected before anything is made, so that strangers who do not send
 * the whole of it cost little, and whoever sent it waits for its turn. `onWrapped` hears of the encrypted socket as soon as there is one: from then on that one alone may be destroyed. See
 * `NetSocket.acceptTls` for the errors; the connection is closed then.
 */
export function acceptTls(
  raw: Socket,
  server: NodeTlsServer,
  options: HandshakeOptions,
  onWrapped: (socket: TLSSocket) => void,
): Promise<Handshaken> {
  return new Promise((resolve, reject) => new ServerHandshake({ raw, server, options, onWrapped, resolve, reject }).begin());
}

interface HandshakeWish {
  readonly raw: Socket;
  readonly server: NodeTlsServer;
  readonly options: HandshakeOptions;
  readonly onWrapped: (socket: TLSSocket) => void;
  readonly resolve: (handshaken: Handshaken) => void;
  readonly reject: (error: OttlaError) => void;
}

class ServerHandshake {
  readonly #wish: HandshakeWish;
  readonly #timer: NodeJS.Timeout;
  #secured: TLSSocket | undefined;
  /** What came of the client's first message. */
  #first: Buffer | undefined;
  #isSettled = false;

  constructor(wish: HandshakeWish) {
    this.#wish = wish;
    const { timeoutMs } = wish.options;
    this.#timer = setTimeout(() => this.#fail(tlsTimeoutError(timeoutMs)), timeoutMs);
  }

  begin(): void {
    const { raw } = this.#wish;
    raw.on("error", () => {});
    raw.on("close", this.#onClose);
    raw.on("end", this.#onEnd);
    raw.on("data", this.#onFirstData);
    raw.resume();
  }

  readonly #onClose = (): void => this.#fail(peerGoneError());

  /** Where connections may be closed by halves, as those of HTTP, nobody else ends one whose client has. */
  readonly #onEnd = (): void => this.#fail(peerGoneError());

  readonly #onError = (error: Error): void => this.#fail(handshakeError(error));

  readonly #onFirstData = (chunk: Buffer): void => {
    const { raw, options } = this.#wish;
    const first = this.#first === undefined ? chunk : Buffer.concat([this.#first, chunk]);
    this.#first = first;
    const beginning = judgeBeginning(first);
    if (beginning.kind === "partial") return;
    if (beginning.kind === "plaintext" || beginning.kind === "unfit") {
      raw.write(UNEXPECTED_MESSAGE_ALERT);
      return this.#fail(beginning.kind === "plaintext" ? plaintextPeerError() : unfitHelloError(beginning.what));
    }
    raw.off("data", this.#onFirstData);
    raw.pause();
    (options.turn ?? now)(() => {
      if (!this.#isSettled) this.#shake(beginning.kind === "whole");
    });
  };

  #shake(isHello: boolean): void {
    const { raw, server, options, onWrapped } = this.#wish;
    const context = this.#contextFor(isHello ? readHelloKeys(this.#first!) : NO_KEYS);
    if (context === undefined) return;
    raw.unshift(this.#first);
    raw.read = readPiece;
    this.#first = undefined;
    const socket = new TLSSocket(raw, {
      isServer: true,
      secureContext: context,
      requestCert: server.clientAuth !== "none",
      rejectUnauthorized: server.clientAuth === "required",
      ...(options.alpn && { ALPNProtocols: options.alpn }),
    });
    this.#secured = socket;
    onWrapped(socket);
    socket.on("error", this.#onError);
    socket.on("close", this.#onClose);
    socket.on("end", this.#onEnd);
    socket.once("secure", () => this.#shaken(socket));
  }

  /** Undefined where the client was told no. What is no hello OpenSSL refuses by itself. */
  #contextFor(keys: HelloKeys | undefined): SecureContext | undefined {
    const { raw, server } = this.#wish;
    const context = keys === undefined ? undefined : server.contextFor(keys);
    if (context !== undefined) return context;
    raw.write(HANDSHAKE_FAILURE_ALERT);
    this.#fail(keys === undefined ? brokenHelloError() : noCommonKeyError());
    return undefined;
  }

  #shaken(socket: TLSSocket): void {
    if (this.#isSettled) return;
    const certificate = this.#wish.server.clientAuth === "none" ? undefined : socket.getPeerX509Certificate()?.raw;
    if (certificate !== undefined) {
      const fault = verdictOn(socket);
      if (fault !== null) return this.#fail(certificateError(fault));
    }
    const subject = certificate === undefined ? undefined : subjectOf(certificate);
    if (certificate !== undefined && subject === undefined) return this.#fail(unreadableSubjectError());
    this.#settle();
    socket.off("close", this.#onClose);
    socket.off("end", this.#onEnd);
    // Whoever takes the socket listens for errors before it gives the loop back; until then there is somebody.
    setImmediate(() => socket.off("error", this.#onError));
    const peer: TlsPeer = {
      subject,
      protocol: socket.getProtocol() ?? "",
      cipherSuite: socket.getCipher().standardName,
    };
    this.#wish.resolve({ socket, peer });
  }

  #fail(error: OttlaError): void {
    if (this.#isSettled) return;
    this.#settle();
    // Not the inner one while there is an outer one: that ends the process (Node 24.21).
    (this.#secured ?? this.#wish.raw).destroy();
    this.#wish.reject(error);
  }

  #settle(): void {
    this.#isSettled = true;
    clearTimeout(this.#timer);
    this.#wish.raw.off("data", this.#onFirstData);
    this.#wish.raw.off("close", this.#onClose);
    this.#wish.raw.off("end", this.#onEnd);
  }
}

/** How a TLSSocket takes what was read before it was there. */
function readPiece(this: Socket, size?: number): unknown {
  const { readableLength } = this;
  return Readable.prototype.read.call(this, size ?? (readableLength > 0 ? Math.min(readableLength, PIECE_BYTES) : undefined));
}

/** A Node that does not tell counts as one that says no. */
function verdictOn(socket: TLSSocket): (Error & { readonly code?: string }) | null {
  const handle = (socket as unknown as { readonly _handle?: Partial<VerifyingHandle> | null })._handle;
  return handle?.verifyError ? handle.verifyError() : new Error("unverified");
}

function now(work: () => void): void {
  work();
}
