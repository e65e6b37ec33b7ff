import assert from "node:assert/strict";
import { test } from "node:test";
import { type Clock, type NetSocket, silentLogger } from "@ottla/base";
import { SimulatedClock, SimulatedNet } from "@ottla/base/simulated";
import { ClientMemory, type MemoryAccount } from "./client-memory.ts";
import type { Closed } from "./closed.ts";
import type { FrameReceiver, Outcome } from "./connection.ts";
import { ConnectionCounts } from "./connection-counts.ts";
import { FairTurns } from "./fair-turns.ts";
import { BrokerListener } from "./listener.ts";

const KIB = 1024;
const PORT = 9092;
const MAX_IDLE_MS = 600_000;

/** A request whose answer the test gives. */
interface Parked {
  readonly text: string;
  answer(outcome?: Outcome): void;
}

/** A listener on a simulated network. A frame that begins with "wait" is parked, "over" overlaps as well, all others are answered with themselves. */
class Scene implements AsyncDisposable {
  readonly clock = new SimulatedClock();
  readonly net = new SimulatedNet({ clock: this.clock });
  readonly memory = new ClientMemory(this.clock, 64 * KIB * KIB);
  readonly limits = { maxConnections: 5, maxConnectionsPerIp: 3 };
  readonly received: string[] = [];
  readonly parked: Parked[] = [];
  readonly sent: string[] = [];
  readonly closed: Closed[] = [];
  readonly accounts: MemoryAccount[] = [];
  /** Time that work has taken, beside the clock's. */
  workedMs = 0;
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
    const deps = { clock: scene.clock, net: scene.net, memory: scene.memory, turns: new FairTurns(scene.#turnClock()), logger, counts };
    for (let i = 0; i < listeners; i++) {
      const listener = new BrokerListener(
        deps,
        MAX_IDLE_MS,
        () => 1,
        ({ closed, memory }) => {
          scene.closed.push(closed);
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
      monotonicMs: () => clock.monotonicMs() + this.workedMs,
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
        const outcome = new Promise<Outcome>((resolve) => {
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

class Client {
  readonly socket: NetSocket;
  isClosed = false;
  #bytes = Buffer.alloc(0);

  constructor(socket: NetSocket) {
    this.socket = socket;
    socket.listen({
      onData: (chunk) => {
        this.#bytes = Buffer.concat([this.#bytes, chunk]);
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
    for (let at = 0; at < this.#bytes.length; at += 4 + this.#bytes.readInt32BE(at))
      answers.push(this.#bytes.toString("latin1", at + 4, at + 4 + this.#bytes.readInt32BE(at)));
    return answers;
  }
}

function frame(text: string): Buffer {
  const bytes = Buffer.alloc(4 + text.length, text, "latin1");
  bytes.writeInt32BE(text.length);
  bytes.write(text, 4, "latin1");
  return bytes;
}

test("answers keep the order of the requests, whatever is answered first; who does not overlap holds up those behind", async () => {
  await using scene = await Scene.open();
  const client = await scene.client();
  client.send("over 1", "over 2", "now 3", "wait 4", "now 5");
  await scene.settle();
  assert.deepEqual(scene.received, ["over 1", "over 2", "now 3", "wait 4"]);
  scene.parked[1]!.answer();
  await scene.settle();
  assert.deepEqual(client.answers, []);
  scene.parked[0]!.answer();
  await scene.settle();
  assert.deepEqual(client.answers, ["over 1", "over 2", "now 3"]);
  scene.parked[2]!.answer();
  await scene.settle();
  assert.deepEqual(client.answers, ["over 1", "over 2", "now 3", "wait 4", "now 5"]);
});

test("of requests that overlap 32 are handled at a time", async () => {
  await using scene = await Scene.open();
  const client = await scene.client();
  const requests = Array.from({ length: 40 }, (_, i) => `over ${i}`);
  client.send(...requests);
  await scene.settle();
  assert.equal(scene.received.length, 32);
  scene.parked[0]!.answer();
  await scene.settle();
  assert.equal(scene.received.length, 33);
  while (client.answers.length < 40) {
    for (const { answer } of scene.parked) answer();
    await scene.settle();
  }
  assert.deepEqual(client.answers, requests);
});

test("answers that their client does not take are held in its name until it does", async () => {
  await using scene = await Scene.open();
  const client = await scene.client();
  client.socket.pause();
  client.send("wait");
  await scene.settle();
  const answer = frame("x".repeat(3 * KIB * KIB));
  scene.parked[0]!.answer({ kind: "answer", frame: [answer], onSent: undefined });
  await scene.settle();
  assert.ok(scene.memory.heldBytes > KIB * KIB, `${scene.memory.heldBytes} bytes are held`);
  client.socket.resume();
  await scene.settle();
  assert.deepEqual([client.answers.length, scene.memory.heldBytes], [1, 0]);
});

test("what may wait behind a request has a bound, beyond which the client is not read", async () => {
  await using scene = await Scene.open();
  scene.net.chunkBytesMax = 64 * KIB;
  const client = await scene.client();
  const small = Array.from({ length: 20_000 }, (_, i) => `${i} ${"x".repeat(100)}`);
  client.send("wait", ...small);
  await scene.settle();
  assert.ok(client.socket.unsentBytes > 1500 * KIB, "the rest stays with the client");
  assert.ok(scene.memory.heldBytes > 256 * KIB && scene.memory.heldBytes <= 512 * KIB, `${scene.memory.heldBytes} bytes are held`);
  scene.parked[0]!.answer();
  await scene.settle();
  assert.equal(client.answers.length, 20_001);
  assert.deepEqual(
    scene.received.slice(1),
    small.map((text) => text.slice(0, 100)),
  );
  assert.equal(scene.memory.heldBytes, 0);
});

test("empty frames behind a request take no more memory than their bytes", async () => {
  await using scene = await Scene.open();
  scene.net.chunkBytesMax = 64 * KIB;
  const client = await scene.client();
  client.send("wait");
  client.socket.write([Buffer.alloc(4 * KIB * KIB)]);
  await scene.settle();
  assert.ok(scene.memory.heldBytes <= 512 * KIB);
  client.socket.destroy();
  scene.net.resetAll();
  await scene.settle();
  assert.equal(scene.memory.heldBytes, 0);
});

test("a client that fills what may wait for a minute, behind one request, is closed", async () => {
  await using scene = await Scene.open();
  const client = await scene.client();
  client.send("wait");
  client.socket.write([Buffer.alloc(KIB * KIB)]);
  await scene.clock.advanceAsync(59_000);
  assert.equal(client.isClosed, false);
  await scene.clock.advanceAsync(2000);
  assert.deepEqual([client.isClosed, scene.closed[0]?.isClosed], [true, true]);
});

test("a connection that is idle for connections.max.idle.ms is closed; one whose request waits is not", async () => {
  await using scene = await Scene.open();
  const [idle, active, waiting] = [await scene.client(), await scene.client(), await scene.client()];
  idle.send("now");
  waiting.send("wait");
  for (let passedMs = 0; passedMs < MAX_IDLE_MS * 1.2; passedMs += MAX_IDLE_MS / 20) {
    active.send("now");
    await scene.clock.advanceAsync(MAX_IDLE_MS / 20);
  }
  assert.deepEqual([idle.isClosed, active.isClosed, waiting.isClosed], [true, false, false]);
});

test("when a client goes, all that waits for it hears of it, and what was kept for its answers is given back, also for answers that come later", async () => {
  await using scene = await Scene.open();
  const client = await scene.client();
  client.send("over 1", "over 2", "over 3");
  await scene.settle();
  scene.parked[1]!.answer();
  await scene.settle();
  let heard = 0;
  scene.closed[0]!.onClosed(() => heard++);
  client.socket.destroy();
  await scene.settle();
  assert.deepEqual([heard, scene.sent], [1, ["over 2"]]);
  scene.parked[2]!.answer();
  scene.parked[0]!.answer();
  await scene.settle();
  assert.deepEqual([scene.sent, scene.memory.heldBytes], [["over 2", "over 3", "over 1"], 0]);
});

test("an unfinished frame takes its memory before it is read on, and gives it back when its client goes", async () => {
  await using scene = await Scene.open();
  scene.net.chunkBytesMax = 64 * KIB;
  const client = await scene.client();
  const large = frame(`now ${"x".repeat(5 * KIB * KIB)}`);
  client.socket.write([large.subarray(0, 100)]);
  await scene.settle();
  assert.equal(scene.memory.heldBytes, large.length - 4);
  client.socket.write([large.subarray(100)]);
  await scene.settle();
  assert.deepEqual([scene.received.length, scene.memory.heldBytes], [1, 0]);
  client.socket.write([large.subarray(0, 100)]);
  await scene.settle();
  client.socket.destroy();
  await scene.settle();
  assert.equal(scene.memory.heldBytes, 0);
});

test("a frame of most of the memory is taken, also while others keep the loop busy", async () => {
  await using scene = await Scene.open();
  scene.net.chunkBytesMax = 256 * KIB;
  scene.maxFrameBytes = 50 * KIB * KIB;
  const client = await scene.client();
  const large = `now ${"x".repeat(45 * KIB * KIB)}`;
  client.send("wait", large, "now behind it");
  await scene.settle();
  scene.parked[0]!.answer();
  await scene.settle();
  assert.deepEqual([scene.received.length, client.isClosed, scene.memory.heldBytes], [3, false, 0]);
});

test("while there is no memory for a frame its client is not read, and a client that stalls with half a frame loses its memory to it", async () => {
  await using scene = await Scene.open();
  scene.net.chunkBytesMax = 64 * KIB;
  scene.maxFrameBytes = 50 * KIB * KIB;
  const [staller, honest] = [await scene.client(), await scene.client()];
  const size = Buffer.alloc(4);
  size.writeInt32BE(40 * KIB * KIB);
  staller.socket.write([size, Buffer.alloc(1000)]);
  await scene.settle();
  const request = `now ${"y".repeat(30 * KIB * KIB)}`;
  honest.send(request);
  await scene.clock.advanceAsync(1000);
  assert.ok(honest.socket.unsentBytes > 29 * KIB * KIB, "not read");
  assert.equal(staller.isClosed, false);
  await scene.clock.advanceAsync(2000);
  assert.deepEqual([staller.isClosed, honest.isClosed, scene.received.length, scene.memory.heldBytes], [true, false, 1, 0]);
});

test("a frame that is too large closes its connection, after what came before it was answered", async () => {
  await using scene = await Scene.open();
  scene.maxFrameBytes = 100;
  const client = await scene.client();
  client.send("now", "x".repeat(101), "now");
  await scene.settle();
  assert.deepEqual([scene.received, scene.reasons, client.isClosed], [["now"], ["too-large"], true]);
});

test("a client that is told to be quiet is answered at once and served again only afterwards", async () => {
  await using scene = await Scene.open();
  scene.muteMs = 500;
  const client = await scene.client();
  client.send("now 1");
  await scene.settle();
  client.send("now 2");
  await scene.clock.advanceAsync(400);
  assert.deepEqual(client.answers, ["now 1"]);
  await scene.clock.advanceAsync(200);
  assert.deepEqual(client.answers, ["now 1", "now 2"]);
});

test("connections beyond the limits are refused, over all listeners of the broker, and there is room again when one goes", async () => {
  await using scene = await Scene.open(2);
  const clients = [await scene.client(PORT), await scene.client(PORT + 1), await scene.client(PORT)];
  const refused = await scene.client(PORT + 1);
  await scene.settle();
  assert.deepEqual([...clients.map(({ isClosed }) => isClosed), refused.isClosed], [false, false, false, true]);
  clients[0]!.socket.destroy();
  await scene.settle();
  const next = await scene.client(PORT + 1);
  await scene.settle();
  assert.equal(next.isClosed, false);
  scene.limits.maxConnectionsPerIp = 100;
  const more = [await scene.client(), await scene.client(), await scene.client()];
  await scene.settle();
  assert.deepEqual(
    more.map(({ isClosed }) => isClosed),
    [false, false, true],
  );
});

test("stopping answers what is being handled and takes nothing more", async () => {
  await using scene = await Scene.open();
  const client = await scene.client();
  client.send("over 1", "wait 2", "now 3");
  await scene.settle();
  const stopped = scene.stop(1000);
  for (const { answer } of scene.parked) answer();
  await scene.settle();
  await stopped;
  assert.deepEqual([client.answers, client.isClosed], [["over 1", "wait 2"], true]);
});

test("who holds more than its share is served on when its answers have been taken, and what it sends meanwhile waits", async () => {
  await using scene = await Scene.open();
  scene.net.chunkBytesMax = 64 * KIB;
  const client = await scene.client();
  client.socket.pause();
  const others = scene.memory.openAccount();
  others.hold(scene.memory.capacityBytes);
  client.send("wait 1", "now 2");
  await scene.settle();
  const account = scene.accounts[0]!;
  const text = "z".repeat(200 * KIB);
  account.hold(text.length);
  scene.parked[0]!.answer({ kind: "answer", frame: [frame(text)], onSent: () => account.release(text.length) });
  client.send("now 3");
  await scene.settle();
  assert.deepEqual([scene.received, client.isClosed], [["wait 1"], false]);
  client.socket.resume();
  await scene.settle();
  assert.deepEqual([scene.received, client.answers.length, account.heldBytes], [["wait 1", "now 2", "now 3"], 3, 0]);
  others.close();
});

test("answers of many clients that are ready at the same time are written in several turns of the loop", async () => {
  await using scene = await Scene.open();
  scene.limits.maxConnections = scene.limits.maxConnectionsPerIp = 100;
  const clients: Client[] = [];
  for (let i = 0; i < 40; i++) {
    clients.push(await scene.client());
    clients[i]!.send("wait");
  }
  await scene.settle();
  let inOneTurn = 0;
  let mostInOneTurn = 0;
  let turn = -1;
  const slow = {
    kind: "answer",
    onSent: () => {},
    // Looked at when it is written.
    get frame() {
      if (scene.turnCount !== turn) inOneTurn = 0;
      turn = scene.turnCount;
      mostInOneTurn = Math.max(mostInOneTurn, ++inOneTurn);
      scene.workedMs += 1;
      return [frame("late")];
    },
  } as const;
  for (const { answer } of scene.parked) answer(slow);
  await scene.settle();
  assert.ok(clients.every(({ answers }) => answers.length === 1));
  assert.ok(mostInOneTurn <= 12, `${mostInOneTurn} looks`);
});
