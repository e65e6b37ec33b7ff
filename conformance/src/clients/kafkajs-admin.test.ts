// kafkajs 2.2.4: the admin calls in their old encodings.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import kafkajs, { type Producer } from "kafkajs";
import { waitUntil } from "../process/wait-until.ts";
import { requireTarget } from "../target.ts";
import { makeKafkajs } from "./kafkajs-client.ts";
import { uniqueName } from "./unique-name.ts";

const target = requireTarget();
const kafka = makeKafkajs();
const { AclResourceTypes, ConfigResourceTypes } = kafkajs;

describe(`kafkajs admin against ${target.kind} with ${target.brokers} broker(s)`, () => {
  const admin = kafka.admin();
  let producer: Producer;
  before(async () => {
    producer = kafka.producer();
    await Promise.all([producer.connect(), admin.connect()]);
  });
  after(() => Promise.all([producer.disconnect(), admin.disconnect()]));

  const makeTopic = async (partitions = 1, configEntries: { name: string; value: string }[] = []): Promise<string> => {
    const topic = uniqueName("kafkajs-admin");
    await admin.createTopics({ topics: [{ topic, numPartitions: partitions, replicationFactor: 1, configEntries }], waitForLeaders: true });
    return topic;
  };
  const partitionCount = async (topic: string): Promise<number | undefined> =>
    (await admin.fetchTopicMetadata({ topics: [topic] })).topics[0]?.partitions.length;
  const configOf = async (topic: string, name: string): Promise<string | undefined> => {
    const described = await admin.describeConfigs({
      resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configNames: [name] }],
      includeSynonyms: false,
    });
    return described.resources[0]?.configEntries.find((entry) => entry.configName === name)?.configValue;
  };

  test("describes the cluster", async () => {
    const { brokers, controller, clusterId } = await admin.describeCluster();
    assert.equal(brokers.length, target.brokers);
    assert.ok(brokers.some(({ nodeId }) => nodeId === controller));
    assert.equal(typeof clusterId, "string");
  });

  test("creates, lists and deletes a topic", async () => {
    const topic = await makeTopic(3);
    assert.ok((await admin.listTopics()).includes(topic));
    assert.equal(await partitionCount(topic), 3);
    await admin.deleteTopics({ topics: [topic] });
    await waitUntil("the topic is gone", async () => !(await admin.listTopics()).includes(topic));
  });

  test("is told that a topic exists already, and of a bad partition count", async () => {
    const topic = await makeTopic();
    assert.equal(await admin.createTopics({ topics: [{ topic }] }), false);
    await assert.rejects(admin.createTopics({ topics: [{ topic: uniqueName("bad"), numPartitions: 0 }] }), {
      name: "KafkaJSAggregateError",
    });
  });

  test("validate only creates nothing", async () => {
    const topic = uniqueName("kafkajs-validated");
    await admin.createTopics({ topics: [{ topic, numPartitions: 2 }], validateOnly: true, waitForLeaders: false });
    assert.ok(!(await admin.listTopics()).includes(topic));
  });

  test("a replication factor above the broker count is refused", async () => {
    await assert.rejects(
      admin.createTopics({ topics: [{ topic: uniqueName("bad"), numPartitions: 1, replicationFactor: target.brokers + 1 }] }),
    );
  });

  test("adds partitions, never takes any away", async () => {
    const topic = await makeTopic(2);
    await admin.createPartitions({ topicPartitions: [{ topic, count: 5 }] });
    await waitUntil("five partitions", async () => (await partitionCount(topic)) === 5);
    await assert.rejects(admin.createPartitions({ topicPartitions: [{ topic, count: 3 }] }));
  });

  test("describes every config of a topic with its source and default", async () => {
    const topic = await makeTopic(1, [{ name: "retention.ms", value: "12345" }]);
    const { resources } = await admin.describeConfigs({
      resources: [{ type: ConfigResourceTypes.TOPIC, name: topic }],
      includeSynonyms: true,
    });
    const entries = new Map(resources[0]?.configEntries.map((entry) => [entry.configName, entry]));
    assert.ok(entries.size >= 28, `only ${entries.size} configs`);
    assert.equal(entries.get("retention.ms")?.configValue, "12345");
    assert.equal(entries.get("retention.ms")?.configSource, 1);
    assert.equal(entries.get("cleanup.policy")?.configValue, "delete");
    assert.equal(entries.get("cleanup.policy")?.configSource, 5);
  });

  test("alters a topic's config, replacing what was set before", async () => {
    const topic = await makeTopic(1, [{ name: "retention.ms", value: "12345" }]);
    await admin.alterConfigs({
      validateOnly: false,
      resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries: [{ name: "segment.bytes", value: "2097152" }] }],
    });
    await waitUntil("the new value shows", async () => (await configOf(topic, "segment.bytes")) === "2097152");
    assert.equal(await configOf(topic, "retention.ms"), "604800000");
    await assert.rejects(
      admin.alterConfigs({
        validateOnly: false,
        resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries: [{ name: "segment.bytes", value: "many" }] }],
      }),
    );
  });

  test("describes a broker's configs", async () => {
    const { controller } = await admin.describeCluster();
    const { resources } = await admin.describeConfigs({
      resources: [{ type: ConfigResourceTypes.BROKER, name: String(controller) }],
      includeSynonyms: false,
    });
    assert.ok((resources[0]?.configEntries.length ?? 0) > 100);
    assert.equal(resources[0]?.configEntries.find((entry) => entry.configName === "num.partitions")?.configValue, "4");
  });

  test("gives the offsets of a topic, and those of a time, exactly", async () => {
    const topic = await makeTopic(2);
    const messages = Array.from({ length: 20 }, (_, index) => ({
      partition: 1,
      value: "x",
      timestamp: String(1_700_000_000_000 + index * 1_000),
    }));
    await producer.send({ topic, messages });
    const offsets = (await admin.fetchTopicOffsets(topic)).sort((a, b) => a.partition - b.partition);
    assert.deepEqual(
      offsets.map(({ low, high }) => [low, high]),
      [
        ["0", "0"],
        ["0", "20"],
      ],
    );
    const at = await admin.fetchTopicOffsetsByTimestamp(topic, 1_700_000_006_500);
    assert.equal(at.find(({ partition }) => partition === 1)?.offset, "7");
  });

  test("deletes records up to an offset", async () => {
    const topic = await makeTopic(1);
    await producer.send({ topic, messages: Array.from({ length: 10 }, () => ({ partition: 0, value: "x" })) });
    await admin.fetchTopicOffsets(topic); // kafkajs looks leaders up in the metadata it happens to have
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: "4" }] });
    assert.deepEqual(
      (await admin.fetchTopicOffsets(topic)).map(({ low, high }) => [low, high]),
      [["4", "10"]],
    );
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: "-1" }] });
    assert.deepEqual(
      (await admin.fetchTopicOffsets(topic)).map(({ low, high }) => [low, high]),
      [["10", "10"]],
    );
  });

  test("sets, fetches and resets a group's offsets, lists, describes and deletes the group", async () => {
    const topic = await makeTopic(2);
    await producer.send({ topic, messages: Array.from({ length: 5 }, () => ({ partition: 0, value: "x" })) });
    const groupId = uniqueName("kafkajs-admin-group");
    await admin.setOffsets({ groupId, topic, partitions: [{ partition: 0, offset: "3" }] });
    const fetched = await admin.fetchOffsets({ groupId, topics: [topic] });
    assert.equal(fetched[0]?.partitions.find(({ partition }) => partition === 0)?.offset, "3");
    await admin.resetOffsets({ groupId, topic, earliest: false });
    const reset = await admin.fetchOffsets({ groupId, topics: [topic], resolveOffsets: true });
    assert.equal(reset[0]?.partitions.find(({ partition }) => partition === 0)?.offset, "5");
    await waitUntil("the group is listed", async () => (await admin.listGroups()).groups.some((each) => each.groupId === groupId));
    const { groups } = await admin.describeGroups([groupId]);
    assert.equal(groups[0]?.state, "Empty");
    await admin.deleteGroups([groupId]);
    assert.ok(!(await admin.listGroups()).groups.some((each) => each.groupId === groupId));
    const impatient = kafka.admin({ retry: { retries: 1 } });
    await impatient.connect();
    await assert.rejects(impatient.deleteGroups([groupId]), { name: "KafkaJSDeleteGroupsError" });
    await impatient.disconnect();
  });

  test("an unknown topic's offsets are an error", async () => {
    const impatient = kafka.admin({ retry: { retries: 1 } });
    await impatient.connect();
    await assert.rejects(impatient.fetchTopicOffsets(uniqueName("nowhere")));
    await impatient.disconnect();
  });

  test("listing ACLs without an authorizer is answered with SECURITY_DISABLED", async (context) => {
    const answer = admin.describeAcls({ resourceType: AclResourceTypes.ANY, resourcePatternType: 1, operation: 1, permissionType: 1 });
    const error = await answer.then(
      () => undefined,
      (reason: Error) => reason,
    );
    if (error?.name === "KafkaJSServerDoesNotSupportApiKey") return context.skip("the broker does not advertise the API");
    assert.match(error?.message ?? "no error", /security|authoriz/i);
  });
});
