import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedDisk } from "@ottla/base/simulated";
import { ErrorCode } from "@ottla/protocol";
import { createPartitionsApi, makeCreatePartitionsRequest, makeCreatePartitionsTopic } from "@ottla/protocol/apis/create-partitions";
import { createTopicsApi, makeCreatableTopic, makeCreateTopicsRequest } from "@ottla/protocol/apis/create-topics";
import { findCoordinatorApi, makeFindCoordinatorRequest } from "@ottla/protocol/apis/find-coordinator";
import { makeMetadataRequest, makeMetadataRequestTopic, metadataApi } from "@ottla/protocol/apis/metadata";
import { createTopic, produce } from "../testing/data-path.ts";
import { sampleBatch } from "../testing/sample-batches.ts";
import { TestBroker } from "../testing/test-broker.ts";

/** One way by which partitions come into being: asks for it and says what was answered. */
interface Creation {
  ask(broker: TestBroker): Promise<{ readonly errorCode: number; readonly errorMessage?: string | null }>;
  /** What a client hears while there is no room. */
  readonly refusal: number;
  /** A partition that it makes, and not the first of them. */
  readonly topic: string;
  readonly partition: number;
}

/** One change at a time: this resolves when those before it have ended. */
function lastChange(broker: TestBroker): Promise<void> {
  return broker.running.state.controller.change(() => []).catch(() => {});
}

/** The broker creates in the background what clients name first. */
async function nameFirst(broker: TestBroker): Promise<{ errorCode: number }> {
  const topics = [makeMetadataRequestTopic({ name: "named" })];
  const ask = async (allowAutoTopicCreation: boolean): Promise<number> =>
    (await broker.send(metadataApi, 9, makeMetadataRequest({ topics, allowAutoTopicCreation }))).topics[0]!.errorCode;
  await ask(true);
  await lastChange(broker);
  return { errorCode: await ask(false) };
}

const creations: Readonly<Record<string, Creation>> = {
  CreateTopics: {
    ask: async (broker) => {
      const topics = ["a", "new"].map((name) => makeCreatableTopic({ name, numPartitions: 3, replicationFactor: 1 }));
      const answer = await broker.send(createTopicsApi, 7, makeCreateTopicsRequest({ topics, timeoutMs: 5000 }));
      const [first, second] = answer.topics;
      assert.equal(first!.errorCode, second!.errorCode, "all of a request, or nothing");
      return second!;
    },
    refusal: ErrorCode.KAFKA_STORAGE_ERROR,
    topic: "new",
    partition: 1,
  },
  CreatePartitions: {
    ask: async (broker) => {
      const topics = [makeCreatePartitionsTopic({ name: "t", count: 4, assignments: null })];
      return (await broker.send(createPartitionsApi, 3, makeCreatePartitionsRequest({ topics, timeoutMs: 5000 }))).results[0]!;
    },
    refusal: ErrorCode.KAFKA_STORAGE_ERROR,
    topic: "t",
    partition: 3,
  },
  "Metadata, which creates what it names": { ask: nameFirst, refusal: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, topic: "named", partition: 1 },
  "FindCoordinator, which creates __consumer_offsets": {
    ask: async (broker) =>
      (await broker.send(findCoordinatorApi, 4, makeFindCoordinatorRequest({ keyType: 0, coordinatorKeys: ["g"] }))).coordinators[0]!,
    refusal: ErrorCode.COORDINATOR_NOT_AVAILABLE,
    topic: "__consumer_offsets",
    partition: 7,
  },
};

const SETTINGS = { "auto.create.topics.enable": "true", "num.partitions": "2" };

async function started(disk: SimulatedDisk): Promise<TestBroker> {
  const broker = await TestBroker.start({ disk, settings: SETTINGS });
  await createTopic(broker, "t", {}, { numPartitions: 2, replicationFactor: 1 });
  return broker;
}

const directories = (disk: SimulatedDisk): string[] => disk.list("/data").filter((name) => /-\d+$/.test(name));

for (const [name, { ask, refusal, topic, partition }] of Object.entries(creations)) {
  test(`${name}: without room for a partition nothing is changed, and all of it is made once there is room`, async () => {
    const disk = new SimulatedDisk();
    const broker = await started(disk);
    const before = [JSON.stringify(broker.running.state.metadata.snapshot()), directories(disk)];
    for (const operation of ["makeDirectory", "append"] as const) {
      const repair = disk.fail({ operation, path: `/data/${topic}-${partition}`, code: "DISK_FULL", times: Infinity });
      const answer = await ask(broker);
      assert.equal(answer.errorCode, refusal);
      if (refusal === ErrorCode.KAFKA_STORAGE_ERROR)
        assert.match(answer.errorMessage ?? "", /nothing was changed\. Free some space or delete topics/);
      repair();
      assert.deepEqual([JSON.stringify(broker.running.state.metadata.snapshot()), directories(disk)], before, "nothing half-applied");
    }
    assert.equal((await ask(broker)).errorCode, ErrorCode.NONE);
    await lastChange(broker);
    assert.ok(directories(disk).includes(`${topic}-${partition}`));
    if (!topic.startsWith("__"))
      assert.equal((await produce(broker, topic, sampleBatch(["v"]), { index: partition })).errorCode, ErrorCode.NONE);
    await broker.stop();
  });

  test(`${name}: where the journal does not take the change, its partitions go again`, async () => {
    const disk = new SimulatedDisk();
    await using broker = await started(disk);
    const before = directories(disk);
    disk.fail({ operation: "append", path: "metadata.journal", code: "DISK_FULL" });
    assert.equal((await ask(broker)).errorCode, refusal);
    assert.deepEqual(directories(disk), before);
    assert.equal((await ask(broker)).errorCode, ErrorCode.NONE);
  });

  test(`${name}: killed before the change is written, the next start takes away what was made for it`, async () => {
    const disk = new SimulatedDisk();
    const broker = await started(disk);
    const before = directories(disk);
    // The change never gets to its end: what a kill leaves is what is on the disk then.
    const { partitions } = broker.running.state;
    disk.fail({ operation: "sync", path: "metadata.journal" });
    partitions.takeBack = () => Promise.resolve();
    await ask(broker);
    assert.ok(directories(disk).length > before.length);
    await broker.stop();
    await using again = await TestBroker.start({ disk, settings: SETTINGS });
    for (const { name: known, partitions: all } of again.running.state.metadata.topics()) {
      assert.deepEqual(directories(disk).filter((directory) => directory.startsWith(`${known}-`)).length, all.length);
    }
  });
}

test("a disk on which only what is kept for metadata is left takes no topics, and lets them go", async () => {
  const disk = new SimulatedDisk({ capacityBytes: 1 << 24, tellsSpace: true });
  await (await started(disk)).stop();
  const stranger = disk.open("/stranger");
  stranger.append([Buffer.alloc(disk.space!("/data").usableBytes - (1 << 22) - 4000)]);
  await using broker = await TestBroker.start({ disk, settings: SETTINGS });
  const { ask } = creations["CreateTopics"]!;
  assert.equal((await ask(broker)).errorCode, ErrorCode.KAFKA_STORAGE_ERROR);
  assert.deepEqual(directories(disk), ["t-0", "t-1"]);
  disk.remove("/stranger");
  assert.equal((await ask(broker)).errorCode, ErrorCode.NONE);
});
