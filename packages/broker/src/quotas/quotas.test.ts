import assert from "node:assert/strict";
import { test } from "node:test";
import { ErrorCode } from "@ottla/protocol";
import {
  alterClientQuotasApi,
  makeAlterClientQuotasRequest,
  makeAlterClientQuotasRequestEntityData,
  makeAlterClientQuotasRequestEntryData,
  makeOpData,
} from "@ottla/protocol/apis/alter-client-quotas";
import { describeClientQuotasApi, makeComponentData, makeDescribeClientQuotasRequest } from "@ottla/protocol/apis/describe-client-quotas";
import { createPartitionsApi, makeCreatePartitionsRequest, makeCreatePartitionsTopic } from "@ottla/protocol/apis/create-partitions";
import { createTopicsApi, makeCreatableTopic, makeCreateTopicsRequest } from "@ottla/protocol/apis/create-topics";
import { deleteTopicsApi, makeDeleteTopicState, makeDeleteTopicsRequest } from "@ottla/protocol/apis/delete-topics";
import { makeMetadataRequest, makeMetadataRequestTopic, metadataApi } from "@ottla/protocol/apis/metadata";
import { makePartitionProduceData, makeProduceRequest, makeTopicProduceData, produceApi } from "@ottla/protocol/apis/produce";
import { RecordBatchBuilder } from "@ottla/protocol/records";
import { EffectiveConfig } from "../config/effective-config.ts";
import type { QuotaEntity } from "../metadata/client-quotas.ts";
import { ClusterMetadata } from "../metadata/cluster-metadata.ts";
import { TestBroker } from "../testing/test-broker.ts";
import { ClientThrottle } from "./client-throttle.ts";
import { QuotaIndex } from "./quota-index.ts";
import { SpentLimits } from "./spent-limits.ts";

test("what names a client more closely goes first, and a default is a limit for each", () => {
  const index = new QuotaIndex();
  const order: QuotaEntity[] = [
    { clientId: null },
    { clientId: "c" },
    { user: null },
    { user: null, clientId: null },
    { user: null, clientId: "c" },
    { user: "u" },
    { user: "u", clientId: null },
    { user: "u", clientId: "c" },
  ];
  assert.equal(index.limitOf("producer_byte_rate", "u", "c"), undefined);
  for (const [at, entity] of order.entries()) {
    index.set({ entity, limits: { producer_byte_rate: at + 1 } });
    assert.equal(index.limitOf("producer_byte_rate", "u", "c")?.limit, at + 1);
  }
  const sharers = ["c", "d"].map((clientId) => index.limitOf("producer_byte_rate", "other", clientId)?.sharedBy);
  assert.notEqual(sharers[0], sharers[1]);
  index.set({ entity: { user: "u", clientId: "c" }, limits: {} });
  index.set({ entity: { user: "u", clientId: null }, limits: { consumer_byte_rate: 5 } });
  const [one, two] = ["c", "d"].map((clientId) => index.limitOf("producer_byte_rate", "u", clientId));
  assert.deepEqual([one?.limit, one?.sharedBy], [6, two?.sharedBy], "all clients of a user share the user's limit");
});

test("a default user's limit is each user's own; an entity without limits is forgotten", () => {
  const index = new QuotaIndex();
  index.set({ entity: { user: null }, limits: { producer_byte_rate: 7 } });
  const [one, two] = ["u", "v"].map((user) => index.limitOf("producer_byte_rate", user, "c"));
  assert.deepEqual([one?.limit, two?.limit], [7, 7]);
  assert.notEqual(one?.sharedBy, two?.sharedBy);
  index.set({ entity: { user: null }, limits: {} });
  assert.equal(index.isEmpty, true);
});

test("what was found for a client holds until a limit changes, and for no other client, however many there are", () => {
  const index = new QuotaIndex();
  const limitOf = (user: string, clientId: string) => index.limitOf("producer_byte_rate", user, clientId)?.limit;
  index.set({ entity: { user: "u" }, limits: { producer_byte_rate: 1 } });
  assert.deepEqual([limitOf("u", "c"), limitOf("v", "c"), limitOf("u", "c")], [1, undefined, 1]);
  assert.equal(index.limitOf("consumer_byte_rate", "u", "c"), undefined);
  index.set({ entity: { clientId: "c" }, limits: { producer_byte_rate: 2 } });
  assert.deepEqual([limitOf("u", "c"), limitOf("v", "c")], [1, 2]);
  index.set({ entity: { user: "u" }, limits: {} });
  assert.deepEqual([limitOf("u", "c"), limitOf("u", "d")], [2, undefined]);
  for (let at = 0; at < 25_000; at++) assert.equal(limitOf(`user-${at % 5000}`, `client-${at}`), undefined);
  index.set({ entity: { user: null, clientId: "client-7" }, limits: { producer_byte_rate: 3 } });
  assert.deepEqual([limitOf("user-7", "client-7"), limitOf("user-8", "client-8"), limitOf("v", "c")], [3, undefined, 2]);
  index.set({ entity: { user: null, clientId: "client-7" }, limits: {} });
  index.set({ entity: { clientId: "c" }, limits: {} });
  assert.ok(index.isEmpty);
});

test("what is remembered of a client whose id is as long as it may be is short, and its own", () => {
  const index = new QuotaIndex();
  index.set({ entity: { clientId: null }, limits: { producer_byte_rate: 7 } });
  const keys = ["a", "b"].map((end) => index.limitOf("producer_byte_rate", "u", "x".repeat(30_000) + end)?.sharedBy ?? "");
  assert.ok(keys.every(({ length }) => length < 100) && keys[0] !== keys[1], keys.join());
});

function throttleWith(settings: Readonly<Record<string, string>>): ClientThrottle {
  const metadata = new ClusterMetadata();
  return new ClientThrottle(metadata, new EffectiveConfig(metadata, new Map(Object.entries(settings)), 1));
}

test("a client that used up its time is quiet for one window at most", () => {
  const used = { user: "u", clientId: "c", producedBytes: 0, fetchedBytes: 0, turnMs: 100_000 };
  const quietMs = (settings: Readonly<Record<string, string>>): number => {
    const throttle = throttleWith(settings);
    throttle.follow({ kind: "client-quota", entity: { user: "u" }, limits: { request_percentage: 1 } });
    return throttle.use(used, 0);
  };
  assert.deepEqual([quietMs({}), quietMs({ "quota.window.size.seconds": "3" })], [1000, 3000]);
});

test("a percentage of time is so much of each second, and what all windows but one allow may be used at once", () => {
  const throttle = throttleWith({});
  throttle.follow({ kind: "client-quota", entity: { user: "u" }, limits: { request_percentage: 2 } });
  const use = (turnMs: number): number => throttle.use({ user: "u", clientId: "c", producedBytes: 0, fetchedBytes: 0, turnMs }, 0);
  assert.deepEqual([use(200), use(10)], [0, 500]);
});

test("what all windows but one allow may be used at once, by Kafka's settings; a Fetch gives no more than that", () => {
  for (const [settings, freeBytes] of [
    [{}, 10_000],
    [{ "quota.window.num": "3", "quota.window.size.seconds": "2" }, 4000],
    [{ "quota.window.num": "1" }, 0],
  ] as const) {
    const throttle = throttleWith(settings);
    assert.equal(throttle.fetchBytesAtOnce("u", "c"), Infinity);
    throttle.follow({ kind: "client-quota", entity: { user: "u" }, limits: { producer_byte_rate: 1000, consumer_byte_rate: 1000 } });
    const produce = (producedBytes: number) => throttle.use({ user: "u", clientId: "c", producedBytes, fetchedBytes: 0, turnMs: 0 }, 0);
    assert.deepEqual([produce(freeBytes), produce(500)], [0, 500]);
    assert.equal(throttle.fetchBytesAtOnce("u", "c"), Math.max(freeBytes, 1), "with nothing at once it still waits for something");
    assert.equal(throttle.fetchBytesAtOnce("somebody else", "c"), Infinity);
  }
});

test("time pays debts and saves nothing up; of more than ten thousand entities those who owe most are remembered", () => {
  const spent = new SpentLimits(1000);
  assert.equal(spent.use("a", 1000, 1000, 0), 0);
  assert.equal(spent.use("a", 10_000, 1000, 3_600_000), 9000);
  for (let i = 1; i < 10_000; i++) spent.use(`other-${i}`, 10_000, 1000, 3_600_000);
  assert.ok(spent.use("a", 1, 1000, 3_600_000) > 9000, "all of them are remembered");
  spent.use("one too many", 10_000, 1000, 3_600_000);
  for (let i = 0; i < 30_000; i++) spent.use(`crowd-${i}`, 2000, 1000, 3_600_000);
  assert.ok(spent.use("a", 1, 1000, 3_600_000) > 9000, "a crowd does not make its debt forgotten");
  assert.equal(spent.use("crowd-0", 1, 1000, 3_600_000), 0);
});

test("over any longer time clients that share a limit use it up and no more, whenever they come", () => {
  const spent = new SpentLimits(1000);
  const limit = 1_000_000;
  const freeAtMs = Array.from({ length: 50 }, (_, client) => client * 7);
  let used = 0;
  const endMs = 60_000;
  for (let nowMs = 0; nowMs < endMs; nowMs++) {
    for (const [client, atMs] of freeAtMs.entries()) {
      if (atMs > nowMs) continue;
      const bytes = 5000 + client * 300;
      used += bytes;
      freeAtMs[client] = nowMs + 1 + spent.use("all", bytes, limit, nowMs);
    }
  }
  assert.ok(Math.abs(used / (endMs / 1000) / limit - 1) < 0.05, `${used} bytes in a minute`);
});

function alter(
  broker: TestBroker,
  entity: Readonly<Record<string, string | null>>,
  ops: Readonly<Record<string, number | null>>,
  validateOnly = false,
) {
  const entry = makeAlterClientQuotasRequestEntryData({
    entity: Object.entries(entity).map(([entityType, entityName]) => makeAlterClientQuotasRequestEntityData({ entityType, entityName })),
    ops: Object.entries(ops).map(([key, value]) => makeOpData({ key, value: value ?? 0, remove: value === null })),
  });
  return broker.send(alterClientQuotasApi, 1, makeAlterClientQuotasRequest({ entries: [entry], validateOnly }));
}

async function described(broker: TestBroker, components: ReturnType<typeof makeComponentData>[] = [], strict = false) {
  const { errorCode, entries } = await broker.send(describeClientQuotasApi, 1, makeDescribeClientQuotasRequest({ components, strict }));
  if (errorCode !== ErrorCode.NONE) return errorCode;
  return (entries ?? []).map(({ entity, values }) => [
    entity.map(({ entityType, entityName }) => `${entityType}=${entityName}`).join(" "),
    ...values.map(({ key, value }) => `${key}=${value}`),
  ]);
}

test("quotas are set, told by filter, kept over a restart, and removed", async () => {
  const broker = await TestBroker.start();
  await alter(broker, { user: "alice", "client-id": null }, { producer_byte_rate: 1000, request_percentage: 12.5 });
  await alter(broker, { "client-id": "app" }, { consumer_byte_rate: 7 });
  await alter(broker, { ip: "10.0.0.1" }, { connection_creation_rate: 5 }, true);
  const alice = ["user=alice client-id=null", "producer_byte_rate=1000", "request_percentage=12.5"];
  assert.deepEqual(await described(broker), [alice, ["client-id=app", "consumer_byte_rate=7"]]);
  await broker.stop();
  await using again = await TestBroker.start({ disk: broker.disk });
  assert.deepEqual(await described(again, [makeComponentData({ entityType: "user", matchType: 2, match: null })]), [alice]);
  assert.deepEqual(await described(again, [makeComponentData({ entityType: "user", matchType: 2, match: null })], true), []);
  assert.deepEqual(await described(again, [makeComponentData({ entityType: "client-id", matchType: 1, match: null })]), [alice]);
  assert.deepEqual(
    await described(again, [makeComponentData({ entityType: "cat", matchType: 2, match: null })]),
    ErrorCode.UNSUPPORTED_VERSION,
  );
  await alter(again, { user: "alice", "client-id": null }, { producer_byte_rate: null, request_percentage: null });
  assert.deepEqual(await described(again), [["client-id=app", "consumer_byte_rate=7"]]);
});

test("what is no quota is refused with its reason", async () => {
  await using broker = await TestBroker.start();
  const bad: [Readonly<Record<string, string | null>>, Readonly<Record<string, number>>, RegExp][] = [
    [{}, { producer_byte_rate: 1 }, /empty client quota entity/],
    [{ cat: "x" }, { producer_byte_rate: 1 }, /Unhandled client quota entity type: cat/],
    [{ user: "" }, { producer_byte_rate: 1 }, /Empty user not supported/],
    [{ user: "a", ip: "1.2.3.4" }, { connection_creation_rate: 1 }, /IP entity/],
    [{ user: "a" }, { connection_creation_rate: 1 }, /Invalid configuration key/],
    [{ user: "a" }, { producer_byte_rate: 0 }, /greater than 0/],
    [{ user: "a" }, { producer_byte_rate: 1.5 }, /cannot be a fractional value/],
    [{ user: "a" }, { request_percentage: Number.NaN }, /finite/],
  ];
  for (const [entity, ops, reason] of bad) {
    const [entry] = (await alter(broker, entity, ops)).entries;
    assert.equal(entry?.errorCode, ErrorCode.INVALID_REQUEST);
    assert.match(entry?.errorMessage ?? "", reason);
  }
  assert.deepEqual(await described(broker), []);
});

test("a producer beyond its limit hears for how long it must be quiet, and another user does not", async () => {
  await using broker = await TestBroker.start({ settings: { "quota.window.num": "2" } });
  const builder = new RecordBatchBuilder({ limitBytes: 200_000 });
  builder.append(null, Buffer.alloc(100_000), [], 1);
  const records = builder.close("none");
  const topicData = [makeTopicProduceData({ name: "t", partitionData: [makePartitionProduceData({ index: 0, records })] })];
  const send = () => broker.send(produceApi, 9, makeProduceRequest({ acks: -1, timeoutMs: 1000, topicData }));
  await alter(broker, { user: "somebody-else" }, { producer_byte_rate: 1 });
  assert.equal((await send()).throttleTimeMs, 0);
  await alter(broker, { user: null }, { producer_byte_rate: 50_000 });
  const { throttleTimeMs } = await send();
  assert.ok(throttleTimeMs > 900 && throttleTimeMs < 1200, `${throttleTimeMs} ms for two seconds' worth, of which one is free`);
  await alter(broker, { user: null }, { producer_byte_rate: null });
  assert.equal((await send()).throttleTimeMs, 0);
});

test("a debt of years is told as the longest time that can be told, and not as a negative one", async () => {
  await using broker = await TestBroker.start();
  const builder = new RecordBatchBuilder({ limitBytes: 3_100_000 });
  builder.append(null, Buffer.alloc(900_000), [], 1);
  const records = builder.close("none");
  const topicData = [makeTopicProduceData({ name: "t", partitionData: [makePartitionProduceData({ index: 0, records })] })];
  await alter(broker, { user: null }, { producer_byte_rate: 1 });
  for (let i = 0; i < 3; i++) await broker.send(produceApi, 9, makeProduceRequest({ acks: -1, timeoutMs: 1000, topicData }));
  const { throttleTimeMs } = await broker.send(produceApi, 9, makeProduceRequest({ acks: -1, timeoutMs: 1000, topicData }));
  assert.equal(throttleTimeMs, 2 ** 31 - 1);
});

const create = (broker: TestBroker, version: number, name: string, numPartitions: number) =>
  broker.send(
    createTopicsApi,
    version,
    makeCreateTopicsRequest({ topics: [makeCreatableTopic({ name, numPartitions, replicationFactor: 1 })] }),
  );

test("controller_mutation_rate: newer requests beyond it are refused, older ones done and told to be quiet", async () => {
  await using broker = await TestBroker.start();
  await alter(broker, { user: null }, { controller_mutation_rate: 1 });
  const first = await create(broker, 7, "first", 20);
  assert.deepEqual([first.topics[0]!.errorCode, first.throttleTimeMs], [ErrorCode.NONE, 0]);
  const second = await create(broker, 7, "second", 1);
  assert.equal(second.topics[0]!.errorCode, ErrorCode.THROTTLING_QUOTA_EXCEEDED);
  assert.ok(second.throttleTimeMs > 8000 && second.throttleTimeMs <= 9000, `${second.throttleTimeMs}`);
  const old = await create(broker, 5, "old", 1);
  assert.equal(old.topics[0]!.errorCode, ErrorCode.NONE);
  assert.ok(old.throttleTimeMs > 9000 && old.throttleTimeMs <= 10_000, `${old.throttleTimeMs}`);
  const topics = [makeCreatePartitionsTopic({ name: "first", count: 21, assignments: null })];
  const more = await broker.send(createPartitionsApi, 3, makeCreatePartitionsRequest({ topics }));
  assert.equal(more.results[0]!.errorCode, ErrorCode.THROTTLING_QUOTA_EXCEEDED);
  const deletion = makeDeleteTopicsRequest({ topics: [makeDeleteTopicState({ name: "first" })] });
  assert.equal((await broker.send(deleteTopicsApi, 6, deletion)).responses[0]!.errorCode, ErrorCode.THROTTLING_QUOTA_EXCEEDED);
  await alter(broker, { user: null }, { controller_mutation_rate: null });
  assert.equal((await broker.send(deleteTopicsApi, 6, deletion)).responses[0]!.errorCode, ErrorCode.NONE);
});

test("topics that come into being when they are named are charged to who named them, and come later where nothing is left", async () => {
  await using broker = await TestBroker.start({ settings: { "auto.create.topics.enable": "true", "num.partitions": "30" } });
  await alter(broker, { user: null }, { controller_mutation_rate: 1 });
  const name = (topic: string) =>
    broker.send(
      metadataApi,
      12,
      makeMetadataRequest({ topics: [makeMetadataRequestTopic({ name: topic })], allowAutoTopicCreation: true }),
    );
  const { metadata, firstUseTopics } = broker.running.state;
  const isSettled = async (): Promise<void> => {
    while (firstUseTopics.pendingCount > 0) await new Promise(setImmediate);
  };
  assert.equal((await name("first")).throttleTimeMs, 0);
  await isSettled();
  assert.equal(metadata.topic("first")?.partitions.length, 30);
  assert.equal((await name("second")).throttleTimeMs, 0, "as at Kafka nobody is told");
  await isSettled();
  assert.equal(metadata.topic("second"), undefined);
  await alter(broker, { user: null }, { controller_mutation_rate: null });
  await name("second");
  await isSettled();
  assert.equal(metadata.topic("second")?.partitions.length, 30);
});

test("connection_creation_rate: an address beyond its own limit, or beyond the default, is refused, and others' limits are their own", async () => {
  await using broker = await TestBroker.start({ settings: { "quota.window.num": "2" } });
  const { quotas } = broker.running.state;
  const rates = quotas.connectionRates(1).of("PLAINTEXT");
  assert.equal(rates.refusalMs("10.0.0.1", 0), 0);
  await alter(broker, { ip: null }, { connection_creation_rate: 2 });
  await alter(broker, { ip: "10.0.0.9" }, { connection_creation_rate: 4 });
  const taken = (host: string, count: number): number =>
    Array.from({ length: count }, () => rates.refusalMs(host, 0)).filter((ms) => ms === 0).length;
  assert.deepEqual([taken("10.0.0.1", 10), taken("10.0.0.2", 10), taken("10.0.0.9", 10)], [2, 2, 4]);
  assert.equal(rates.refusalMs("10.0.0.1", 500), 0);
  assert.ok(rates.refusalMs("10.0.0.1", 500) > 0);
});

test("max.connection.creation.rate: a listener's own counts beside the broker's", async () => {
  await using broker = await TestBroker.start({
    settings: {
      "quota.window.num": "2",
      "max.connection.creation.rate": "10",
      "listener.name.plaintext.max.connection.creation.rate": "2",
    },
  });
  const rates = broker.running.state.quotas.connectionRates(1);
  const waits = (listener: string): number[] => Array.from({ length: 4 }, () => rates.of(listener).waitMs(0));
  assert.deepEqual(waits("PLAINTEXT"), [0, 0, 500, 1000]);
  assert.deepEqual(waits("OTHER"), [0, 0, 0, 0]);
});
