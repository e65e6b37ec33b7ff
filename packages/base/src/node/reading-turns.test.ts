import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Net, NetSocket } from "../seams/net.ts";
import { nodeNet } from "./node-net.ts";
import { type PacedReader, ReadingPace, ReadingTurns } from "./reading-turns.ts";
import { authority, server } from "./testing/tls-fixture.ts";

const VERSIONS = { minVersion: "TLSv1.3", maxVersion: "TLSv1.3", cipherSuites: [], trustedCertificates: [authority] } as const;

/** A net whose every connection is encrypted. */
const encryptedNet: Pick<Net, "listen" | "connect"> = {
  listen: (host, port, onSocket) => {
    const tls = nodeNet.tlsServer({ ...VERSIONS, certificateChain: server.certificate, privateKey: server.privateKey, clientAuth: "none" });
    return nodeNet.listen(host, port, (raw) => {
      void raw.acceptTls(tls, { timeoutMs: 30_000 }).then(({ socket }) => onSocket(socket));
    });
  },
  connect: async (host, port, timeoutMs) => {
    const raw = await nodeNet.connect(host, port, timeoutMs);
    return raw.startTls(nodeNet.tlsClient(VERSIONS), { host, verifiesHost: true, timeoutMs });
  },
};

/** A loop whose turns and time are the test's. */
class HandLoop {
  nowMs = 10_000;
  readonly turns = new ReadingTurns({ monotonicMs: () => this.nowMs, nextTurn: (run) => void this.#waiting.push(run) });
  #waiting: (() => void)[] = [];

  get isIdle(): boolean {
    return this.#waiting.length === 0;
  }

  /** The part of a turn in which what waited for it runs. */
  goOn(): void {
    for (const run of this.#waiting.splice(0)) run();
  }

  crowd(size: number, told: string[] = []): TestReader[] {
    return Array.from({ length: size }, (_, id) => {
      const reader = new TestReader(id, told);
      this.turns.add(reader);
      return reader;
    });
  }

  /** Reads of each of them, with so many ms for each. */
  read(readers: readonly TestReader[], msEach: number): void {
    for (const reader of readers) {
      this.nowMs += msEach;
      if (!reader.isHeld) this.turns.hasRead(reader);
    }
  }
}

class TestReader implements PacedReader {
  readonly pace: ReadingPace = new ReadingPace();
  readonly #id: number;
  readonly #told: string[];
  isHeld = false;

  constructor(id: number, told: string[]) {
    this.#id = id;
    this.#told = told;
  }

  holdReading(): void {
    assert.equal(this.isHeld, false);
    this.isHeld = true;
  }

  goOnReading(): void {
    assert.equal(this.isHeld, true);
    this.isHeld = false;
    this.#told.push(`${this.#id}`);
  }
}

test("256 connections are held by nothing", () => {
  const loop = new HandLoop();
  loop.read(loop.crowd(256), 10);
  assert.equal(loop.turns.heldCount, 0);
  assert.equal(loop.isIdle, true);
});

test("a crowd is held when a turn has read for 8 ms, and read again in its order, 256 a turn", () => {
  const loop = new HandLoop();
  const told: string[] = [];
  const readers = loop.crowd(1000, told);
  loop.read(readers.slice(0, 80), 0.1);
  assert.equal(loop.turns.heldCount, 0);
  loop.read(readers.slice(80, 81), 0.1);
  assert.equal(loop.turns.heldCount, 1000);
  const perTurn: number[] = [];
  while (!loop.isIdle) {
    loop.goOn();
    perTurn.push(told.length);
  }
  assert.deepEqual(perTurn, [256, 512, 768, 1000]);
  assert.deepEqual(
    told,
    Array.from({ length: 1000 }, (_, id) => `${id}`),
  );
  assert.equal(loop.turns.heldCount, 0);
});

test("the next turn has its 8 ms again", () => {
  const loop = new HandLoop();
  const readers = loop.crowd(300);
  loop.read(readers.slice(0, 75), 0.1);
  loop.goOn();
  loop.read(readers.slice(75, 150), 0.1);
  assert.equal(loop.turns.heldCount, 0);
});

test("a long request of one client holds nobody", () => {
  const loop = new HandLoop();
  const readers = loop.crowd(300);
  loop.read(readers.slice(0, 60), 2);
  assert.equal(loop.turns.heldCount, 0);
  loop.read(readers.slice(60, 64), 2);
  assert.equal(loop.turns.heldCount, 300);
});

test("who asks again and again is read in the next turn, after the first of those that have waited", () => {
  const loop = new HandLoop();
  const told: string[] = [];
  const readers = loop.crowd(1000, told);
  loop.read(readers.slice(930), 0.001);
  loop.goOn();
  loop.nowMs += 500;
  // The last seventy for the second time within a second.
  loop.read([...readers.slice(930), ...readers.slice(0, 100)], 0.1);
  assert.equal(loop.turns.heldCount, 1000);
  loop.goOn();
  assert.deepEqual(told.splice(0), [
    ...Array.from({ length: 64 }, (_, id) => `${id}`),
    ...Array.from({ length: 70 }, (_, at) => `${930 + at}`),
    ...Array.from({ length: 192 }, (_, at) => `${64 + at}`),
  ]);
  // Held again before it has had anything to say: not busy any more after a second of silence.
  loop.nowMs += 2000;
  loop.read(readers.slice(0, 100), 1);
  while (!loop.isIdle) loop.goOn();
  assert.equal(told.indexOf("930") > told.indexOf("0"), true);
  assert.equal(told.length, 1000);
});

test("those that were not read yet are read in time however busy others are", () => {
  const loop = new HandLoop();
  const told: string[] = [];
  const readers = loop.crowd(2000, told);
  // As the system has it: who begins to be read stands behind those that are read already, and so does a busy one when it was read. The first half is busy.
  let ready = [...readers];
  const seen = new Set<TestReader>();
  for (let turn = 0; turn < 60; turn++) {
    const again: TestReader[] = [];
    for (const each of ready) {
      if (each.isHeld) continue;
      loop.read([each], 0.03);
      seen.add(each);
      if (readers.indexOf(each) < 1000) again.push(each);
    }
    ready = again.filter(({ isHeld }) => !isHeld);
    told.length = 0;
    loop.goOn();
    ready.push(...told.map((id) => readers[Number(id)]!));
  }
  assert.equal(seen.size, 2000);
});

test("who asks again and again waits for one turn at most, however long what the crowd asks takes", () => {
  const loop = new HandLoop();
  const told: string[] = [];
  const readers = loop.crowd(3000, told);
  const busy = readers[0]!;
  loop.read([busy], 0.01);
  loop.goOn();
  // Each of the crowd asks once, for a tenth of a millisecond: 80 of them are a turn, though 256 are read again.
  const crowd = new Set(readers.slice(1));
  const read = (some: readonly TestReader[]): void => {
    for (const each of some) {
      if (each.isHeld || (each !== busy && !crowd.has(each))) continue;
      loop.read([each], each === busy ? 0.01 : 0.1);
      crowd.delete(each);
    }
  };
  read(readers);
  const turnsWithout: number[] = [];
  let turn = 0;
  for (; crowd.size > 0 && turn < 100; turn++) {
    told.length = 0;
    loop.goOn();
    const beganMs = loop.nowMs;
    read(told.includes("0") ? told.map((id) => readers[Number(id)]!) : [...told.map((id) => readers[Number(id)]!), busy]);
    if (busy.pace.lastReadMs < beganMs) turnsWithout.push(turn);
  }
  assert.equal(crowd.size, 0);
  assert.ok(
    turnsWithout.every((each, i) => i === 0 || each - turnsWithout[i - 1]! > 1),
    `not read in turns ${turnsWithout.join()}`,
  );
  assert.ok(turn > 30, `${turn} turns`);
});

test("one that closes while it is held is not told to go on", () => {
  const loop = new HandLoop();
  const told: string[] = [];
  const readers = loop.crowd(300, told);
  loop.read(readers.slice(0, 100), 1);
  assert.equal(loop.turns.heldCount, 300);
  loop.turns.remove(readers[7]!);
  assert.equal(loop.turns.heldCount, 299);
  while (!loop.isIdle) loop.goOn();
  assert.equal(told.length, 299);
  assert.equal(told.includes("7"), false);
});

test("400 clients that send at once are read in several turns, heard whole, and seen to leave", (t) => crowdIsReadInTurns(t, 400, nodeNet));

test("so are 300 clients behind TLS", (t) => crowdIsReadInTurns(t, 300, encryptedNet));

async function crowdIsReadInTurns(t: TestContext, clients: number, net: Pick<Net, "listen" | "connect">): Promise<void> {
  const accepted: NetSocket[] = [];
  const heard = new Map<NetSocket, string>();
  let closed = 0;
  let mostInTurn = 0;
  let inTurn = 0;
  let firstPaused: NetSocket | undefined;
  const allHeard = Promise.withResolvers<void>();
  const othersClosed = Promise.withResolvers<void>();
  const allClosed = Promise.withResolvers<void>();
  const listener = await net.listen("127.0.0.1", 0, (socket) => {
    accepted.push(socket);
    socket.listen(
      {
        onData(chunk) {
          if (inTurn++ === 0) setImmediate(() => (inTurn = 0));
          mostInTurn = Math.max(mostInTurn, inTurn);
          heard.set(socket, (heard.get(socket) ?? "") + chunk.toString());
          // Work of a fifth of a millisecond: 64 of them and a turn's time is over.
          for (const endMs = performance.now() + 0.2; performance.now() < endMs; );
          if (firstPaused === undefined) {
            firstPaused = socket;
            // Its owner's own wish holds also when the crowd is read again.
            socket.pause();
          }
          if (heard.size === clients) allHeard.resolve();
        },
        onDrain() {},
        onClose() {
          closed++;
          if (closed === clients - 1) othersClosed.resolve();
          if (closed === clients) allClosed.resolve();
        },
      },
      { borrowsChunks: true },
    );
  });
  const senders: NetSocket[] = [];
  t.after(async () => {
    for (const socket of [...senders, ...accepted]) socket.destroy();
    await listener.close();
  });
  for (let id = 0; id < clients; id++) {
    const sender = await net.connect("127.0.0.1", listener.port, 5000);
    sender.listen({ onData() {}, onDrain() {}, onClose() {} });
    senders.push(sender);
  }
  for (const sender of senders) sender.write([Buffer.from("here")]);
  await allHeard.promise;
  assert.equal(mostInTurn < clients, true, `${mostInTurn} in one turn`);
  for (const sender of senders) {
    sender.write([Buffer.from("and gone")]);
    sender.end();
  }
  await othersClosed.promise;
  assert.equal(heard.get(firstPaused!), "here");
  firstPaused!.resume();
  await allClosed.promise;
  assert.deepEqual([...new Set(heard.values())], ["hereand gone"]);
}
