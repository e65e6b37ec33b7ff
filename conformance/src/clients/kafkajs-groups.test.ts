// kafkajs 2.2.4, JoinGroup 2-5: eager groups growing and shrinking.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Consumer, Producer } from "kafkajs";
import { waitUntil } from "../process/wait-until.ts";
import { requireTarget } from "../target.ts";
import { makeKafkajs } from "./kafkajs-client.ts";
import { uniqueName } from "./unique-name.ts";

const target = requireTarget();
const kafka = makeKafkajs();

interface Member {
  readonly consumer: Consumer;
  readonly read: string[];
  partitions: number[];
}

async function join(groupId: string, topic: string): Promise<Member> {
  const consumer = kafka.consumer({
    groupId,
    sessionTimeout: 6_000,
    heartbeatInterval: 200,
    rebalanceTimeout: 6_000,
    maxWaitTimeInMs: 100,
  });
  const member: Member = { consumer, read: [], partitions: [] };
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    member.partitions = payload.memberAssignment[topic] ?? [];
  });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    autoCommitInterval: 50,
    eachMessage: async ({ partition, message }) => void member.read.push(`${partition}:${message.value}`),
  });
  return member;
}

const sizes = (members: readonly Member[]): string =>
  members
    .map(({ partitions }) => partitions.length)
    .sort((a, b) => a - b)
    .join(",");
const together = (members: readonly Member[]): number[] => members.flatMap(({ partitions }) => partitions).sort((a, b) => a - b);

describe(`kafkajs groups against ${target.kind} with ${target.brokers} broker(s)`, () => {
  let producer: Producer;
  const admin = kafka.admin();
  before(async () => {
    producer = kafka.producer();
    await Promise.all([producer.connect(), admin.connect()]);
  });
  after(() => Promise.all([producer.disconnect(), admin.disconnect()]));

  const makeTopic = async (partitions: number): Promise<string> => {
    const topic = uniqueName("kafkajs-group");
    await admin.createTopics({ topics: [{ topic, numPartitions: partitions }], waitForLeaders: true });
    return topic;
  };
  const sendToEach = (topic: string, partitions: number, text: string) =>
    producer.send({ topic, messages: Array.from({ length: partitions }, (_, partition) => ({ partition, value: text })) });

  test("two, three, then one member: every partition always has exactly one owner and no record is lost", async () => {
    const topic = await makeTopic(6);
    const group = uniqueName("group");
    const members = [await join(group, topic), await join(group, topic)];
    await waitUntil("two members have three partitions each", () => sizes(members) === "3,3");
    assert.deepEqual(together(members), [0, 1, 2, 3, 4, 5]);
    await sendToEach(topic, 6, "two");

    members.push(await join(group, topic));
    await waitUntil("three members have two partitions each", () => sizes(members) === "2,2,2");
    assert.deepEqual(together(members), [0, 1, 2, 3, 4, 5]);
    await sendToEach(topic, 6, "three");
    await waitUntil("all records so far are read", () => new Set(members.flatMap(({ read }) => read)).size === 12);

    const [first, second, third] = members as [Member, Member, Member];
    await second.consumer.disconnect();
    await third.consumer.disconnect();
    await waitUntil("one member has all partitions", () => first.partitions.length === 6);
    await sendToEach(topic, 6, "one");
    await waitUntil("the last member reads on", () => first.read.filter((text) => text.endsWith(":one")).length === 6);
    await first.consumer.disconnect();
  });

  test("a group that comes back reads on from what it committed", async () => {
    const topic = await makeTopic(1);
    const group = uniqueName("group");
    const before = await join(group, topic);
    await sendToEach(topic, 1, "before");
    await waitUntil("the record is read", () => before.read.length === 1);
    await before.consumer.disconnect();
    await sendToEach(topic, 1, "after");
    const again = await join(group, topic);
    await waitUntil("the next record is read", () => again.read.includes("0:after"));
    assert.deepEqual(again.read, ["0:after"]);
    await again.consumer.disconnect();
  });

  test("commits by hand with metadata, which comes back", async () => {
    const topic = await makeTopic(2);
    const group = uniqueName("group");
    const { consumer, ...member } = await join(group, topic);
    await waitUntil("the member has joined", async () => (await admin.describeGroups([group])).groups[0]?.state === "Stable");
    await consumer.commitOffsets([{ topic, partition: 1, offset: "7", metadata: "checkpoint ü" }]);
    const [fetched] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
    assert.deepEqual(
      fetched?.partitions
        .sort((a, b) => a.partition - b.partition)
        .map(({ partition, offset, metadata }) => ({ partition, offset, metadata: metadata ?? "" })),
      [
        { partition: 0, offset: "-1", metadata: "" },
        { partition: 1, offset: "7", metadata: "checkpoint ü" },
      ],
    );
    assert.deepEqual(member.read, []);
    await consumer.disconnect();
  });

  test("one group subscribes to two topics", async () => {
    const topics = [await makeTopic(2), await makeTopic(3)];
    const consumer = kafka.consumer({ groupId: uniqueName("group"), sessionTimeout: 6_000, maxWaitTimeInMs: 100 });
    const read = new Set<string>();
    await consumer.connect();
    await consumer.subscribe({ topics, fromBeginning: true });
    await consumer.run({ eachMessage: async ({ topic, partition }) => void read.add(`${topic}/${partition}`) });
    for (const [index, topic] of topics.entries()) await sendToEach(topic, index + 2, "x");
    await waitUntil("all five partitions are read", () => read.size === 5);
    await consumer.disconnect();
  });

  test("a session timeout outside the broker's bounds is refused", async () => {
    const topic = await makeTopic(1);
    const consumer = kafka.consumer({ groupId: uniqueName("group"), sessionTimeout: 1_000, heartbeatInterval: 300, retry: { retries: 0 } });
    const crashed = new Promise<Error>((resolve) => consumer.on(consumer.events.CRASH, ({ payload }) => resolve(payload.error)));
    await consumer.connect();
    await consumer.subscribe({ topic });
    await consumer.run({ eachMessage: async () => {} }).catch(() => {});
    assert.match((await crashed).message, /session timeout/i);
    await consumer.disconnect();
  });
});
