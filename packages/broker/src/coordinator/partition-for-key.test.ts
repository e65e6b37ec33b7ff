import assert from "node:assert/strict";
import { test } from "node:test";
import { partitionForKey } from "./partition-for-key.ts";

test("a group's partition is Java's String.hashCode modulo the partitions, as Kafka's tools expect", () => {
  // Origin: Utils.abs(key.hashCode()) % 50 with kafka-clients 4.3.1 on Java 17.
  const expected: [string, number][] = [
    ["", 0],
    ["g", 3],
    ["g1", 42],
    ["my-group", 12],
    ["connect-cluster", 13],
    ["schema-registry", 29],
    ["größe", 7],
    ["群组", 8],
    ["😀-group", 43],
    ["a-rather-long-group-id.with_many-chars.0123456789", 8],
  ];
  for (const [key, partition] of expected) assert.equal(partitionForKey(key, 50), partition, key);
});

test("a hash of Java's smallest int goes to partition 0", () => {
  assert.equal(partitionForKey("polygenelubricants", 50), 0);
});
