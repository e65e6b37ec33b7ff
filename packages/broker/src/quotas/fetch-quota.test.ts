import assert from "node:assert/strict";
import { test } from "node:test";
import type { FetchRequest } from "@ottla/protocol/apis/fetch";
import { createTopic, fetch, offsetsOf, produce } from "../testing/data-path.ts";
import { sampleBatch } from "../testing/sample-batches.ts";
import { TestBroker } from "../testing/test-broker.ts";

const RECORD = "x".repeat(1000);
const COUNT = 12;

/** Twelve batches of a kilobyte; whoever reads may read a kilobyte a second, and two at once. */
async function start(): Promise<TestBroker> {
  const broker = await TestBroker.start({ settings: { "quota.window.num": "3" } });
  await createTopic(broker, "t");
  for (let at = 0; at < COUNT; at++) await produce(broker, "t", sampleBatch([RECORD]));
  const limits = { consumer_byte_rate: 1200 };
  await broker.running.state.controller.change(() => [{ kind: "client-quota", entity: { user: null }, limits }]);
  return broker;
}

async function read(broker: TestBroker, offset: number, more: Partial<FetchRequest> = {}) {
  const { errorCode, sessionId, throttleTimeMs, responses } = await fetch(broker, offset < 0 ? [] : [{ topic: "t", offset }], more);
  assert.equal(errorCode, 0);
  return { sessionId, throttleTimeMs, offsets: offsetsOf(responses[0]?.partitions[0]?.records) };
}

test("a Fetch that asks for everything gets what its client may have at once, and waits for as long as that takes", async () => {
  await using broker = await start();
  const first = await read(broker, 0);
  assert.deepEqual(first.offsets, [0, 1]);
  assert.equal(first.throttleTimeMs, 0);
  const second = await read(broker, 2);
  assert.deepEqual(second.offsets, [2, 3]);
  assert.ok(second.throttleTimeMs > 1000 && second.throttleTimeMs <= 2000, `${second.throttleTimeMs}`);
});

test("a session's Fetches are charged for what each gives, and not for what it names; the session goes on behind the pause", async () => {
  await using broker = await start();
  const opened = await read(broker, 0, { sessionEpoch: 0 });
  assert.deepEqual([opened.offsets, opened.throttleTimeMs], [[0, 1], 0]);
  const { sessionId } = opened;
  // Where it stands is said by the epoch that follows: a pause moves nothing.
  const next = await read(broker, 2, { sessionId, sessionEpoch: 1 });
  assert.deepEqual(next.offsets, [2, 3]);
  assert.ok(next.throttleTimeMs > 1000, `${next.throttleTimeMs}`);
  const atEnd = await read(broker, COUNT, { sessionId, sessionEpoch: 2 });
  assert.deepEqual(atEnd.offsets, []);
  assert.equal(atEnd.throttleTimeMs, 0, "nothing was given");
  const nothing = await read(broker, -1, { sessionId, sessionEpoch: 3 });
  assert.deepEqual([nothing.offsets, nothing.throttleTimeMs], [[], 0]);
});

test("a batch that is larger than all of its client's windows comes all the same, alone", async () => {
  await using broker = await start();
  await produce(broker, "t", sampleBatch(["y".repeat(20_000)]));
  const large = await read(broker, COUNT);
  assert.deepEqual(large.offsets, [COUNT]);
  assert.ok(large.throttleTimeMs > 14_000, `${large.throttleTimeMs}`);
});
