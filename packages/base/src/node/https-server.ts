import { type RequestListener, Server, type ServerOptions } from "node:http";
import type { Socket } from "node:net";
import { type HandshakeGuest, HandshakeRoom, handshakePlaces } from "../security/handshake-room.ts";
import type { TlsServerMaterial } from "../seams/tls.ts";
import { loopTurn } from "./loop-turn.ts";
import { NodeTlsServer } from "./node-tls-server.ts";
import { paceServer } from "./paced-server.ts";
import { systemClock } from "./system-clock.ts";
import { acceptTls } from "./tls-handshake.ts";

/** A handshake takes no longer; who begins none is not waited for. */
const HANDSHAKE_MS = 10_000;
/** Handshakes that may be under way at once, at all the doors of a thread. */
const PLACES = 64;
/** What one counts for in a turn of the loop: enough that somebody looks at the clock. */
const HANDSHAKE_BYTES = 4 * 1024;
/** A request's line and its headers: what waits for its end costs half as much again, beside what TLS costs. */
const HEAD_BYTES_MAX = 8 * 1024;
/** The protocols that are spoken behind TLS (RFC 7301). */
const ALPN = Buffer.from("\x08http/1.1", "latin1");

/** Of this thread. */
const room = new HandshakeRoom(systemClock, PLACES);

/** By the encrypted socket: the subject of the client's certificate. */
const subjects = new WeakMap<Socket, string>();

/** Where a server of HTTPS sees its clients. */
interface HttpsServerOptions extends Pick<ServerOptions, "requestTimeout" | "headersTimeout"> {
  /** Where a client comes from; left out: its connection's other end. */
  readonly hostOf?: ((socket: Socket) => string) | undefined;
}

/**
 * A server of HTTPS whose reads are paced, and whose handshakes are those of a broker's listeners: strangers cost it as little, and wait for their places as there. A handshake that fails is its client's
 * trouble. Who shows a certificate that nobody trusted has issued is not let in, also where none need be shown.
 */
export class HttpsServer extends Server {
  readonly #hostOf: (socket: Socket) => string;
  readonly #shaking = new Set<Handshake>();
  #tls: NodeTlsServer;

  /** Errors: `TLS_MATERIAL`. */
  constructor(material: TlsServerMaterial, { hostOf = remoteHostOf, ...times }: HttpsServerOptions, onRequest: RequestListener) {
    const tls = new NodeTlsServer(material);
    super({ ...times, maxHeaderSize: HEAD_BYTES_MAX }, onRequest);
    this.#tls = tls;
    this.#hostOf = hostOf;
    paceServer(this);
    const serve = this.listeners("connection");
    this.removeAllListeners("connection");
    this.on("connection", (raw: Socket) => {
      const handshake = new Handshake(raw, this.#hostOf(raw), this.#tls);
      this.#shaking.add(handshake);
      const settle = (encrypted?: Socket): void => {
        this.#shaking.delete(handshake);
        if (encrypted !== undefined) for (const each of serve) each.call(this, encrypted);
      };
      handshake.shake().then(settle, () => settle());
    });
  }

  /** New connections are served with another certificate. Errors: `TLS_MATERIAL`, and what was before goes on. */
  renew(material: TlsServerMaterial): void {
    this.#tls = new NodeTlsServer(material);
  }

  /** With those that are in the middle of a handshake. */
  override closeIdleConnections(): void {
    for (const handshake of this.#shaking) handshake.drop();
    super.closeIdleConnections();
  }
}

/** The subject of a client's certificate, as RFC 2253 writes it, where it showed one. */
export function peerSubjectOf(socket: Socket): string | undefined {
  return subjects.get(socket);
}

/** A key and its certificates, in PEM, and else what is usual. */
export function plainMaterial({ key, cert }: { readonly key: string; readonly cert: string }): TlsServerMaterial {
  return {
    certificateChain: cert,
    privateKey: key,
    trustedCertificates: [],
    clientAuth: "none",
    minVersion: "TLSv1.2",
    maxVersion: "TLSv1.3",
    cipherSuites: [],
  };
}

class Handshake implements HandshakeGuest {
  readonly host: string;
  readonly places: number;
  readonly #tls: NodeTlsServer;
  /** The outermost that there is: that alone may be destroyed. */
  #socket: Socket;
  #work: () => void = () => {};

  constructor(raw: Socket, host: string, tls: NodeTlsServer) {
    this.#socket = raw;
    this.#tls = tls;
    this.host = host;
    this.places = handshakePlaces(tls.clientAuth);
  }

  async shake(): Promise<Socket> {
    let isDone = false;
    const turn = (work: () => void): void => {
      this.#work = work;
      room.enter(this);
    };
    try {
      const { socket, peer } = await acceptTls(this.#socket, this.#tls, { timeoutMs: HANDSHAKE_MS, turn, alpn: ALPN }, (wrapped) => {
        this.#socket = wrapped;
      });
      isDone = true;
      if (peer.subject !== undefined) subjects.set(socket, peer.subject);
      return socket;
    } finally {
      room.leave(this, isDone);
    }
  }

  begin(): void {
    const begin = (): void => {
      this.#work();
      room.started(this);
    };
    if (loopTurn.mayTake(HANDSHAKE_BYTES)) begin();
    else loopTurn.later(begin);
  }

  drop(): void {
    this.#socket.destroy();
  }
}

function remoteHostOf({ remoteAddress = "" }: Socket): string {
  return remoteAddress;
}
