import assert from "node:assert/strict";
import { test } from "node:test";
import { TimeSlice } from "@ottla/base";
import { SimulatedClock } from "@ottla/base/simulated";
import { ErrorCode } from "@ottla/protocol";
import { createTopicsApi, makeCreatableTopic, makeCreateTopicsRequest } from "@ottla/protocol/apis/create-topics";
import { createPartitionsApi, makeCreatePartitionsRequest, makeCreatePartitionsTopic } from "@ottla/protocol/apis/create-partitions";
import { deleteTopicsApi, makeDeleteTopicsRequest } from "@ottla/protocol/apis/delete-topics";
import { makeMetadataRequest, makeMetadataRequestTopic, metadataApi } from "@ottla/protocol/apis/metadata";
import { createTopic, produce, untilCreated } from "../testing/data-path.ts";
import { sampleBatch } from "../testing/sample-batches.ts";
import { TestBroker } from "../testing/test-broker.ts";
import { autoCreateTopics } from "./auto-create.ts";

const order = (name: string, numPartitions = 1) => makeCreatableTopic({ name, numPartitions, replicationFactor: 1 });

async function create(broker: TestBroker, ...topics: ReturnType<typeof order>[]): Promise<(readonly [string, number])[]> {
  const answer = await broker.send(createTopicsApi, 7, makeCreateTopicsRequest({ topics, timeoutMs: 5000 }));
  return answer.topics.map(({ name, errorCode }) => [name, errorCode] as const);
}

test("names, collisions and limits are judged alike whether a topic is ordered or comes by itself", async () => {
  await using broker = await TestBroker.start({ settings: { "num.partitions": "6000" } });
  await createTopic(broker, "a.b");
  const bad = ["a_b", "..", "x".repeat(250), "__cluster_metadata"];
  const byItself = await autoCreateTopics(broker.running.state, bad);
  const ordered = new Map(await create(broker, ...bad.map((name) => order(name))));
  assert.deepEqual(byItself, ordered);
  assert.deepEqual([...ordered.values()], [17, 17, 17, 42]);
  // Two of 6,000 partitions each are more than one request may add.
  const many = await autoCreateTopics(broker.running.state, ["first", "second"]);
  assert.deepEqual([...many], [["second", ErrorCode.POLICY_VIOLATION]]);
});

test("names that collide with each other within one request: the first is created", async () => {
  await using broker = await TestBroker.start();
  assert.deepEqual(await create(broker, order("m.n"), order("m_n"), order("other")), [
    ["m.n", ErrorCode.NONE],
    ["m_n", ErrorCode.INVALID_TOPIC_EXCEPTION],
    ["other", ErrorCode.NONE],
  ]);
});

test("requests that come together see each other's topics: each name is created once", async () => {
  await using broker = await TestBroker.start();
  const answers = await Promise.all(Array.from({ length: 20 }, () => create(broker, order("same", 50))));
  const codes = answers.flat().map(([, errorCode]) => errorCode);
  assert.equal(codes.filter((code) => code === ErrorCode.NONE).length, 1);
  assert.equal(codes.filter((code) => code === ErrorCode.TOPIC_ALREADY_EXISTS).length, 19);
});

test("a topic that is created anew has settings of its own, whatever was known of the old one", async () => {
  await using broker = await TestBroker.start();
  const large = (): Buffer => sampleBatch(["x".repeat(1000)]);
  await createTopic(broker, "t", { "max.message.bytes": "500", "segment.bytes": "2000000" });
  assert.equal((await produce(broker, "t", large())).errorCode, ErrorCode.MESSAGE_TOO_LARGE);
  await broker.send(deleteTopicsApi, 5, makeDeleteTopicsRequest({ topicNames: ["t"], timeoutMs: 5000 }));
  await createTopic(broker, "t");
  assert.equal((await produce(broker, "t", large())).errorCode, ErrorCode.NONE);
  assert.equal(broker.running.state.partitions.get("t", 0)!.log.config.segmentBytes, 1 << 30);
});

test("one request adds 10,000 partitions at most, over all its topics, on creation and growth alike", async () => {
  await using broker = await TestBroker.start();
  const topics = [order("big", 9_999), order("one", 1), order("more", 1)];
  const created = await broker.send(createTopicsApi, 7, makeCreateTopicsRequest({ topics, timeoutMs: 5000, validateOnly: true }));
  assert.deepEqual(
    created.topics.map(({ name, errorCode }) => [name, errorCode]),
    [
      ["big", ErrorCode.NONE],
      ["one", ErrorCode.NONE],
      ["more", ErrorCode.POLICY_VIOLATION],
    ],
  );
  await create(broker, order("big"), order("one"));
  const wishes = [
    makeCreatePartitionsTopic({ name: "big", count: 10_001, assignments: null }),
    makeCreatePartitionsTopic({ name: "one", count: 2, assignments: null }),
  ];
  const grown = await broker.send(
    createPartitionsApi,
    3,
    makeCreatePartitionsRequest({ topics: wishes, timeoutMs: 5000, validateOnly: true }),
  );
  assert.deepEqual(
    grown.results.map(({ errorCode }) => errorCode),
    [ErrorCode.NONE, ErrorCode.POLICY_VIOLATION],
  );
});

test("the partitions of a new topic are all there as soon as it is, and stay the same ones", async () => {
  await using broker = await TestBroker.start();
  const { metadata, partitions } = broker.running.state;
  const clock = new SimulatedClock();
  const record = { kind: "topic" as const, name: "late", topicId: "AAAAAAAAAAAAAAAAAAAAAQ", replicas: [[1], [1], [1]], configs: {} };
  // A slice that is over at once: the creation rests after each partition until time passes.
  const preparing = partitions.prepare([record], new TimeSlice(clock, 0));
  assert.equal(partitions.get("late", 2), undefined);
  let isPrepared = false;
  void preparing.then(() => (isPrepared = true));
  while (!isPrepared) await clock.advanceAsync(0);
  metadata.apply(record);
  await partitions.follow(record, new TimeSlice(clock, 0));
  const early = partitions.get("late", 2);
  assert.equal(early?.log.logEndOffset, 0);
  assert.equal(partitions.get("late", 3), undefined);
  assert.equal(partitions.get("late", 2), early);
});

async function nameTopics(broker: TestBroker, ...names: readonly string[]): Promise<number[]> {
  const topics = names.map((name) => makeMetadataRequestTopic({ name }));
  const answer = await broker.send(metadataApi, 12, makeMetadataRequest({ topics, allowAutoTopicCreation: true }));
  return answer.topics.map(({ errorCode }) => errorCode);
}

test("a topic that is named before it is there is unknown at first, comes by itself, and is created once however many name it", async () => {
  await using broker = await TestBroker.start({ settings: { "num.partitions": "3" } });
  const answers = await Promise.all(Array.from({ length: 20 }, () => nameTopics(broker, "wanted", "bad name", "wanted")));
  for (const [first, bad] of answers) {
    assert.ok(first === ErrorCode.UNKNOWN_TOPIC_OR_PARTITION || first === ErrorCode.NONE);
    assert.equal(bad, ErrorCode.INVALID_TOPIC_EXCEPTION);
  }
  assert.equal(answers[0]?.[0], ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  await untilCreated(broker, "wanted");
  const { topicId, partitions } = broker.running.state.metadata.topic("wanted")!;
  assert.equal(partitions.length, 3);
  assert.deepEqual(await nameTopics(broker, "wanted"), [ErrorCode.NONE]);
  assert.equal(broker.running.state.metadata.topic("wanted")!.topicId, topicId);
  assert.equal(broker.running.state.metadata.topic("bad name"), undefined);
});

test("a topic that was deleted is unknown to the next who names it", async () => {
  await using broker = await TestBroker.start();
  await createTopic(broker, "gone");
  await broker.send(deleteTopicsApi, 5, makeDeleteTopicsRequest({ topicNames: ["gone"], timeoutMs: 5000 }));
  assert.deepEqual(await nameTopics(broker, "gone"), [ErrorCode.UNKNOWN_TOPIC_OR_PARTITION]);
});

test("what could not be created by itself can be later", async () => {
  await using broker = await TestBroker.start();
  await createTopic(broker, "a.b");
  assert.deepEqual(await nameTopics(broker, "a_b"), [ErrorCode.UNKNOWN_TOPIC_OR_PARTITION], "as Kafka tells a collision");
  await broker.send(deleteTopicsApi, 5, makeDeleteTopicsRequest({ topicNames: ["a.b"], timeoutMs: 5000 }));
  while ((await nameTopics(broker, "a_b"))[0] !== ErrorCode.NONE) await new Promise(setImmediate);
});
