import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeRequest } from "@ottla/protocol";
import { fetchApi, makeFetchPartition, makeFetchRequest, makeFetchTopic } from "@ottla/protocol/apis/fetch";
import { createTopic, fetch, produce } from "../testing/data-path.ts";
import { RawConnection } from "../testing/raw-connection.ts";
import { sampleBatch } from "../testing/sample-batches.ts";
import { TestBroker } from "../testing/test-broker.ts";
import { FetchMemory } from "./fetch-memory.ts";

test("reservations shrink with what is free and never exceed it", () => {
  const memory = new FetchMemory(1000);
  assert.equal(memory.reserve(100), 100);
  assert.equal(memory.reserve(1000), 225);
  for (let i = 0; i < 100; i++) memory.reserve(1000);
  assert.ok(memory.heldBytes <= 1000);
  assert.equal(memory.reserve(-5), 0);
});

test("what a read did not give is free again, and what it gave once it was taken", () => {
  const memory = new FetchMemory(1000);
  memory.settle(memory.reserve(200), 50);
  assert.equal(memory.heldBytes, 50);
  memory.free(50);
  assert.equal(memory.heldBytes, 0);
});

test("slow readers of a large partition make answers smaller, not memory larger; others are served; nothing stays held when they leave", async () => {
  const largestAnswerBytes = 1 << 20;
  await using broker = await TestBroker.start({ settings: { "ottla.fetch.response.max.bytes": String(largestAnswerBytes) } });
  await createTopic(broker, "t");
  const batch = sampleBatch(["x".repeat(200_000)]);
  for (let i = 0; i < 20; i++) await produce(broker, "t", batch);
  const partitions = [makeFetchPartition({ partition: 0, fetchOffset: 0, partitionMaxBytes: 1 << 24 })];
  const topics = [makeFetchTopic({ topic: "t", partitions })];
  const request = encodeRequest(fetchApi, 11, 1, "slow", makeFetchRequest({ minBytes: 1, maxBytes: 1 << 24, sessionEpoch: -1, topics }));
  const { fetchMemory } = broker.running.state;
  const slow: RawConnection[] = [];
  for (let i = 0; i < 40; i++) {
    const client = await RawConnection.open(broker);
    client.pause();
    // The system's own buffers take the first answers.
    for (let repeat = 0; repeat < 12; repeat++) client.write(...request);
    slow.push(client);
    await fetch(broker, [{ topic: "t", offset: 20 }]);
    assert.ok(
      fetchMemory.heldBytes <= 8 * largestAnswerBytes + slow.length * batch.length,
      `${fetchMemory.heldBytes} bytes after ${slow.length} clients`,
    );
  }
  assert.ok(fetchMemory.heldBytes > largestAnswerBytes, "the clients are slow indeed");
  const answer = await fetch(broker, [{ topic: "t", offset: 0 }]);
  assert.ok((answer.responses[0]!.partitions[0]!.records as Buffer).length >= batch.length);
  for (const client of slow) client.close();
  while (fetchMemory.heldBytes > 0) await new Promise(setImmediate);
});
