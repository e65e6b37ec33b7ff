import { invariant, OttlaError } from "../errors.ts";
import type { Clock, Timer } from "../seams/clock.ts";
import type { Net, NetListener, NetSocket } from "../seams/net.ts";
import type { Random } from "../seams/random.ts";
import type { TlsClient, TlsServer, TlsServerMaterial } from "../seams/tls.ts";
import { type SimulatedSocket, socketPair } from "./simulated-socket.ts";

const FIRST_FREE_PORT = 49152;

/** How a simulated network behaves. */
export interface SimulatedNetOptions {
  /** Default: bytes arrive on the next turn of Node's loop. */
  readonly clock?: Clock;
  /** How long bytes, connections and closes travel, in ms of `clock`. Default 0. */
  readonly latencyMs?: number;
  /** How much longer, at most, each of them may take, as `random` has it; what one connection carries stays in order all the same. Default 0. */
  readonly jitterMs?: number;
  readonly random?: Random;
}

/**
 * A network inside the process: no port of the machine is taken. Faults are set on the net (for sockets to come and those open) or on
 * one socket of {@link SimulatedNet.sockets}.
 */
export class SimulatedNet implements Net {
  latencyMs: number;
  /** See {@link SimulatedNetOptions.jitterMs}. */
  jitterMs: number;
  /** The most bytes one `onData` gets; 1 makes every peer a byte-at-a-time one. */
  chunkBytesMax = Infinity;
  /** Connections are neither accepted nor refused. */
  isSilent = false;
  readonly #clock: Clock | undefined;
  readonly #random: Random | undefined;
  readonly #listeners = new Map<string, (socket: NetSocket) => void>();
  readonly #sockets = new Set<SimulatedSocket>();
  #nextPort = FIRST_FREE_PORT;

  constructor(options: SimulatedNetOptions = {}) {
    this.#clock = options.clock;
    this.latencyMs = options.latencyMs ?? 0;
    this.jitterMs = options.jitterMs ?? 0;
    this.#random = options.random;
  }

  /** Both ends of every open connection. */
  get sockets(): ReadonlySet<SimulatedSocket> {
    return this.#sockets;
  }

  async listen(host: string, port: number, onSocket: (socket: NetSocket) => void): Promise<NetListener> {
    const taken = port === 0 ? this.#nextPort++ : port;
    const key = keyOf(host, taken);
    if (this.#listeners.has(key))
      throw new OttlaError("PORT_IN_USE", `Cannot listen on ${key}: the port is in use; choose another one (0 takes any free one).`);
    this.#listeners.set(key, onSocket);
    return {
      host,
      port: taken,
      close: async () => {
        if (this.#listeners.get(key) === onSocket) this.#listeners.delete(key);
      },
    };
  }

  tlsServer({ clientAuth }: TlsServerMaterial): TlsServer {
    return { clientAuth };
  }

  tlsClient(): TlsClient {
    return { side: "client" };
  }

  connect(host: string, port: number, timeoutMs: number, signal?: AbortSignal): Promise<NetSocket> {
    const key = keyOf(host, port);
    return new Promise((resolve, reject) => {
      let timeout: Timer | undefined;
      const onAbort = () => {
        timeout?.cancel();
        reject(new OttlaError("CONNECT_ABORTED", `Connecting to ${key} was given up by its caller.`));
      };
      if (signal?.aborted) return onAbort();
      signal?.addEventListener("abort", onAbort, { once: true });
      if (this.isSilent) {
        invariant(this.#clock !== undefined, "A silent network needs a clock, to time out.");
        timeout = this.#clock.schedule(timeoutMs, () =>
          reject(new OttlaError("CONNECT_TIMEOUT", `${key} did not answer within ${timeoutMs} ms.`)),
        );
        return;
      }
      this.#later(() => {
        if (signal?.aborted) return;
        signal?.removeEventListener("abort", onAbort);
        const onSocket = this.#listeners.get(key);
        if (onSocket === undefined)
          return reject(new OttlaError("CONNECT_REFUSED", `Nothing accepts connections at ${key}; is the broker running there?`));
        resolve(this.#join(host, port, onSocket));
      });
    });
  }

  /** Breaks every open connection, as a router that restarts does: both ends close with an error. */
  resetAll(): void {
    for (const socket of [...this.#sockets]) socket.reset();
  }

  #join(host: string, port: number, onSocket: (socket: NetSocket) => void): NetSocket {
    const [near, far] = socketPair(
      { host, port: this.#nextPort++ },
      { host, port },
      {
        later: this.#random ? this.#laterInOrder(this.#random) : (run) => this.#later(run),
        chunkBytesMax: () => this.chunkBytesMax,
        onGone: (socket) => this.#sockets.delete(socket),
      },
    );
    this.#sockets.add(near).add(far);
    onSocket(far);
    return near;
  }

  /** Travel times that differ, and an order that stays. */
  #laterInOrder(random: Random): (run: () => void) => void {
    const clock = this.#clock;
    invariant(clock !== undefined, "A network whose travel times differ needs a clock.");
    let lastMs = 0;
    return (run) => {
      const nowMs = clock.monotonicMs();
      lastMs = Math.max(lastMs, nowMs + this.latencyMs + random.nextInt(this.jitterMs + 1));
      clock.schedule(lastMs - nowMs, run);
    };
  }

  /** Calls stay in order: they all take the same time, unless the latency is shortened in between. */
  #later(run: () => void): void {
    if (this.#clock === undefined) setImmediate(run);
    else this.#clock.schedule(this.latencyMs, run);
  }
}

function keyOf(host: string, port: number): string {
  return `${host === "localhost" ? "127.0.0.1" : host}:${port}`;
}
