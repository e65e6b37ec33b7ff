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
import { makePartitionProduceData, makeProduceRequest, makeTopicProduceData, produceApi } from "@ottla/protocol/apis/produce";
import { RecordBatchBuilder } from "@ottla/protocol/records";
import type { QuotaEntity } from "../metadata/client-quotas.ts";
import { TestBroker } from "../testing/test-broker.ts";
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

test("over any longer time clients that share a limit use it up and no more, whenever they come", () => {
  const spent = new SpentLimits();
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
  await using broker = await TestBroker.start();
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
