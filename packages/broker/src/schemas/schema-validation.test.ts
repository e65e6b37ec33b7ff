import assert from "node:assert/strict";
import { test } from "node:test";
import { ErrorCode, NIL_UUID } from "@ottla/protocol";
import { CODEC_NAMES, type CodecName, RecordBatchBuilder } from "@ottla/protocol/records";
import { makePartitionProduceData, makeProduceRequest, makeTopicProduceData } from "@ottla/protocol/apis/produce";
import {
  incrementalAlterConfigsApi,
  makeAlterableConfig,
  makeAlterConfigsResource,
  makeIncrementalAlterConfigsRequest,
} from "@ottla/protocol/apis/incremental-alter-configs";
import { deleteTopicsApi, makeDeleteTopicsRequest } from "@ottla/protocol/apis/delete-topics";
import { ClosedSignal } from "../net/closed.ts";
import { ProduceCall } from "../produce/produce-call.ts";
import { createTopic, produce } from "../testing/data-path.ts";
import { QuietBroker } from "../testing/quiet-broker.ts";
import { sampleBatch } from "../testing/sample-batches.ts";
import { TestGate } from "../testing/test-gate.ts";
import { TestBroker } from "../testing/test-broker.ts";

const GUID = "00010203-0405-0607-0809-0a0b0c0d0eff";
const guidMark = Buffer.concat([Buffer.from([1]), Buffer.from(GUID.replaceAll("-", ""), "hex")]);
const ON = { "confluent.value.schema.validation": "true" };

interface Sent {
  readonly key?: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: readonly { readonly key: string; readonly value: Buffer | null }[];
}

function batch(records: readonly Sent[], codec: CodecName = "none"): Buffer {
  const builder = new RecordBatchBuilder({});
  for (const { key = null, value, headers = [] } of records) builder.append(key, value, [...headers], Date.now());
  return builder.close(codec);
}
/** A payload with an id before it. */
function framed(id: number, rest = "payload"): Buffer {
  const bytes = Buffer.alloc(5 + rest.length);
  bytes.writeInt32BE(id, 1);
  bytes.write(rest, 5);
  return bytes;
}
const registered = (subject: string, version: number, id: number, more: object = {}) => ({
  key: JSON.stringify({ keytype: "SCHEMA", subject, version, magic: 1 }),
  value: JSON.stringify({ subject, version, id, schema: '"int"', deleted: false, ...more }),
});
async function scene(configs: Readonly<Record<string, string>> = ON): Promise<TestBroker> {
  const broker = await TestBroker.start();
  await createTopic(broker, "_schemas", { "cleanup.policy": "compact" });
  await createTopic(broker, "t", configs);
  const records = sampleBatch([registered("t-value", 1, 1, { guid: GUID }), registered("t-key", 1, 2), registered("u-value", 1, 3)]);
  assert.equal((await produce(broker, "_schemas", records)).errorCode, ErrorCode.NONE);
  return broker;
}

test("a record with a registered schema is taken, also a tombstone; another is refused by name, and nothing of its batch is kept", async () => {
  await using broker = await scene();
  for (const codec of CODEC_NAMES) {
    const good = await produce(broker, "t", batch([{ value: framed(1) }, { value: null }], codec));
    assert.deepEqual([good.errorCode, good.recordErrors], [ErrorCode.NONE, []], codec);
    const values = [framed(1), framed(3), framed(9), Buffer.from('{"a":1}'), Buffer.alloc(0), Buffer.from([0, 0, 0, 1])];
    const bad = await produce(
      broker,
      "t",
      batch(
        values.map((value) => ({ value })),
        codec,
      ),
    );
    assert.equal(bad.errorCode, ErrorCode.INVALID_RECORD);
    assert.equal(bad.baseOffset, -1);
    assert.deepEqual(
      bad.recordErrors.map(({ batchIndex, batchIndexErrorMessage }) => [batchIndex, batchIndexErrorMessage]),
      [
        [1, 'The value names a schema by the id 3, which is registered, but not under the subject "t-value"; register it there first.'],
        [2, 'The value names a schema by the id 9, which is not registered under the subject "t-value"; register it there first.'],
        [
          3,
          "The value carries no schema id (it begins with 7b2261223a317d), and the topic takes only what was serialised with a registered schema.",
        ],
        [4, "The value carries no schema id (it is empty), and the topic takes only what was serialised with a registered schema."],
        [
          5,
          "The value carries no schema id (it begins with 00000001), and the topic takes only what was serialised with a registered schema.",
        ],
      ],
    );
    assert.match(bad.errorMessage ?? "", /id 3, .*\(record 1 of the batch\)$/);
  }
  assert.equal(broker.running.state.partitions.get("t", 0)?.log.logEndOffset, 2 * CODEC_NAMES.length);
});

test("a header with a GUID or an id goes before what the payload begins with", async () => {
  await using broker = await scene();
  const code = async (value: Buffer | null, ...headers: readonly (Buffer | null)[]): Promise<number> => {
    const named = headers.map((header) => ({ key: "__value_schema_id", value: header }));
    return (await produce(broker, "t", batch([{ value, headers: named }]))).errorCode;
  };
  const plain = Buffer.from("no mark");
  const unknown = Buffer.from(guidMark).fill(7, 1);
  assert.deepEqual(
    [
      await code(plain, guidMark),
      await code(plain, framed(1, "")),
      await code(plain, unknown, guidMark),
      await code(guidMark),
      await code(plain),
      await code(framed(1), unknown),
      await code(plain, guidMark, unknown),
      await code(plain, guidMark.subarray(0, 16)),
      await code(plain, Buffer.concat([guidMark, Buffer.alloc(1)])),
      await code(plain, framed(1, "x")),
      await code(framed(1), Buffer.alloc(0)),
      await code(plain, null),
      await code(null, unknown),
    ],
    [0, 0, 0, 0, 87, 87, 87, 87, 87, 87, 87, 87, 0],
  );
});

test("keys are looked at where they are asked for; strategies say which subjects are right", async () => {
  await using broker = await scene({ "confluent.key.schema.validation": "true" });
  const strategy = (name: string) => ({ "confluent.value.subject.name.strategy": `io.confluent.kafka.serializers.subject.${name}` });
  await createTopic(broker, "any", { ...ON, ...strategy("RecordNameStrategy") });
  await createTopic(broker, "u", { ...ON, ...strategy("TopicRecordNameStrategy") });
  const code = async (topic: string, key: Buffer | null, value: Buffer): Promise<number> =>
    (await produce(broker, topic, batch([{ key, value }]))).errorCode;
  assert.deepEqual(
    [await code("t", framed(2), framed(9)), await code("t", null, framed(9)), await code("t", framed(1), framed(1))],
    [0, 0, 87],
  );
  assert.deepEqual([await code("any", null, framed(3)), await code("any", null, framed(9))], [0, 87]);
  assert.deepEqual([await code("u", null, framed(3)), await code("u", null, framed(1))], [0, 87]);
});

test("what a registry registered a moment ago is known, what it deleted is not, and a topic that was made anew begins anew", async () => {
  await using broker = await scene();
  const code = async (id: number): Promise<number> => (await produce(broker, "t", batch([{ value: framed(id) }]))).errorCode;
  assert.equal(await code(5), 87);
  await produce(broker, "_schemas", sampleBatch([registered("t-value", 2, 5)]));
  assert.equal(await code(5), 0);
  await produce(broker, "_schemas", sampleBatch([registered("t-value", 2, 5, { deleted: true })]));
  assert.equal(await code(5), 87);
  assert.equal(await code(1), 0);
  await broker.send(deleteTopicsApi, 5, makeDeleteTopicsRequest({ topicNames: ["_schemas"], timeoutMs: 5000 }));
  assert.equal(await code(1), 87);
  await createTopic(broker, "_schemas", { "cleanup.policy": "compact" });
  await produce(broker, "_schemas", sampleBatch([registered("t-value", 1, 4)]));
  assert.deepEqual([await code(4), await code(1)], [0, 87]);
});

test("a topic takes anything while validation is off, and its settings are checked", async () => {
  await using broker = await TestBroker.start();
  await createTopic(broker, "plain");
  assert.equal((await produce(broker, "plain", batch([{ value: Buffer.from("x") }]))).errorCode, 0);
  await createTopic(broker, "guarded", ON);
  // Without a registry's topic nothing is registered.
  assert.equal((await produce(broker, "guarded", batch([{ value: framed(1) }]))).errorCode, ErrorCode.INVALID_RECORD);
  assert.equal((await produce(broker, "guarded", batch([{ value: null }]))).errorCode, 0);
  await assert.rejects(createTopic(broker, "wrong", { "confluent.value.schema.validation": "maybe" }), /maybe/);
  await assert.rejects(createTopic(broker, "wrong", { "confluent.value.subject.name.strategy": "Mine" }), /Mine/);
});

test("a topic may be given any settings of it at any time, only the registry's own may not", async () => {
  await using broker = await scene({ ...ON, "cleanup.policy": "compact", "min.insync.replicas": "1", "max.message.bytes": "200" });
  const code = async (topic: string, value: Buffer | null, key: Buffer | null = Buffer.from("k")): Promise<number> =>
    (await produce(broker, topic, batch([{ key, value }]))).errorCode;
  // What is wrong with a batch whatever it holds goes first.
  assert.deepEqual([await code("t", framed(1)), await code("t", framed(9)), await code("t", framed(9), null)], [0, 87, 87]);
  assert.equal(await code("t", framed(9, "x".repeat(300))), ErrorCode.MESSAGE_TOO_LARGE);
  const set = async (topic: string, name: string, value: string | null, configOperation = value === null ? 1 : 0): Promise<number> => {
    const configs = [makeAlterableConfig({ name, value, configOperation })];
    const resources = [makeAlterConfigsResource({ resourceType: 2, resourceName: topic, configs })];
    return (
      (await broker.send(incrementalAlterConfigsApi, 1, makeIncrementalAlterConfigsRequest({ resources }))).responses[0]?.errorCode ?? -1
    );
  };
  for (const value of ["yes", "1", "", " true x"]) assert.notEqual(await set("t", "confluent.value.schema.validation", value), 0, value);
  assert.equal(await code("t", framed(9)), 87, "what was refused changes nothing");
  assert.equal(await set("t", "confluent.value.schema.validation", null), 0);
  assert.equal(await code("t", framed(9)), 0);
  assert.equal(await set("t", "confluent.value.subject.name.strategy", "io.confluent.kafka.serializers.subject.RecordNameStrategy"), 0);
  assert.equal(await code("t", framed(9)), 0, "a strategy alone asks for nothing");
  assert.equal(await set("t", "confluent.value.schema.validation", "TRUE"), 0);
  assert.deepEqual([await code("t", framed(3)), await code("t", framed(9))], [0, 87]);
  assert.equal(await set("_schemas", "confluent.value.schema.validation", "true"), ErrorCode.INVALID_CONFIG);
  assert.equal((await produce(broker, "_schemas", sampleBatch([registered("t-value", 3, 9)]))).errorCode, 0);
  assert.equal(await code("t", framed(9)), 0);
  await using other = await TestBroker.start();
  await assert.rejects(createTopic(other, "_schemas", ON), /shut registries out/);
});

test("100,000 ids are known within a bounded store, and what a registry could never have written changes nothing", async () => {
  await using broker = await scene();
  const count = 100_000;
  for (let from = 0; from < count; from += 5_000) {
    const records = Array.from({ length: 5_000 }, (_each, n) => registered(`many-${from + n}`, 1, 10 + from + n));
    assert.equal((await produce(broker, "_schemas", sampleBatch(records))).errorCode, 0);
  }
  // Under a subject of the topic: the last of them all, and another life of the first.
  await produce(broker, "_schemas", sampleBatch([registered("t-value", 2, 9 + count), registered("many-0", 1, 10, { deleted: true })]));
  const hostile = [
    { key: "{", value: "x" },
    { key: JSON.stringify({ keytype: "SCHEMA", subject: "t-value", version: 1e9, magic: 1 }), value: JSON.stringify({ id: 2 ** 31 }) },
    { key: JSON.stringify({ keytype: "SCHEMA", subject: "t-value", version: 3, magic: 1 }), value: JSON.stringify({ id: "7" }) },
    { key: JSON.stringify({ keytype: "SCHEMA", subject: "__proto__", version: 4, magic: 1 }), value: JSON.stringify({ id: 7 }) },
    { key: JSON.stringify({ keytype: "SCHEMA", subject: { a: 1 }, version: 5, magic: 1 }), value: JSON.stringify({ id: 7 }) },
    { key: JSON.stringify({ keytype: "DELETE_SUBJECT", subject: "t-value", magic: 0 }), value: JSON.stringify({ version: 1e300 }) },
    { key: "null", value: "null" },
    { key: "[]", value: "[".repeat(100_000) },
    { key: "\u0000\ufffe", value: "{}" },
  ];
  assert.equal((await produce(broker, "_schemas", sampleBatch(hostile))).errorCode, 0);
  const code = async (topic: string, id: number): Promise<number> =>
    (await produce(broker, topic, batch([{ value: framed(id) }]))).errorCode;
  assert.deepEqual([await code("t", 1), await code("t", 9 + count), await code("t", 10), await code("t", 7)], [0, 0, 87, 87]);
  const strategy = { "confluent.value.subject.name.strategy": "io.confluent.kafka.serializers.subject.TopicRecordNameStrategy" };
  await createTopic(broker, "many", { ...ON, ...strategy });
  assert.deepEqual([await code("many", 10), await code("many", 11), await code("many", 9 + count), await code("many", 1)], [87, 0, 0, 87]);
});

test("batches that are read in pieces are looked at too, and told in the order in which they came", async () => {
  await using broker = await scene();
  const many = (id: number): Buffer => batch(Array.from({ length: 60_000 }, () => ({ value: framed(id, "") })));
  const [good, bad, small] = await Promise.all([many(1), many(9), batch([{ value: framed(1) }])].map((each) => produce(broker, "t", each)));
  assert.deepEqual([good?.errorCode, bad?.errorCode, bad?.recordErrors.length, small?.errorCode], [0, 87, 100, 0]);
  assert.ok((small?.baseOffset ?? 0) >= 60_000);
});

test("of a registry's transactions those count that were committed; batches of a producer's transactions are looked at as well", async () => {
  await using broker = await QuietBroker.start();
  await broker.createTopic("_schemas", 1, { "cleanup.policy": "compact" });
  await broker.createTopic("t", 1, ON);
  const nowMs = broker.state.clock.nowMs();
  const context = {
    broker: { ...broker.state, transactionGate: new TestGate() },
    version: 12,
    clientId: "c",
    session: { closed: new ClosedSignal(), nodeId: 1 },
    keepFrame: () => false,
    answerBeforeNext: () => {},
  };
  const send = async (name: string, records: Buffer, transactionalId: string | null): Promise<number> => {
    const topic = makeTopicProduceData({ name, topicId: NIL_UUID, partitionData: [makePartitionProduceData({ records })] });
    const call = new ProduceCall(context, makeProduceRequest({ acks: -1, transactionalId, topicData: [topic] }));
    const codes: number[] = [];
    call.append(topic, name, 0, records, ({ errorCode }) => codes.push(errorCode));
    await call.finish();
    return codes[0] ?? -1;
  };
  const inTransaction = (records: Parameters<typeof sampleBatch>[0], sequence = 0, id = 7): Buffer =>
    sampleBatch(
      records.map((record) => ({ ...(typeof record === "string" ? { value: record } : record), timestampMs: nowMs })),
      { producer: { id, epoch: 0, sequence }, isTransactional: true },
    );
  const end = (isCommit: boolean): Promise<number> =>
    broker.state.markers.writeMarker(
      { topic: "_schemas", partition: 0 },
      { producerId: 7, producerEpoch: 0, coordinatorEpoch: 1, isCommit, transactionVersion: 0 },
    );
  let sequence = 0;
  const code = (id: number): Promise<number> =>
    send("t", inTransaction([{ value: framed(id).toString("latin1") }], sequence++, 8), "producer");
  assert.equal(await send("_schemas", inTransaction([registered("t-value", 1, 1)]), "registry"), 0);
  sequence = 0;
  assert.equal(await code(1), ErrorCode.INVALID_RECORD);
  await end(true);
  sequence = 0;
  assert.equal(await code(1), 0);
  assert.equal(await send("_schemas", inTransaction([registered("t-value", 2, 2)], 1), "registry"), 0);
  await end(false);
  assert.equal(await code(2), ErrorCode.INVALID_RECORD);
});
