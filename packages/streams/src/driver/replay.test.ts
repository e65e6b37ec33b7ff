import assert from "node:assert/strict";
import { test } from "node:test";
import { StreamsBuilder } from "../dsl/streams-builder.ts";
import { noHeaders } from "../record.ts";
import { serdes } from "../serdes/serdes.ts";
import type { Topology } from "../topology/topology.ts";
import type { RecordedRecord } from "./topic-types.ts";
import { TopologyTestDriver } from "./topology-test-driver.ts";

const strings = { key: serdes.string, value: serdes.string };
const bytesOf = (topic: string, text: string): Uint8Array => serdes.string.serialize(topic, text, noHeaders);

function recorded(topic: string, offset: number, key: string, value: string, timestamp: number, partition = 0): RecordedRecord {
  return { topic, partition, offset, key: bytesOf(topic, key), value: bytesOf(topic, value), timestamp };
}

/** Orders with the customer's and the shop's name of that moment. */
function joined(): Topology {
  const b = new StreamsBuilder();
  const customers = b.table("customers", strings);
  const shops = b.globalTable("shops", strings);
  b.stream("orders", strings)
    .join(customers, (order, customer) => `${order} of ${customer}`)
    .joinGlobal(
      shops,
      () => "s",
      (order, shop) => `${order} at ${shop}`,
    )
    .to("out", { value: serdes.string });
  return b.build();
}

// Topic after topic, as files of them are: the table's second value is later than the first order.
const records = [
  recorded("orders", 40, "c", "pen", 10),
  recorded("orders", 41, "c", "ink", 30),
  recorded("orders", 7, "c", "cup", 25, 1),
  recorded("customers", 3, "c", "ann", 5),
  recorded("customers", 9, "c", "anna", 20),
  recorded("shops", 0, "s", "home", 99),
];

test("recorded topics are processed in the order of their times, global tables before all", () => {
  using driver = new TopologyTestDriver(joined(), { explain: true });
  assert.equal(driver.replay(records), 6);
  const out = driver.outputTopic("out", strings);
  assert.deepEqual(out.readValues(), ["pen of ann at home", "cup of anna at home", "ink of anna at home"]);
  const places = driver.explain().map(({ topic, partition, offset }) => `${topic}-${partition}@${offset}`);
  assert.deepEqual(places, ["shops-0@0", "customers-0@3", "orders-0@40", "customers-0@9", "orders-1@7", "orders-0@41"]);
  driver.inputTopic("orders", strings).pipeInput("c", "map", 31);
  assert.equal(driver.explain()[0]?.offset, 42);
});

test("what cannot be replayed is refused before anything is processed", () => {
  using driver = new TopologyTestDriver(joined());
  const refused = (more: RecordedRecord, message: RegExp): void => {
    assert.throws(() => driver.replay([...records, more]), message);
  };
  refused(recorded("order", 0, "c", "pen", 1), /does not read topic order: it reads/);
  refused(recorded("orders", 41, "c", "pen", 1), /orders-0 has offset 41: .* \(the last was 41\)/);
  refused(recorded("orders", 42, "c", "pen", 1.5), /timestamp 1.5/);
  assert.deepEqual(driver.takeProduced(), []);
  assert.equal(driver.replay([]), 0);
});
