import type { Net, NetListener, NetSocket, TlsClient, TlsClientMaterial, TlsServer, TlsServerMaterial } from "@ottla/base";

/** So many connections may wait for the next listener; more are refused. */
const HELD_SOCKETS_MAX = 1000;

interface KeptPort {
  readonly host: string;
  readonly port: number;
  listener: NetListener | undefined;
  /** Undefined: nobody listens now; sockets are held for who does next. */
  onSocket: ((socket: NetSocket) => void) | undefined;
  readonly held: NetSocket[];
}

/**
 * A network whose ports outlive who listens on them: while they are kept, closing a listener leaves its port bound, connections wait, and the next listeners get the
 * ports in the order in which they were first bound. So a broker can be started anew and its clients find it where it was.
 */
export class KeptPorts implements Net {
  readonly #net: Net;
  readonly #ports: KeptPort[] = [];
  #isKeeping = false;
  /** Ports that are given out again, from the first. */
  #next: number | undefined;

  constructor(net: Net) {
    this.#net = net;
  }

  /** From now on listeners that close leave their ports bound. */
  keep(): void {
    this.#isKeeping = true;
  }

  /** Who listens from now on gets the kept ports. */
  giveOutAgain(): void {
    this.#isKeeping = false;
    this.#next = 0;
  }

  /** Lets go of every port and of the connections that wait. */
  async release(): Promise<void> {
    this.#isKeeping = false;
    await Promise.all(this.#ports.map((port) => closeReally(port)));
  }

  async listen(host: string, port: number, onSocket: (socket: NetSocket) => void): Promise<NetListener> {
    const kept = this.#kept(port) ?? (await this.#bind(host, port));
    kept.listener ??= await this.#listen(kept);
    kept.onSocket = onSocket;
    for (const socket of kept.held.splice(0)) onSocket(socket);
    return {
      host,
      port: kept.port,
      close: async () => {
        kept.onSocket = undefined;
        if (!this.#isKeeping) await closeReally(kept);
      },
    };
  }

  tlsServer(material: TlsServerMaterial): TlsServer {
    return this.#net.tlsServer(material);
  }

  tlsClient(material: TlsClientMaterial): TlsClient {
    return this.#net.tlsClient(material);
  }

  connect(host: string, port: number, timeoutMs: number, signal?: AbortSignal): Promise<NetSocket> {
    return this.#net.connect(host, port, timeoutMs, signal);
  }

  #kept(port: number): KeptPort | undefined {
    const known = this.#ports.find((kept) => kept.port === port);
    if (known !== undefined && known.onSocket === undefined && this.#next === undefined) return known;
    if (this.#next === undefined) return undefined;
    const next = this.#ports[this.#next++];
    if (this.#next >= this.#ports.length) this.#next = undefined;
    return next;
  }

  async #bind(host: string, port: number): Promise<KeptPort> {
    const kept: { -readonly [Field in keyof KeptPort]: KeptPort[Field] } = {
      host,
      port,
      listener: undefined,
      onSocket: undefined,
      held: [],
    };
    kept.listener = await this.#listen(kept);
    kept.port = kept.listener.port;
    this.#ports.push(kept);
    return kept;
  }

  #listen(kept: KeptPort): Promise<NetListener> {
    return this.#net.listen(kept.host, kept.port, (socket) => {
      if (kept.onSocket) kept.onSocket(socket);
      else if (kept.held.length < HELD_SOCKETS_MAX) kept.held.push(socket);
      else refuse(socket);
    });
  }
}

async function closeReally(kept: KeptPort): Promise<void> {
  const { listener } = kept;
  kept.listener = undefined;
  for (const socket of kept.held.splice(0)) refuse(socket);
  await listener?.close();
}

function refuse(socket: NetSocket): void {
  socket.listen({ onData() {}, onDrain() {}, onClose() {} });
  socket.destroy();
}
