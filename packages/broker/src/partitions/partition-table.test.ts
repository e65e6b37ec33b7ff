import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryDisk, SimulatedDisk } from "@ottla/base/simulated";
import { ErrorCode } from "@ottla/protocol";
import { deleteTopicsApi, makeDeleteTopicsRequest } from "@ottla/protocol/apis/delete-topics";
import { createTopic, produce } from "../testing/data-path.ts";
import { sampleBatch } from "../testing/sample-batches.ts";
import { TestBroker } from "../testing/test-broker.ts";

const deleteTopic = (broker: TestBroker, name: string) =>
  broker.send(deleteTopicsApi, 5, makeDeleteTopicsRequest({ topicNames: [name], timeoutMs: 5000 }));

/** A directory as a killed process leaves it when it could not yet remove it. */
function leavePartition(disk: MemoryDisk, name: string, topicId: string): void {
  disk.makeDirectory(`/data/${name}`);
  disk.replaceFile(`/data/${name}/partition.metadata`, Buffer.from(`version: 0\ntopic_id: ${topicId}\n`));
  disk.replaceFile(`/data/${name}/00000000000000000000.log`, sampleBatch(["kept"]));
}

test("a start finishes the deletion of a topic, and sets records aside that no topic accounts for", async () => {
  const disk = new MemoryDisk();
  const broker = await TestBroker.start({ disk });
  const topicId = await createTopic(broker, "gone");
  await deleteTopic(broker, "gone");
  await broker.stop();
  leavePartition(disk, "gone-0", topicId);
  leavePartition(disk, "lost-0", "AAAAAAAAAAAAAAAAAAAABQ");
  await using again = await TestBroker.start({ disk });
  const names = disk.list("/data");
  assert.ok(
    names.some((name) => /^lost-0\..*-stray$/.test(name)),
    names.join(),
  );
  assert.ok(!names.some((name) => /^gone-0(\..*-stray)?$/.test(name)), names.join());
  await createTopic(again, "lost");
});

test("a start that is broken off lets go of the directory, and the next one is complete", async () => {
  const disk = new MemoryDisk();
  const broker = await TestBroker.start({ disk });
  await createTopic(broker, "t");
  await produce(broker, "t", sampleBatch(["a"]));
  await broker.stop();
  await assert.rejects(TestBroker.start({ disk, signal: AbortSignal.abort() }), { code: "START_STOPPED" });
  await using again = await TestBroker.start({ disk });
  assert.equal((await produce(again, "t", sampleBatch(["b"]))).baseOffset, 1);
});

test("a lost partition that a full disk keeps from being made again is made when it is asked for later, beside who asks", async () => {
  const disk = new SimulatedDisk();
  const first = await TestBroker.start({ disk });
  await createTopic(first, "late");
  await first.stop();
  disk.remove("/data/late-0");
  const repair = disk.fail({ operation: "makeDirectory", path: "late-0", code: "DISK_FULL", times: Infinity });
  await using broker = await TestBroker.start({ disk });
  assert.equal((await produce(broker, "late", sampleBatch(["a"]))).errorCode, ErrorCode.KAFKA_STORAGE_ERROR);
  repair();
  let answer = await produce(broker, "late", sampleBatch(["a"]));
  assert.equal(answer.errorCode, ErrorCode.KAFKA_STORAGE_ERROR, "as any client knows, it may be tried again");
  answer = await produce(broker, "late", sampleBatch(["a"]));
  assert.deepEqual([answer.errorCode, answer.baseOffset], [ErrorCode.NONE, 0]);
});

test("a topic is deleted even where the disk does not let its files go, and a later start takes them", async () => {
  const disk = new SimulatedDisk();
  const broker = await TestBroker.start({ disk });
  await createTopic(broker, "stuck");
  await produce(broker, "stuck", sampleBatch(["a"]));
  disk.fail({ operation: "rename", path: "stuck-0" });
  const answer = await deleteTopic(broker, "stuck");
  assert.equal(answer.responses[0]?.errorCode, ErrorCode.NONE);
  await broker.stop();
  assert.ok(disk.list("/data").includes("stuck-0"));
  await using again = await TestBroker.start({ disk });
  assert.ok(!disk.list("/data").some((name) => name.startsWith("stuck-0") && !name.endsWith("-delete")));
  await createTopic(again, "stuck");
});
