import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import {
  noHeaders,
  type Serde,
  serdes,
  session,
  sliding,
  StreamsBuilder,
  type Topology,
  TopologyTestDriver,
  tumbling,
  type Windowed,
} from "@ottla/streams";
import { startKafka } from "@ottla/testing";
import { impatientSettings, startInstance } from "./known-answers.ts";

const texts = { key: serdes.string, value: serdes.string };
const grouped = (b: StreamsBuilder) => b.stream("in", texts).groupByKey();

const topologies: Readonly<Record<string, () => readonly [Topology, Serde<Windowed<string>>]>> = {
  tumbling() {
    const b = new StreamsBuilder();
    grouped(b)
      .windowedBy(tumbling({ sizeMs: 10, graceMs: 5 }))
      .emit("onClose")
      .count()
      .toStream()
      .to("out");
    return [b.build(), serdes.timeWindowed(serdes.string, 10)];
  },
  sliding() {
    const b = new StreamsBuilder();
    grouped(b)
      .windowedBy(sliding({ differenceMs: 10, graceMs: 5 }))
      .emit("onClose")
      .count()
      .toStream()
      .to("out");
    return [b.build(), serdes.timeWindowed(serdes.string, 10)];
  },
  session() {
    const b = new StreamsBuilder();
    grouped(b)
      .windowedBy(session({ gapMs: 10, graceMs: 5 }))
      .emit("onClose")
      .count()
      .toStream()
      .to("out");
    return [b.build(), serdes.sessionWindowed(serdes.string)];
  },
};

describe("an application that catches up gives on each final result of its windows, however fast time runs", () => {
  for (const [kind, make] of Object.entries(topologies)) test(kind, () => catchesUp(...make()));
});

async function catchesUp(topology: Topology, key: Serde<Windowed<string>>): Promise<void> {
  const inputs = Array.from({ length: 400 }, (_, at) => ({ key: `key-${at % 3}`, value: "x", timestamp: 1_000 + at * 17 }));
  const show = (entries: readonly (readonly [Windowed<string> | null, number | null])[]): string[] =>
    entries.map(([of, count]) => `${of?.key} ${of?.window.startMs} ${of?.window.endMs} ${count}`).sort();
  using driver = new TopologyTestDriver(topology);
  const input = driver.inputTopic("in", texts);
  for (const { key: one, value, timestamp } of inputs) input.pipeInput(one, value, timestamp);
  const expected = show(driver.outputTopic("out", { key, value: serdes.long }).readKeyValues());
  assert.ok(expected.length > 300);

  await using kafka = await startKafka({ topics: { in: 1, out: 1 }, settings: impatientSettings });
  await kafka.topic("in").produce(inputs);
  await using _instance = await startInstance(kafka, topology, { applicationId: "final" });
  const seen = await kafka.until(`${expected.length} results but for the last few`, async () => {
    const records = await kafka.topic("out").records({ key: "bytes", value: "bytes" });
    // What closed with the last records waits for the clock.
    return records.length >= expected.length - 3 ? records : undefined;
  });
  const results = show(
    seen.map(
      (record) =>
        [
          key.deserialize("out", record.key as Buffer, noHeaders),
          serdes.long.deserialize("out", record.value as Buffer, noHeaders),
        ] as const,
    ),
  );
  assert.deepEqual(
    results.filter((result) => !expected.includes(result)),
    [],
  );
  assert.equal(new Set(results).size, results.length);
}

describe("what was live when a task committed last is there when it is done again, though its changelog went on, without transactions", () => {
  for (const persistent of [false, true]) test(persistent ? "on the disk" : "in memory", () => doesAgain(persistent));
});

async function doesAgain(persistent: boolean): Promise<void> {
  const b = new StreamsBuilder();
  grouped(b)
    .windowedBy(tumbling({ sizeMs: 10, graceMs: 0 }))
    .emit("onClose")
    .count({ store: { name: "closing", persistent } })
    .toStream((_count, { window }) => String(window.startMs), { key: serdes.string })
    .to("out", { value: serdes.long });
  const topology = b.build();
  const stateDir = mkdtempSync(join(tmpdir(), "ottla-again-"));
  try {
    await using kafka = await startKafka({ topics: { in: 1, out: 1 }, settings: impatientSettings });
    const options = { applicationId: "again", commitIntervalMs: 600_000, stateDir };
    const changelog = kafka.topic("again-closing-changelog");
    // Results do not come out before it is killed; what its stores are does.
    const held = kafka.fault({ api: "Produce", topic: "out", reply: "NOT_ENOUGH_REPLICAS", times: "always" });
    await using killed = await startInstance(kafka, topology, options);
    await kafka.topic("in").produce(Array.from({ length: 400 }, (_, at) => ({ key: "k", value: "x", timestamp: 1_000 + at * 5 })));
    await kafka.until("its changelog is written", async () =>
      (await changelog.records({ key: "bytes", value: "bytes" })).length >= 400 ? true : undefined,
    );
    await killed.kill();
    held.remove();
    await using _again = await startInstance(kafka, topology, { ...options, commitIntervalMs: 20 });
    const results = await kafka.until("all windows but the last", async () => {
      const records = await kafka.topic("out").records({ value: "bytes" });
      const counts = new Map(records.map(({ key, value }) => [Number(key), serdes.long.deserialize("out", value as Buffer, noHeaders)]));
      return counts.has(1_000 + 198 * 10) ? counts : undefined;
    });
    const lost = Array.from({ length: 199 }, (_, at) => 1_000 + at * 10).filter((startMs) => (results.get(startMs) ?? 0) < 2);
    assert.deepEqual(lost, []);
  } finally {
    rmSync(stateDir, { recursive: true, force: true });
  }
}
