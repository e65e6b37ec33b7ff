import assert from "node:assert/strict";
import { test } from "node:test";

import { PORT, MAX_IDLE_MS, Scene, type Client, frame } from "../testing/connection-scene.ts";
import { ConnectionCounts, connectionsByIp } from "./connection-counts.ts";

/** Of every client of the scene. */
const HOST = "127.0.0.1";

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

test("a listener may have a limit of its own beside the broker's, and an address one of its own; a crowd that is refused is told of in one line", async () => {
  await using scene = await Scene.open(2);
  const { limits } = scene;
  const outcome = async (...ports: readonly number[]): Promise<boolean[]> => {
    const clients = [];
    for (const port of ports) clients.push(await scene.client(port));
    await scene.settle();
    const closed = clients.map(({ isClosed }) => isClosed);
    for (const { socket } of clients) socket.destroy();
    await scene.settle();
    return closed;
  };
  limits.maxConnectionsOf = (name) => (name === "LISTENER0" ? 1 : Infinity);
  assert.deepEqual(await outcome(PORT, PORT, PORT + 1, PORT + 1, PORT + 1), [false, true, false, false, true]);
  assert.deepEqual(await outcome(PORT), [false], "nothing of them is left");
  limits.maxConnectionsOf = () => Infinity;
  limits.maxConnectionsByIp = new Map([[HOST, 4]]);
  assert.deepEqual(await outcome(PORT, PORT, PORT, PORT, PORT), [false, false, false, false, true]);
  limits.maxConnectionsByIp = new Map([[HOST, 0]]);
  assert.deepEqual(await outcome(PORT), [true]);
  limits.maxConnectionsByIp = new Map([["10.9.9.9", 0]]);
  assert.deepEqual(await outcome(PORT), [false]);
  scene.reasons.length = 0;
  limits.maxConnections = 0;
  await scene.clock.advanceAsync(60_000);
  assert.deepEqual(new Set(await outcome(...Array.from({ length: 200 }, () => PORT))), new Set([true]));
  assert.deepEqual(
    scene.reasons.map((reason) => /one more than (\S+) allows/.exec(String(reason))?.[1]),
    ["max.connections"],
  );
});

test("limits of addresses are read however an address is written", () => {
  const read = (text: string) => [...(connectionsByIp(text) ?? [["none", -1]])];
  assert.deepEqual(read(""), []);
  assert.deepEqual(read("10.0.0.1:5, fd00:0:0:0:0:0:0:1:7,::ffff:10.0.0.2:0"), [
    ["10.0.0.1", 5],
    ["fd00::1", 7],
    ["10.0.0.2", 0],
  ]);
  for (const text of ["10.0.0.1", "10.0.0.1:", ":5", "a b:5", "10.0.0.1:-1", "10.0.0.1:2147483648", "10.0.0.1:5;10.0.0.2:6"])
    assert.deepEqual(read(text), [["none", -1]], text);
  const counts = new ConnectionCounts({
    maxConnections: 9,
    maxConnectionsPerIp: 9,
    maxConnectionsByIp: connectionsByIp("10.0.0.2:1")!,
    maxConnectionsOf: () => Infinity,
  }).of("L");
  assert.deepEqual([counts.add("::ffff:10.0.0.2"), counts.add("::ffff:10.0.0.2")], [undefined, "max.connections.per.ip.overrides"]);
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

test("answers are made in the turns of their connection, a slice at a time, and not for one that has gone", async () => {
  await using scene = await Scene.open();
  const client = await scene.client();
  client.send(...Array.from({ length: 20 }, (_, i) => `over ${i}`));
  await scene.settle();
  const made: string[] = [];
  const dropped: string[] = [];
  const turnsBefore = scene.turnCount;
  const answerUnmade = ({ text, answer }: (typeof scene.parked)[number]): void =>
    answer({
      kind: "unmade",
      make: () => {
        scene.workedMs += text === "over 15" ? 30 : 3;
        made.push(text);
        return text === "over 16" ? { kind: "close", reason: "enough" } : { kind: "answer", frame: [frame(text)], onSent: undefined };
      },
      drop: () => void dropped.push(text),
    });
  for (const parked of scene.parked.slice(0, 15)) answerUnmade(parked);
  await scene.settle();
  assert.deepEqual(client.answers.length, 15);
  // Three of 3 ms fit into a turn of 8 ms.
  assert.ok(scene.turnCount - turnsBefore >= 4, `${scene.turnCount - turnsBefore} turns`);
  for (const parked of scene.parked.slice(15)) answerUnmade(parked);
  await scene.settle();
  assert.deepEqual([made.length, dropped.length], [17, 3]);
  assert.equal(scene.memory.heldBytes, 0);
});

test("a frame that comes in pieces is handled, and so are those behind it, when the process is interrupted whenever it begins", async () => {
  await using scene = await Scene.open();
  const client = await scene.client();
  scene.msPerLook = 1;
  const bytes = Buffer.concat([frame("in pieces".padEnd(5000)), frame("over 1"), frame("over 2"), frame("plain")]);
  for (const [from, to] of [
    [0, 100],
    [100, 5000],
    [5000, 5004],
    [5004, 5010],
    [5010, bytes.length],
  ]) {
    client.socket.write([bytes.subarray(from, to)]);
    await scene.settle();
  }
  for (const { text, answer } of scene.parked) answer({ kind: "answer", frame: [frame(text)], onSent: undefined });
  await scene.settle();
  assert.deepEqual(
    client.answers.map((text) => text.trim()),
    ["in pieces", "over 1", "over 2", "plain"],
  );
});

test("a frame that became whole while answers were due is handled behind them, in however many turns", async () => {
  await using scene = await Scene.open();
  const client = await scene.client();
  const bytes = frame("in pieces".padEnd(5000));
  client.send("over 0", "over 1");
  client.socket.write([bytes.subarray(0, 3000)]);
  await scene.settle();
  scene.msPerLook = 10;
  for (const { text, answer } of scene.parked)
    answer({ kind: "unmade", make: () => ({ kind: "answer", frame: [frame(text)], onSent: undefined }), drop: () => {} });
  client.socket.write([bytes.subarray(3000)]);
  await scene.settle();
  assert.deepEqual(
    client.answers.map((text) => text.trim()),
    ["over 0", "over 1", "in pieces"],
  );
});

test("connections that come at once are taken in in several turns of the loop", async () => {
  await using scene = await Scene.open();
  Object.assign(scene.limits, { maxConnections: 1000, maxConnectionsPerIp: 1000 });
  scene.workPerConnectionMs = 1;
  const before = scene.turnCount;
  const clients = await Promise.all(Array.from({ length: 60 }, () => scene.client()));
  assert.equal(scene.closed.length, 60);
  assert.ok(scene.turnCount - before >= 20, `${scene.turnCount - before} turns`);
  for (const client of clients) client.send("now");
  await scene.settle();
  assert.ok(clients.every(({ answers }) => answers.length === 1));
});
