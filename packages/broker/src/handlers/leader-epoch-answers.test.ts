// What OffsetForLeaderEpoch, ListOffsets and Fetch say of epochs that are none, unknown, or have written nothing: as Apache Kafka does.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ErrorCode } from "@ottla/protocol";
import {
  deleteRecordsApi,
  makeDeleteRecordsPartition,
  makeDeleteRecordsRequest,
  makeDeleteRecordsTopic,
} from "@ottla/protocol/apis/delete-records";
import { listOffsetsApi, makeListOffsetsPartition, makeListOffsetsRequest, makeListOffsetsTopic } from "@ottla/protocol/apis/list-offsets";
import {
  makeOffsetForLeaderEpochRequest,
  makeOffsetForLeaderPartition,
  makeOffsetForLeaderTopic,
  offsetForLeaderEpochApi,
} from "@ottla/protocol/apis/offset-for-leader-epoch";
import { createTopic, fetch, offsetsOf, produce } from "../testing/data-path.ts";
import { sampleBatch } from "../testing/sample-batches.ts";
import { TestBroker } from "../testing/test-broker.ts";

const EARLIEST = -2;

async function endOf(broker: TestBroker, leaderEpoch: number): Promise<readonly number[]> {
  const partitions = [makeOffsetForLeaderPartition({ partition: 0, currentLeaderEpoch: -1, leaderEpoch })];
  const topics = [makeOffsetForLeaderTopic({ topic: "t", partitions })];
  const answer = await broker.send(offsetForLeaderEpochApi, 4, makeOffsetForLeaderEpochRequest({ topics }));
  const found = answer.topics[0]!.partitions[0]!;
  return [found.errorCode, found.leaderEpoch, found.endOffset];
}

async function earliest(broker: TestBroker): Promise<readonly number[]> {
  const partitions = [makeListOffsetsPartition({ partitionIndex: 0, timestamp: EARLIEST })];
  const answer = await broker.send(
    listOffsetsApi,
    11,
    makeListOffsetsRequest({ topics: [makeListOffsetsTopic({ name: "t", partitions })] }),
  );
  const { offset, leaderEpoch } = answer.topics[0]!.partitions[0]!;
  return [offset, leaderEpoch];
}

async function deleteAll(broker: TestBroker): Promise<void> {
  const topics = [makeDeleteRecordsTopic({ name: "t", partitions: [makeDeleteRecordsPartition({ partitionIndex: 0, offset: -1 })] })];
  await broker.send(deleteRecordsApi, 2, makeDeleteRecordsRequest({ topics, timeoutMs: 1000 }));
}

/** A broker that was started twice: its leader epoch is 1. */
async function restarted(records: readonly string[]): Promise<TestBroker> {
  const before = await TestBroker.start();
  await createTopic(before, "t");
  if (records.length > 0) await produce(before, "t", sampleBatch(records));
  await before.stop();
  return TestBroker.start({ disk: before.disk });
}

test("the end of a negative epoch is asked back with the start of the log, written or not", async () => {
  await using broker = await TestBroker.start();
  await createTopic(broker, "t");
  for (const epoch of [-2, -7, -(2 ** 31)]) assert.deepEqual(await endOf(broker, epoch), [ErrorCode.NONE, epoch, 0]);
  await produce(broker, "t", sampleBatch(["a"]));
  for (const epoch of [-2, -(2 ** 31)]) assert.deepEqual(await endOf(broker, epoch), [ErrorCode.NONE, epoch, 0]);
  assert.deepEqual(await endOf(broker, -1), [ErrorCode.NONE, -1, -1], "no epoch has no end");
});

test("the leader's epoch begins at the end of the log, before its first record", async () => {
  await using broker = await restarted(["a", "b"]);
  assert.deepEqual(await endOf(broker, 0), [ErrorCode.NONE, 0, 2]);
  assert.deepEqual(await endOf(broker, 1), [ErrorCode.NONE, 1, 2]);
  assert.deepEqual(await endOf(broker, 2), [ErrorCode.NONE, -1, -1]);
});

test("the earliest offset has the epoch of its record, or of the leader where there is none", async () => {
  await using broker = await TestBroker.start();
  await createTopic(broker, "t");
  assert.deepEqual(await earliest(broker), [0, 0]);
  await using again = await restarted(["a", "b"]);
  assert.deepEqual(await earliest(again), [0, 0]);
  await deleteAll(again);
  assert.deepEqual(await earliest(again), [2, 1]);
  await using never = await restarted([]);
  assert.deepEqual(await earliest(never), [0, 1]);
});

test("a fetch that last read an epoch nobody knows is out of range, in a written log and in an empty one", async () => {
  for (const records of [["a", "b"], []]) {
    await using broker = await TestBroker.start();
    await createTopic(broker, "t");
    if (records.length > 0) await produce(broker, "t", sampleBatch(records));
    const code = async (lastFetchedEpoch: number) => {
      const { responses } = await fetch(broker, [{ topic: "t", offset: 0, lastFetchedEpoch }]);
      const { errorCode, highWatermark, divergingEpoch } = responses[0]!.partitions[0]!;
      return [errorCode, highWatermark, divergingEpoch.endOffset];
    };
    for (const epoch of [1, 2 ** 31 - 1]) assert.deepEqual(await code(epoch), [ErrorCode.OFFSET_OUT_OF_RANGE, -1, -1]);
    for (const epoch of [-(2 ** 31), -2, -1, 0]) assert.deepEqual(await code(epoch), [ErrorCode.NONE, records.length, -1]);
  }
});

test("any negative current epoch is none in Fetch", async () => {
  await using broker = await restarted(["a"]);
  for (const currentLeaderEpoch of [-(2 ** 31), -2, -1]) {
    const { responses } = await fetch(broker, [{ topic: "t", offset: 0, currentLeaderEpoch }]);
    assert.deepEqual(offsetsOf(responses[0]!.partitions[0]!.records), [0]);
  }
});
