import type { Net, NetListener, NetSocket, Timer } from "@ottla/base";
import type { Closed } from "./closed.ts";
import type { MemoryAccount } from "./client-memory.ts";
import type { ConnectionCounts } from "./connection-counts.ts";
import { Connection, type ConnectionDeps } from "./connection.ts";
import type { FrameReceiver } from "./frame-receiver.ts";

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

/** For how long connections that come at once are taken in until the loop looks for other events, in ms. */
const GREETING_MS = 3;

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
  #acceptedCount = 0;
  readonly #nextConnectionId: () => number;
  /** Came in, and nothing was made for them yet; the system bounds how many come at once. */
  readonly #arrived: NetSocket[] = [];
  #isGreeting = false;
  #isClosing = false;
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

  /** Connections that were taken in since the start. */
  get acceptedCount(): number {
    return this.#acceptedCount;
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  /** Binds the port and accepts; returns the port that was bound. */
  async open(host: string, port: number): Promise<number> {
    this.#isClosing = false;
    this.#listener = await this.#deps.net.listen(host, port, (socket) => {
      this.#arrived.push(socket);
      this.#greetSoon();
    });
    this.#scheduleIdleCheck();
    return this.#listener.port;
  }

  /** Stops accepting, answers what is being handled within `graceMs`, then closes every connection; at once for 0. It may be opened again. */
  async close(graceMs: number): Promise<void> {
    this.#idleCheck?.cancel();
    this.#isClosing = true;
    for (const socket of this.#arrived.splice(0)) refuse(socket);
    const closed = this.#listener?.close();
    if (graceMs === 0) this.dropConnections();
    const grace = this.#deps.clock.schedule(graceMs, () => this.dropConnections());
    await Promise.all([...this.#connections].map((connection) => connection.drain()));
    grace.cancel();
    this.dropConnections();
    await closed;
  }

  #greetSoon(): void {
    if (this.#isGreeting) return;
    this.#isGreeting = true;
    this.#deps.clock.nextTurn(() => this.#greet());
  }

  #greet(): void {
    this.#isGreeting = false;
    const { clock } = this.#deps;
    const endMs = clock.monotonicMs() + GREETING_MS;
    let taken = 0;
    while (taken < this.#arrived.length) {
      this.#accept(this.#arrived[taken++]!);
      if (clock.monotonicMs() >= endMs) break;
    }
    this.#arrived.splice(0, taken);
    if (this.#arrived.length > 0) this.#greetSoon();
  }

  #accept(socket: NetSocket): void {
    if (this.#isClosing) return refuse(socket);
    const host = socket.remoteHost;
    if (!this.#deps.counts.add(host)) {
      this.#deps.logger.warn("refusing a connection beyond the limit", { host, connections: this.#deps.counts.total });
      return refuse(socket);
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
    this.#acceptedCount++;
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

  /** Closes every connection at once, and goes on accepting. */
  dropConnections(): void {
    for (const connection of this.#connections) connection.destroy();
  }
}

function refuse(socket: NetSocket): void {
  socket.listen({ onData() {}, onDrain() {}, onClose() {} });
  socket.destroy();
}
