import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "@ottla/base/node";
import { SimulatedDisk } from "@ottla/base/simulated";
import { decodeResponse, ErrorCode, encodeRequest } from "@ottla/protocol";
import { deleteTopicsApi, makeDeleteTopicsRequest } from "@ottla/protocol/apis/delete-topics";
import {
  type FetchResponse,
  fetchApi,
  makeFetchPartition,
  makeFetchRequest,
  makeFetchTopic,
  makeForgottenTopic,
} from "@ottla/protocol/apis/fetch";
import { initProducerIdApi, makeInitProducerIdRequest } from "@ottla/protocol/apis/init-producer-id";
import {
  makeOffsetForLeaderEpochRequest,
  makeOffsetForLeaderPartition,
  makeOffsetForLeaderTopic,
  offsetForLeaderEpochApi,
} from "@ottla/protocol/apis/offset-for-leader-epoch";
import { createTopic, fetch, offsetsOf, produce, valuesOf } from "../testing/data-path.ts";
import { RawConnection } from "../testing/raw-connection.ts";
import { sampleBatch } from "../testing/sample-batches.ts";
import { TestBroker } from "../testing/test-broker.ts";

const first = (response: FetchResponse) => response.responses[0]!.partitions[0]!;

test("records come back as they were stored in every version, by name and by id", async () => {
  await using broker = await TestBroker.start();
  const topicId = await createTopic(broker, "t");
  await produce(broker, "t", sampleBatch(["a", "b"]));
  for (let version = 4; version <= 18; version++) {
    const answer = first(await fetch(broker, [{ topic: "t", topicId, offset: 0 }], { version }));
    assert.deepEqual(
      [answer.errorCode, answer.highWatermark, valuesOf(answer.records)],
      [ErrorCode.NONE, 2, ["a", "b"]],
      `version ${version}`,
    );
  }
});

test("an offset inside a batch returns the whole batch", async () => {
  await using broker = await TestBroker.start();
  await createTopic(broker, "t");
  await produce(broker, "t", sampleBatch(["a", "b", "c"]));
  await produce(broker, "t", sampleBatch(["d"]));
  assert.deepEqual(offsetsOf(first(await fetch(broker, [{ topic: "t", offset: 2 }])).records), [0, 1, 2, 3]);
  assert.deepEqual(offsetsOf(first(await fetch(broker, [{ topic: "t", offset: 3 }])).records), [3]);
});

test("one batch always comes back, however small the limits, and only the first partition has that right", async () => {
  await using broker = await TestBroker.start();
  await createTopic(broker, "t", {}, { numPartitions: 2 });
  for (const index of [0, 1]) await produce(broker, "t", sampleBatch(["x".repeat(1000)]), { index });
  const answer = await fetch(
    broker,
    [0, 1].map((index) => ({ topic: "t", index, offset: 0, maxBytes: 1 })),
    { maxBytes: 1 },
  );
  assert.deepEqual(
    answer.responses.flatMap(({ partitions }) => partitions.map(({ records }) => offsetsOf(records))),
    [[0], []],
  );
});

test("the answer keeps the order of the request", async () => {
  await using broker = await TestBroker.start();
  await createTopic(broker, "t", {}, { numPartitions: 3 });
  const answer = await fetch(
    broker,
    [2, 0, 1].map((index) => ({ topic: "t", index, offset: 0 })),
  );
  assert.deepEqual(
    answer.responses.flatMap(({ partitions }) => partitions.map(({ partitionIndex }) => partitionIndex)),
    [2, 0, 1],
  );
});

test("a long poll waits for min.bytes over all partitions and is woken by an append", async () => {
  await using broker = await TestBroker.start();
  await createTopic(broker, "t", {}, { numPartitions: 2 });
  const batch = sampleBatch(["x".repeat(500)]);
  const waiting = fetch(
    broker,
    [0, 1].map((index) => ({ topic: "t", index, offset: 0 })),
    { maxWaitMs: 20_000, minBytes: batch.length * 2 },
  );
  await produce(broker, "t", Buffer.from(batch), { index: 0 });
  await produce(broker, "t", Buffer.from(batch), { index: 1 });
  const answer = await waiting;
  assert.deepEqual(
    answer.responses.flatMap(({ partitions }) => partitions.map(({ records }) => offsetsOf(records).length)),
    [1, 1],
  );
});

test("a long poll ends when max.wait is over, and at once when a partition has an error", async () => {
  await using broker = await TestBroker.start();
  await createTopic(broker, "t");
  assert.deepEqual(offsetsOf(first(await fetch(broker, [{ topic: "t", offset: 0 }], { maxWaitMs: 30 })).records), []);
  const missing = await fetch(
    broker,
    [
      { topic: "t", offset: 0 },
      { topic: "absent", offset: 0 },
    ],
    { maxWaitMs: 60_000 },
  );
  assert.equal(missing.responses[1]!.partitions[0]!.errorCode, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
});

test("deleting the topic wakes who waits on it", async () => {
  await using broker = await TestBroker.start();
  await createTopic(broker, "t");
  using connection = await RawConnection.open(broker);
  const asked = makeFetchRequest({
    maxWaitMs: 60_000,
    minBytes: 1,
    maxBytes: 1000,
    sessionEpoch: -1,
    topics: [makeFetchTopic({ topic: "t", partitions: [makeFetchPartition({ partitionMaxBytes: 1000 })] })],
  });
  connection.write(...encodeRequest(fetchApi, 12, 1, "c", asked));
  await broker.send(deleteTopicsApi, 5, makeDeleteTopicsRequest({ topicNames: ["t"], timeoutMs: 5000 }));
  const answer = decodeResponse(fetchApi, 12, (await connection.frame())!);
  assert.equal(first(answer).errorCode, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
});

test("with flush.messages=1 a record is read once it is on the disk, and who waits is woken then", async () => {
  const disk = new SimulatedDisk({ clock: systemClock, syncMs: 20 });
  await using broker = await TestBroker.start({ disk });
  await createTopic(broker, "t", { "flush.messages": "1" });
  const waiting = fetch(broker, [{ topic: "t", offset: 0 }], { maxWaitMs: 60_000 });
  const produced = produce(broker, "t", sampleBatch(["a"]));
  assert.deepEqual(valuesOf(first(await waiting).records), ["a"]);
  assert.equal((await produced).errorCode, ErrorCode.NONE);
});

test("a record whose sync failed is not acknowledged, and nothing more is taken", async () => {
  const disk = new SimulatedDisk();
  await using broker = await TestBroker.start({ disk });
  await createTopic(broker, "t", { "flush.messages": "1" });
  await produce(broker, "t", sampleBatch(["a"]));
  disk.fail({ operation: "sync", code: "DISK_IO", times: 1 });
  assert.equal((await produce(broker, "t", sampleBatch(["b"]))).errorCode, ErrorCode.KAFKA_STORAGE_ERROR);
  assert.equal((await produce(broker, "t", sampleBatch(["c"]))).errorCode, ErrorCode.KAFKA_STORAGE_ERROR);
  assert.deepEqual(valuesOf(first(await fetch(broker, [{ topic: "t", offset: 0 }])).records), ["a"]);
});

test("a producer id cannot be reserved on a full disk, and can be once there is room", async () => {
  const disk = new SimulatedDisk();
  await using broker = await TestBroker.start({ disk });
  const ask = async () => (await broker.send(initProducerIdApi, 4, makeInitProducerIdRequest({ transactionalId: null }))).errorCode;
  disk.capacityBytes = 0;
  assert.equal(await ask(), ErrorCode.COORDINATOR_NOT_AVAILABLE);
  await assert.rejects(createTopic(broker, "new"), new RegExp(`not created: ${ErrorCode.KAFKA_STORAGE_ERROR} `));
  disk.capacityBytes = Infinity;
  assert.equal(await ask(), ErrorCode.NONE);
});

test("beyond the end and below the start is OFFSET_OUT_OF_RANGE; at the end it is empty", async () => {
  await using broker = await TestBroker.start();
  await createTopic(broker, "t");
  await produce(broker, "t", sampleBatch(["a"]));
  const code = async (offset: number) => first(await fetch(broker, [{ topic: "t", offset }])).errorCode;
  assert.deepEqual(
    [await code(1), await code(2), await code(-1)],
    [ErrorCode.NONE, ErrorCode.OFFSET_OUT_OF_RANGE, ErrorCode.OFFSET_OUT_OF_RANGE],
  );
  const beyond = first(await fetch(broker, [{ topic: "t", offset: 2 }]));
  assert.deepEqual([beyond.highWatermark, beyond.lastStableOffset, beyond.logStartOffset], [-1, -1, -1], "as Apache Kafka 4.4.0 answers");
});

test("the leader epoch rises with each start; a client behind is fenced, one ahead is told it is unknown", async () => {
  const before = await TestBroker.start();
  await createTopic(before, "t");
  await produce(before, "t", sampleBatch(["a"]));
  await before.stop();
  await using broker = await TestBroker.start({ disk: before.disk });
  const code = async (currentLeaderEpoch: number) => first(await fetch(broker, [{ topic: "t", offset: 0, currentLeaderEpoch }])).errorCode;
  assert.deepEqual(
    [await code(0), await code(1), await code(2)],
    [ErrorCode.FENCED_LEADER_EPOCH, ErrorCode.NONE, ErrorCode.UNKNOWN_LEADER_EPOCH],
  );
  await produce(broker, "t", sampleBatch(["b"]));
  const endOf = async (leaderEpoch: number) => {
    const partitions = [makeOffsetForLeaderPartition({ partition: 0, currentLeaderEpoch: -1, leaderEpoch })];
    const answer = await broker.send(
      offsetForLeaderEpochApi,
      4,
      makeOffsetForLeaderEpochRequest({ topics: [makeOffsetForLeaderTopic({ topic: "t", partitions })] }),
    );
    const found = answer.topics[0]!.partitions[0]!;
    return [found.leaderEpoch, found.endOffset];
  };
  assert.deepEqual(
    [await endOf(0), await endOf(1), await endOf(2)],
    [
      [0, 1],
      [1, 2],
      [-1, -1],
    ],
  );
});

test("a client that read past what an epoch kept is told where its log diverges (v12)", async () => {
  const before = await TestBroker.start();
  await createTopic(before, "t");
  await produce(before, "t", sampleBatch(["a"]));
  await before.stop();
  await using broker = await TestBroker.start({ disk: before.disk });
  await produce(broker, "t", sampleBatch(["b"]));
  const answer = first(await fetch(broker, [{ topic: "t", offset: 2, lastFetchedEpoch: 0 }]));
  assert.deepEqual([answer.divergingEpoch.epoch, answer.divergingEpoch.endOffset], [0, 1]);
});

test("a session sends only what is new, forgets what it is told to, and refuses wrong ids and epochs", async () => {
  await using broker = await TestBroker.start();
  await createTopic(broker, "t", {}, { numPartitions: 2 });
  const ask = (sessionId: number, sessionEpoch: number, indexes: readonly number[], offset = 0, forget: readonly number[] = []) =>
    broker.send(
      fetchApi,
      12,
      makeFetchRequest({
        maxWaitMs: 0,
        minBytes: 1,
        maxBytes: 1 << 20,
        sessionId,
        sessionEpoch,
        topics:
          indexes.length === 0
            ? []
            : [
                makeFetchTopic({
                  topic: "t",
                  partitions: indexes.map((partition) => makeFetchPartition({ partition, fetchOffset: offset, partitionMaxBytes: 1000 })),
                }),
              ],
        forgottenTopicsData: forget.length === 0 ? [] : [makeForgottenTopic({ topic: "t", partitions: forget })],
      }),
    );
  const indexesOf = (response: FetchResponse) =>
    response.responses.flatMap(({ partitions }) => partitions.map(({ partitionIndex }) => partitionIndex));
  const opened = await ask(0, 0, [0, 1]);
  assert.notEqual(opened.sessionId, 0);
  assert.deepEqual(indexesOf(opened), [0, 1], "the first answer names all");
  const { sessionId } = opened;
  assert.deepEqual(indexesOf(await ask(sessionId, 1, [])), [], "nothing is new");
  await produce(broker, "t", sampleBatch(["a"]), { index: 1 });
  assert.deepEqual(indexesOf(await ask(sessionId, 2, [])), [1]);
  assert.deepEqual(indexesOf(await ask(sessionId, 3, [1], 1)), [], "its position moved, and the watermark was told");
  await produce(broker, "t", sampleBatch(["b"]), { index: 1 });
  assert.deepEqual(indexesOf(await ask(sessionId, 4, [], 0, [1])), [], "forgotten");
  assert.equal((await ask(sessionId, 4, [])).errorCode, ErrorCode.INVALID_FETCH_SESSION_EPOCH);
  assert.equal((await ask(sessionId + 1, 1, [])).errorCode, ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
  assert.equal((await ask(sessionId, -1, [0])).sessionId, 0, "closed");
  assert.equal((await ask(sessionId, 5, [])).errorCode, ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
});

test("a session that knows ids does not take names", async () => {
  await using broker = await TestBroker.start();
  const topicId = await createTopic(broker, "t");
  const opened = await fetch(broker, [{ topic: "t", topicId, offset: 0 }], { version: 13, sessionId: 0, sessionEpoch: 0 });
  const mixed = await fetch(broker, [{ topic: "t", offset: 0 }], { version: 12, sessionId: opened.sessionId, sessionEpoch: 1 });
  assert.equal(mixed.errorCode, ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR);
});

test("a topic created again under its name is not read through the old id", async () => {
  await using broker = await TestBroker.start();
  const topicId = await createTopic(broker, "t");
  await broker.send(deleteTopicsApi, 5, makeDeleteTopicsRequest({ topicNames: ["t"], timeoutMs: 5000 }));
  const again = await createTopic(broker, "t");
  assert.notEqual(again, topicId);
  assert.equal(first(await fetch(broker, [{ topic: "t", topicId, offset: 0 }], { version: 13 })).errorCode, ErrorCode.UNKNOWN_TOPIC_ID);
  assert.equal(first(await fetch(broker, [{ topic: "t", topicId: again, offset: 0 }], { version: 13 })).errorCode, ErrorCode.NONE);
});

test("a slow reader of large answers holds bounded memory and gets every byte", async () => {
  await using broker = await TestBroker.start();
  await createTopic(broker, "t");
  for (let i = 0; i < 40; i++) await produce(broker, "t", sampleBatch([`${i}-${"x".repeat(500_000)}`]));
  using connection = await RawConnection.open(broker);
  connection.pause();
  const count = 30;
  for (let i = 0; i < count; i++) {
    const topics = [makeFetchTopic({ topic: "t", partitions: [makeFetchPartition({ fetchOffset: i, partitionMaxBytes: 1_000_000 })] })];
    connection.write(
      ...encodeRequest(fetchApi, 12, i, "c", makeFetchRequest({ maxWaitMs: 0, minBytes: 1, maxBytes: 1 << 24, sessionEpoch: -1, topics })),
    );
  }
  assert.equal((await produce(broker, "t", sampleBatch(["other"]))).errorCode, ErrorCode.NONE, "others are served all the while");
  connection.resume();
  for (let i = 0; i < count; i++) {
    const { records } = first(decodeResponse(fetchApi, 12, (await connection.frame())!));
    assert.ok(valuesOf(records)[0]!.startsWith(`${i}-xxx`), `answer ${i}`);
  }
});
