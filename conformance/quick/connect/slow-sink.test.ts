// Sinks that take longer than the group waits for a member that asks for nothing (max.poll.interval.ms).
import assert from "node:assert/strict";
import { test } from "node:test";
import { defineSink, RetriableError, type SinkTask } from "@ottla/connect";
import { startInProcessWorker } from "@ottla/connect/worker";
import { startKafka } from "@ottla/testing";

const MAX_POLL_MS = 300;
/** So many of those intervals one call takes. */
const INTERVALS = 4;

/** A write, a flush or a retry that is longer than the interval. */
const slowness: Readonly<Record<string, (wait: () => Promise<void>, first: () => boolean) => Partial<SinkTask>>> = {
  writes: (wait) => ({ write: wait }),
  flushes: (wait, first) => ({
    flush: async () => {
      if (first()) await wait();
    },
  }),
  "tries again": (_wait, first) => ({
    write: () => (first() ? Promise.reject(new RetriableError("full", { afterMs: MAX_POLL_MS * INTERVALS })) : Promise.resolve()),
  }),
};

for (const [what, make] of Object.entries(slowness))
  test(`a sink that ${what} for longer than its group waits keeps its partitions, and each record is handed over once`, async () => {
    await using kafka = await startKafka({ topics: { in: 2 } });
    let turn = 0;
    let given = 0;
    const taken: string[] = [];
    const wait = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, MAX_POLL_MS * INTERVALS));
    const slow = make(wait, () => turn++ === 0);
    const sink = defineSink({
      name: "slow",
      version: "1",
      config: {},
      open: () =>
        Promise.resolve({
          assigned: async (places) => void (given += places.length),
          flush: async () => void (await slow.flush?.()),
          async write(records, context) {
            await slow.write?.(records, context);
            for (const { value } of records) taken.push(String(value));
          },
        }),
    });
    const worker = await startInProcessWorker({
      client: kafka.client(),
      plugins: [sink],
      properties: { "offset.flush.interval.ms": "50" },
    });
    await worker.putConfig("s", {
      "connector.class": "slow",
      topics: "in",
      "value.converter": "string",
      "consumer.override.max.poll.interval.ms": String(MAX_POLL_MS),
      "consumer.override.heartbeat.interval.ms": "50",
    });
    await kafka.until("it has its partitions", () => given === 2);
    await kafka.topic("in").produce([
      { partition: 0, value: "a" },
      { partition: 1, value: "b" },
    ]);
    const committed = async (): Promise<number> =>
      (await kafka.client().admin().listGroupOffsets("connect-s")).reduce((sum, { value }) => sum + (value?.offset ?? 0), 0);
    await kafka.until("both are committed", async () => (await committed()) === 2, { withinMs: 20_000 });
    assert.deepEqual(taken.toSorted(), ["a", "b"]);
    assert.equal(given, 2, "the group took nothing away");
    await worker.stop();
  });

test("a partition that is taken away in the middle of a write goes when that has ended, with what was written committed", async () => {
  await using kafka = await startKafka({ topics: { in: 2 } });
  const client = kafka.client();
  const writing = Promise.withResolvers<void>();
  let isWriting = false;
  const events: string[] = [];
  const sink = defineSink({
    name: "held",
    version: "1",
    config: {},
    open: () =>
      Promise.resolve({
        async write(records) {
          isWriting = true;
          await writing.promise;
          for (const { originalPartition, value } of records) events.push(`${originalPartition} ${String(value)}`);
        },
        revoked: async (places) => {
          if (places.length > 0) events.push(`revoked ${places.length}`);
        },
      }),
  });
  const worker = await startInProcessWorker({ client, plugins: [sink], properties: { "offset.flush.interval.ms": "600000" } });
  const other = client.consumer({ groupId: "connect-s", autoOffsetReset: "earliest" });
  try {
    await worker.putConfig("s", {
      "connector.class": "held",
      topics: "in",
      "value.converter": "string",
      "consumer.override.heartbeat.interval.ms": "50",
      // A poll keeps the member alive after so long, and hears of the other member.
      "consumer.override.max.poll.interval.ms": "3000",
    });
    await kafka.topic("in").produce([
      { partition: 0, value: "a" },
      { partition: 1, value: "b" },
    ]);
    await kafka.until("it writes", () => isWriting);
    other.subscribe(["in"]);
    const seen: string[] = [];
    const poll = async (): Promise<void> => {
      for (const batch of await other.poll(50)) for (const { value } of batch) seen.push(String(value));
    };
    await kafka.until("the other is a member", async () => {
      await poll();
      return (await kafka.group("connect-s").describe())?.members.length === 2;
    });
    assert.equal(events.length, 0);
    writing.resolve();
    await kafka.until("the other has one", async () => {
      await poll();
      return other.assignment().length === 1;
    });
    assert.equal(events.at(-1)?.startsWith("revoked"), true, events.join(", "));
    const [mine] = other.assignment();
    const [position] = await other.committed([mine!]);
    const wasWritten = events.some((event) => event.startsWith(`${mine!.partition} `));
    assert.equal(position?.committed?.offset, wasWritten ? 1 : undefined);
    for (let round = 0; round < 3; round++) await poll();
    assert.deepEqual(seen, wasWritten ? [] : [mine!.partition === 0 ? "a" : "b"]);
  } finally {
    await other.close();
    await worker.stop();
  }
});
