import assert from "node:assert/strict";
import { test } from "node:test";
import { StreamsBuilder } from "../dsl/streams-builder.ts";
import type { Serde } from "../serdes/serde.ts";
import { serdes } from "../serdes/serdes.ts";
import { tumbling } from "../dsl/windows.ts";
import type { TimestampedKeyValueStore } from "../stores/store.ts";
import { TopologyTestDriver } from "./topology-test-driver.ts";

const texts = { key: serdes.string, value: serdes.string };

test("what was produced stays as it was while counts go up in their place, and its bytes are the test's to change", () => {
  const b = new StreamsBuilder();
  const stream = b.stream("in", texts);
  stream.groupByKey().count({ store: "counts" }).toStream().to("out");
  stream
    .groupByKey()
    .windowedBy(tumbling({ sizeMs: 10, graceMs: 0 }))
    .count({ store: "windows" })
    .toStream()
    .to("windowed");
  using driver = new TopologyTestDriver(b.build());
  const input = driver.inputTopic("in", texts);
  const long = (bytes: Uint8Array | null) => (bytes === null ? null : Buffer.from(bytes).readBigInt64BE());
  for (let turn = 1n; turn <= 3n; turn++) {
    input.pipeInput("ann", "x", 1);
    input.pipeInput("ann", "x", 1);
    const taken = driver.takeProduced();
    assert.deepEqual(
      taken.map(({ value }) => long(value)),
      [2n * turn - 1n, 2n * turn].flatMap((count) => [count, count, count, count]),
    );
    assert.deepEqual(new Set(taken.map(({ key }) => Buffer.from(key!.subarray(0, 3)).toString())), new Set(["ann"]));
    for (const { key, value } of taken) for (const bytes of [key, value]) bytes!.fill(0x21);
  }
});

test("a serde that gives the same memory each time does not change what a store holds", () => {
  const b = new StreamsBuilder();
  b.stream("in", { key: reusingMemory(), value: reusingMemory() })
    .groupByKey()
    .reduce((_old, value) => value, { store: "last" });
  using driver = new TopologyTestDriver(b.build());
  for (const [key, value] of [
    [1, 10],
    [2, 20],
    [1, 11],
  ] as const)
    driver.pipeRaw("in", { key: int32(key), value: int32(value), timestamp: 0 });
  const store = driver.store<TimestampedKeyValueStore<number, number>>("last");
  assert.deepEqual(
    [1, 2].map((key) => store.get(key)?.value),
    [11, 20],
  );
});

function reusingMemory(): Serde<number> {
  const memory = Buffer.allocUnsafeSlow(4);
  return {
    name: "reusingMemory",
    serialize(_topic, value) {
      memory.writeInt32BE(value);
      return memory;
    },
    deserialize: (_topic, bytes) => Buffer.from(bytes).readInt32BE(),
  };
}

function int32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}
