import assert from "node:assert/strict";
import { test } from "node:test";
import { StreamsBuilder } from "../dsl/streams-builder.ts";
import type { ProcessingContext } from "../processor/processor.ts";
import { serdes } from "../serdes/serdes.ts";
import type { KeyValueStore } from "../stores/store.ts";
import { stores } from "../stores/stores.ts";
import { TopologyTestDriver } from "./topology-test-driver.ts";

const texts = { key: serdes.string, value: serdes.string };

/** Appends how often it was asked about the key, and says "gone" of deletions. */
class Numbering {
  #asked!: KeyValueStore<string, number>;

  init(context: ProcessingContext): void {
    this.#asked = context.stateStore("asked");
  }

  transform(value: string | null, key: string): string | null {
    const asked = (this.#asked.get(key) ?? 0) + 1;
    this.#asked.put(key, asked);
    return value === "none" ? null : `${value ?? "gone"}${asked}`;
  }
}

function build(isStored: boolean): TopologyTestDriver {
  const b = new StreamsBuilder();
  b.addStateStore(stores.keyValue({ name: "asked", key: serdes.string, value: serdes.long }));
  const options = { name: "numbered", stores: ["asked"], value: serdes.string, ...(isStored ? { store: "kept" } : {}) };
  const numbered = b.table("in", texts).transformValues(() => new Numbering(), options);
  numbered.toStream().to("out");
  b.stream("asks", texts)
    .leftJoin(numbered, (ask, value) => `${ask}${value}`)
    .to("answers", { value: serdes.string });
  return new TopologyTestDriver(b.build());
}

for (const isStored of [true, false]) {
  const name = isStored
    ? "a table's values are transformed with stores, deletions too, and read by joins"
    : "without a store of its own, transformed values are computed again for whoever reads them";
  test(name, () => {
    using driver = build(isStored);
    const input = driver.inputTopic("in", texts);
    for (const value of ["a", "b", "none", null]) input.pipeInput("k", value);
    driver.inputTopic("asks", texts).pipeInput("k", "?");
    assert.deepEqual(driver.outputTopic("out", texts).readValues(), ["a1", "b2", null, "gone4"]);
    assert.deepEqual(driver.outputTopic("answers", texts).readValues(), [isStored ? "?gone4" : "?gone5"]);
  });
}

test("nodes of transformed tables are called as Java's, and what is no supplier is refused", () => {
  const b = new StreamsBuilder();
  const table = b.table("in", texts);
  table.transformValues(() => ({ transform: (value) => value })).toStream();
  assert.match(b.build().describe(), /Processor: KTABLE-TRANSFORMVALUES-0000000003 \(stores: \[\]\)/);
  assert.throws(() => table.transformValues(1 as never), { code: "STREAMS_BAD_ARGUMENT", message: /transformValues needs a function/ });
  const unconnected = new StreamsBuilder();
  unconnected.addStateStore(stores.keyValue({ name: "asked", key: serdes.string, value: serdes.long }));
  unconnected
    .table("in", texts)
    .transformValues(() => new Numbering())
    .toStream();
  assert.throws(() => new TopologyTestDriver(unconnected.build()), { code: "STREAMS_STORE_NOT_CONNECTED", message: /asked/ });
});
