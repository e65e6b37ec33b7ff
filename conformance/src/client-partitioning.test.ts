// Keys land where Java puts them, over random keys: its partitioner is asked for each, and records are produced by Java, by librdkafka and by ours.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { SeededRandom } from "@ottla/base/simulated";
import { partitionOfKey } from "@ottla/client";
import { makeTopic, partitionsOf, readRecords, withClient } from "./client-cases/case-client.ts";
import { runJavaDriver, runJavaTool } from "./kafka/java-tool.ts";
import { runCommand } from "./process/child.ts";
import { requireProgram } from "./process/system-package.ts";
import { requireTarget } from "./target.ts";

const KEYS = 20_000;
const KEY_BYTES_MAX = 64;
const PARTITIONS_MAX = 5000;
const PRODUCED_KEYS = 500;
/** No power of two, where mistakes with signs do not show. */
const PARTITIONS = 13;

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

test("records keyed alike land in the same partition from Java, librdkafka and ours", async (context) => {
  await requireProgram("kcat", "kcat");
  const seed = randomBytes(4).readUInt32BE();
  context.diagnostic(`seed ${seed}`);
  const random = new SeededRandom(seed);
  const keys = Array.from({ length: PRODUCED_KEYS }, (_, i) => `${i} ${randomText(random)}`);
  await withClient(requireTarget, async (client) => {
    const topic = await makeTopic(client, PARTITIONS);
    const { bootstrap } = requireTarget();
    const input = (who: string): string => keys.map((key) => `${key}\t${who}\n`).join("");
    const kcat = ["-b", bootstrap, "-P", "-t", topic, "-K", "\t", "-X", "topic.partitioner=murmur2_random"];
    const properties = ["parse.key=true", "key.separator=\t"].flatMap((each) => ["--reader-property", each]);
    const producing = [
      runCommand("kcat", kcat, { input: input("librdkafka"), timeoutMs: 60_000 }),
      runJavaTool("console-producer", ["--bootstrap-server", bootstrap, "--topic", topic, ...properties], {
        input: input("java"),
        timeoutMs: 120_000,
      }),
    ];
    for (const { status, stderr } of await Promise.all(producing)) assert.equal(status, 0, stderr);
    await client.producer().sendBatch(keys.map((key) => ({ topic, key, value: "ours" })));
    const consumer = client.consumer({ autoOffsetReset: "earliest" });
    consumer.assign(partitionsOf(topic, PARTITIONS));
    const places = new Map<string, string[]>();
    for (const { key, value, partition } of await readRecords(consumer, 3 * PRODUCED_KEYS)) {
      const name = key!.toString();
      places.set(name, [...(places.get(name) ?? []), `${value!.toString()} ${partition}`]);
    }
    assert.equal(places.size, PRODUCED_KEYS);
    for (const [key, found] of places) {
      const partition = partitionOfKey(Buffer.from(key), PARTITIONS);
      assert.deepEqual(
        found.toSorted(),
        ["java", "librdkafka", "ours"].map((who) => `${who} ${partition}`),
        key,
      );
    }
    assert.ok(new Set([...places.values()].map(([first]) => first)).size > 1);
  });
});

/** Of letters of several scripts; nothing that a line of a console producer would take apart. */
function randomText(random: SeededRandom): string {
  const letter = (): string => String.fromCodePoint([0x41, 0x61, 0xe0, 0x3b1, 0x4e00, 0x1f600][random.nextInt(6)]! + random.nextInt(24));
  return Array.from({ length: random.nextInt(20) }, letter).join("");
}
