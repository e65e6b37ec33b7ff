import assert from "node:assert/strict";
import { test } from "node:test";
import { StreamsBuilder } from "../dsl/streams-builder.ts";
import type { Serde } from "../serdes/serde.ts";
import { serdes } from "../serdes/serdes.ts";
import { TopologyTestDriver } from "./topology-test-driver.ts";

/** Strings, and the names of the topics under which they were written or read. */
function noting(topics: Set<string>): Serde<string> {
  return {
    name: "noting",
    serialize: (topic, value, headers) => {
      topics.add(topic);
      return serdes.string.serialize(topic, value, headers);
    },
    deserialize: (topic, bytes, headers) => {
      topics.add(topic);
      return serdes.string.deserialize(topic, bytes, headers);
    },
  };
}

test("a foreign-key join calls its serdes and partitioners with the names that topics have in the cluster", () => {
  const [keys, values, otherKeys] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const partitioned: [string, string | null, null][] = [];
  const b = new StreamsBuilder();
  const people = b.table("people", { key: noting(keys), value: noting(values) });
  const towns = b.table("towns", { key: noting(otherKeys), value: serdes.string });
  const partitioner = (topic: string, key: string, value: null): number => {
    partitioned.push([topic, key, value]);
    return 0;
  };
  people
    .joinOn(
      towns,
      (town) => town,
      (town, about) => `${town} ${about}`,
      { name: "home", store: "homes", value: serdes.string, partitioner, otherPartitioner: partitioner },
    )
    .toStream()
    .to("out");
  using driver = new TopologyTestDriver(b.build(), { applicationId: "app" });
  driver.inputTopic("towns", { key: serdes.string, value: serdes.string }).pipeInput("ulm", "on the Danube", 1);
  const input = driver.inputTopic("people", { key: serdes.string, value: serdes.string });
  input.pipeInput("ann", "ulm", 2);
  input.pipeInput("ann", "rome", 3);
  const told = driver.outputTopic("out", { key: serdes.string, value: serdes.string }).readKeyValues();
  assert.deepEqual(told, [
    ["ann", "ulm on the Danube"],
    ["ann", null],
  ]);
  const registration = "app-home-subscription-registration-topic";
  const response = "app-home-subscription-response-topic";
  const isPseudo = (topic: string): boolean => /-(fk|pk|vh)$/.test(topic);
  assert.deepEqual([...keys].filter(isPseudo), [`${registration}-pk`]);
  assert.deepEqual([...otherKeys].filter(isPseudo), [`${registration}-fk`]);
  assert.deepEqual([...values].filter(isPseudo), [`${registration}-vh`]);
  assert.deepEqual(partitioned.slice(0, 2), [
    [registration, "ulm", null],
    [response, "ann", null],
  ]);
});
