import assert from "node:assert/strict";
import { test } from "node:test";

import { KIB, Scene, frame } from "../testing/connection-scene.ts";

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

test("frames that wait behind a request give their memory back when their client goes, and are not handled", async () => {
  await using scene = await Scene.open();
  const client = await scene.client();
  client.send("wait first", ...Array.from({ length: 20 }, (_, index) => `${index} ${"x".repeat(KIB)}`));
  await scene.settle();
  assert.ok(scene.memory.heldBytes > 20 * KIB);
  client.socket.destroy();
  await scene.settle();
  assert.equal(scene.memory.heldBytes, 0);
  scene.parked[0]!.answer();
  await scene.settle();
  assert.deepEqual([scene.received.length, scene.memory.heldBytes], [1, 0]);
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

test("a frame that could never have its memory, whoever goes, closes its connection, after what came before it was answered", async () => {
  await using scene = await Scene.open();
  scene.maxFrameBytes = 100 * KIB * KIB;
  for (const bytes of [scene.memory.capacityBytes + 1, scene.memory.capacityBytes - 10]) {
    const client = await scene.client();
    const size = Buffer.alloc(4);
    size.writeInt32BE(bytes);
    client.socket.write([frame("wait"), size, Buffer.alloc(1000)]);
    await scene.clock.advanceAsync(5000);
    assert.equal(client.isClosed, false);
    scene.parked.shift()!.answer();
    await scene.clock.advanceAsync(5000);
    assert.deepEqual([client.answers.length, client.isClosed, scene.memory.heldBytes, scene.memory.waiterCount], [1, true, 0, 0]);
  }
});

test("a client that goes while it waits for room waits no more, and what it had comes back", async () => {
  await using scene = await Scene.open();
  scene.net.chunkBytesMax = 64 * KIB;
  scene.maxFrameBytes = 50 * KIB * KIB;
  const others = scene.memory.openAccount();
  others.hold(scene.memory.capacityBytes);
  const client = await scene.client();
  client.send(`now ${"y".repeat(30 * KIB * KIB)}`);
  await scene.settle();
  assert.equal(scene.memory.waiterCount, 1);
  // Held for it outside of the connection, as for a request that is parked.
  scene.accounts[0]!.hold(KIB);
  scene.net.resetAll();
  await scene.settle();
  assert.deepEqual([client.isClosed, scene.memory.waiterCount, scene.accounts[0]!.heldBytes], [true, 0, 0]);
  others.close();
  await scene.settle();
  assert.deepEqual([scene.received.length, scene.memory.heldBytes], [0, 0]);
});

test("a frame that is too large closes its connection, after what came before it was answered", async () => {
  await using scene = await Scene.open();
  scene.maxFrameBytes = 100;
  const client = await scene.client();
  client.send("now", "x".repeat(101), "now");
  await scene.settle();
  assert.deepEqual([scene.received, scene.reasons, client.isClosed], [["now"], ["too-large"], true]);
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
