import assert from "node:assert/strict";
import { test } from "node:test";
import { ConsoleFixture } from "./console-fixture.ts";

test("who came and went in a group, and what moved, is its history; a time becomes offsets", async () => {
  await using ottla = await ConsoleFixture.start({ topics: { orders: 4 } });
  await ottla.kafka.topic("orders").produce(Array.from({ length: 20 }, (_, i) => ({ key: `k${i}`, value: "v" })));
  const client = ottla.kafka.client();
  const groupOf = async () => (await ottla.get("/group?id=billing")).body;
  const settings = { groupId: "billing", groupProtocol: "consumer", autoOffsetReset: "earliest" } as const;
  const first = client.consumer(settings);
  first.subscribe(["orders"]);
  const reading = new AbortController();
  const pollAll = async (consumer: typeof first): Promise<void> => {
    while (!reading.signal.aborted) await consumer.poll(100);
  };
  const polls = [pollAll(first)];
  await ottla.kafka.until("the group is seen with its member", async () => (await groupOf()).members?.length === 1);
  const second = client.consumer(settings);
  second.subscribe(["orders"]);
  polls.push(pollAll(second));
  await ottla.kafka.until("the second member is in the history", async () =>
    (await groupOf()).turns.some(({ came, members }: { came: object[]; members: number }) => came.length === 1 && members === 2),
  );
  await ottla.kafka.until("partitions moved to it", async () => (await groupOf()).turns.some(({ moved }: { moved: number }) => moved > 0));
  const { body } = await ottla.get("/group/offsets-at?id=billing&timestampMs=0");
  assert.deepEqual(
    body.offsets.map(({ offset }: { offset: number }) => offset),
    [0, 0, 0, 0],
  );
  const future = await ottla.get(`/group/offsets-at?id=billing&timestampMs=${Date.now() + 86_400_000}`);
  assert.equal(
    future.body.offsets.reduce((sum: number, { offset }: { offset: number }) => sum + offset, 0),
    20,
  );
  assert.equal((await ottla.get("/group/offsets-at?id=absent&timestampMs=0")).body.code, "NOT_SEEN_YET");
  reading.abort();
  await Promise.all(polls);
  await Promise.all([first.close(), second.close()]);
});

test("topics stand in a tree, open branches only, and too many open ones are refused", async () => {
  await using ottla = await ConsoleFixture.start({ topics: { "orders.events": 1, "orders.dead": 2, payments: 1 } });
  const { body } = await ottla.get("/topic-tree?open=orders.&open=none.");
  assert.deepEqual(
    body.lines.map(({ label, depth, topics, partitions }: Record<string, unknown>) => `${depth} ${label} ${topics} ${partitions}`),
    ["0 orders. 2 3", "1 dead 0 2", "1 events 0 1", "0 payments 0 1"],
  );
  const many = Array.from({ length: 201 }, (_, i) => `open=${i}`).join("&");
  assert.deepEqual((await ottla.get(`/topic-tree?${many}`)).body.code, "BAD_REQUEST");
});
