import assert from "node:assert/strict";
import { test } from "node:test";
import { type LogFields, silentLogger } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import { SimulatedDisk } from "@ottla/base/simulated";
import { ErrorCode, NIL_UUID } from "@ottla/protocol";
import { createPartitionsApi, makeCreatePartitionsRequest, makeCreatePartitionsTopic } from "@ottla/protocol/apis/create-partitions";
import {
  type CreatableTopic,
  createTopicsApi,
  makeCreatableTopic,
  makeCreatableTopicConfig,
  makeCreateTopicsRequest,
} from "@ottla/protocol/apis/create-topics";
import {
  deleteRecordsApi,
  makeDeleteRecordsPartition,
  makeDeleteRecordsRequest,
  makeDeleteRecordsTopic,
} from "@ottla/protocol/apis/delete-records";
import { deleteTopicsApi, makeDeleteTopicState, makeDeleteTopicsRequest } from "@ottla/protocol/apis/delete-topics";
import {
  describeTopicPartitionsApi,
  makeDescribeTopicPartitionsRequest,
  makeDescribeTopicPartitionsRequestCursor,
  makeTopicRequest,
} from "@ottla/protocol/apis/describe-topic-partitions";
import { makePartitionProduceData, makeProduceRequest, makeTopicProduceData, produceApi } from "@ottla/protocol/apis/produce";
import { RecordBatchBuilder } from "@ottla/protocol/records";
import { TestBroker } from "../testing/test-broker.ts";

const wish = (name: string, init: Partial<CreatableTopic> = {}) =>
  makeCreatableTopic({ name, numPartitions: 1, replicationFactor: 1, ...init });

async function create(broker: TestBroker, topics: CreatableTopic[], { version = 7, validateOnly = false } = {}) {
  const answer = await broker.send(createTopicsApi, version, makeCreateTopicsRequest({ topics, timeoutMs: 5000, validateOnly }));
  return answer.topics;
}

async function codes(broker: TestBroker, ...topics: CreatableTopic[]) {
  return (await create(broker, topics)).map(({ name, errorCode }) => [name, errorCode]);
}

async function produceOne(broker: TestBroker, name: string, index: number): Promise<void> {
  const batch = new RecordBatchBuilder();
  batch.append(null, Buffer.from("value"), [], systemClock.nowMs());
  const topicData = [makeTopicProduceData({ name, partitionData: [makePartitionProduceData({ index, records: batch.close("none") })] })];
  const answer = await broker.send(produceApi, 9, makeProduceRequest({ acks: -1, timeoutMs: 5000, topicData }));
  assert.equal(answer.responses[0]?.partitionResponses[0]?.errorCode, ErrorCode.NONE);
}

test("CreateTopics answers with id, numbers and every config", async () => {
  await using broker = await TestBroker.start({ settings: { "num.partitions": "4", "log.retention.hours": "2" } });
  const [made] = await create(broker, [
    wish("t", {
      numPartitions: -1,
      replicationFactor: -1,
      configs: [makeCreatableTopicConfig({ name: "cleanup.policy", value: "compact" })],
    }),
  ]);
  assert.ok(made && made.configs);
  assert.deepEqual([made.errorCode, made.numPartitions, made.replicationFactor], [ErrorCode.NONE, 4, 1]);
  assert.equal(made.topicId, broker.running.state.metadata.topic("t")?.topicId);
  assert.equal(made.configs.length, 37);
  const config = (name: string) => made.configs?.find((entry) => entry.name === name);
  assert.deepEqual([config("cleanup.policy")?.value, config("cleanup.policy")?.configSource], ["compact", 1]);
  assert.deepEqual([config("retention.ms")?.value, config("retention.ms")?.configSource], ["7200000", 4]);
  assert.deepEqual([config("flush.ms")?.value, config("flush.ms")?.configSource], ["9223372036854775807", 5]);
});

test("each topic of a CreateTopics request succeeds or fails alone, with Kafka's code", async () => {
  await using broker = await TestBroker.start();
  const config = (name: string, value: string | null) => ({ configs: [makeCreatableTopicConfig({ name, value })] });
  assert.deepEqual(await codes(broker, wish("a.b"), wish("a_b")), [
    ["a.b", ErrorCode.NONE],
    ["a_b", ErrorCode.INVALID_TOPIC_EXCEPTION],
  ]);
  assert.deepEqual(
    await codes(
      broker,
      wish("twice"),
      wish("twice"),
      wish("a.b"),
      wish("bad name"),
      wish("p0", { numPartitions: 0 }),
      wish("rf9", { replicationFactor: 9 }),
      wish("unknown", config("no.such.key", "1")),
      wish("illegal", config("retention.ms", "soon")),
      wish("null", config("retention.ms", null)),
      wish("fine", config("retention.ms", " 5 ")),
    ),
    [
      ["twice", ErrorCode.INVALID_REQUEST],
      ["a.b", ErrorCode.TOPIC_ALREADY_EXISTS],
      ["bad name", ErrorCode.INVALID_TOPIC_EXCEPTION],
      ["p0", ErrorCode.INVALID_PARTITIONS],
      ["rf9", ErrorCode.INVALID_REPLICATION_FACTOR],
      ["unknown", ErrorCode.INVALID_CONFIG],
      ["illegal", ErrorCode.INVALID_CONFIG],
      ["null", ErrorCode.INVALID_CONFIG],
      ["fine", ErrorCode.NONE],
    ],
  );
  assert.deepEqual(
    Array.from(broker.running.state.metadata.topics(), ({ name }) => name),
    ["a.b", "fine"],
  );
});

test("validate_only creates nothing, and gives an id as Kafka does", async () => {
  await using broker = await TestBroker.start();
  const [checked] = await create(broker, [wish("t", { numPartitions: 3 })], { validateOnly: true });
  assert.deepEqual([checked?.errorCode, checked?.numPartitions], [ErrorCode.NONE, 3]);
  assert.notEqual(checked?.topicId, NIL_UUID);
  assert.equal(broker.running.state.metadata.topic("t"), undefined);
});

test("with the development switch too many replicas become as many as there are, and answer and log say so", async () => {
  const events: string[] = [];
  const logger = { ...silentLogger, info: (message: string, fields?: LogFields) => events.push(`${message} ${JSON.stringify(fields)}`) };
  await using broker = await TestBroker.start({ settings: { "ottla.replication.factor.clamp": "true" }, logger });
  const [made] = await create(broker, [wish("t", { replicationFactor: 3 })]);
  assert.deepEqual([made?.errorCode, made?.replicationFactor], [ErrorCode.NONE, 1]);
  assert.ok(events.includes('a topic has fewer replicas than asked for {"topic":"t","asked":3,"given":1}'));
});

test("a request may add 10,000 partitions, not one more", async () => {
  await using broker = await TestBroker.start();
  const answers = await create(broker, [wish("a", { numPartitions: 9_999 }), wish("b"), wish("c")], { validateOnly: true });
  assert.deepEqual(
    answers.map(({ errorCode }) => errorCode),
    [ErrorCode.NONE, ErrorCode.NONE, ErrorCode.POLICY_VIOLATION],
  );
});

test("a disk that refuses the change leaves everything as it was, and later changes work", async () => {
  const disk = new SimulatedDisk();
  await using broker = await TestBroker.start({ disk });
  await create(broker, [wish("kept")]);
  const refuse = () => disk.fail({ operation: "append", path: "metadata.journal", code: "DISK_FULL", partialBytes: 5 });
  refuse();
  const [refused, illegal] = await create(broker, [wish("t"), wish("a b")]);
  assert.deepEqual([refused?.errorCode, refused?.topicId], [ErrorCode.KAFKA_STORAGE_ERROR, NIL_UUID]);
  assert.equal(illegal?.errorCode, ErrorCode.INVALID_TOPIC_EXCEPTION);
  refuse();
  const removed = await broker.send(deleteTopicsApi, 5, makeDeleteTopicsRequest({ topicNames: ["kept"], timeoutMs: 5000 }));
  assert.equal(removed.responses[0]?.errorCode, ErrorCode.KAFKA_STORAGE_ERROR);
  refuse();
  const grown = makeCreatePartitionsRequest({
    topics: [makeCreatePartitionsTopic({ name: "kept", count: 2, assignments: null })],
    timeoutMs: 5000,
  });
  assert.equal((await broker.send(createPartitionsApi, 3, grown)).results[0]?.errorCode, ErrorCode.KAFKA_STORAGE_ERROR);
  assert.deepEqual(
    Array.from(broker.running.state.metadata.topics(), ({ name, partitions }) => [name, partitions.length]),
    [["kept", 1]],
  );
  assert.deepEqual(await codes(broker, wish("t")), [["t", ErrorCode.NONE]]);
});

test("two clients that create the same topic at once: one makes it, the other hears that it is there", async () => {
  await using broker = await TestBroker.start();
  const answers = await Promise.all([codes(broker, wish("t")), codes(broker, wish("t"))]);
  assert.deepEqual(new Set(answers.map(([answer]) => answer?.[1])), new Set([ErrorCode.NONE, ErrorCode.TOPIC_ALREADY_EXISTS]));
});

test("DeleteTopics removes by name and by id; a topic made anew has another id", async () => {
  await using broker = await TestBroker.start();
  const { metadata } = broker.running.state;
  await create(broker, [wish("t"), wish("u")]);
  const firstId = metadata.topic("t")!.topicId;
  const byName = await broker.send(deleteTopicsApi, 5, makeDeleteTopicsRequest({ topicNames: ["t", "missing"], timeoutMs: 0 }));
  assert.deepEqual(
    byName.responses.map(({ name, errorCode }) => [name, errorCode]),
    [
      ["t", ErrorCode.NONE],
      ["missing", ErrorCode.UNKNOWN_TOPIC_OR_PARTITION],
    ],
  );
  await create(broker, [wish("t")]);
  assert.notEqual(metadata.topic("t")!.topicId, firstId);
  const asked = [firstId, metadata.topic("u")!.topicId].map((topicId) => makeDeleteTopicState({ name: null, topicId }));
  const byId = await broker.send(deleteTopicsApi, 6, makeDeleteTopicsRequest({ topics: asked, timeoutMs: 5000 }));
  assert.deepEqual(
    byId.responses.map(({ name, errorCode }) => [name, errorCode]),
    [
      [null, ErrorCode.UNKNOWN_TOPIC_ID],
      ["u", ErrorCode.NONE],
    ],
  );
  assert.deepEqual(
    Array.from(metadata.topics(), ({ name }) => name),
    ["t"],
  );
});

test("a broker with delete.topic.enable=false deletes nothing", async () => {
  await using broker = await TestBroker.start({ settings: { "delete.topic.enable": "false" } });
  await create(broker, [wish("t")]);
  for (const [version, code] of [
    [2, ErrorCode.INVALID_REQUEST],
    [5, ErrorCode.TOPIC_DELETION_DISABLED],
  ] as const) {
    const answer = await broker.send(deleteTopicsApi, version, makeDeleteTopicsRequest({ topicNames: ["t"], timeoutMs: 5000 }));
    assert.deepEqual(
      answer.responses.map(({ errorCode }) => errorCode),
      [code],
    );
  }
  assert.ok(broker.running.state.metadata.topic("t"));
});

test("a topic's settings go with it", async () => {
  await using broker = await TestBroker.start();
  const flush = { configs: [makeCreatableTopicConfig({ name: "flush.messages", value: "1" })] };
  await create(broker, [wish("t", flush)]);
  assert.equal(broker.running.state.config.topic("t", "flush.messages").value, 1);
  await broker.send(deleteTopicsApi, 5, makeDeleteTopicsRequest({ topicNames: ["t"], timeoutMs: 5000 }));
  await create(broker, [wish("t")]);
  assert.equal(broker.running.state.config.topic("t", "flush.messages").value, Infinity);
});

test("CreatePartitions gives one result per topic and the new partitions are there", async () => {
  await using broker = await TestBroker.start();
  await create(broker, [wish("t"), wish("u")]);
  const grow = (topics: readonly (readonly [string, number])[], validateOnly = false) =>
    broker.send(
      createPartitionsApi,
      3,
      makeCreatePartitionsRequest({
        topics: topics.map(([name, count]) => makeCreatePartitionsTopic({ name, count, assignments: null })),
        timeoutMs: 5000,
        validateOnly,
      }),
    );
  const outcome = async (...asked: Parameters<typeof grow>) =>
    (await grow(...asked)).results.map(({ name, errorCode }) => [name, errorCode]);
  assert.deepEqual(await outcome([["t", 3]], true), [["t", ErrorCode.NONE]]);
  assert.equal(broker.running.state.metadata.topic("t")?.partitions.length, 1);
  assert.deepEqual(
    await outcome([
      ["t", 3],
      ["missing", 2],
      ["u", 1],
      ["twice", 2],
      ["twice", 3],
    ]),
    [
      ["t", ErrorCode.NONE],
      ["missing", ErrorCode.UNKNOWN_TOPIC_OR_PARTITION],
      ["u", ErrorCode.INVALID_PARTITIONS],
      ["twice", ErrorCode.INVALID_REQUEST],
    ],
  );
  assert.ok(broker.running.state.partitions.get("t", 2));
});

test("DeleteRecords says what it will not do", async () => {
  await using broker = await TestBroker.start();
  const compacted = { configs: [makeCreatableTopicConfig({ name: "cleanup.policy", value: "compact" })] };
  const unlimited = { configs: [makeCreatableTopicConfig({ name: "cleanup.policy", value: "" })] };
  await create(broker, [wish("t"), wish("compacted", compacted), wish("unlimited", unlimited), wish("__consumer_offsets")]);
  const remove = async (topic: string, partitionIndex: number, offset: number) => {
    const partitions = [makeDeleteRecordsPartition({ partitionIndex, offset })];
    const answer = await broker.send(
      deleteRecordsApi,
      2,
      makeDeleteRecordsRequest({ topics: [makeDeleteRecordsTopic({ name: topic, partitions })], timeoutMs: 5000 }),
    );
    const { errorCode, lowWatermark } = answer.topics[0]!.partitions[0]!;
    return [errorCode, lowWatermark];
  };
  assert.deepEqual(await remove("t", 0, 0), [ErrorCode.NONE, 0]);
  assert.deepEqual(await remove("t", 0, -1), [ErrorCode.NONE, 0]);
  assert.deepEqual(await remove("t", 0, 1), [ErrorCode.OFFSET_OUT_OF_RANGE, -1]);
  assert.deepEqual(await remove("t", 0, -2), [ErrorCode.OFFSET_OUT_OF_RANGE, -1]);
  assert.deepEqual(await remove("t", 1, 0), [ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, -1]);
  assert.deepEqual(await remove("compacted", 0, 0), [ErrorCode.POLICY_VIOLATION, -1]);
  assert.deepEqual(await remove("unlimited", 0, 0), [ErrorCode.NONE, 0]);
  assert.deepEqual(await remove("__consumer_offsets", 0, 0), [ErrorCode.INVALID_TOPIC_EXCEPTION, -1]);
});

test("deleted records stay deleted over a restart, −1 deletes all", async () => {
  const broker = await TestBroker.start();
  await create(broker, [wish("t", { numPartitions: 2 })]);
  for (let offset = 0; offset < 3; offset++) await produceOne(broker, "t", 0);
  const lowWatermark = async (running: TestBroker, offset: number) => {
    const topics = [makeDeleteRecordsTopic({ name: "t", partitions: [makeDeleteRecordsPartition({ partitionIndex: 0, offset })] })];
    const answer = await running.send(deleteRecordsApi, 2, makeDeleteRecordsRequest({ topics, timeoutMs: 5000 }));
    return answer.topics[0]?.partitions[0]?.lowWatermark;
  };
  assert.equal(await lowWatermark(broker, 2), 2);
  // Going back deletes nothing and brings nothing back.
  assert.equal(await lowWatermark(broker, 1), 2);
  await broker.stop();
  await using again = await TestBroker.start({ disk: broker.disk });
  const log = () => again.running.state.partitions.get("t", 0)!.log;
  assert.deepEqual([log().logStartOffset, log().logEndOffset], [2, 3]);
  assert.equal(await lowWatermark(again, -1), 3);
  assert.deepEqual([log().logStartOffset, log().logEndOffset], [3, 3]);
});

test("DescribeTopicPartitions pages through all topics", async () => {
  await using broker = await TestBroker.start();
  await create(broker, [wish("b", { numPartitions: 3 }), wish("a")]);
  const ask = (names: string[], limit: number, cursor: [string, number] | null = null) =>
    broker.send(
      describeTopicPartitionsApi,
      0,
      makeDescribeTopicPartitionsRequest({
        topics: names.map((name) => makeTopicRequest({ name })),
        responsePartitionLimit: limit,
        cursor: cursor && makeDescribeTopicPartitionsRequestCursor({ topicName: cursor[0], partitionIndex: cursor[1] }),
      }),
    );
  const shown = async (...asked: Parameters<typeof ask>) => {
    const { topics, nextCursor } = await ask(...asked);
    const seen = topics.map(
      ({ name, errorCode, partitions }) => `${name} ${errorCode} [${partitions.map((partition) => partition.partitionIndex)}]`,
    );
    return [seen, nextCursor && `${nextCursor.topicName}-${nextCursor.partitionIndex}`];
  };
  assert.deepEqual(await shown([], 2), [["a 0 [0]", "b 0 [0]"], "b-1"]);
  assert.deepEqual(await shown([], 2, ["b", 1]), [["b 0 [1,2]"], null]);
  assert.deepEqual(await shown(["b", "no", "a b"], 9), [["a b 17 []", "b 0 [0,1,2]", "no 3 []"], null]);
  assert.deepEqual(await shown(["b"], 0), [["b 0 [0]"], "b-1"]);
  // The cursor must be one of the topics asked for.
  assert.deepEqual(await shown(["a", "b"], 9, ["aa", 0]), [["a 42 []", "b 42 []"], null]);
  assert.deepEqual(await shown(["a", "b"], 9, ["a", -1]), [["a 42 []", "b 42 []"], null]);
  const { topics } = await ask(["a"], 9);
  assert.deepEqual([topics[0]?.topicAuthorizedOperations, topics[0]?.partitions[0]?.eligibleLeaderReplicas], [3576, []]);
});
