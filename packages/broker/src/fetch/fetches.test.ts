import assert from "node:assert/strict";
import { test } from "node:test";
import { ErrorCode } from "@ottla/protocol";
import { settled } from "../testing/quiet-broker.ts";
import { sampleBatch } from "../testing/sample-batches.ts";
import { FETCH_WAIT_MAX_MS } from "./fetch-wait.ts";

import { all, BATCH, Client, storedBytes, withTopic } from "../testing/fetch-client.ts";

test("records that come while a Fetch reads from disk are answered at once, not at its deadline", async () => {
  const before = await withTopic(2);
  before.append(BATCH, "t", 0);
  await using broker = await before.restart();
  broker.disk.hold();
  const sent = new Client(broker).fetch([{ index: 1 }, { index: 0 }], { minBytes: 2 * BATCH.length });
  await settled();
  assert.equal(sent.isOver, false);
  // Partition 1 was read already, and was empty.
  broker.append(BATCH, "t", 1);
  broker.disk.letGo();
  await settled();
  assert.deepEqual(sent.shown, [`1:${BATCH.length}`, `0:${BATCH.length}`]);
});

test("a topic that is deleted while a Fetch reads from disk is told at once", async () => {
  const before = await withTopic(2);
  before.append(BATCH, "t", 0);
  const otherId = await before.createTopic("other");
  await using broker = await before.restart();
  broker.disk.hold();
  const sent = new Client(broker).fetch([{ topic: "other" }, { index: 0 }], { minBytes: 2 * BATCH.length });
  await settled();
  await broker.deleteTopic(otherId);
  broker.disk.letGo();
  await settled();
  assert.deepEqual(sent.shown, [`0!${ErrorCode.UNKNOWN_TOPIC_OR_PARTITION}`, `0:${BATCH.length}`]);
});

test("a Fetch waits until minBytes have come over all its partitions together, and holds nothing meanwhile", async () => {
  await using broker = await withTopic(2);
  const client = new Client(broker);
  const sent = client.fetch(all(2), { minBytes: 3 * BATCH.length });
  broker.append(BATCH, "t", 0);
  broker.append(BATCH, "t", 1);
  await settled();
  assert.equal(sent.isOver, false);
  assert.ok(client.memory.heldBytes < 2000, `${client.memory.heldBytes}`);
  broker.append(BATCH, "t", 0);
  await settled();
  assert.deepEqual(sent.shown, [`0:${2 * BATCH.length}`, `1:${BATCH.length}`]);
  assert.ok(client.memory.heldBytes >= 3 * BATCH.length, "what was read counts until the client has taken it");
  sent.answer!.release();
  assert.equal(client.memory.heldBytes, 0);
});

test("what was read and is not enough yet is given back before a Fetch waits", async () => {
  const before = await withTopic();
  before.append(BATCH, "t");
  await using broker = await before.restart();
  const client = new Client(broker);
  const sent = client.fetch(all(1), { minBytes: 100_000 });
  await settled();
  assert.equal(broker.state.fetches.waitingCount, 1);
  assert.ok(client.memory.heldBytes < 1000, `${client.memory.heldBytes}`);
  broker.clock.advance(1000);
  await settled();
  assert.deepEqual(sent.shown, [`0:${BATCH.length}`], "and read again at the deadline");
});

test("minBytes beyond what an answer may hold is no reason to wait", async () => {
  await using broker = await withTopic();
  // One batch fills the answer; the next one has no room in it.
  for (let i = 0; i < 2; i++) {
    broker.append(BATCH, "t");
    const sent = new Client(broker).fetch(all(1), { minBytes: 2 ** 31 - 1, maxBytes: BATCH.length });
    assert.deepEqual(sent.shown, [`0:${BATCH.length}`]);
  }
});

test("an answer that has no room for the next batch is sent, and reads no other partition", async () => {
  await using broker = await withTopic(3);
  const large = sampleBatch(["x".repeat(BATCH.length)]);
  for (const index of [0, 1]) for (let i = 0; i < 2; i++) broker.append(large, "t", index);
  broker.append(BATCH, "t", 2);
  const maxBytes = large.length * 2 + BATCH.length;
  const client = new Client(broker);
  const sent = client.fetch(all(3), { minBytes: maxBytes, maxBytes, sessionEpoch: 0 });
  assert.deepEqual(sent.shown, [`0:${2 * large.length}`, "1:0", "2:0"], "at once, and partition 2 keeps what it has for the next one");
  const next = client.fetch([], { minBytes: 1, maxBytes, sessionId: sent.answer!.sessionId, sessionEpoch: 1 });
  assert.deepEqual(next.shown, [`1:${2 * large.length}`, `2:${BATCH.length}`]);
});

test("a Fetch ends with its connection, at any time, and nothing of it stays", async () => {
  const before = await withTopic(1);
  before.append(BATCH, "t");
  await using broker = await before.restart();
  const timers = broker.clock.pendingTimers;
  const waiting = new Client(broker);
  const parked = waiting.fetch([{ offset: 1 }], { maxWaitMs: 2 ** 31 - 1, minBytes: 2 ** 31 - 1 });
  const reading = new Client(broker);
  broker.disk.hold();
  const read = reading.fetch([{ offset: 0 }], { minBytes: 2 ** 31 - 1, maxWaitMs: 2 ** 31 - 1 });
  await settled();
  assert.equal(broker.state.fetches.waitingCount, 2);
  waiting.disconnect();
  reading.disconnect();
  broker.disk.letGo();
  await settled();
  assert.deepEqual([parked.isOver, parked.answer, read.isOver, read.answer], [true, undefined, true, undefined]);
  assert.equal(broker.state.fetches.waitingCount, 0);
  assert.equal(broker.state.clientMemory.heldBytes, 0);
  assert.equal(broker.partition("t").watcherCount, 0);
  assert.equal(broker.clock.pendingTimers, timers);
  assert.deepEqual([waiting.closed.listenerCount, reading.closed.listenerCount], [0, 0]);
  const late = new Client(broker);
  late.disconnect();
  const never = late.fetch([{ offset: 1 }]);
  await settled();
  assert.deepEqual([never.isOver, never.answer], [true, undefined], "a connection that was gone before");
});

test("a large Fetch is read piece by piece, and no further once its connection is gone", async () => {
  const before = await withTopic();
  const large = sampleBatch(["x".repeat(500_000)]);
  for (let i = 0; i < 12; i++) before.append(large, "t");
  await using broker = await before.restart();
  const limits = { maxBytes: 5 << 20 };
  const whole = new Client(broker).fetch([{ maxBytes: 5 << 20 }], limits);
  await whole.answered;
  const [read] = whole.answer!.reads;
  assert.deepEqual([read!.sizeBytes, (read!.records as Buffer[]).length], [10 * large.length, 5]);
  assert.ok(Buffer.concat(read!.records as Buffer[]).equals(storedBytes(large, 10)));
  whole.answer!.release();
  broker.disk.hold();
  const client = new Client(broker);
  const { readCount } = broker.disk;
  const lost = client.fetch([{ maxBytes: 5 << 20 }], limits);
  await settled();
  client.disconnect();
  broker.disk.letGo();
  await lost.answered;
  assert.deepEqual([lost.answer, broker.disk.readCount, broker.state.clientMemory.heldBytes], [undefined, readCount + 1, 0]);
});

test("no Fetch waits longer than a named time, whatever it asks for", async () => {
  await using broker = await withTopic();
  const sent = new Client(broker).fetch(all(1), { maxWaitMs: 2 ** 31 - 1 });
  broker.clock.advance(FETCH_WAIT_MAX_MS - 1);
  await settled();
  assert.equal(sent.isOver, false);
  broker.clock.advance(1);
  await settled();
  assert.deepEqual(sent.shown, ["0:0"]);
});

test("a stopping broker answers who waits, and lets nobody wait any more", async () => {
  await using broker = await withTopic();
  const client = new Client(broker);
  const sent = client.fetch(all(1), { sessionEpoch: 0, maxWaitMs: 60_000 });
  broker.state.fetches.stop();
  await settled();
  assert.deepEqual(sent.shown, ["0:0"]);
  const late = client.fetch(all(1), { maxWaitMs: 60_000 });
  await settled();
  assert.deepEqual(late.shown, ["0:0"]);
  broker.state.fetches.close();
  assert.equal(broker.partition("t").watcherCount, 0);
});
