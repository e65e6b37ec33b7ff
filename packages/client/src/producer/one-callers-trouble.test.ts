import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ErrorCode } from "@ottla/protocol";
import {
  makeMetadataResponse,
  makeMetadataResponseBroker,
  makeMetadataResponsePartition,
  makeMetadataResponseTopic,
  metadataApi,
} from "@ottla/protocol/apis/metadata";
import { makePartitionProduceResponse, makeProduceResponse, makeTopicProduceResponse, produceApi } from "@ottla/protocol/apis/produce";
import { maxTimestamp, readRecords } from "@ottla/protocol/records";
import { ClientError, type ClientErrorCode } from "../client-error.ts";
import { createClient } from "../client.ts";
import { HOST, ScriptedBroker, SILENCE } from "../testing/scripted-broker.ts";
import { makeWorld } from "../testing/simulated-world.ts";
import type { ProducerOptions } from "./producer-types.ts";
import type { ProducerRecord } from "./record-types.ts";

const failsWith =
  (code: ClientErrorCode, message = /./) =>
  (error: unknown) =>
    error instanceof ClientError && error.code === code && message.test(error.message);

/** A cluster with the topics `good` and `other`; `missing` is not there, `forbidden` is not for us. */
async function start(options: ProducerOptions = {}) {
  const world = makeWorld();
  const broker = await ScriptedBroker.start(world.net);
  const topics = new Set(["good", "other"]);
  broker.on(metadataApi, (request) =>
    makeMetadataResponse({
      clusterId: "scripted",
      controllerId: 1,
      brokers: [makeMetadataResponseBroker({ nodeId: 1, host: HOST, port: broker.port })],
      topics: (request.topics ?? []).map(({ name }) =>
        topics.has(name!)
          ? makeMetadataResponseTopic({
              name,
              partitions: [makeMetadataResponsePartition({ leaderId: 1, replicaNodes: [1], isrNodes: [1] })],
            })
          : makeMetadataResponseTopic({
              name,
              errorCode: name === "forbidden" ? ErrorCode.TOPIC_AUTHORIZATION_FAILED : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
            }),
      ),
    }),
  );
  let isAnswering = true;
  broker.on(produceApi, (request) =>
    isAnswering
      ? makeProduceResponse({
          responses: request.topicData.map(({ name, partitionData }) =>
            makeTopicProduceResponse({
              name,
              partitionResponses: partitionData.map(({ index }) =>
                makePartitionProduceResponse({ index, baseOffset: 0, logAppendTimeMs: -1 }),
              ),
            }),
          ),
        })
      : SILENCE,
  );
  const client = createClient({ bootstrapServers: broker.bootstrap }, world);
  const producer = client.producer({ idempotent: false, maxBlockMs: 10_000, ...options });
  const batches = () =>
    broker
      .requestsOf(produceApi)
      .flatMap(({ topicData }) => topicData.flatMap((topic) => topic.partitionData.map(({ records }) => records as Buffer)));
  const sent = () => batches().flatMap((bytes) => readRecords(bytes).map((record) => record.value?.toString() ?? "null"));
  return { world, broker, client, producer, topics, batches, sent, answer: (yes: boolean) => (isAnswering = yes) };
}

describe("one caller's trouble is its own", () => {
  test("a send to a topic that does not exist keeps no other topic's waiting", async () => {
    const { world, producer } = await start();
    await world.settle(producer.send({ topic: "good", value: "before" }));
    const before = world.clock.monotonicMs();
    const missing = producer.send({ topic: "missing", value: "typo" });
    missing.catch(() => {});
    await world.settle(Promise.all([producer.send({ topic: "good", value: "1" }), producer.send({ topic: "other", value: "2" })]));
    assert.ok(world.clock.monotonicMs() - before < 100);
    await assert.rejects(world.settle(missing), failsWith("METADATA_TIMEOUT", /"missing" did not become known within 10000 ms/));
  });

  test("every record's time counts from its own call, not from its turn", async () => {
    const { world, producer } = await start();
    const before = world.clock.monotonicMs();
    const sends = Array.from({ length: 50 }, (_, i) => producer.send({ topic: "missing", value: String(i) }));
    await world.settle(Promise.allSettled(sends));
    assert.ok(world.clock.monotonicMs() - before <= 10_000);
  });

  test("records of a topic that appears late go out in the order of the calls, and new ones do not pass them", async () => {
    const { world, producer, topics, sent } = await start({ batchSizeBytes: 0 });
    const early = ["1", "2", "3"].map((value) => producer.send({ topic: "late", value }));
    await world.pass(1000);
    topics.add("late");
    const late = producer.send({ topic: "late", value: "4" });
    await world.settle(Promise.all([...early, late]));
    assert.deepEqual(sent(), ["1", "2", "3", "4"]);
  });

  test("a verdict on the topic is told to all its records after one question", async () => {
    const { world, broker, producer } = await start();
    const sends = Array.from({ length: 500 }, () => producer.send({ topic: "forbidden", value: "v" }));
    const outcomes = await world.settle(Promise.allSettled(sends));
    for (const outcome of outcomes) assert.equal(outcome.status === "rejected" && outcome.reason.code, "TOPIC_AUTHORIZATION_FAILED");
    assert.ok(broker.requestsOf(metadataApi).length < 5);
    assert.equal(producer.stats().recordsFailed, 500);
  });

  test("many topics that are missing are asked for together, not each for itself", async () => {
    const { world, broker, producer } = await start();
    const sends = Array.from({ length: 40 }, (_, i) => producer.send({ topic: `missing-${i}`, value: "v" }));
    await world.settle(Promise.allSettled(sends));
    const questions = broker.requestsOf(metadataApi).length;
    assert.ok(questions < 150, `${questions} questions in ten seconds`);
  });

  test("what waits is bounded, and a topic that is not known leaves room for others", async () => {
    const { world, producer, answer } = await start({ waitingBytesMax: 4000, bufferMemoryBytes: 2000 });
    await world.settle(producer.send({ topic: "good", value: "first" }));
    const missing = Array.from({ length: 100 }, () => producer.send({ topic: "missing", value: "x".repeat(76) }));
    const outcomes = Promise.allSettled(missing);
    await assert.rejects(
      world.settle(missing[99]!),
      failsWith("BUFFER_FULL", /for topic "missing", which is not known.*waitingBytesMax \(4000\)/),
    );
    await world.settle(producer.send({ topic: "good", value: "still fine" }));
    answer(false);
    const more = Array.from({ length: 100 }, () => producer.send({ topic: "good", value: "y".repeat(76) }));
    const moreOutcomes = Promise.allSettled(more);
    await assert.rejects(world.settle(more[99]!), failsWith("BUFFER_FULL", /wait for memory or metadata/));
    const refused = (await world.settle(outcomes)).filter(
      (each) => each.status === "rejected" && each.reason.code === "BUFFER_FULL",
    ).length;
    assert.equal(refused, 90, "a quarter of 4,000 bytes holds ten records");
    await world.settle(producer.close({ timeoutMs: 0 }));
    await moreOutcomes;
  });

  test("a list is one call: all of it may wait, however long it is", async () => {
    const { world, producer, sent } = await start({ waitingBytesMax: 1000, bufferMemoryBytes: 2000, batchSizeBytes: 500 });
    const values = Array.from({ length: 200 }, (_, i) => `${i} ${"x".repeat(90)}`);
    const report = await world.settle(producer.sendBatch(values.map((value) => ({ topic: "good", value }))));
    assert.deepEqual([report.acknowledged, report.failed], [200, 0]);
    assert.deepEqual(sent(), values);
  });

  test("a large record that waits for memory is not passed for ever by small ones of other topics", async () => {
    const { world, producer, answer, sent } = await start({ bufferMemoryBytes: 1000, lingerMs: 0, batchSizeBytes: 0 });
    await world.settle(
      producer.send([
        { topic: "good", value: "g" },
        { topic: "other", value: "o" },
      ]),
    );
    answer(false);
    void producer.send({ topic: "good", value: "x".repeat(500) }).catch(() => {});
    const large = producer.send({ topic: "other", value: "L".repeat(700) });
    const small = producer.send({ topic: "good", value: "small" });
    for (const each of [large, small]) each.catch(() => {});
    await world.pass(10);
    assert.equal(
      sent().some((value) => value === "small"),
      false,
      "it would fit, but it came later",
    );
    await world.settle(producer.close({ timeoutMs: 0 }));
  });

  test("a send whose signal comes while it waits is not sent when its topic appears", async () => {
    const { world, producer, topics, sent } = await start();
    const caller = new AbortController();
    const given = producer.send({ topic: "late", value: "given up" }, { signal: caller.signal });
    const kept = producer.send({ topic: "late", value: "kept" });
    await world.pass(500);
    caller.abort();
    await assert.rejects(given, failsWith("ABORTED"));
    topics.add("late");
    await world.settle(kept);
    assert.deepEqual(sent(), ["kept"]);
  });

  test("close takes what waits for its topic along, within its time", async () => {
    const { world, producer, topics, sent } = await start();
    const waiting = producer.send({ topic: "late", value: "v" });
    const closing = producer.close({ timeoutMs: 5000 });
    await assert.rejects(producer.send({ topic: "good", value: "too late" }), failsWith("CLIENT_CLOSED"));
    await world.pass(500);
    topics.add("late");
    await world.settle(Promise.all([waiting, closing]));
    assert.deepEqual(sent(), ["v"]);
  });

  test("flush waits for records that wait for their topic, and not for those that come after it", async () => {
    const { world, producer, topics } = await start();
    const first = producer.send({ topic: "late", value: "1" });
    const flushing = producer.flush();
    const never = producer.send({ topic: "missing", value: "2" });
    never.catch(() => {});
    await world.pass(500);
    topics.add("late");
    const before = world.clock.monotonicMs();
    await world.settle(Promise.all([first, flushing]));
    assert.ok(world.clock.monotonicMs() - before < 5000);
  });

  test("a partitioner that throws or sends by itself harms only its own record", async () => {
    const { world, producer, sent } = await start({
      lingerMs: 5,
      partitioner(record) {
        if (record.value === "bad") throw new Error("no partition for this one");
        if (record.value === "outer") void producer.send({ topic: "other", partition: 0, value: "inner" });
        return 0;
      },
    });
    const outcomes = await world.settle(
      Promise.allSettled(["first", "bad", "outer", "last"].map((value) => producer.send({ topic: "good", value }))),
    );
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ["fulfilled", "rejected", "fulfilled", "fulfilled"],
    );
    await world.until("the inner one is sent", () => sent().includes("inner"));
    assert.deepEqual(sent().toSorted(), ["first", "inner", "last", "outer"]);
    await world.settle(producer.flush());
    assert.equal(producer.stats().bufferedBytes, 0);
  });

  test("a delivery callback that throws on a refused record harms nobody", async () => {
    const { world, producer } = await start();
    let calls = 0;
    void producer.enqueue({ topic: "good", value: 5 as never }, () => {
      calls++;
      throw new Error("the callback");
    });
    await world.settle(producer.send({ topic: "good", value: "fine" }));
    assert.equal(calls, 1);
  });
});

/** What no record may hold, and what the message says of it. */
const badFields: readonly (readonly [string, unknown, RegExp])[] = [
  ["timestamp", Number.NaN, /timestamp is NaN; it must be a whole number of milliseconds/],
  ["timestamp", 1_700_000_000_000.5, /timestamp is 1700000000000.5;/],
  ["timestamp", Number.POSITIVE_INFINITY, /timestamp is Infinity;/],
  ["timestamp", -1, /timestamp is -1;/],
  ["timestamp", "2026-05-01T00:00:00Z", /timestamp is "2026-05-01T00:00:00Z";/],
  ["timestamp", new Date(0), /timestamp is an object of Date;/],
  ["timestamp", 5n, /timestamp is 5n;/],
  ["timestamp", null, /timestamp is null;/],
  ["value", 5, /value is 5; it must be a text, bytes \(Uint8Array\) or null/],
  ["value", { a: 1 }, /value is an object;/],
  ["value", [1, 2], /value is a list;/],
  ["value", new ArrayBuffer(2), /value is an object of ArrayBuffer;/],
  ["value", new Uint16Array(2), /value is an object of Uint16Array;/],
  ["key", true, /key is true;/],
  ["key", () => "k", /key is a function;/],
  ["topic", undefined, /topic is undefined; it must be a topic's name/],
  ["topic", "", /topic is "";/],
  ["topic", "a b", /topic is "a b";/],
  ["topic", "..", /topic is "..";/],
  ["topic", "x".repeat(250), /topic is "x+…";/],
  ["partition", 1.5, /partition is 1.5; it must be a whole number from 0 to 2147483647/],
  ["partition", "0", /partition is "0";/],
  ["partition", -1, /partition is -1;/],
  ["headers", new Map([["a", "b"]]), /headers is an object of Map; it must be a list/],
  ["headers", "a=b", /headers is "a=b";/],
  ["headers", { a: 1 }, /headers\["a"\] is 1;/],
  ["headers", { a: undefined }, /headers\["a"\] is undefined;/],
  ["headers", [{ key: "a" }], /headers\[0\]\.value is undefined;/],
  ["headers", [{ key: 1, value: "x" }], /headers\[0\]\.key is 1;/],
  ["headers", ["a"], /headers\[0\] is "a";/],
  ["headers", null, /headers is null;/],
];
const badRecords: readonly unknown[] = [undefined, null, "text", 5, [], () => {}];

describe("a record that cannot be sent", () => {
  const bad = ([field, value]: readonly [string, unknown, RegExp]) => ({ topic: "good", value: "v", [field]: value }) as ProducerRecord;

  for (const way of ["send", "send of a list", "sendBatch", "enqueue"] as const) {
    test(`fails alone, with the name of its field: ${way}`, async () => {
      const { world, producer, sent } = await start({ lingerMs: 50 });
      await world.settle(producer.send({ topic: "good", value: "first" }));
      for (const each of [
        ...badFields,
        ...badRecords.map((record) => ["record", record, /(record|records\[1\]) is .*; it must be an object/] as const),
      ]) {
        const record = each[0] === "record" ? (each[1] as ProducerRecord) : bad(each);
        const label = `${each[0]} ${String(each[2])}`;
        const isRight = failsWith("INVALID_ARGUMENT", each[2]);
        const before = producer.send({ topic: "good", value: "before" });
        // An empty list is nothing to send, and no mistake.
        if (way === "send" && Array.isArray(record)) assert.deepEqual(await producer.send(record), []);
        else if (way === "send") await assert.rejects(producer.send(record), isRight, label);
        else if (way === "send of a list")
          await assert.rejects(world.settle(producer.send([{ topic: "good", value: "with" }, record])), isRight, label);
        else if (way === "sendBatch") {
          const report = await world.settle(
            producer.sendBatch([{ topic: "good", value: "with" }, record, { topic: "good", value: "with" }]),
          );
          assert.deepEqual([report.acknowledged, report.failed], [2, 1], label);
          assert.ok(isRight(report.error) && /records\[1\]/.test(report.error!.message), `${label}: ${report.error?.message}`);
        } else {
          const error = await new Promise((resolve) => void producer.enqueue(record, resolve));
          assert.ok(isRight(error), label);
        }
        const after = producer.send({ topic: "good", value: "after" });
        await world.settle(Promise.all([before, after]));
      }
      assert.equal(sent().filter((value) => !["first", "before", "with", "after"].includes(value)).length, 0);
    });
  }

  test("times at the border of what can be written come back as they were", async () => {
    const { world, producer, batches } = await start({ lingerMs: 5 });
    const timestamps = [0, Number.MAX_SAFE_INTEGER, 1, 2 ** 31, 2 ** 32, 2 ** 52];
    await world.settle(producer.send(timestamps.map((timestamp) => ({ topic: "good", value: "v", timestamp }))));
    assert.deepEqual(
      batches().flatMap((bytes) => readRecords(bytes).map((record) => record.timestamp)),
      timestamps,
    );
    assert.equal(maxTimestamp(batches()[0]!, 0), Number.MAX_SAFE_INTEGER);
  });
});
