import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { defineTopic, int64, json, nullable, type RecordDecodeError, string } from "@ottla/client";
import { uniqueName } from "../clients/unique-name.ts";
import { CASES_AT_ONCE, makeTopic, type TargetSource, withClient } from "./case-client.ts";

interface Order {
  readonly n: number;
}

/** Typed producers and consumers over the wire. */
export function defineTypedTopicCases(target: TargetSource): void {
  describe("typed topics", { concurrency: CASES_AT_ONCE }, () => {
    test("what one topic's producer sends its consumer reads, tombstones included", () =>
      withClient(target, async (client) => {
        const topic = client.topic(await makeTopic(client, 1), { key: nullable(string()), value: nullable(json<Order>()) });
        const sent = [
          { key: "a", value: { n: 1 } },
          { key: "a", value: null },
          { value: { n: 2 }, headers: { h: "x" } },
        ];
        await topic.producer().send(sent);
        const read: unknown[] = [];
        for await (const { key, value, headers } of topic
          .consumer({ groupId: uniqueName("group"), autoOffsetReset: "earliest" })
          .records()) {
          read.push([key, value, headers.map((each) => each.key)]);
          if (read.length === 3) break;
        }
        assert.deepEqual(read, [
          ["a", { n: 1 }, []],
          ["a", null, []],
          [null, { n: 2 }, ["h"]],
        ]);
      }));

    test("after a record that cannot be decoded the group begins again at it, or behind it when it was skipped", () =>
      withClient(target, async (client) => {
        const topic = client.topic(await makeTopic(client, 1), { value: json<Order>() });
        await client.producer().send(['{"n":0}', "{", '{"n":2}'].map((value) => ({ topic: topic.name, value })));
        const groupId = uniqueName("group");
        const options = { groupId, autoOffsetReset: "earliest" } as const;
        const strict = topic.consumer(options);
        const seen: number[] = [];
        const failed = (error: RecordDecodeError) => error.code === "UNDECODABLE_RECORD" && error.offset === 1;
        await assert.rejects(async () => {
          for await (const { value } of strict.records()) seen.push(value.n);
        }, failed);
        await strict.close();
        const lenient = topic.consumer({ ...options, onUndecodable: "skip" });
        for await (const { value } of lenient.records()) {
          seen.push(value.n);
          break;
        }
        await lenient.close();
        const committed = await client.admin().listGroupOffsets(groupId, [{ topic: topic.name, partition: 0 }]);
        assert.deepEqual([seen, committed[0]?.value?.offset], [[0, 2], 2]);
      }));

    test("one consumer of two topics tells them apart", () =>
      withClient(target, async (client) => {
        const names = await Promise.all([makeTopic(client, 1), makeTopic(client, 1)]);
        const orders = defineTopic(names[0] as "orders", { value: json<Order>() });
        const totals = defineTopic(names[1] as "totals", { value: int64() });
        const producer = client.producer();
        await client
          .topic(orders)
          .producer(producer)
          .send({ value: { n: 1 } });
        await client.topic(totals).producer(producer).send({ value: 2n });
        const consumer = client.topicsConsumer([orders, totals], { groupId: uniqueName("group"), autoOffsetReset: "earliest" });
        let sum = 0n;
        let count = 0;
        for await (const record of consumer.records()) {
          sum += record.topic === orders.name ? BigInt(record.value.n) : record.value;
          await consumer.commit(record);
          if (++count === 2) break;
        }
        assert.equal(sum, 3n);
      }));
  });
}
