// @platformatic/kafka 2.12.1, JoinGroup 9 and ConsumerGroupHeartbeat 1: groups growing and shrinking, static members.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { waitUntil } from "../process/wait-until.ts";
import { requireTarget } from "../target.ts";
import { makeAdmin, makeConsumer, makeNewConsumer, makeProducer, type TextConsumer, type TextMessage } from "./platformatic-client.ts";
import { uniqueName } from "./unique-name.ts";

const target = requireTarget();

interface Member {
  readonly consumer: TextConsumer;
  readonly read: string[];
  partitions(): readonly number[];
  joins: number;
}

function join(groupId: string, topic: string, groupInstanceId?: string): Promise<Member> {
  return joinWith(makeConsumer(groupId, groupInstanceId === undefined ? {} : { groupInstanceId, sessionTimeout: 20_000 }), topic);
}

async function joinWith(consumer: TextConsumer, topic: string): Promise<Member> {
  const member: Member = {
    consumer,
    read: [],
    joins: 0,
    partitions: () => consumer.assignments?.find((each) => each.topic === topic)?.partitions ?? [],
  };
  consumer.on("consumer:group:join", () => {
    member.joins += 1;
  });
  const stream = await consumer.consume({ topics: [topic], mode: "committed", fallbackMode: "earliest", autocommit: 50 });
  stream.on("data", (message: TextMessage) => member.read.push(`${message.partition}:${message.value}`));
  stream.on("error", () => {}); // a closing member's fetch may be cut off
  return member;
}

const sizes = (members: readonly Member[]): string =>
  members
    .map((each) => each.partitions().length)
    .sort((a, b) => a - b)
    .join(",");
const together = (members: readonly Member[]): number[] => members.flatMap((each) => [...each.partitions()]).sort((a, b) => a - b);

describe(`@platformatic/kafka groups against ${target.kind} with ${target.brokers} broker(s)`, () => {
  const producer = makeProducer();
  const admin = makeAdmin();
  after(() => Promise.all([producer.close(), admin.close()]));

  const makeTopic = async (partitions: number): Promise<string> => {
    const topic = uniqueName("platformatic-group");
    await admin.createTopics({ topics: [topic], partitions, replicas: 1 });
    return topic;
  };
  const sendToEach = (topic: string, partitions: number, value: string) =>
    producer.send({ messages: Array.from({ length: partitions }, (_, partition) => ({ topic, partition, value })), acks: -1 });

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
    await second.consumer.close(true);
    await third.consumer.close(true);
    await waitUntil("one member has all partitions", () => first.partitions().length === 6);
    await sendToEach(topic, 6, "one");
    await waitUntil("the last member reads on", () => new Set(first.read.filter((text) => text.endsWith(":one"))).size === 6);
    await first.consumer.close(true);
  });

  test("with the consumer protocol: two, then one member; every partition always has one owner and no record is lost", async () => {
    const topic = await makeTopic(6);
    const group = uniqueName("group");
    const first = await joinWith(makeNewConsumer(group), topic);
    const second = await joinWith(makeNewConsumer(group), topic);
    await waitUntil("two members have three partitions each", () => sizes([first, second]) === "3,3");
    assert.deepEqual(together([first, second]), [0, 1, 2, 3, 4, 5]);
    await sendToEach(topic, 6, "two");
    await waitUntil("all records are read", () => new Set([...first.read, ...second.read]).size === 6);
    await second.consumer.close(true);
    await waitUntil("one member has all partitions", () => first.partitions().length === 6);
    await sendToEach(topic, 6, "one");
    await waitUntil("the last member reads on", () => new Set(first.read.filter((text) => text.endsWith(":one"))).size === 6);
    await first.consumer.close(true);
  });

  test("static members are described by their instance ids, and leave only when their session ends", async () => {
    const topic = await makeTopic(4);
    const group = uniqueName("group");
    const stays = await join(group, topic, "stays");
    const leaves = await join(group, topic, "leaves");
    await waitUntil("two each", () => sizes([stays, leaves]) === "2,2");
    const described = await admin.describeGroups({ groups: [group] });
    assert.deepEqual(
      new Set([...(described.get(group)?.members.values() ?? [])].map((each) => each.groupInstanceId)),
      new Set(["stays", "leaves"]),
    );
    await Promise.all([stays.consumer.close(true), leaves.consumer.close(true)]);
  });

  test("a group that comes back reads on from what it committed", async () => {
    const topic = await makeTopic(1);
    const group = uniqueName("group");
    const before = await join(group, topic);
    await sendToEach(topic, 1, "before");
    await waitUntil("the record is read", () => before.read.length === 1);
    await waitUntil(
      "and committed",
      async () => (await before.consumer.listCommittedOffsets({ topics: [{ topic, partitions: [0] }] })).get(topic)?.[0] === 1n,
    );
    await before.consumer.close(true);
    await sendToEach(topic, 1, "after");
    const again = await join(group, topic);
    await waitUntil("the next record is read", () => again.read.includes("0:after"));
    assert.deepEqual(again.read, ["0:after"]);
    await again.consumer.close(true);
  });
});
