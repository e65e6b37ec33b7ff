import { isIP, type Socket } from "node:net";
import { checkServerIdentity, connect, type TLSSocket } from "node:tls";
import { OttlaError } from "../errors.ts";
import type { TlsStartOptions } from "../seams/tls.ts";
import type { NodeTlsClient } from "./node-tls-client.ts";
import {
  serverCertificateError,
  serverGoneError,
  serverHandshakeError,
  serverPlaintextError,
  serverTimeoutError,
} from "./tls-server-faults.ts";

/**
 * The client's side of a handshake over a connected socket of which nothing was read. See `NetSocket.startTls` for the errors; the connection is closed then. `onWrapped` hears of
 * the encrypted socket at once: from then on that one alone may be destroyed.
 */
export function startTls(
  raw: Socket,
  client: NodeTlsClient,
  options: TlsStartOptions,
  onWrapped: (socket: TLSSocket) => void,
): Promise<TLSSocket> {
  const { host, verifiesHost, timeoutMs, signal } = options;
  return new Promise((resolve, reject) => {
    const socket = connect({
      socket: raw,
      secureContext: client.context,
      // An address is no name to ask for; it is compared with the certificate's all the same.
      ...(isIP(host) === 0 && { servername: host }),
      checkServerIdentity: (_, certificate) => (verifiesHost ? checkServerIdentity(host, certificate) : undefined),
    });
    onWrapped(socket);
    const settle = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      socket.off("close", onClose);
      socket.off("secureConnect", onSecure);
    };
    const fail = (error: OttlaError): void => {
      settle();
      socket.destroy();
      reject(error);
    };
    const timer = setTimeout(() => fail(serverTimeoutError(host, timeoutMs)), timeoutMs);
    const onAbort = (): void => fail(new OttlaError("CONNECT_ABORTED", `The TLS handshake with ${host} was given up by its caller.`));
    const onClose = (): void => fail(serverGoneError(host));
    const onError = (cause: Error): void => fail(faultOf(host, cause, client.showsCertificate));
    const onSecure = (): void => {
      settle();
      // Whoever takes the socket listens for errors before it gives the loop back; until then there is somebody.
      setImmediate(() => socket.off("error", onError));
      resolve(socket);
    };
    socket.on("error", onError);
    socket.on("close", onClose);
    socket.once("secureConnect", onSecure);
    if (signal?.aborted) onAbort();
    else signal?.addEventListener("abort", onAbort);
  });
}

/** Of the codes that Node gives to certificates it refuses; those of OpenSSL itself begin with ERR_. */
const CERTIFICATE_FAULT = /^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_|PATH_LENGTH|CRL_)|^ERR_TLS_CERT_ALTNAME/;

function faultOf(host: string, cause: Error & { readonly code?: string }, showsCertificate: boolean): OttlaError {
  const code = cause.code ?? "";
  if (CERTIFICATE_FAULT.test(code)) return serverCertificateError(host, cause);
  if (code === "ECONNRESET" || code === "EPIPE") return serverGoneError(host);
  if (code === "ERR_SSL_WRONG_VERSION_NUMBER" || code === "ERR_SSL_PACKET_LENGTH_TOO_LONG") return serverPlaintextError(host);
  return serverHandshakeError(host, cause, showsCertificate);
}
