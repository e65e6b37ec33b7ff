import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryDisk } from "@ottla/base/simulated";
import { ErrorCode } from "@ottla/protocol";
import {
  deleteRecordsApi,
  makeDeleteRecordsPartition,
  makeDeleteRecordsRequest,
  makeDeleteRecordsTopic,
} from "@ottla/protocol/apis/delete-records";
import { createTopic, produce } from "../testing/data-path.ts";
import { HeldDisk } from "../testing/held-disk.ts";
import { sampleBatch } from "../testing/sample-batches.ts";
import { TestBroker } from "../testing/test-broker.ts";

const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise(setImmediate);
};

test("records that wait for the disk are in the log, and hold nothing of their client's memory", () => waitForDisk(10));

test("nor do those of large requests, for which memory is taken as they come", () => waitForDisk(300_000));

async function waitForDisk(valueBytes: number): Promise<void> {
  const held = new HeldDisk(new MemoryDisk(), "t-0");
  await using broker = await TestBroker.start({ disk: held.disk });
  await createTopic(broker, "t", { "flush.messages": "1", "max.message.bytes": "10000000" });
  const { clientMemory } = broker.running.state;
  held.hold();
  const waiting = Array.from({ length: 8 }, () => produce(broker, "t", sampleBatch(["x".repeat(valueBytes)])));
  await until(() => broker.running.state.partitions.get("t", 0)!.log.logEndOffset === 8);
  await new Promise(setImmediate);
  const { heldBytes } = clientMemory;
  assert.ok(heldBytes >= 8 * 1024 && heldBytes < 8 * 2048, `${heldBytes} bytes: each is counted as one that waits, without its records`);
  held.letGo();
  for (const { errorCode } of await Promise.all(waiting)) assert.equal(errorCode, ErrorCode.NONE);
  await until(() => clientMemory.heldBytes === 0);
}

test("a DeleteRecords that waits for the disk is counted whole until it is answered", async () => {
  const disk = new MemoryDisk();
  const replace = disk.replace.bind(disk);
  const gate = Promise.withResolvers<void>();
  let waiting = 0;
  disk.replace = async (path, content) => {
    if (path.includes("log-start-offset-checkpoint") && waiting++ === 0) await gate.promise;
    await replace(path, content);
  };
  await using broker = await TestBroker.start({ disk });
  await createTopic(broker, "t");
  await produce(broker, "t", sampleBatch(["a", "b"]));
  const { clientMemory } = broker.running.state;
  await until(() => clientMemory.heldBytes === 0);
  const partitions = Array.from({ length: 1000 }, (_, partitionIndex) => makeDeleteRecordsPartition({ partitionIndex, offset: 1 }));
  const topics = [makeDeleteRecordsTopic({ name: "t", partitions })];
  const answered = broker.send(deleteRecordsApi, 2, makeDeleteRecordsRequest({ topics, timeoutMs: 5000 }));
  await until(() => waiting > 0);
  assert.ok(clientMemory.heldBytes > 1000 * 128);
  gate.resolve();
  assert.equal((await answered).topics[0]!.partitions[0]!.lowWatermark, 1);
  await until(() => clientMemory.heldBytes === 0);
});
