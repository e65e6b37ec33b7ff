import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Client, ClientError, type ConsumerRecord, type IsolationLevel, type Producer, type ProducerOptions } from "@ottla/client";
import { uniqueName } from "../clients/unique-name.ts";
import { runJavaTool } from "../kafka/java-tool.ts";
import { CASES_AT_ONCE, makeTopic, partitionsOf, readRecords, type TargetSource, withClient } from "./case-client.ts";

const OVERDUE_MS = 1000;

function producerOf(client: Client, options: ProducerOptions = {}): Producer {
  return client.producer({ transactionalId: uniqueName("tx"), maxBlockMs: 30_000, ...options });
}

async function read(
  client: Client,
  topic: string,
  partitions: number,
  count: number,
  isolationLevel: IsolationLevel,
): Promise<ConsumerRecord[]> {
  const consumer = client.consumer({ autoOffsetReset: "earliest", isolationLevel });
  consumer.assign(partitionsOf(topic, partitions));
  const records = await readRecords(consumer, count);
  // What was to be left out would come with the next answer.
  for (const batch of await consumer.poll(100)) records.push(...batch);
  await consumer.close();
  return records;
}

const values = (records: readonly ConsumerRecord[]) => records.map(({ value }) => value!.toString());

async function committedOffset(client: Client, groupId: string, topic: string): Promise<number | undefined> {
  const consumer = client.consumer({ groupId });
  const [answer] = await consumer.committed([{ topic, partition: 0 }]);
  await consumer.close();
  return answer?.committed?.offset;
}

/** `name`: which protocol the cluster speaks by then. */
export function defineTransactionCases(target: TargetSource, name: string): void {
  describe(`our transactions, ${name}`, { concurrency: CASES_AT_ONCE }, () => {
    test("what is committed is read, in order and once; what is aborted is not; one transaction follows the other", () =>
      withClient(target, async (client) => {
        const topic = await makeTopic(client, 2);
        const producer = producerOf(client);
        for (let round = 0; round < 10; round++) {
          const outcome = producer.transaction(async (tx) => {
            await Promise.all([0, 1].flatMap((partition) => [0, 1].map((n) => tx.send({ topic, partition, value: `${round} ${n}` }))));
            if (round % 3 === 1) throw new Error("not this one");
          });
          if (round % 3 === 1) await assert.rejects(outcome, /not this one/);
          else await outcome;
        }
        const expected = [0, 2, 3, 5, 6, 8, 9].flatMap((round) => [`${round} 0`, `${round} 1`]);
        const records = await read(client, topic, 2, 28, "read_committed");
        for (const partition of [0, 1]) assert.deepEqual(values(records.filter((each) => each.partition === partition)), expected);
        assert.equal((await read(client, topic, 2, 40, "read_uncommitted")).length, 40);
      }));

    test("sends at once to thirty partitions of all brokers are all in the transaction, and all aborted with it", () =>
      withClient(target, async (client) => {
        const topic = await makeTopic(client, 30);
        const producer = producerOf(client);
        const places = partitionsOf(topic, 30);
        await assert.rejects(
          producer.transaction(async (tx) => {
            await Promise.all(places.map((place) => tx.send({ ...place, value: "aborted" })));
            throw new Error("no");
          }),
        );
        await producer.transaction((tx) => Promise.all(places.map((place) => tx.send({ ...place, value: "committed" }))));
        assert.deepEqual(
          values(await read(client, topic, 30, 30, "read_committed")),
          Array.from({ length: 30 }, () => "committed"),
        );
      }));

    test("offsets are committed with the records or not at all, of several partitions and groups at once", () =>
      withClient(target, async (client) => {
        const topic = await makeTopic(client, 3);
        const groups = [uniqueName("g"), uniqueName("g")];
        const producer = producerOf(client);
        const sendAll = (offset: number) => async (tx: Pick<Producer, "sendOffsets">) => {
          await Promise.all(
            groups.flatMap((groupId) =>
              [0, 1, 2].map((partition) => tx.sendOffsets([{ topic, partition, offset, metadata: "m" }], { groupId })),
            ),
          );
        };
        await producer.transaction(sendAll(3));
        await producer.begin();
        await sendAll(9)(producer);
        await producer.abort();
        const consumer = client.consumer({ groupId: groups[1] });
        const committed = await consumer.committed(partitionsOf(topic, 3));
        assert.deepEqual(
          committed.map((each) => each.committed?.offset),
          [3, 3, 3],
        );
        assert.equal(await committedOffset(client, groups[0]!, topic), 3);
      }));

    test("read, work, write: each record once although every third transaction is aborted", () =>
      withClient(target, async (client) => {
        const [from, to] = [await makeTopic(client, 1), await makeTopic(client, 1)];
        const input = Array.from({ length: 120 }, (_, i) => `v${i}`);
        await client.producer({ batchSizeBytes: 200 }).send(input.map((value) => ({ topic: from, value })));
        const groupId = uniqueName("g");
        const producer = producerOf(client);
        let transactions = 0;
        // Each life of the worker begins where its group stands, as after a crash.
        for (let done = 0; done < input.length; ) {
          const consumer = client.consumer({ groupId, autoOffsetReset: "earliest", enableAutoCommit: false, maxPollRecords: 25 });
          consumer.subscribe(from);
          try {
            while (done < input.length) {
              const batches = await consumer.poll(500);
              if (batches.length === 0) continue;
              const records = batches.flatMap((batch) => [...batch]);
              await producer.transaction(async (tx) => {
                for (const { value } of records) void tx.send({ topic: to, value: `${value}!` });
                await tx.sendOffsets(batches, consumer.groupMetadata());
                if (++transactions % 3 === 0) throw new Error("a crash");
              });
              done += records.length;
            }
          } catch (error) {
            assert.match(String(error), /a crash/);
          }
          await consumer.close();
        }
        assert.deepEqual(
          values(await read(client, to, 1, input.length, "read_committed")),
          input.map((value) => `${value}!`),
        );
        assert.equal(await committedOffset(client, groupId, from), input.length);
      }));

    test("a member that the group has gone on without cannot commit, and the producer goes on after the abort", () =>
      withClient(target, async (client) => {
        const topic = await makeTopic(client, 1);
        const groupId = uniqueName("g");
        const consumer = client.consumer({ groupId, autoOffsetReset: "earliest", enableAutoCommit: false });
        consumer.subscribe(topic);
        await client.producer().send({ topic, value: "a" });
        await readRecords(consumer, 1);
        const stale = consumer.groupMetadata()!;
        await consumer.close();
        const producer = producerOf(client);
        await assert.rejects(
          producer.transaction((tx) => tx.sendOffsets([{ topic, partition: 0, offset: 1 }], stale)),
          (error: unknown) => error instanceof ClientError && error.code === "TRANSACTION_FAILED" && error.abortable,
        );
        await producer.transaction((tx) => tx.sendOffsets([{ topic, partition: 0, offset: 1 }], { groupId }));
        assert.equal(await committedOffset(client, groupId, topic), 1);
      }));

    test("another producer under the id fences the one before, and what that left open is aborted", () =>
      withClient(target, async (client) => {
        const topic = await makeTopic(client, 1);
        const transactionalId = uniqueName("tx");
        const first = producerOf(client, { transactionalId });
        await first.begin();
        await first.send({ topic, value: "of the first" });
        const second = producerOf(client, { transactionalId });
        await second.transaction((tx) => tx.send({ topic, value: "of the second" }));
        await assert.rejects(
          first.transaction(() => {}),
          { code: "TRANSACTION_STATE" },
        );
        const fenced = (error: unknown) => error instanceof ClientError && error.code === "PRODUCER_FENCED" && error.fatal;
        await assert.rejects(first.commit(), fenced);
        await assert.rejects(first.begin(), fenced);
        await first.close();
        await second.transaction((tx) => tx.send({ topic, value: "again" }));
        assert.deepEqual(values(await read(client, topic, 1, 2, "read_committed")), ["of the second", "again"]);
      }));

    test("fenced between two sends: the transaction fails, its abort learns why, and nothing of it is read", () =>
      withClient(target, async (client) => {
        const topic = await makeTopic(client, 1);
        const transactionalId = uniqueName("tx");
        const first = producerOf(client, { transactionalId });
        const second = producerOf(client, { transactionalId });
        await assert.rejects(
          first.transaction(async (tx) => {
            await tx.send({ topic, value: "before" });
            await second.transaction((other) => other.send({ topic, value: "of the second" }));
            await tx.send({ topic, value: "after" });
          }),
          (error: unknown) => error instanceof ClientError && error.code === "PRODUCER_FENCED" && error.fatal,
        );
        assert.deepEqual(values(await read(client, topic, 1, 1, "read_committed")), ["of the second"]);
      }));

    test("a transaction that takes too long is aborted by the cluster, and its producer is told that it cannot go on", () =>
      withClient(target, async (client) => {
        const topic = await makeTopic(client, 1);
        const producer = producerOf(client, { transactionTimeoutMs: OVERDUE_MS });
        await producer.begin();
        await producer.send({ topic, value: "too slow" });
        await client.producer().send({ topic, value: "behind it" });
        assert.deepEqual(values(await read(client, topic, 1, 1, "read_committed")), ["behind it"]);
        await assert.rejects(producer.commit(), (error: unknown) => {
          // With an epoch for each transaction the cluster takes the commit for one of the transaction that it aborted.
          assert.ok(error instanceof ClientError && error.fatal && !error.possiblyWritten);
          return /longer than 1000 ms/.test(error.message);
        });
      }));

    test("a batch that the broker refuses fails its transaction alone; the next one is numbered anew and is read", () =>
      withClient(target, async (client) => {
        const topic = await makeTopic(client, 1, { "max.message.bytes": "2000" });
        const producer = producerOf(client);
        for (let round = 0; round < 3; round++) {
          await assert.rejects(
            producer.transaction(async (tx) => {
              await tx.send({ topic, value: `lost ${round}` });
              await tx.send({ topic, value: "x".repeat(5000) });
            }),
            (error: unknown) => error instanceof ClientError && error.abortable && /MESSAGE_TOO_LARGE/.test(error.message),
          );
          await producer.transaction((tx) => tx.send({ topic, value: `kept ${round}` }));
        }
        assert.deepEqual(values(await read(client, topic, 1, 3, "read_committed")), ["kept 0", "kept 1", "kept 2"]);
      }));

    test("a producer that is closed in an open transaction leaves none behind", () =>
      withClient(target, async (client) => {
        const topic = await makeTopic(client, 1);
        const transactionalId = uniqueName("tx");
        const producer = producerOf(client, { transactionalId });
        await producer.begin();
        await producer.send({ topic, value: "left" });
        await producer.close();
        const [described] = await client.admin().describeTransactions([transactionalId]);
        assert.match(described!.value!.state, /^(PrepareAbort|CompleteAbort)$/);
      }));

    test("large and compressed: ten thousand records over many batches, all or nothing", () =>
      withClient(target, async (client) => {
        const topic = await makeTopic(client, 4);
        const producer = producerOf(client, { compression: "lz4", batchSizeBytes: 4000 });
        for (const isKept of [false, true]) {
          await producer.begin();
          for (let i = 0; i < 10_000; i++) await producer.enqueue({ topic, key: `k${i % 91}`, value: `${isKept} ${i}` });
          await (isKept ? producer.commit() : producer.abort());
        }
        const records = await read(client, topic, 4, 10_000, "read_committed");
        assert.equal(records.length, 10_000);
        assert.ok(records.every(({ value }) => value!.toString().startsWith("true")));
      }));

    test("Java's consumer of committed records reads what ours committed, and nothing else", () =>
      withClient(target, async (client) => {
        const topic = await makeTopic(client, 1);
        const producer = producerOf(client);
        for (let round = 0; round < 6; round++) {
          await producer.begin();
          await producer.send([
            { topic, value: `a${round}` },
            { topic, value: `b${round}` },
          ]);
          await (round % 2 === 0 ? producer.commit() : producer.abort());
        }
        await producer.transaction((tx) => tx.send({ topic, value: "last" }));
        const consume = ["--bootstrap-server", target().bootstrap, "--topic", topic, "--from-beginning", "--max-messages", "7"];
        const { stdout, stderr } = await runJavaTool(
          "console-consumer",
          [...consume, "--isolation-level", "read_committed", "--timeout-ms", "60000"],
          {
            timeoutMs: 90_000,
          },
        );
        assert.deepEqual(stdout.trim().split("\n"), ["a0", "b0", "a2", "b2", "a4", "b4", "last"], stderr);
      }));
  });
}
