import {
  type HandshakeGuest,
  type HandshakeRoom,
  handshakePlaces,
  type Net,
  type NetListener,
  type NetSocket,
  OttlaError,
  type Timer,
  type TlsPeer,
  type TlsServer,
} from "@ottla/base";
import type { ArrivalRates } from "./arrival-rates.ts";
import type { Closed } from "./closed.ts";
import type { MemoryAccount } from "./client-memory.ts";
import type { ListenerCounts } from "./connection-counts.ts";
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
  /** What the handshake showed; undefined on listeners without TLS. */
  readonly tls?: TlsPeer | undefined;
  /** Closes the connection, for this reason. */
  abandon(reason: string): void;
}

/** For how long a TLS handshake may take. */
const HANDSHAKE_MS = 10_000;

/** Connections that wait to be taken in; one more is closed. */
const ARRIVED_MAX = 10_000;
/** Connections that are kept open for a while although they are refused; others are closed at once. */
const REFUSED_FOR_A_WHILE_MAX = 1000;

/** For how long connections that come at once are taken in until the loop looks for other events, in ms. */
const GREETING_MS = 3;

interface ListenerDeps extends ConnectionDeps {
  readonly net: Net;
  readonly counts: ListenerCounts;
  /** The server's side of TLS for the next connection; absent on listeners without. */
  readonly tlsServer?: (() => TlsServer) | undefined;
  /** For the handshakes of all listeners. */
  readonly handshakeRoom: HandshakeRoom;
  /** How fast connections may come; absent: as fast as they do. */
  readonly rates?: ArrivalRates | undefined;
  /** Hears of TLS handshakes that failed, but not of clients that left. */
  readonly handshakeFailed?: ((host: string) => void) | undefined;
}

/** One listening port of one virtual broker and the connections that came through it. */
export class BrokerListener {
  readonly #deps: ListenerDeps;
  readonly #maxIdleMs: number;
  readonly #receiverFor: (client: ClientEndpoint) => FrameReceiver;
  readonly #connections = new Set<Connection>();
  #acceptedCount = 0;
  readonly #nextConnectionId: () => number;
  /** In the middle of a handshake. */
  readonly #shaking = new Set<NetSocket>();
  /** Handshakes that wait for their turn. */
  readonly #handshakes: (() => void)[] = [];
  /** Came in, and nothing was made for them yet; the system bounds how many come at once. */
  readonly #arrived: NetSocket[] = [];
  #isGreeting = false;
  /** The next one that arrived waits until then, in monotonic ms, and was counted. */
  #heldUntilMs: number | undefined;
  #held: Timer | undefined;
  /** Of addresses that come too often; closed after a while, as at once they would come again. */
  readonly #refusedForAWhile = new Set<NetSocket>();
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
      if (this.#arrived.length >= ARRIVED_MAX) return refuse(socket);
      this.#arrived.push(socket);
      if (this.#heldUntilMs === undefined) this.#greetSoon();
    });
    this.#scheduleIdleCheck();
    return this.#listener.port;
  }

  /** Stops accepting, answers what is being handled within `graceMs`, then closes every connection; at once for 0. It may be opened again. */
  async close(graceMs: number): Promise<void> {
    this.#idleCheck?.cancel();
    this.#isClosing = true;
    this.#held?.cancel();
    this.#heldUntilMs = undefined;
    for (const socket of this.#arrived.splice(0)) refuse(socket);
    for (const socket of this.#refusedForAWhile) socket.destroy();
    this.#refusedForAWhile.clear();
    for (const socket of this.#shaking) socket.destroy();
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
    let shaken = 0;
    // Both get on: whoever floods the port with new connections does not keep those from their handshakes that are there.
    let isHeld = this.#heldUntilMs !== undefined;
    while ((!isHeld && taken < this.#arrived.length) || shaken < this.#handshakes.length) {
      if (!isHeld && taken < this.#arrived.length) {
        isHeld = this.#holds();
        if (!isHeld) this.#accept(this.#arrived[taken++]!);
      }
      if (shaken < this.#handshakes.length) this.#handshakes[shaken++]!();
      if (clock.monotonicMs() >= endMs) break;
    }
    this.#arrived.splice(0, taken);
    this.#handshakes.splice(0, shaken);
    if ((!isHeld && this.#arrived.length > 0) || this.#handshakes.length > 0) this.#greetSoon();
  }

  /** Whether the next one that arrived must wait; it is taken in then, and whatever came behind it goes on being counted. */
  #holds(): boolean {
    const { clock, rates } = this.#deps;
    if (rates === undefined || this.#isClosing) return false;
    const nowMs = clock.monotonicMs();
    const waitMs = rates.waitMs(nowMs);
    if (waitMs <= 0) return false;
    this.#heldUntilMs = nowMs + waitMs;
    this.#held = clock.schedule(waitMs, () => {
      this.#heldUntilMs = undefined;
      const next = this.#arrived.shift();
      if (next !== undefined) this.#accept(next);
      if (this.#arrived.length > 0) this.#greetSoon();
    });
    return true;
  }

  /** True where the connection is refused for its address's rate. */
  #refusesRate(socket: NetSocket, host: string): boolean {
    const { clock, rates, refusals } = this.#deps;
    const closeAfterMs = rates?.refusalMs(host, clock.monotonicMs()) ?? 0;
    if (closeAfterMs <= 0) return false;
    refusals.say("rate", { host, port: socket.remotePort, reason: "its address is beyond its connection_creation_rate" });
    socket.listen({ onData() {}, onDrain() {}, onClose: () => void this.#refusedForAWhile.delete(socket) });
    socket.pause();
    if (this.#refusedForAWhile.size >= REFUSED_FOR_A_WHILE_MAX) {
      socket.destroy();
      return true;
    }
    this.#refusedForAWhile.add(socket);
    clock.schedule(closeAfterMs, () => socket.destroy());
    return true;
  }

  #accept(socket: NetSocket): void {
    if (this.#isClosing) return refuse(socket);
    const host = socket.remoteHost;
    // It is gone already.
    if (host === "") return refuse(socket);
    if (this.#refusesRate(socket, host)) return;
    const beyond = this.#deps.counts.add(host);
    if (beyond !== undefined) {
      const reason = `it is one more than ${beyond} allows, and the broker has ${this.#deps.counts.total} connections`;
      this.#deps.refusals.say("CONNECTIONS", { host, port: socket.remotePort, reason });
      return refuse(socket);
    }
    if (this.#deps.tlsServer === undefined) this.#connect(socket, host, undefined);
    else void this.#shake(socket, host, this.#deps.tlsServer());
  }

  async #shake(socket: NetSocket, host: string, tlsServer: TlsServer): Promise<void> {
    this.#shaking.add(socket);
    const { handshakeRoom } = this.#deps;
    let guest: HandshakeGuest | undefined;
    let isDropped = false;
    let isDone = false;
    const turn = (work: () => void): void => {
      const own: HandshakeGuest = {
        host,
        places: handshakePlaces(tlsServer.clientAuth),
        begin: () => {
          this.#handshakes.push(() => {
            work();
            handshakeRoom.started(own);
          });
          this.#greetSoon();
        },
        drop: () => {
          isDropped = true;
          socket.destroy();
        },
      };
      guest = own;
      handshakeRoom.enter(own);
    };
    try {
      const { socket: encrypted, peer } = await socket.acceptTls(tlsServer, { timeoutMs: HANDSHAKE_MS, turn });
      isDone = true;
      if (this.#isClosing) {
        this.#deps.counts.remove(host);
        refuse(encrypted);
      } else this.#connect(encrypted, host, peer);
    } catch (error) {
      this.#deps.counts.remove(host);
      const { code, message } = isDropped
        ? crowdedOut()
        : error instanceof OttlaError
          ? error
          : new OttlaError("TLS_HANDSHAKE_FAILED", String(error));
      // A client that leaves says nothing that anybody should act upon; a port that is looked at by a monitor does that all day.
      if (code === "TLS_PEER_GONE") this.#deps.logger.debug("a client left during its TLS handshake", { host });
      else if (!this.#isClosing) {
        this.#deps.refusals.say(code, { host, port: socket.remotePort, reason: message });
        this.#deps.handshakeFailed?.(host);
      }
    } finally {
      if (guest !== undefined) handshakeRoom.leave(guest, isDone);
      this.#shaking.delete(socket);
    }
  }

  #connect(socket: NetSocket, host: string, tls: TlsPeer | undefined): void {
    const connection = new Connection(
      socket,
      this.#deps,
      (closed, memory) =>
        this.#receiverFor({
          connectionId: this.#nextConnectionId(),
          clientHost: `/${host}`,
          serverHost: socket.localHost,
          closed,
          memory,
          tls,
          abandon: (reason) => connection.abandon(reason),
        }),
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

function crowdedOut(): OttlaError {
  return new OttlaError("TLS_CROWDED_OUT", "It stood still in its TLS handshake while others waited for theirs; connect again.");
}

function refuse(socket: NetSocket): void {
  socket.listen({ onData() {}, onDrain() {}, onClose() {} });
  socket.destroy();
}
