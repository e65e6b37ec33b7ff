import type { Net, NetListener, NetSocket, Timer } from "@ottla/base";
import type { Closed } from "./closed.ts";
import type { MemoryAccount } from "./client-memory.ts";
import { Connection, type ConnectionDeps, type FrameReceiver } from "./connection.ts";

/** Limits of one listener, from Kafka's configs of the same names. */
export interface ListenerLimits {
  readonly maxConnections: number;
  readonly maxConnectionsPerIp: number;
  readonly connectionsMaxIdleMs: number;
}

/** One accepted connection, as those above know it. */
export interface ClientEndpoint {
  readonly connectionId: number;
  /** As Kafka prints it: "/127.0.0.1". */
  readonly clientHost: string;
  /** The address of this machine that it came to. */
  readonly serverHost: string;
  readonly closed: Closed;
  readonly memory: MemoryAccount;
}

interface ListenerDeps extends ConnectionDeps {
  readonly net: Net;
}

/** One listening port of one virtual broker and the connections that came through it. */
export class BrokerListener {
  readonly #deps: ListenerDeps;
  readonly #limits: ListenerLimits;
  readonly #receiverFor: (client: ClientEndpoint) => FrameReceiver;
  readonly #connections = new Set<Connection>();
  readonly #perHost = new Map<string, number>();
  readonly #nextConnectionId: () => number;
  #listener: NetListener | undefined;
  #idleCheck: Timer | undefined;

  constructor(
    deps: ListenerDeps,
    limits: ListenerLimits,
    nextConnectionId: () => number,
    receiverFor: (client: ClientEndpoint) => FrameReceiver,
  ) {
    this.#deps = deps;
    this.#limits = limits;
    this.#nextConnectionId = nextConnectionId;
    this.#receiverFor = receiverFor;
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  /** Binds the port and accepts; returns the port that was bound. */
  async open(host: string, port: number): Promise<number> {
    this.#listener = await this.#deps.net.listen(host, port, (socket) => this.#accept(socket));
    this.#scheduleIdleCheck();
    return this.#listener.port;
  }

  /** Stops accepting, answers what is being handled within `graceMs`, then closes every connection. */
  async close(graceMs: number): Promise<void> {
    this.#idleCheck?.cancel();
    const closed = this.#listener?.close();
    const grace = this.#deps.clock.schedule(graceMs, () => this.#destroyAll());
    await Promise.all([...this.#connections].map((connection) => connection.drain()));
    grace.cancel();
    this.#destroyAll();
    await closed;
  }

  #accept(socket: NetSocket): void {
    const host = socket.remoteHost;
    const fromHost = this.#perHost.get(host) ?? 0;
    if (this.#connections.size >= this.#limits.maxConnections || fromHost >= this.#limits.maxConnectionsPerIp) {
      this.#deps.logger.warn("refusing a connection beyond the limit", { host, connections: this.#connections.size });
      socket.listen({ onData() {}, onDrain() {}, onClose() {} });
      socket.destroy();
      return;
    }
    this.#perHost.set(host, fromHost + 1);
    const connection = new Connection(
      socket,
      this.#deps,
      (closed, memory) =>
        this.#receiverFor({ connectionId: this.#nextConnectionId(), clientHost: `/${host}`, serverHost: socket.localHost, closed, memory }),
      () => this.#forget(connection, host),
    );
    this.#connections.add(connection);
  }

  #forget(connection: Connection, host: string): void {
    this.#connections.delete(connection);
    const left = (this.#perHost.get(host) ?? 1) - 1;
    if (left === 0) this.#perHost.delete(host);
    else this.#perHost.set(host, left);
  }

  #scheduleIdleCheck(): void {
    const { connectionsMaxIdleMs } = this.#limits;
    if (connectionsMaxIdleMs < 0) return;
    this.#idleCheck = this.#deps.clock.schedule(Math.max(1000, connectionsMaxIdleMs / 10), () => {
      const idleSince = this.#deps.clock.monotonicMs() - connectionsMaxIdleMs;
      for (const connection of this.#connections) {
        if (connection.isIdle && connection.lastActiveMs < idleSince) connection.destroy();
      }
      this.#scheduleIdleCheck();
    });
  }

  #destroyAll(): void {
    for (const connection of this.#connections) connection.destroy();
  }
}
