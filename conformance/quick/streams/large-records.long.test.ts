import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { serdes, StreamsBuilder, type Topology } from "@ottla/streams";
import { startKafka } from "@ottla/testing";
import { impatientSettings, startInstance } from "./known-answers.ts";

const RECORD_BYTES = 10 * 1024 * 1024;
const REQUEST_BYTES = RECORD_BYTES + 64 * 1024;
const sizes = { "producer.max.request.size": REQUEST_BYTES };
const KEYS = ["a", "b", "c"];

/** The last value of each key, and how often one came. */
function latest(persistent: boolean): Topology {
  const b = new StreamsBuilder();
  b.stream("large", { key: serdes.string, value: serdes.bytes })
    .groupByKey()
    .aggregate(
      () => Buffer.alloc(0),
      (before: Uint8Array, value) => {
        const next = Buffer.from(value);
        next[0] = (before[0] ?? 0) + 1;
        return next;
      },
      { store: { name: "latest", persistent }, value: serdes.bytes },
    )
    .toStream()
    .to("out", { key: serdes.string, value: serdes.bytes });
  return b.build();
}

for (const persistent of [false, true])
  test(`records of 10 MiB go through a store once, and come back from its changelog: ${persistent ? "on the disk" : "in memory"}`, async () => {
    const folder = mkdtempSync(join(tmpdir(), "ottla-large-"));
    try {
      await using kafka = await startKafka({
        topics: { large: 1, out: 1 },
        settings: { ...impatientSettings, "message.max.bytes": String(REQUEST_BYTES) },
        deadlineMs: 60_000,
      });
      const client = kafka.client();
      await using producer = client.producer({ maxRequestSizeBytes: REQUEST_BYTES });
      const start = (name: string) =>
        startInstance(kafka, latest(persistent), {
          applicationId: "large",
          guarantee: "exactlyOnce",
          sessionTimeoutMs: 2_000,
          transactionTimeoutMs: 20_000,
          ...sizes,
          ...(persistent && { stateDir: join(folder, name) }),
        });
      const send = async (fill: number) => {
        for (const key of KEYS) await producer.send({ topic: "large", partition: 0, key, value: Buffer.alloc(RECORD_BYTES - 100, fill) });
      };
      const first = await start("first");
      await send(1);
      await send(2);
      await kafka.group("large").lag().zero();
      await first.kill();
      await using second = await start("second");
      await send(3);
      await kafka.group("large").lag().zero();
      for (const key of KEYS) {
        const value = await second.app.store<string, Buffer>("latest").get(key);
        assert.deepEqual([value?.length, value?.[0], value?.[1]], [RECORD_BYTES - 100, 3, 3], key);
      }
      const written = await kafka.topic("out").records({ value: "bytes" });
      const counts = KEYS.map((key) => written.filter((record) => record.key === key).map(({ value }) => (value as Buffer)[0]));
      assert.deepEqual(
        counts,
        KEYS.map(() => [1, 2, 3]),
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
