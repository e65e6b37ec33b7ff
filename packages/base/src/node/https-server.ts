import type { RequestListener } from "node:http";
import { createServer, type Server, type ServerOptions } from "node:https";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { TlsServerMaterial } from "../seams/tls.ts";
import { subjectOf } from "./distinguished-name.ts";
import { NodeTlsServer, secureContextOptions } from "./node-tls-server.ts";
import { paceServer } from "./paced-server.ts";

/** A handshake takes no longer; who begins none is not waited for. */
const HANDSHAKE_MS = 10_000;

/** A server of HTTPS whose reads are paced. A handshake that fails is its client's trouble. Errors: `TLS_MATERIAL`. */
export function httpsServer(
  material: TlsServerMaterial,
  times: Pick<ServerOptions, "requestTimeout" | "headersTimeout">,
  onRequest: RequestListener,
): Server {
  requireGood(material);
  const { clientAuth } = material;
  const server = createServer(
    {
      ...times,
      ...secureContextOptions(material),
      handshakeTimeout: HANDSHAKE_MS,
      requestCert: clientAuth !== "none",
      rejectUnauthorized: clientAuth === "required",
    },
    onRequest,
  );
  server.on("tlsClientError", () => {});
  paceServer(server);
  return server;
}

/** New connections are served with another certificate; whether clients must show one stays as it is. Errors: `TLS_MATERIAL`, and what was before goes on. */
export function renewHttps(server: Server, material: TlsServerMaterial): void {
  requireGood(material);
  server.setSecureContext(secureContextOptions(material));
}

/** The subject of a client's certificate, as RFC 2253 writes it, where it showed one that somebody trusted has issued. */
export function peerSubjectOf(socket: Socket): string | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  const certificate = socket.getPeerX509Certificate();
  return certificate === undefined ? undefined : subjectOf(certificate.raw);
}

/** Throws in a sentence what OpenSSL would say with a number. */
function requireGood(material: TlsServerMaterial): void {
  // oxlint-disable-next-line no-new -- only its constructor looks at it
  new NodeTlsServer(material);
}
