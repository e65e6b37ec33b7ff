import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ClientError, type ConsumerRecord, partitionOfKey } from "@ottla/client";
import { KafkaError } from "@ottla/protocol";
import { waitUntil } from "../process/wait-until.ts";
import { CASES_AT_ONCE, makeTopic, partitionsOf, readRecords, type TargetSource, withClient } from "./case-client.ts";

const plain = (record: ConsumerRecord) => ({
  key: record.key?.toString() ?? null,
  value: record.value?.toString() ?? null,
  headers: record.headers.map(({ key, value }) => [key, value?.toString() ?? null]),
  timestamp: record.timestamp,
});

export function defineProduceCases(target: TargetSource): void {
  describe("our producer", { concurrency: CASES_AT_ONCE }, () => {
    for (const compression of ["none", "gzip", "snappy", "lz4", "zstd"] as const) {
      test(`${compression}: keys, values, headers and times come back as they were sent`, () =>
        withClient(target, async (client) => {
          const topic = await makeTopic(client, 1);
          const producer = client.producer({ compression });
          await producer.send([
            {
              topic,
              key: "k",
              value: "v",
              headers: [
                { key: "h", value: "1" },
                { key: "h", value: "2" },
                { key: "n", value: null },
              ],
              timestamp: 1_700_000_000_123,
            },
            { topic, key: null, value: null, timestamp: 1_700_000_000_000 },
            { topic, key: "", value: "x".repeat(3000), headers: { a: "b" }, timestamp: 1_700_000_000_999 },
          ]);
          const consumer = client.consumer({ autoOffsetReset: "earliest" });
          consumer.assign(partitionsOf(topic, 1));
          assert.deepEqual((await readRecords(consumer, 3)).map(plain), [
            {
              key: "k",
              value: "v",
              headers: [
                ["h", "1"],
                ["h", "2"],
                ["n", null],
              ],
              timestamp: 1_700_000_000_123,
            },
            { key: null, value: null, headers: [], timestamp: 1_700_000_000_000 },
            { key: "", value: "x".repeat(3000), headers: [["a", "b"]], timestamp: 1_700_000_000_999 },
          ]);
        }));
    }

    test("a record that cannot be sent fails alone; what is acknowledged can be read, with the time it was given", () =>
      withClient(target, async (client) => {
        const topic = await makeTopic(client, 1);
        const producer = client.producer({ lingerMs: 20 });
        const times = [1_700_000_000_000, Number.NaN, 1_700_000_000_000.25, 0, Number.POSITIVE_INFINITY, "2026-05-01", 1_700_000_000_001];
        const outcomes = await Promise.allSettled(
          times.map((timestamp, i) => producer.send({ topic, partition: 0, value: String(i), timestamp: timestamp as number })),
        );
        assert.deepEqual(
          outcomes.map((outcome) => (outcome.status === "fulfilled" ? "taken" : (outcome.reason as ClientError).code)),
          ["taken", "INVALID_ARGUMENT", "INVALID_ARGUMENT", "taken", "INVALID_ARGUMENT", "INVALID_ARGUMENT", "taken"],
        );
        const report = await producer.sendBatch([
          { topic, partition: 0, value: "7" },
          { topic, partition: 0, value: 8 as never },
          { topic, partition: 0, value: "9" },
        ]);
        assert.deepEqual([report.acknowledged, report.failed], [2, 1]);
        assert.match(report.error!.message, /records\[1\]\.value is 8/);
        const consumer = client.consumer({ autoOffsetReset: "earliest" });
        consumer.assign(partitionsOf(topic, 1));
        const records = await readRecords(consumer, 5);
        assert.deepEqual(
          records.map(({ value }) => value?.toString()),
          ["0", "3", "6", "7", "9"],
        );
        assert.deepEqual(
          records.slice(0, 3).map(({ timestamp }) => timestamp),
          [1_700_000_000_000, 0, 1_700_000_000_001],
        );
      }));

    test("acks 0, 1 and all: everything arrives, and only acks 0 knows no offset", () =>
      withClient(target, async (client) => {
        const topic = await makeTopic(client, 1);
        const offsets: number[] = [];
        const endIs = (count: number) =>
          waitUntil(`the end of ${topic} is ${count}`, async () => {
            const [end] = await client.admin().listOffsets([{ topic, partition: 0, spec: "latest" }]);
            return end?.value?.offset === count;
          });
        // A leader that has not heard of it yet would lose what asks for no answer.
        await endIs(0);
        for (const acks of [0, 1, "all"] as const) {
          const producer = client.producer({ acks });
          offsets.push((await producer.send({ topic, value: String(acks) })).offset);
          await producer.close();
          await endIs(offsets.length);
        }
        assert.deepEqual(offsets, [-1, 1, 2]);
      }));

    test("twenty thousand records in small batches stand once each and in order, keys where Java puts them", () =>
      withClient(target, async (client) => {
        const topic = await makeTopic(client, 5);
        const producer = client.producer({ batchSizeBytes: 2000, compression: "lz4" });
        const count = 20_000;
        for (let i = 0; i < count; i++) await producer.enqueue({ topic, key: `key-${i % 97}`, value: String(i) });
        await producer.flush();
        assert.equal(producer.stats().recordsAcknowledged, count);
        const consumer = client.consumer({ autoOffsetReset: "earliest" });
        consumer.assign(partitionsOf(topic, 5));
        const last = new Map<string, number>();
        for (const record of await readRecords(consumer, count)) {
          const key = record.key!.toString();
          const value = Number(record.value);
          assert.equal(record.partition, partitionOfKey(record.key!, 5));
          assert.equal(value, (last.get(key) ?? Number(key.slice(4)) - 97) + 97, "the next one of its key");
          last.set(key, value);
        }
        assert.equal(last.size, 97);
      }));

    test("a batch beyond max.message.bytes is split; a record beyond it is refused by the broker, one beyond maxRequestSizeBytes by us", () =>
      withClient(target, async (client) => {
        const topic = await makeTopic(client, 1, { "max.message.bytes": "2000" });
        const producer = client.producer({ batchSizeBytes: 100_000, lingerMs: 20 });
        const metadata = await producer.send(Array.from({ length: 50 }, (_, i) => ({ topic, value: `${i} ${"x".repeat(300)}` })));
        assert.deepEqual(
          metadata.map(({ offset }) => offset),
          Array.from({ length: 50 }, (_, i) => i),
        );
        await assert.rejects(
          producer.send({ topic, value: "x".repeat(3000) }),
          (error: unknown) => error instanceof KafkaError && error.code === "MESSAGE_TOO_LARGE",
        );
        await assert.rejects(
          producer.send({ topic, value: Buffer.alloc(1_100_000) }),
          (error: unknown) => error instanceof ClientError && error.code === "RECORD_TOO_LARGE",
        );
        assert.equal((await producer.send({ topic, value: "still alive" })).offset, 50);
      }));

    test("log append time is the broker's", () =>
      withClient(target, async (client) => {
        const topic = await makeTopic(client, 1, { "message.timestamp.type": "LogAppendTime" });
        const before = Date.now() - 60_000;
        const { timestamp } = await client.producer().send({ topic, value: "v", timestamp: 1_600_000_000_000 });
        assert.ok(timestamp > before, `${timestamp}`);
      }));

    test("partitions of all brokers take records", () =>
      withClient(target, async (client) => {
        const topic = await makeTopic(client, 6);
        const metadata = await client.producer().send(partitionsOf(topic, 6).map(({ partition }) => ({ topic, partition, value: "v" })));
        assert.deepEqual(
          metadata.map(({ partition, offset }) => [partition, offset]),
          partitionsOf(topic, 6).map(({ partition }) => [partition, 0]),
        );
        const [described] = await client.admin().describeTopics([topic]);
        assert.equal(new Set(described?.value?.partitions.map(({ leader }) => leader)).size, target().brokers);
      }));
  });
}
