import assert from "node:assert/strict";
import { systemClock } from "@ottla/base/node";
import { test } from "node:test";
import { encodeRequest } from "@ottla/protocol";
import { fetchApi, makeFetchPartition, makeFetchRequest, makeFetchTopic } from "@ottla/protocol/apis/fetch";
import { ClientMemory } from "../net/client-memory.ts";
import { createTopic, fetch, produce } from "../testing/data-path.ts";
import { RawConnection } from "../testing/raw-connection.ts";
import { sampleBatch } from "../testing/sample-batches.ts";
import { TestBroker } from "../testing/test-broker.ts";
import { takeUpTo } from "./take-up-to.ts";

test("a read takes what it wants, or as much of it as there is room for", () => {
  const memory = new ClientMemory(systemClock, 1 << 20);
  const account = memory.openAccount();
  assert.equal(takeUpTo(account, 0), 0);
  assert.equal(takeUpTo(account, 100), 100);
  assert.equal(takeUpTo(account, 1 << 20), 1 << 19);
  assert.equal(takeUpTo(account, 1 << 20), 0, "its share is used up");
  assert.ok(takeUpTo(memory.openAccount(), 1 << 20) >= 1 << 18, "another client's is not");
});

test("slow readers of a large partition make answers smaller, not memory larger; others are served; nothing stays held when they leave", async () => {
  const capacityBytes = 4 << 20;
  await using broker = await TestBroker.start({ settings: { "ottla.client.memory.bytes": String(capacityBytes) } });
  await createTopic(broker, "t");
  const batch = sampleBatch(["x".repeat(200_000)]);
  for (let i = 0; i < 20; i++) await produce(broker, "t", batch);
  const partitions = [makeFetchPartition({ partition: 0, fetchOffset: 0, partitionMaxBytes: 1 << 24 })];
  const topics = [makeFetchTopic({ topic: "t", partitions })];
  const request = encodeRequest(fetchApi, 11, 1, "slow", makeFetchRequest({ minBytes: 1, maxBytes: 1 << 24, sessionEpoch: -1, topics }));
  const { clientMemory } = broker.running.state;
  const slow: RawConnection[] = [];
  let peakBytes = 0;
  // A quarter more than there is, of batches that come whole or not at all, the last of them; and the little that each client may always have.
  const mostBytes = () => capacityBytes * 1.25 + batch.length + slow.length * 65_536;
  const addSlowReader = async () => {
    const client = await RawConnection.open(broker);
    client.pause();
    // The system's own buffers take the first answers.
    for (let repeat = 0; repeat < 12; repeat++) client.write(...request);
    slow.push(client);
    let isAnswered = false;
    const answered = fetch(broker, [{ topic: "t", offset: 20 }]).finally(() => (isAnswered = true));
    while (!isAnswered) {
      await new Promise(setImmediate);
      peakBytes = Math.max(peakBytes, clientMemory.heldBytes);
      assert.ok(peakBytes <= mostBytes(), `${peakBytes} bytes after ${slow.length} clients`);
    }
    await answered;
  };
  for (let i = 0; i < 40; i++) await addSlowReader();
  // They are slow indeed: what the system does not take is held. Where its buffers are large it takes more of them.
  while (peakBytes <= 1 << 20) await addSlowReader();
  // Another is served, at the latest when those who have stalled for two seconds lose what they hold.
  for (let servedBytes = 0; servedBytes < batch.length; ) {
    const answer = await fetch(broker, [{ topic: "t", offset: 0 }]);
    servedBytes = (answer.responses[0]!.partitions[0]!.records as Buffer | null)?.length ?? 0;
  }
  for (const client of slow) client.close();
  while (clientMemory.heldBytes > 0) await new Promise(setImmediate);
});

test("three hundred clients that ask for everything again and again and read nothing: what is held stays bounded, others produce and read, and all of it is given back", async () => {
  const [readers, fetchesEach, batches] = [300, 21, 20];
  await using broker = await TestBroker.start();
  await createTopic(broker, "big");
  const batch = sampleBatch(["x".repeat(900_000)]);
  for (let i = 0; i < batches; i++) await produce(broker, "big", batch);
  const partitions = [makeFetchPartition({ partition: 0, fetchOffset: 0, partitionMaxBytes: 50 << 20 })];
  const topics = [makeFetchTopic({ topic: "big", partitions })];
  const request = encodeRequest(fetchApi, 11, 1, "slow", makeFetchRequest({ minBytes: 1, maxBytes: 50 << 20, sessionEpoch: -1, topics }));
  const { clientMemory } = broker.running.state;
  const before = process.memoryUsage.rss();
  let [peakHeld, peakResident] = [0, 0];
  const look = (): void => {
    peakHeld = Math.max(peakHeld, clientMemory.heldBytes);
    peakResident = Math.max(peakResident, process.memoryUsage.rss() - before);
  };
  const slow: RawConnection[] = [];
  for (let i = 0; i < readers; i++) {
    const client = await RawConnection.open(broker);
    client.pause();
    for (let repeat = 0; repeat < fetchesEach; repeat++) client.write(...request);
    slow.push(client);
    look();
  }
  // Another produces beside them, and reads all of it: at the latest when those who have stalled lose what they hold.
  await createTopic(broker, "other");
  for (let offset = 0; offset < 5; offset++) {
    assert.equal((await produce(broker, "other", batch)).errorCode, 0);
    for (let bytes = 0; bytes < batch.length; look()) {
      const answer = await fetch(broker, [{ topic: "other", offset }]);
      bytes = (answer.responses[0]!.partitions[0]!.records as Buffer | null)?.length ?? 0;
    }
  }
  assert.ok(peakHeld <= clientMemory.capacityBytes * 1.25 + batch.length + readers * 65_536, `${peakHeld} bytes held`);
  assert.ok(peakResident < 512 << 20, `${peakResident} bytes more are resident`);
  for (const client of slow) client.close();
  while (clientMemory.heldBytes > 0) await new Promise(setImmediate);
});

test("when far more is held than there is memory, small batches are served and large ones come as soon as there is room", async () => {
  const capacityBytes = 1 << 20;
  await using broker = await TestBroker.start({ settings: { "ottla.client.memory.bytes": String(capacityBytes) } });
  const large = sampleBatch(["x".repeat(200_000)]);
  await createTopic(broker, "large");
  await produce(broker, "large", large);
  await createTopic(broker, "small");
  await produce(broker, "small", sampleBatch(["x"]));
  const sizeOf = async (topic: string) =>
    ((await fetch(broker, [{ topic, offset: 0 }])).responses[0]!.partitions[0]!.records as Buffer | null)?.length ?? 0;
  const { clientMemory } = broker.running.state;
  const others = clientMemory.openAccount();
  others.hold(capacityBytes);
  assert.equal(await sizeOf("large"), large.length, "one batch comes above the limit");
  others.hold(capacityBytes / 4);
  assert.equal(await sizeOf("large"), 0);
  assert.ok((await sizeOf("small")) > 0);
  others.close();
  assert.equal(await sizeOf("large"), large.length);
});
