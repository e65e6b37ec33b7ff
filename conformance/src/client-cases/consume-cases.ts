import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Client, ClientError, type ClientErrorCode } from "@ottla/client";
import { waitUntil } from "../process/wait-until.ts";
import { CASES_AT_ONCE, makeTopic, partitionsOf, readRecords, type TargetSource, withClient } from "./case-client.ts";

const failsWith = (code: ClientErrorCode) => (error: unknown) => error instanceof ClientError && error.code === code;

/** A topic of one partition with the values 0 to `count` − 1, written a second apart, in batches of five. */
async function filledTopic(client: Client, count: number): Promise<string> {
  const topic = await makeTopic(client, 1);
  const producer = client.producer();
  for (let i = 0; i < count; i += 5) {
    await producer.send(
      Array.from({ length: Math.min(5, count - i) }, (_, k) => ({
        topic,
        partition: 0,
        value: String(i + k),
        timestamp: 1_700_000_000_000 + (i + k) * 1000,
      })),
    );
  }
  await producer.close();
  return topic;
}

const values = (records: readonly { readonly value: Buffer | null }[]) => records.map(({ value }) => Number(value));

export function defineConsumeCases(target: TargetSource): void {
  describe("our consumer without a group", { concurrency: CASES_AT_ONCE }, () => {
    test("seek goes to any record, also in the middle of a batch, to the beginning and to the end", () =>
      withClient(target, async (client) => {
        const topic = await filledTopic(client, 20);
        const at = { topic, partition: 0 };
        const consumer = client.consumer({ autoOffsetReset: "earliest" });
        consumer.assign([at]);
        assert.deepEqual(
          values(await readRecords(consumer, 20)),
          Array.from({ length: 20 }, (_, i) => i),
        );
        assert.equal(await consumer.position(at), 20);
        assert.equal(consumer.currentLag(at), 0);
        consumer.seek(at, 7);
        assert.deepEqual(
          values(await readRecords(consumer, 13)),
          Array.from({ length: 13 }, (_, i) => 7 + i),
        );
        consumer.seekToBeginning();
        assert.equal(await consumer.position(at), 0);
        consumer.seekToEnd([at]);
        assert.equal(await consumer.position(at), 20);
      }));

    test("a paused partition gives nothing and loses nothing", () =>
      withClient(target, async (client) => {
        const topic = await filledTopic(client, 10);
        const at = { topic, partition: 0 };
        const consumer = client.consumer({ autoOffsetReset: "earliest" });
        consumer.assign([at]);
        consumer.pause([at]);
        assert.deepEqual(consumer.paused(), [at]);
        assert.deepEqual(await consumer.poll(300), []);
        consumer.resume([at]);
        assert.equal((await readRecords(consumer, 10)).length, 10);
      }));

    test("offsets by time, first and last", () =>
      withClient(target, async (client) => {
        const topic = await filledTopic(client, 10);
        const at = { topic, partition: 0 };
        const consumer = client.consumer();
        assert.deepEqual(await consumer.offsetsForTimes([{ ...at, timestamp: 1_700_000_002_500 }]), [
          { ...at, offset: 3, timestamp: 1_700_000_003_000 },
        ]);
        assert.deepEqual(await consumer.offsetsForTimes([{ ...at, timestamp: 1_800_000_000_000 }]), [
          { ...at, offset: undefined, timestamp: undefined },
        ]);
        assert.deepEqual(await consumer.beginningOffsets([at]), [{ ...at, offset: 0 }]);
        assert.deepEqual(await consumer.endOffsets([at]), [{ ...at, offset: 10 }]);
      }));

    test("the reset policy: earliest, latest, none, some time ago", () =>
      withClient(target, async (client) => {
        const topic = await filledTopic(client, 10);
        const at = { topic, partition: 0 };
        const positionUnder = async (autoOffsetReset: Parameters<typeof client.consumer>[0]) => {
          const consumer = client.consumer(autoOffsetReset);
          consumer.assign([at]);
          try {
            return await consumer.position(at);
          } finally {
            await consumer.close();
          }
        };
        assert.equal(await positionUnder({ autoOffsetReset: "earliest" }), 0);
        assert.equal(await positionUnder({ autoOffsetReset: "latest" }), 10);
        assert.equal(await positionUnder({ autoOffsetReset: { durationMs: Date.now() - 1_700_000_004_500 } }), 5);
        assert.equal(await positionUnder({ autoOffsetReset: { durationMs: 1000 } }), 10);
        await assert.rejects(positionUnder({ autoOffsetReset: "none" }), failsWith("NO_OFFSET"));
      }));

    test("an offset that was deleted: the policy decides, or NO_OFFSET is thrown", () =>
      withClient(target, async (client) => {
        const topic = await filledTopic(client, 20);
        const at = { topic, partition: 0 };
        assert.deepEqual((await client.admin().deleteRecords([{ ...at, beforeOffset: 12 }]))[0]?.value, { logStartOffset: 12 });
        const consumer = client.consumer({ autoOffsetReset: "earliest" });
        consumer.assign([at]);
        consumer.seek(at, 3);
        assert.deepEqual(values(await readRecords(consumer, 8)), [12, 13, 14, 15, 16, 17, 18, 19]);
        const strict = client.consumer({ autoOffsetReset: "none" });
        strict.assign([at]);
        strict.seek(at, 3);
        await assert.rejects(async () => {
          for (;;) await strict.poll(500);
        }, failsWith("NO_OFFSET"));
      }));

    test("maxPollRecords is kept to the record, over batch borders", () =>
      withClient(target, async (client) => {
        const topic = await filledTopic(client, 23);
        const consumer = client.consumer({ autoOffsetReset: "earliest", maxPollRecords: 4 });
        consumer.assign(partitionsOf(topic, 1));
        const polls: number[][] = [];
        while (polls.flat().length < 23) {
          const records = (await consumer.poll(1000)).flatMap((batch) => values([...batch]));
          if (records.length > 0) polls.push(records);
        }
        assert.deepEqual(
          polls.map((poll) => poll.length),
          [4, 4, 4, 4, 4, 3],
        );
        assert.deepEqual(
          polls.flat(),
          Array.from({ length: 23 }, (_, i) => i),
        );
      }));

    test("a loop over records that is left goes on behind the last record it saw", () =>
      withClient(target, async (client) => {
        const topic = await filledTopic(client, 20);
        const consumer = client.consumer({ autoOffsetReset: "earliest" });
        consumer.assign(partitionsOf(topic, 1));
        const seen: number[] = [];
        for (let round = 0; round < 4; round++) {
          for await (const record of consumer.records()) {
            seen.push(Number(record.value));
            if (seen.length % 5 === 3) break;
          }
        }
        assert.deepEqual(
          seen,
          Array.from({ length: 18 }, (_, i) => i),
        );
      }));

    test("small fetches, one after the other, bring all of every partition in order", () =>
      withClient(target, async (client) => {
        const topic = await makeTopic(client, 4);
        const producer = client.producer({ batchSizeBytes: 500 });
        await producer.sendBatch(
          Array.from({ length: 2000 }, (_, i) => ({ topic, partition: i % 4, value: `${Math.floor(i / 4)} ${"x".repeat(90)}` })),
        );
        const consumer = client.consumer({
          autoOffsetReset: "earliest",
          maxPartitionFetchBytes: 2000,
          fetchMaxBytes: 4000,
          prefetchBytesMax: 10_000,
        });
        consumer.assign(partitionsOf(topic, 4));
        const next = [0, 0, 0, 0];
        for (const record of await readRecords(consumer, 2000))
          assert.equal(Number.parseInt(record.value!.toString(), 10), next[record.partition]!++);
        assert.deepEqual(next, [500, 500, 500, 500]);
      }));

    test("a topic that is deleted and made anew is read from its new beginning", () =>
      withClient(
        target,
        async (client) => {
          // Written by another client: this one must not have the broker make the topic again by asking for it.
          const topic = await withClient(target, (writer) => filledTopic(writer, 10));
          const consumer = client.consumer({ autoOffsetReset: "earliest", allowAutoCreateTopics: false });
          consumer.assign(partitionsOf(topic, 1));
          await readRecords(consumer, 10);
          const admin = client.admin();
          const [deleted] = await admin.deleteTopics([topic]);
          assert.equal(deleted?.error, undefined);
          await waitUntil(
            "the name is free again",
            async () => !(await admin.createTopics([{ name: topic, partitionCount: 1 }]))[0]?.error,
          );
          const producer = client.producer();
          await producer.send(Array.from({ length: 15 }, (_, i) => ({ topic, value: String(100 + i) })));
          assert.deepEqual(
            values(await readRecords(consumer, 15)),
            Array.from({ length: 15 }, (_, i) => 100 + i),
          );
        },
        { metadataMaxAgeMs: 1000 },
      ));

    test("read_committed reads what no transaction hides", () =>
      withClient(target, async (client) => {
        const topic = await filledTopic(client, 10);
        const consumer = client.consumer({ autoOffsetReset: "earliest", isolationLevel: "read_committed" });
        consumer.assign(partitionsOf(topic, 1));
        assert.equal((await readRecords(consumer, 10)).length, 10);
      }));

    test("wakeup ends a waiting poll, and close an iterator", () =>
      withClient(target, async (client) => {
        const topic = await makeTopic(client, 1);
        const consumer = client.consumer();
        consumer.assign(partitionsOf(topic, 1));
        const waiting = consumer.poll(60_000);
        consumer.wakeup();
        await assert.rejects(waiting, failsWith("WOKEN_UP"));
        assert.deepEqual(await consumer.poll(10), []);
        const loop = (async () => {
          for await (const _ of consumer.batches());
        })();
        await consumer.close();
        await loop;
        await assert.rejects(consumer.poll(10), failsWith("CLIENT_CLOSED"));
      }));

    test("a record is there within moments of being written, whatever fetchMaxWaitMs is", () =>
      withClient(target, async (client) => {
        const topic = await makeTopic(client, 1);
        const consumer = client.consumer({ autoOffsetReset: "earliest", fetchMaxWaitMs: 10_000 });
        consumer.assign(partitionsOf(topic, 1));
        await consumer.poll(300);
        const producer = client.producer();
        for (let i = 0; i < 5; i++) {
          const read = readRecords(consumer, 1, 5000);
          await producer.send({ topic, value: String(i) });
          assert.deepEqual(values(await read), [i]);
        }
      }));
  });
}
