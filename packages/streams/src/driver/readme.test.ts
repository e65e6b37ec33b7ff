import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { StreamsBuilder } from "../dsl/streams-builder.ts";
import { tumbling } from "../dsl/windows.ts";
import { explanationText } from "../runtime/trace.ts";
import { serdes } from "../serdes/serdes.ts";
import { TopologyTestDriver } from "./topology-test-driver.ts";

interface Order {
  readonly customer: string;
  readonly amount: number;
}

test("the example of the README gives what it says", (t) => {
  const b = new StreamsBuilder();
  b.stream("orders", { key: serdes.string, value: serdes.json<Order>() })
    .filter((order) => order.amount > 10)
    .groupBy((order) => order.customer, { key: serdes.string, name: "by-customer" })
    .windowedBy(tumbling({ sizeMs: 60_000, graceMs: 5_000 }))
    .count({ store: "orders-by-customer" })
    .toStream()
    .to("counts");

  const driver = new TopologyTestDriver(b.build(), { explain: true });
  t.after(() => driver.close());
  const orders = driver.inputTopic("orders", { key: serdes.string, value: serdes.json<Order>() });
  orders.pipeInput("o-1", { customer: "ann", amount: 12 }, 1_000);
  orders.pipeInput("o-2", { customer: "ann", amount: 3 }, 2_000);

  const counts = driver.outputTopic("counts", { key: serdes.timeWindowed(serdes.string, 60_000), value: serdes.long });
  assert.deepEqual(counts.readKeyValues(), [[{ key: "ann", window: { startMs: 0, endMs: 60000 } }, 1]]);
  const second = driver
    .explain()
    .map(explanationText)
    .find((text) => text.includes('"o-2"'));
  assert.match(second ?? "", /KSTREAM-FILTER-0000000001: forwarded nothing$/);
});

test("that example stands above, line by line", () => {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const lines = (/```ts\n([^]*?)```/.exec(readme)?.[1] ?? "").split("\n").map((line) => line.trim());
  const said = lines.filter((line) => line !== "" && !line.startsWith("import") && !line.includes(" // "));
  assert.ok(said.length > 15);
  const own = readFileSync(new URL(import.meta.url), "utf8");
  assert.deepEqual(
    said.filter((line) => !own.includes(line)),
    [],
  );
});
