import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { OttlaError } from "../errors.ts";
import type { TlsAcceptOptions, TlsPeer } from "../seams/tls.ts";
import { subjectOf } from "./distinguished-name.ts";
import type { NodeTlsServer } from "./node-tls-server.ts";
import { certificateError, handshakeError, peerGoneError, plaintextPeerError, tlsTimeoutError } from "./tls-errors.ts";

/** The first byte of every TLS connection: a record of the handshake. No request of Kafka's begins so: it would have 350 MB. */
const HANDSHAKE_RECORD = 0x16;
const RECORD_HEAD_BYTES = 5;
/** No record of the handshake is longer. */
const RECORD_BYTES_MAX = RECORD_HEAD_BYTES + 16 * 1024;

/** Of TLSSocket what Node has and does not describe: OpenSSL's verdict on the peer's certificate. */
interface VerifyingHandle {
  verifyError(): (Error & { readonly code?: string }) | null;
}

/** An encrypted connection and who is at its other end. */
interface Handshaken {
  readonly socket: TLSSocket;
  readonly peer: TlsPeer;
}

/**
 * The server's side of a handshake over a paused socket of which nothing was read. The first record is collected before anything is made, so that strangers who send none cost
 * little, and whoever sent one waits for its turn. `onWrapped` hears of the encrypted socket as soon as there is one: from then on that one alone may be destroyed. See
 * `NetSocket.acceptTls` for the errors; the connection is closed then.
 */
export function acceptTls(
  raw: Socket,
  server: NodeTlsServer,
  { timeoutMs, turn = now }: TlsAcceptOptions,
  onWrapped: (socket: TLSSocket) => void,
): Promise<Handshaken> {
  return new Promise((resolve, reject) => {
    let secured: TLSSocket | undefined;
    const chunks: Buffer[] = [];
    let firstBytes = 0;
    let isSettled = false;
    const timer = setTimeout(() => fail(tlsTimeoutError(timeoutMs)), timeoutMs);
    const settle = (): void => {
      isSettled = true;
      clearTimeout(timer);
      raw.off("data", onFirstData);
      raw.off("close", onClose);
    };
    const fail = (error: OttlaError): void => {
      if (isSettled) return;
      settle();
      // Not the inner one while there is an outer one: that ends the process (Node 24.21).
      (secured ?? raw).destroy();
      reject(error);
    };
    const onClose = (): void => fail(peerGoneError());
    const onFirstData = (chunk: Buffer): void => {
      chunks.push(chunk);
      firstBytes += chunk.length;
      const first = chunks.length === 1 ? chunk : Buffer.concat(chunks);
      if (first[0] !== HANDSHAKE_RECORD) return fail(plaintextPeerError());
      if (firstBytes < RECORD_HEAD_BYTES || firstBytes < Math.min(RECORD_BYTES_MAX, RECORD_HEAD_BYTES + first.readUInt16BE(3))) return;
      raw.off("data", onFirstData);
      raw.pause();
      turn(() => {
        if (!isSettled) shake(first);
      });
    };
    const shake = (first: Buffer): void => {
      raw.unshift(first);
      const socket = new TLSSocket(raw, {
        isServer: true,
        secureContext: server.context,
        requestCert: server.clientAuth !== "none",
        rejectUnauthorized: server.clientAuth === "required",
      });
      secured = socket;
      onWrapped(socket);
      const onError = (error: Error): void => fail(handshakeError(error));
      socket.on("error", onError);
      socket.on("close", onClose);
      socket.once("secure", () => {
        if (isSettled) return;
        const certificate = server.clientAuth === "none" ? undefined : socket.getPeerX509Certificate()?.raw;
        if (certificate !== undefined) {
          const fault = verdictOn(socket);
          if (fault !== null) return fail(certificateError(fault));
        }
        settle();
        socket.off("close", onClose);
        // Whoever takes the socket listens for errors before it gives the loop back; until then there is somebody.
        setImmediate(() => socket.off("error", onError));
        const peer: TlsPeer = {
          subject: certificate === undefined ? undefined : subjectOf(certificate),
          protocol: socket.getProtocol() ?? "",
          cipherSuite: socket.getCipher().standardName,
        };
        resolve({ socket, peer });
      });
    };
    raw.on("error", () => {});
    raw.on("close", onClose);
    raw.on("data", onFirstData);
    raw.resume();
  });
}

/** A Node that does not tell counts as one that says no. */
function verdictOn(socket: TLSSocket): (Error & { readonly code?: string }) | null {
  const handle = (socket as unknown as { readonly _handle?: Partial<VerifyingHandle> | null })._handle;
  return handle?.verifyError ? handle.verifyError() : new Error("unverified");
}

function now(work: () => void): void {
  work();
}
