import assert from "node:assert/strict";
import { test } from "node:test";
import { ErrorCode } from "@ottla/protocol";
import { listOffsetsApi, makeListOffsetsPartition, makeListOffsetsRequest, makeListOffsetsTopic } from "@ottla/protocol/apis/list-offsets";
import { setMaxTimestamp } from "@ottla/protocol/records";
import { createTopic, produce } from "../testing/data-path.ts";
import { sampleBatch } from "../testing/sample-batches.ts";
import { TestBroker } from "../testing/test-broker.ts";

async function find(broker: TestBroker, timestamp: number, version = 11, indexes: readonly number[] = [0]) {
  const partitions = indexes.map((partitionIndex) => makeListOffsetsPartition({ partitionIndex, timestamp }));
  const answer = await broker.send(
    listOffsetsApi,
    version,
    makeListOffsetsRequest({ replicaId: -1, topics: [makeListOffsetsTopic({ name: "t", partitions })] }),
  );
  return answer.topics[0]!.partitions.map(({ errorCode, offset, timestamp: found }) => [errorCode, offset, found]);
}

const at = (...times: readonly number[]) => sampleBatch(times.map((timestampMs) => ({ value: "v", timestampMs })));

test("latest, earliest, max timestamp, local and tiered, each from its version on", async () => {
  await using broker = await TestBroker.start();
  await createTopic(broker, "t");
  const nowMs = Date.now();
  await produce(broker, "t", at(nowMs, nowMs + 50, nowMs + 10));
  await produce(broker, "t", at(nowMs + 20));
  assert.deepEqual(await find(broker, -1), [[0, 4, -1]]);
  assert.deepEqual(await find(broker, -2), [[0, 0, -1]]);
  assert.deepEqual(await find(broker, -3), [[0, 1, nowMs + 50]]);
  assert.deepEqual(await find(broker, -4), [[0, 0, -1]]);
  assert.deepEqual(await find(broker, -5), [[0, -1, -1]]);
  assert.deepEqual(await find(broker, -6), [[0, -1, -1]]);
  for (const [timestamp, version] of [
    [-3, 6],
    [-4, 7],
    [-5, 8],
    [-6, 10],
  ] as const) {
    assert.deepEqual(
      await find(broker, timestamp, version),
      [[ErrorCode.UNSUPPORTED_VERSION, -1, -1]],
      `${timestamp} in version ${version}`,
    );
  }
});

test("a time finds the first record at or after it inside its batch; past the end it finds nothing", async () => {
  await using broker = await TestBroker.start();
  await createTopic(broker, "t");
  const nowMs = Date.now();
  await produce(broker, "t", at(nowMs, nowMs + 10, nowMs + 20));
  await produce(broker, "t", at(nowMs + 30, nowMs + 40));
  const offsetAt = async (delta: number) => (await find(broker, nowMs + delta))[0]![1];
  assert.deepEqual(
    [
      await offsetAt(-5),
      await offsetAt(0),
      await offsetAt(1),
      await offsetAt(10),
      await offsetAt(25),
      await offsetAt(40),
      await offsetAt(41),
    ],
    [0, 0, 1, 1, 3, 4, -1],
  );
});

test("every version answers; a partition named twice is INVALID_REQUEST once, one that is not there is unknown", async () => {
  await using broker = await TestBroker.start();
  await createTopic(broker, "t");
  await produce(broker, "t", at(Date.now()));
  for (let version = 1; version <= 11; version++) assert.deepEqual(await find(broker, -1, version), [[0, 1, -1]], `version ${version}`);
  assert.deepEqual(
    (await find(broker, -1, 11, [0, 0, 7])).map(([code]) => code),
    [ErrorCode.INVALID_REQUEST, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION],
  );
});

test("a time inside a large packed batch is found, for many partitions in one request", async () => {
  await using broker = await TestBroker.start();
  await createTopic(broker, "t", {}, { numPartitions: 3 });
  const nowMs = Date.now() - 60_000;
  const values = Array.from({ length: 200 }, (_, i) => ({ value: "v".repeat(10_000), timestampMs: nowMs + i }));
  for (const index of [0, 1, 2]) await produce(broker, "t", sampleBatch(values, { codec: "gzip" }), { index });
  assert.deepEqual(
    await find(broker, nowMs + 150, 11, [0, 1, 2]),
    Array.from({ length: 3 }, () => [0, 150, nowMs + 150]),
  );
  assert.deepEqual(
    await find(broker, -3, 11, [2, 0]),
    Array.from({ length: 2 }, () => [0, 199, nowMs + 199]),
  );
});

test("a header that hides its largest time is found by it, and by no other", async () => {
  await using broker = await TestBroker.start();
  await createTopic(broker, "t");
  const nowMs = Date.now() - 60_000;
  const batch = at(nowMs, nowMs + 1000, nowMs + 2000);
  setMaxTimestamp(batch, 0, "createTime", -1);
  await produce(broker, "t", batch);
  assert.deepEqual(await find(broker, nowMs + 1500), [[0, 2, nowMs + 2000]]);
  assert.deepEqual(await find(broker, -3), [[0, 2, nowMs + 2000]]);
});

test("a batch whose late record was deleted does not end the search", async () => {
  await using broker = await TestBroker.start();
  await createTopic(broker, "t");
  const nowMs = Date.now() - 60_000;
  await produce(broker, "t", at(nowMs + 100, nowMs));
  await produce(broker, "t", at(nowMs + 70));
  assert.deepEqual(await find(broker, nowMs + 60), [[0, 0, nowMs + 100]]);
  await broker.running.state.partitions.get("t", 0)!.log.deleteRecordsBefore(1);
  assert.deepEqual(await find(broker, nowMs + 60), [[0, 2, nowMs + 70]]);
});
