import { invariant } from "../errors.ts";
import type { AcceptedTls, NetSocket, NetSocketEvents } from "../seams/net.ts";

/** Node's own mark for a socket. */
const HIGH_WATER_BYTES = 64 * 1024;

interface Address {
  readonly host: string;
  readonly port: number;
}

/** The wires between two sockets. */
interface Wires {
  /** Runs something after the travel time. */
  later(run: () => void): void;
  chunkBytesMax(): number;
  onGone(socket: SimulatedSocket): void;
}

/** Bytes of one write that the peer has not taken, and who wants to hear when it has. */
interface Written {
  bytes: Buffer;
  readonly onWritten: (() => void) | undefined;
}

/** Both ends of a connection: the one that asked, the one that was asked. */
export function socketPair(near: Address, far: Address, wires: Wires): [SimulatedSocket, SimulatedSocket] {
  const one = new SimulatedSocket(near, far, wires);
  const other = new SimulatedSocket(far, near, wires);
  one.join(other);
  other.join(one);
  return [one, other];
}

/**
 * One end of a connection in memory. Bytes are copied when written. They stay with the sender, counting as unsent, until they have travelled
 * and the receiver is neither paused nor without listener.
 */
export class SimulatedSocket implements NetSocket {
  readonly remoteHost: string;
  readonly remotePort: number;
  readonly localHost: string;
  readonly localPort: number;
  readonly #wires: Wires;
  #peer: SimulatedSocket | undefined;
  #events: NetSocketEvents | undefined;
  #state: "open" | "ending" | "closed" = "open";
  #closeError: Error | undefined;
  #isPaused = false;
  #isCut = false;
  #needsDrain = false;
  /** Written, on the way or waiting for the receiver. */
  readonly #outbox: Written[] = [];
  #unsentBytes = 0;
  /** How many buffers of the outbox have travelled. */
  #arrived = 0;

  constructor(local: Address, remote: Address, wires: Wires) {
    this.localHost = local.host;
    this.localPort = local.port;
    this.remoteHost = remote.host;
    this.remotePort = remote.port;
    this.#wires = wires;
  }

  /** @internal */
  join(peer: SimulatedSocket): void {
    this.#peer = peer;
  }

  get unsentBytes(): number {
    return this.#unsentBytes;
  }

  listen(events: NetSocketEvents): void {
    invariant(this.#events === undefined, "A socket's events are set once.");
    this.#events = events;
    if (this.#state === "closed") this.#wires.later(() => events.onClose(this.#closeError));
    else this.#wires.later(() => this.#peer?.deliver());
  }

  /** In a simulated network TLS is a word: bytes travel as they are, and nobody has a certificate. */
  async acceptTls(): Promise<AcceptedTls> {
    return { socket: this, peer: { subject: undefined, protocol: "TLSv1.3", cipherSuite: "simulated" } };
  }

  async startTls(): Promise<NetSocket> {
    return this;
  }

  write(buffers: readonly Uint8Array[], onWritten?: () => void): boolean {
    const bytes = Buffer.concat(buffers);
    if (onWritten !== undefined && (this.#state !== "open" || bytes.byteLength === 0)) this.#wires.later(onWritten);
    if (this.#state !== "open") return false;
    if (bytes.byteLength > 0) {
      this.#outbox.push({ bytes, onWritten });
      this.#unsentBytes += bytes.byteLength;
      this.#wires.later(() => {
        this.#arrived++;
        this.deliver();
      });
    }
    this.#needsDrain ||= this.#unsentBytes >= HIGH_WATER_BYTES;
    return !this.#needsDrain;
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#wires.later(() => this.#peer?.deliver());
  }

  end(): void {
    if (this.#state !== "open") return;
    this.#state = "ending";
    this.#wires.later(() => this.#closeWhenSent());
  }

  /** A peer here ends as soon as it hears of the end. */
  endSending(): void {
    this.end();
  }

  destroy(): void {
    this.#close(undefined);
    this.#wires.later(() => this.#peer?.hearEnd());
  }

  /** The connection breaks: both ends close with an error, what was on the way is lost. */
  reset(): void {
    this.#close(connectionReset());
    this.#peer?.hearReset();
  }

  /** The cable is cut: nothing this end sends arrives any more, and nobody is told. */
  cut(): void {
    this.#isCut = true;
  }

  /** @internal Hands what has arrived to the peer, as far as it takes it. */
  deliver(): void {
    const peer = this.#peer;
    while (this.#arrived > 0 && this.#state !== "closed" && !this.#isCut && peer !== undefined && peer.takesData()) {
      const first = this.#outbox[0]!;
      const chunk = first.bytes.subarray(0, Math.min(first.bytes.byteLength, this.#wires.chunkBytesMax()));
      if (chunk.byteLength === first.bytes.byteLength) {
        this.#outbox.shift();
        this.#arrived--;
        if (first.onWritten) this.#wires.later(first.onWritten);
      } else {
        first.bytes = first.bytes.subarray(chunk.byteLength);
      }
      this.#unsentBytes -= chunk.byteLength;
      peer.hearData(chunk);
    }
    if (this.#needsDrain && this.#unsentBytes === 0 && this.#state === "open") {
      this.#needsDrain = false;
      this.#events?.onDrain();
    }
    if (this.#state === "ending") this.#closeWhenSent();
  }

  /** @internal */
  takesData(): boolean {
    return this.#events !== undefined && !this.#isPaused && this.#state !== "closed";
  }

  /** @internal */
  hearData(chunk: Buffer): void {
    this.#events?.onData(chunk);
  }

  /** @internal The peer has ended: what is still to be sent goes nowhere, as with a TCP peer that is gone. */
  hearEnd(): void {
    if (!this.#isPeerCut()) this.#close(undefined);
  }

  /** @internal */
  hearReset(): void {
    this.#close(connectionReset());
  }

  #isPeerCut(): boolean {
    return this.#peer !== undefined && this.#peer.#isCut;
  }

  #closeWhenSent(): void {
    if (this.#state !== "ending" || (this.#unsentBytes > 0 && !this.#isCut && this.#peer?.isOpen())) return;
    this.#close(undefined);
    this.#wires.later(() => this.#peer?.hearEnd());
  }

  /** @internal */
  isOpen(): boolean {
    return this.#state !== "closed";
  }

  #close(error: Error | undefined): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#closeError = error;
    for (const { onWritten } of this.#outbox.splice(0)) if (onWritten) this.#wires.later(onWritten);
    this.#arrived = 0;
    this.#unsentBytes = 0;
    this.#wires.onGone(this);
    const events = this.#events;
    if (events !== undefined) this.#wires.later(() => events.onClose(error));
  }
}

function connectionReset(): Error {
  return Object.assign(new Error("The connection was reset by the peer."), { code: "ECONNRESET" });
}
