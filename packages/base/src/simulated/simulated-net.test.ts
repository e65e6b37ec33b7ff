import assert from "node:assert/strict";
import { test } from "node:test";
import { testNet } from "../contracts/net-contract.ts";
import { Peer } from "../contracts/peer.ts";
import type { NetSocket } from "../seams/net.ts";
import { SimulatedClock } from "./simulated-clock.ts";
import { SimulatedNet } from "./simulated-net.ts";

testNet("simulated net", () => new SimulatedNet());

async function connected(net: SimulatedNet, clock?: SimulatedClock): Promise<{ near: Peer; far: Peer }> {
  const accepted = Promise.withResolvers<NetSocket>();
  const { port } = await net.listen("localhost", 0, accepted.resolve);
  const connecting = net.connect("127.0.0.1", port, 1000);
  await clock?.advanceAsync(net.latencyMs);
  return { near: new Peer(await connecting), far: new Peer(await accepted.promise) };
}

test("simulated net: bytes travel for as long as the latency says", async () => {
  const clock = new SimulatedClock();
  const { near, far } = await connected(new SimulatedNet({ clock, latencyMs: 40 }), clock);
  near.socket.write([Buffer.from("hello")]);
  await clock.advanceAsync(39);
  assert.equal(far.received.length, 0);
  await clock.advanceAsync(1);
  assert.equal(far.received.toString(), "hello");
});

test("simulated net: a byte-at-a-time wire", async () => {
  const net = new SimulatedNet();
  net.chunkBytesMax = 1;
  const { near, far } = await connected(net);
  near.socket.write([Buffer.from("abc")]);
  await far.until(() => far.received.length === 3);
  assert.deepEqual(far.chunks.map(String), ["a", "b", "c"]);
});

test("simulated net: a reset closes both ends with an error", async () => {
  const net = new SimulatedNet();
  const { near, far } = await connected(net);
  net.resetAll();
  await near.until(() => near.closes.length === 1);
  await far.until(() => far.closes.length === 1);
  assert.deepEqual(
    [near.closes, far.closes].flat().map((error) => error && "code" in error && error.code),
    ["ECONNRESET", "ECONNRESET"],
  );
  assert.equal(net.sockets.size, 0);
});

test("simulated net: behind a cut cable nothing arrives and nobody is told", async () => {
  const clock = new SimulatedClock();
  const net = new SimulatedNet({ clock });
  const { near, far } = await connected(net, clock);
  for (const socket of net.sockets) if (socket.localPort === near.socket.localPort) socket.cut();
  near.socket.write([Buffer.from("lost")]);
  near.socket.destroy();
  await clock.advanceAsync(60_000);
  assert.deepEqual([far.received.length, far.closes.length, near.closes.length], [0, 0, 1]);
});

test("simulated net: a silent host times out", async () => {
  const clock = new SimulatedClock();
  const net = new SimulatedNet({ clock });
  net.isSilent = true;
  const connecting = assert.rejects(net.connect("10.0.0.1", 9092, 300), { code: "CONNECT_TIMEOUT" });
  await clock.advanceAsync(300);
  await connecting;
});
