// A topology whose store is on the disk, driven by two drivers one after the other: the second goes on where the first was.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serdes, StreamsBuilder, TopologyTestDriver } from "@ottla/streams";

const b = new StreamsBuilder();
b.stream("words", { key: serdes.string, value: serdes.string })
  .groupByKey()
  .count({ store: { name: "counts", persistent: true } })
  .toStream()
  .to("out");
const topology = b.build();
const stateDir = mkdtempSync(join(tmpdir(), "ottla-goes-on-"));
try {
  for (const count of [1, 2, 3]) {
    const driver = new TopologyTestDriver(topology, { stateDir });
    driver.inputTopic("words", { key: serdes.string, value: serdes.string }).pipeInput("a", "x", count);
    const out = driver.outputTopic("out", { key: serdes.string, value: serdes.long });
    assert.deepEqual(out.readKeyValues(), [["a", count]]);
    driver.close();
  }
} finally {
  rmSync(stateDir, { recursive: true, force: true });
}
