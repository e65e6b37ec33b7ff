import assert from "node:assert/strict";
import { test } from "node:test";
import { serdes, StreamsBuilder, type Topology, TopologyTestDriver, tumbling } from "@ottla/streams";
import { startKafka } from "@ottla/testing";
import { impatientSettings, startInstance } from "./known-answers.ts";
import { wordCount } from "./word-count.ts";

const texts = { key: serdes.string, value: serdes.string };

function windowedCount(): Topology {
  const b = new StreamsBuilder();
  b.stream("lines", texts)
    .groupBy((line) => line.slice(0, 1), { ...texts, name: "by-letter" })
    .windowedBy(tumbling({ sizeMs: 10, graceMs: 5 }))
    .count({ store: "windows" })
    .toStream()
    .to("words");
  return b.build();
}

function tableJoin(): Topology {
  const b = new StreamsBuilder();
  const names = b.table("names", { ...texts, store: "names" });
  b.stream("lines", texts)
    .leftJoin(names, (line, name) => `${line} of ${name}`)
    .to("words", { value: serdes.string });
  return b.build();
}

const lines = ["a b", "b c a", "a", "c c", "d", "a d"].map((value, i) => ({
  topic: "lines",
  key: String(i % 3),
  value,
  timestamp: 10 + 4 * i,
}));
const names = ["ann", "bob", "cid", "dan"].map((value, i) => ({ topic: "names", key: String(i % 3), value, timestamp: 12 + 6 * i }));

for (const [what, topology] of [
  ["words", wordCount()],
  ["windows", windowedCount()],
  ["a join with a table", tableJoin()],
] as const) {
  test(`every topic has on a broker what the driver writes: ${what}`, async () => {
    using driver = new TopologyTestDriver(topology, { applicationId: "same" });
    const offsets = new Map<string, number>();
    const inputs = [...lines, ...(what === "a join with a table" ? names : [])];
    driver.replay(
      inputs.map(({ topic, key, value, timestamp }) => {
        const offset = offsets.get(topic) ?? 0;
        offsets.set(topic, offset + 1);
        return { topic, offset, key: Buffer.from(key), value: Buffer.from(value), timestamp };
      }),
    );
    const expected = new Map<string, string[]>();
    for (const { topic, key, value, timestamp } of driver.takeProduced()) {
      const shown = expected.get(topic) ?? [];
      shown.push(`${hex(key)} ${hex(value)} ${timestamp}`);
      expected.set(topic, shown);
    }
    await using kafka = await startKafka({ topics: { lines: 1, names: 1, words: 1 }, settings: impatientSettings });
    for (const { topic, ...record } of inputs) await kafka.topic(topic).produce([record]);
    await using _instance = await startInstance(kafka, topology, { applicationId: "same", guarantee: "exactlyOnce" });
    for (const [topic, records] of expected) {
      const written = await kafka.until(`${records.length} records of ${topic}`, async () => {
        const found = await kafka.topic(topic).records({ key: "bytes", value: "bytes" });
        return found.length >= records.length ? found : undefined;
      });
      assert.deepEqual(
        written.map(({ key, value, timestamp }) => `${hex(key as Buffer | null)} ${hex(value as Buffer | null)} ${timestamp}`),
        records,
        topic,
      );
    }
  });
}

function hex(bytes: Uint8Array | null): string {
  return bytes === null ? "null" : Buffer.from(bytes).toString("hex");
}
