import type { Net, NetListener, NetSocket, Timer } from "@ottla/base";
import type { Closed } from "./closed.ts";
import type { MemoryAccount } from "./client-memory.ts";
import type { ConnectionCounts } from "./connection-counts.ts";
import { Connection, type ConnectionDeps, type FrameReceiver } from "./connection.ts";

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
  /** Shared by the listeners of one broker. */
  readonly counts: ConnectionCounts;
}

/** One listening port of one virtual broker and the connections that came through it. */
export class BrokerListener {
  readonly #deps: ListenerDeps;
  readonly #maxIdleMs: number;
  readonly #receiverFor: (client: ClientEndpoint) => FrameReceiver;
  readonly #connections = new Set<Connection>();
  readonly #nextConnectionId: () => number;
  #listener: NetListener | undefined;
  #idleCheck: Timer | undefined;

  /** `maxIdleMs`: Kafka's `connections.max.idle.ms`; negative for no limit. */
  constructor(
    deps: ListenerDeps,
    maxIdleMs: number,
    nextConnectionId: () => number,
    receiverFor: (client: ClientEndpoint) => FrameReceiver,
  ) {
    this.#deps = deps;
    this.#maxIdleMs = maxIdleMs;
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

  /** Stops accepting, answers what is being handled within `graceMs`, then closes every connection; at once for 0. It may be opened again. */
  async close(graceMs: number): Promise<void> {
    this.#idleCheck?.cancel();
    const closed = this.#listener?.close();
    if (graceMs === 0) this.#destroyAll();
    const grace = this.#deps.clock.schedule(graceMs, () => this.#destroyAll());
    await Promise.all([...this.#connections].map((connection) => connection.drain()));
    grace.cancel();
    this.#destroyAll();
    await closed;
  }

  #accept(socket: NetSocket): void {
    const host = socket.remoteHost;
    if (!this.#deps.counts.add(host)) {
      this.#deps.logger.warn("refusing a connection beyond the limit", { host, connections: this.#deps.counts.total });
      socket.listen({ onData() {}, onDrain() {}, onClose() {} });
      socket.destroy();
      return;
    }
    const connection = new Connection(
      socket,
      this.#deps,
      (closed, memory) =>
        this.#receiverFor({ connectionId: this.#nextConnectionId(), clientHost: `/${host}`, serverHost: socket.localHost, closed, memory }),
      () => {
        this.#connections.delete(connection);
        this.#deps.counts.remove(host);
      },
    );
    this.#connections.add(connection);
  }

  #scheduleIdleCheck(): void {
    if (this.#maxIdleMs < 0) return;
    this.#idleCheck = this.#deps.clock.schedule(Math.max(1000, this.#maxIdleMs / 10), () => {
      const idleSince = this.#deps.clock.monotonicMs() - this.#maxIdleMs;
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
