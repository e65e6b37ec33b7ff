import { type Clock, HandshakeRoom, type NetSocket, silentLogger } from "@ottla/base";
import { SimulatedClock, SimulatedNet } from "@ottla/base/simulated";
import type { ArrivalRates } from "../net/arrival-rates.ts";
import { ClientMemory, type MemoryAccount } from "../net/client-memory.ts";
import type { Closed } from "../net/closed.ts";
import type { FrameReceiver, Outcome, UnmadeAnswer } from "../net/frame-receiver.ts";
import { ConnectionCounts } from "../net/connection-counts.ts";
import { FairTurns } from "../net/fair-turns.ts";
import { RefusalLog } from "../net/refusal-log.ts";
import { BrokerListener } from "../net/listener.ts";
import { ReceivedBytes } from "./received-bytes.ts";

export const KIB = 1024;
export const PORT = 9092;
export const MAX_IDLE_MS = 600_000;

/** A request whose answer the test gives. */
export interface Parked {
  readonly text: string;
  answer(outcome?: Outcome | UnmadeAnswer): void;
}

/** A listener on a simulated network. A frame that begins with "wait" is parked, "over" overlaps as well, all others are answered with themselves. */
export class Scene implements AsyncDisposable {
  readonly clock = new SimulatedClock();
  readonly net = new SimulatedNet({ clock: this.clock });
  readonly memory = new ClientMemory(this.clock, 64 * KIB * KIB);
  readonly limits = {
    maxConnections: 5,
    maxConnectionsPerIp: 3,
    maxConnectionsByIp: new Map<string, number>(),
    maxConnectionsOf: (_listener: string): number => Infinity,
  };
  /** How fast connections may come. */
  rates: ArrivalRates = { waitMs: () => 0, refusalMs: () => 0 };
  readonly received: string[] = [];
  readonly parked: Parked[] = [];
  readonly sent: string[] = [];
  readonly closed: Closed[] = [];
  readonly accounts: MemoryAccount[] = [];
  /** Time that work has taken, beside the clock's. */
  workedMs = 0;
  workPerConnectionMs = 0;
  /** Time that goes by whenever somebody looks at the clock: this process hardly runs. */
  msPerLook = 0;
  turnCount = 0;
  readonly reasons: unknown[] = [];
  maxFrameBytes = 10 * KIB * KIB;
  muteMs = 0;
  readonly #listeners: BrokerListener[] = [];

  static async open(listeners = 1): Promise<Scene> {
    const scene = new Scene();
    const counts = new ConnectionCounts(scene.limits);
    const logger = {
      ...silentLogger,
      warn: (_: string, fields?: Readonly<Record<string, unknown>>) => void scene.reasons.push(fields?.["reason"]),
    };
    const clock = scene.#turnClock();
    const deps = {
      clock,
      net: scene.net,
      memory: scene.memory,
      turns: new FairTurns(clock),
      logger,
      refusals: new RefusalLog(clock, logger),
      handshakeRoom: new HandshakeRoom(clock),
      rates: {
        waitMs: (nowMs: number) => scene.rates.waitMs(nowMs),
        refusalMs: (host: string, nowMs: number) => scene.rates.refusalMs(host, nowMs),
      },
    };
    for (let i = 0; i < listeners; i++) {
      const listener = new BrokerListener(
        { ...deps, counts: counts.of(`LISTENER${i}`) },
        MAX_IDLE_MS,
        () => 1,
        ({ closed, memory }) => {
          scene.closed.push(closed);
          scene.workedMs += scene.workPerConnectionMs;
          scene.accounts.push(memory);
          return scene.#receiver();
        },
      );
      await listener.open("127.0.0.1", PORT + i);
      scene.#listeners.push(listener);
    }
    return scene;
  }

  async client(port = PORT): Promise<Client> {
    const connecting = this.net.connect("127.0.0.1", port, 1000);
    await this.clock.advanceAsync(0);
    return new Client(await connecting);
  }

  /** Lets everything happen that takes no time. */
  settle(): Promise<void> {
    return this.clock.advanceAsync(0);
  }

  /** Begins to stop. */
  stop(graceMs: number): Promise<unknown> {
    return Promise.all(this.#listeners.map((listener) => listener.close(graceMs)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const stopped = this.stop(0);
    await this.clock.advanceAsync(1);
    await stopped;
  }

  #turnClock(): Clock {
    const { clock } = this;
    return {
      nowMs: () => clock.nowMs(),
      monotonicMs: () => clock.monotonicMs() + (this.workedMs += this.msPerLook),
      schedule: (delayMs, run) => clock.schedule(delayMs, run),
      nextTurn: (run) =>
        clock.nextTurn(() => {
          this.turnCount++;
          run();
        }),
    };
  }

  #receiver(): FrameReceiver {
    return {
      maxFrameBytes: () => this.maxFrameBytes,
      describeViolation: ({ kind }) => kind,
      receive: (frame) => {
        const text = frame.toString("latin1", 0, 100);
        this.received.push(text);
        if (!text.startsWith("wait") && !text.startsWith("over")) return { outcome: this.#answerTo(text), overlaps: true };
        const outcome = new Promise<Outcome | UnmadeAnswer>((resolve) => {
          this.parked.push({ text, answer: (given = this.#answerTo(text)) => resolve(given) });
        });
        return { outcome, overlaps: text.startsWith("over") };
      },
    };
  }

  #answerTo(text: string): Outcome {
    return { kind: "answer", frame: [frame(text)], onSent: () => this.sent.push(text), muteMs: this.muteMs };
  }
}

export class Client {
  readonly socket: NetSocket;
  isClosed = false;
  readonly #bytes = new ReceivedBytes();

  constructor(socket: NetSocket) {
    this.socket = socket;
    socket.listen({
      onData: (chunk) => {
        this.#bytes.add(chunk);
      },
      onDrain() {},
      onClose: () => {
        this.isClosed = true;
      },
    });
  }

  send(...texts: readonly string[]): void {
    this.socket.write(texts.map(frame));
  }

  /** The answers so far. */
  get answers(): string[] {
    const answers: string[] = [];
    const bytes = this.#bytes.all();
    for (let at = 0; at < bytes.length; at += 4 + bytes.readInt32BE(at))
      answers.push(bytes.toString("latin1", at + 4, at + 4 + bytes.readInt32BE(at)));
    return answers;
  }
}

export function frame(text: string): Buffer {
  const bytes = Buffer.alloc(4 + text.length, text, "latin1");
  bytes.writeInt32BE(text.length);
  bytes.write(text, 4, "latin1");
  return bytes;
}
