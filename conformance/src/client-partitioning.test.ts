// Keys land where Java puts them, over random keys: its partitioner is asked for each.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { SeededRandom } from "@ottla/base/simulated";
import { partitionOfKey } from "@ottla/client";
import { runJavaDriver } from "./kafka/java-tool.ts";

const KEYS = 20_000;
const KEY_BYTES_MAX = 64;
const PARTITIONS_MAX = 5000;

test(`${KEYS} random keys have the partitions that Java's producer gives them`, async (context) => {
  const seed = randomBytes(4).readUInt32BE();
  context.diagnostic(`seed ${seed}`);
  const random = new SeededRandom(seed);
  const keys = Array.from({ length: KEYS }, () => ({
    key: Buffer.from(Array.from({ length: random.nextInt(KEY_BYTES_MAX) }, () => random.nextInt(256))),
    count: 1 + random.nextInt(PARTITIONS_MAX),
  }));
  const input = keys.map(({ key, count }) => `x${key.toString("hex")} ${count}\n`).join("");
  const { stdout, stderr } = await runJavaDriver("KeyPartitions", [], { input, timeoutMs: 60_000 });
  const java = stdout.trim().split("\n").map(Number);
  assert.equal(java.length, KEYS, stderr);
  for (const [i, { key, count }] of keys.entries()) assert.equal(partitionOfKey(key, count), java[i], `${key.toString("hex")} of ${count}`);
});
