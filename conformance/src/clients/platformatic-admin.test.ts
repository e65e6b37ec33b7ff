// @platformatic/kafka 2.12.1: the admin calls in their newest encodings.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { ConfigResourceTypes, IncrementalAlterConfigOperationTypes } from "@platformatic/kafka";
import { waitUntil } from "../process/wait-until.ts";
import { requireTarget } from "../target.ts";
import { makeAdmin, makeProducer } from "./platformatic-client.ts";
import { uniqueName } from "./unique-name.ts";

const target = requireTarget();

describe(`@platformatic/kafka admin against ${target.kind} with ${target.brokers} broker(s)`, () => {
  const admin = makeAdmin();
  const producer = makeProducer();
  after(() => Promise.all([admin.close(), producer.close()]));

  const makeTopic = async (partitions = 1): Promise<string> => {
    const topic = uniqueName("platformatic-admin");
    await admin.createTopics({ topics: [topic], partitions, replicas: 1 });
    return topic;
  };
  const configOf = async (topic: string, name: string): Promise<string | null | undefined> => {
    const [described] = await admin.describeConfigs({
      resources: [{ resourceType: ConfigResourceTypes.TOPIC, resourceName: topic, configurationKeys: [name] }],
    });
    return described?.configs.find((each) => each.name === name)?.value;
  };

  test("sees every broker", async () => {
    const metadata = await admin.metadata({ topics: [] });
    assert.equal(metadata.brokers.size, target.brokers);
  });

  test("creates a topic and is told what it is; lists and deletes it", async () => {
    const topic = uniqueName("platformatic-admin");
    const [created] = await admin.createTopics({
      topics: [topic],
      partitions: 3,
      replicas: 1,
      configs: [{ name: "retention.ms", value: "12345" }],
    });
    assert.equal(created?.partitions, 3);
    assert.equal(created?.replicas, 1);
    assert.equal(created?.configuration["retention.ms"], "12345");
    assert.match(created?.id ?? "", /^[0-9a-f-]{36}$/);
    assert.ok((await admin.listTopics()).includes(topic));
    await admin.deleteTopics({ topics: [topic] });
    await waitUntil("the topic is gone", async () => !(await admin.listTopics()).includes(topic));
  });

  test("a topic that exists is refused", async () => {
    const topic = await makeTopic();
    await assert.rejects(admin.createTopics({ topics: [topic], partitions: 1, replicas: 1 }));
  });

  test("adds partitions", async () => {
    const topic = await makeTopic(1);
    const [nodeId = 0] = (await admin.metadata({ topics: [] })).brokers.keys();
    const assignments = Array.from({ length: 3 }, () => ({ brokerIds: [nodeId] }));
    await admin.createPartitions({ topics: [{ name: topic, count: 4, assignments }] });
    await waitUntil(
      "four partitions",
      async () => (await admin.metadata({ topics: [topic], forceUpdate: true })).topics.get(topic)?.partitionsCount === 4,
    );
  });

  test("alters configs, as a whole and by single steps", async () => {
    const topic = await makeTopic();
    const resource = { resourceType: ConfigResourceTypes.TOPIC, resourceName: topic };
    await admin.incrementalAlterConfigs({
      resources: [
        { ...resource, configs: [{ name: "retention.ms", configOperation: IncrementalAlterConfigOperationTypes.SET, value: "777" }] },
      ],
    });
    await waitUntil("set", async () => (await configOf(topic, "retention.ms")) === "777");
    await admin.alterConfigs({ resources: [{ ...resource, configs: [{ name: "segment.bytes", value: "2097152" }] }] });
    await waitUntil("replaced", async () => (await configOf(topic, "segment.bytes")) === "2097152");
    assert.equal(await configOf(topic, "retention.ms"), "604800000");
  });

  test("lists offsets by time and deletes records", async () => {
    const topic = await makeTopic();
    await producer.send({
      messages: Array.from({ length: 20 }, (_, index) => ({
        topic,
        partition: 0,
        value: "x",
        timestamp: BigInt(1_700_000_000_000 + index * 1_000),
      })),
      acks: -1,
    });
    const offsetAt = async (timestamp: bigint): Promise<bigint | undefined> =>
      (await admin.listOffsets({ topics: [{ name: topic, partitions: [{ partitionIndex: 0, timestamp }] }] }))[0]?.partitions[0]?.offset;
    assert.equal(await offsetAt(-1n), 20n);
    assert.equal(await offsetAt(-2n), 0n);
    assert.equal(await offsetAt(1_700_000_006_500n), 7n);
    const [deleted] = await admin.deleteRecords({ topics: [{ name: topic, partitions: [{ partition: 0, offset: 5n }] }] });
    assert.equal(deleted?.partitions[0]?.lowWatermark, 5n);
    assert.equal(await offsetAt(-2n), 5n);
  });

  test("alters, lists and deletes a group's offsets and the group", async () => {
    const topic = await makeTopic(2);
    const groupId = uniqueName("platformatic-admin-group");
    await admin.alterConsumerGroupOffsets({
      groupId,
      topics: [
        {
          name: topic,
          partitionOffsets: [
            { partition: 0, offset: 5n },
            { partition: 1, offset: 6n },
          ],
        },
      ],
    });
    const committed = async (): Promise<string[]> => {
      const [group] = await admin.listConsumerGroupOffsets({ groups: [groupId] });
      return (
        group?.topics.flatMap((each) => each.partitions.map((partition) => `${partition.partitionIndex}:${partition.committedOffset}`)) ??
        []
      ).sort();
    };
    assert.deepEqual(await committed(), ["0:5", "1:6"]);
    assert.equal((await admin.listGroups()).get(groupId)?.state.toUpperCase(), "EMPTY");
    assert.equal((await admin.describeGroups({ groups: [groupId] })).get(groupId)?.state.toUpperCase(), "EMPTY");
    await admin.deleteConsumerGroupOffsets({ groupId, topics: [{ name: topic, partitionIndexes: [1] }] });
    assert.deepEqual(await committed(), ["0:5"]);
    await admin.deleteGroups({ groups: [groupId] });
    assert.ok(!(await admin.listGroups()).has(groupId));
  });

  test("describes log directories", async () => {
    const topic = await makeTopic(1);
    const directories = await admin.describeLogDirs({ topics: [{ name: topic, partitions: [0] }] });
    const partitions = directories
      .flatMap((each) => each.results)
      .flatMap((each) => each.topics)
      .flatMap((each) => each.partitions);
    assert.deepEqual(
      partitions.map((each) => each.partitionIndex),
      [0],
    );
  });

  test("finds the coordinators of several groups at once", async () => {
    const found = await admin.findCoordinator({ keyType: 0, keys: ["a", "b"] });
    assert.deepEqual(found.map(({ key }) => key).sort(), ["a", "b"]);
  });
});
