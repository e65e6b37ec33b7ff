import assert from "node:assert/strict";
import { test } from "node:test";
import { serdes, StreamsBuilder } from "@ottla/streams";
import { startKafka } from "@ottla/testing";
import { impatientSettings, startInstance } from "./known-answers.ts";

/** More than one request says. */
const PARTITIONS = 2_100;

for (const guarantee of ["atLeastOnce", "exactlyOnce"] as const) {
  test(`offsets of thousands of partitions are all committed, ${guarantee}`, async () => {
    await using kafka = await startKafka({ topics: { in: PARTITIONS, out: 1 }, settings: impatientSettings });
    const b = new StreamsBuilder();
    b.stream("in", { key: serdes.string, value: serdes.string }).to("out");
    await using instance = await startInstance(kafka, b.build(), {
      applicationId: "many",
      guarantee,
      commitIntervalMs: 200,
      sessionTimeoutMs: 10_000,
      heartbeatIntervalMs: 500,
      transactionTimeoutMs: 10_000,
    });
    const { app } = instance;
    await kafka.topic("in").produce(Array.from({ length: PARTITIONS }, (_, partition) => ({ partition, key: "k", value: "x" })));
    await kafka.until(
      "all are committed",
      async () => {
        const offsets = await kafka.client().admin().listGroupOffsets("many");
        return offsets.length === PARTITIONS && offsets.every(({ value }) => value?.offset === 1);
      },
      { withinMs: 30_000 },
    );
    await app.close();
    assert.equal((await kafka.topic("out").records()).length, PARTITIONS);
  });
}
