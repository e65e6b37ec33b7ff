import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Client, Consumer, ConsumerOptions, TopicPartition } from "@ottla/client";
import { uniqueName } from "../clients/unique-name.ts";
import { waitUntil } from "../process/wait-until.ts";
import { CASES_AT_ONCE, makeTopic, type TargetSource, withClient } from "./case-client.ts";

interface Stage {
  readonly client: Client;
  readonly topic: string;
  readonly at: TopicPartition;
  readonly groupId: string;
  member(options?: ConsumerOptions): Consumer;
  /** Where the group would go on. */
  committed(): Promise<number | undefined>;
}

/** A topic of one partition with `count` records in one batch, and a group that has not begun. */
async function start(client: Client, count = 100, partitionCount = 1): Promise<Stage> {
  const topic = await makeTopic(client, partitionCount);
  const groupId = uniqueName("group");
  const producer = client.producer();
  await producer.send(Array.from({ length: count }, (_, i) => ({ topic, partition: i % partitionCount, value: String(i) })));
  await producer.close();
  const at = { topic, partition: 0 };
  return {
    client,
    topic,
    at,
    groupId,
    member(options) {
      const consumer = client.consumer({ groupId, autoOffsetReset: "earliest", heartbeatIntervalMs: 100, ...options });
      consumer.subscribe(topic);
      return consumer;
    },
    committed: async () => (await client.admin().listGroupOffsets(groupId, [at]))[0]?.value?.offset,
  };
}

const workOn = () => new Promise((resolve) => setTimeout(resolve, 2));

/** What a member of the group is given first. */
async function firstOffset({ member }: Stage): Promise<number> {
  const consumer = member();
  try {
    for await (const { offset } of consumer.records()) return offset;
    throw new Error("The loop ended without a record.");
  } finally {
    await consumer.close();
  }
}

export function defineConsumedCases(target: TargetSource): void {
  describe("delivered is not consumed", { concurrency: CASES_AT_ONCE }, () => {
    test("close in the middle of a loop over records waits for the record in hand, ends the loop and commits what it is done with", () =>
      withClient(target, async (client) => {
        const stage = await start(client);
        const consumer = stage.member();
        let handled = 0;
        let closing: Promise<void> | undefined;
        for await (const _ of consumer.records()) {
          if (handled === 9) closing = consumer.close();
          await workOn();
          handled++;
        }
        await closing;
        assert.equal(handled, 10);
        assert.equal(await stage.committed(), 10);
        assert.equal(await firstOffset(stage), 10);
      }));

    test("a loop that awaits the close inside itself loses its record in hand, no other, and not for ever", () =>
      withClient(target, async (client) => {
        const stage = await start(client);
        const consumer = stage.member();
        let handled = 0;
        for await (const _ of consumer.records()) {
          handled++;
          if (handled < 10) continue;
          await consumer.close({ loopTimeoutMs: 50 });
          break;
        }
        assert.equal(await stage.committed(), 9);
      }));

    test("a loop that throws at offset 5 leaves 5 to be read again", () =>
      withClient(target, async (client) => {
        const stage = await start(client);
        const consumer = stage.member();
        await assert.rejects(
          (async () => {
            for await (const { offset } of consumer.records()) if (offset === 5) throw new Error("the work failed");
          })(),
          /the work failed/,
        );
        await consumer.close();
        assert.equal(await stage.committed(), 5);
        assert.equal(await firstOffset(stage), 5);
      }));

    test("a loop that is left and begun again goes on behind its last record, and has consumed it by then", () =>
      withClient(target, async (client) => {
        const stage = await start(client);
        const consumer = stage.member();
        for await (const { offset } of consumer.records()) if (offset === 4) break;
        assert.equal(await consumer.position(stage.at), 5);
        for await (const { offset } of consumer.records()) {
          assert.equal(offset, 5);
          break;
        }
        await consumer.close();
        assert.equal(await stage.committed(), 5);
      }));

    test("commit inside a loop over records covers the record in hand and nothing behind it", () =>
      withClient(target, async (client) => {
        const stage = await start(client);
        const consumer = stage.member({ enableAutoCommit: false });
        for await (const { offset } of consumer.records()) {
          await consumer.commit();
          assert.equal(await stage.committed(), offset + 1);
          assert.equal(await consumer.position(stage.at), offset + 1);
          if (offset === 3) break;
        }
        await consumer.close();
        assert.equal(await stage.committed(), 4);
      }));

    test("commit of one record covers it and what stands before it, and close does not take that back", () =>
      withClient(target, async (client) => {
        const stage = await start(client);
        const consumer = stage.member();
        loop: for await (const batch of consumer.batches()) {
          for (const record of batch) {
            if (record.offset < 30) continue;
            await consumer.commit(record);
            break loop;
          }
        }
        assert.equal(await stage.committed(), 31);
        await consumer.close();
        assert.equal(await stage.committed(), 31);
      }));

    test("a batch is consumed when the loop asks for the next, not when it is left in the middle of it", () =>
      withClient(target, async (client) => {
        const stage = await start(client);
        const consumer = stage.member({ maxPartitionFetchBytes: 500 });
        for await (const batch of consumer.batches()) {
          await consumer.commit(batch);
          assert.equal(await stage.committed(), batch.nextOffset);
          break;
        }
        await client.producer().send({ topic: stage.topic, partition: 0, value: "101st" });
        for await (const batch of consumer.batches()) {
          assert.equal(batch.startOffset, 100);
          break;
        }
        await consumer.close();
        assert.equal(await stage.committed(), 100);
      }));

    test("what a poll returned is consumed with the next poll, not by close", () =>
      withClient(target, async (client) => {
        const stage = await start(client);
        const consumer = stage.member({ maxPollRecords: 10 });
        const poll = async () => {
          for (;;) {
            const batches = await consumer.poll(1000);
            if (batches.length > 0) return batches;
          }
        };
        await poll();
        await poll();
        await consumer.close();
        assert.equal(await stage.committed(), 10);
      }));

    test("seek inside a loop over records takes effect with the next record", () =>
      withClient(target, async (client) => {
        const stage = await start(client);
        const consumer = stage.member();
        const seen: number[] = [];
        for await (const { offset } of consumer.records()) {
          seen.push(offset);
          if (seen.length === 3) consumer.seek(stage.at, 50);
          if (seen.length === 5) break;
        }
        assert.deepEqual(seen, [0, 1, 2, 50, 51]);
        await consumer.close();
        assert.equal(await stage.committed(), 51);
      }));

    test("pause inside a loop over records takes effect with the next record; resume loses none", () =>
      withClient(target, async (client) => {
        const stage = await start(client, 20, 2);
        const consumer = stage.member();
        const seen: string[] = [];
        const paused = new Set<number>();
        for await (const { partition, offset } of consumer.records()) {
          seen.push(`${partition}:${offset}`);
          if (offset === 2 && paused.size === 0) {
            paused.add(partition);
            consumer.pause([{ topic: stage.topic, partition }]);
          } else if (offset === 9 && !paused.has(partition)) {
            consumer.resume(consumer.paused());
          }
          if (seen.length === 20) break;
        }
        const first = Number(seen[0]![0]);
        const expected = (partition: number, from: number, to: number) =>
          Array.from({ length: to - from }, (_, i) => `${partition}:${from + i}`);
        assert.deepEqual(seen, [...expected(first, 0, 3), ...expected(1 - first, 0, 10), ...expected(first, 3, 10)]);
        await consumer.close();
      }));

    test("a rebalance takes effect between two records of a batch and leaves the others to the new owner", () =>
      withClient(target, async (client) => {
        const stage = await start(client, 200, 2);
        const seen: string[] = [];
        const slow = stage.member();
        const fast = stage.member();
        const loop = async (consumer: Consumer, ms: number) => {
          for await (const { partition, offset } of consumer.records()) {
            await new Promise((resolve) => setTimeout(resolve, ms));
            seen.push(`${partition}:${offset}`);
          }
        };
        const first = loop(slow, 5);
        await waitUntil("the first member works", () => seen.length > 5);
        const second = loop(fast, 0);
        await waitUntil("both have their part", () => slow.assignment().length === 1 && fast.assignment().length === 1);
        assert.ok(seen.length < 100, `the rebalance waited for ${seen.length} records`);
        await waitUntil("all is read", () => new Set(seen).size === 200);
        await Promise.all([slow.close(), fast.close(), first, second]);
        assert.equal(seen.length, 200, "nothing was read twice");
      }));
  });
}
