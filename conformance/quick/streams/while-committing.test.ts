import assert from "node:assert/strict";
import { test } from "node:test";
import { serdes, StreamsBuilder, streams, type Topology } from "@ottla/streams";
import { startKafka } from "@ottla/testing";
import { impatientSettings } from "./known-answers.ts";

const texts = { key: serdes.string, value: serdes.string } as const;
const LINES = 3_000;
/** Some tens of lines are done when the first commit comes. */
const SLOW_MS = 0.25;

test("what a step throws while a transaction ends ends the application, and that transaction is committed whole", async () => {
  await using kafka = await startKafka({ topics: { lines: 1, words: 1 }, settings: impatientSettings });
  let taken = 0;
  let throwsAt = Number.POSITIVE_INFINITY;
  const copy = (): Topology => {
    const b = new StreamsBuilder();
    b.stream("lines", texts)
      .mapValues((line) => {
        const endMs = performance.now() + SLOW_MS;
        while (performance.now() < endMs);
        if (++taken > throwsAt) throw new Error(`no more than ${throwsAt}`);
        return line;
      })
      .to("words", texts);
    return b.build();
  };
  const start = async () => {
    const app = streams(copy(), {
      applicationId: "copy",
      bootstrapServers: kafka.bootstrapServers,
      guarantee: "exactlyOnce",
      sessionTimeoutMs: 30_000,
    });
    await app.start();
    return app;
  };
  const commit = kafka.fault({ api: "TxnOffsetCommit", hold: true });
  const lines = Array.from({ length: LINES }, (_, i) => ({ value: `${i}` }));
  await kafka.topic("lines").produce(lines);
  const failing = await start();
  const failed = new Promise<string>((resolve) => failing.onState((state) => state === "ERROR" && resolve(state)));
  await commit.hit();
  const takenAtCommit = taken;
  throwsAt = taken + 100;
  await kafka.until("it has failed in its next transaction", () => taken > throwsAt);
  commit.release();
  await failed;
  await failing.close();
  const values = lines.map(({ value }) => value);
  const written = async () => (await kafka.topic("words").records()).map(({ value }) => value);
  const [committed] = await kafka.group("copy").committed();
  assert.ok(committed !== undefined && committed.offset <= takenAtCommit);
  assert.deepEqual(await written(), values.slice(0, committed.offset));
  throwsAt = Number.POSITIVE_INFINITY;
  await using _ = await start();
  await kafka.group("copy").lag().zero();
  assert.deepEqual(await written(), values);
});
