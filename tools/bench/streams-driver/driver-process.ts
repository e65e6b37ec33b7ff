/**
 * Ottla's driver in a process of its own: `SHAPE INPUT-FILE`. Each line on standard input is a turn; the answer is a line of JSON (`Turn`), or for a line `allocations` the text of what a
 * turn allocated. The clock runs from the first input until what was
 * produced lies ready: making the driver and hashing are not in it. Collects garbage before each turn, so that none pays for another (`--expose-gc`).
 */
import { createHash } from "node:crypto";
import { createInterface } from "node:readline";
import { type ProducedRecord, serdes, TopologyTestDriver } from "@ottla/streams";
import { allocationsPerRecord } from "./allocations.ts";
import { type Input, readInputs } from "./inputs.ts";
import { buildShape, shapeNames, shapes } from "./shapes.ts";
import type { Turn } from "./turn.ts";

const name = shapeNames.find((each) => each === process.argv[2]);
const file = process.argv[3];
if (name === undefined || file === undefined) throw new Error("usage: SHAPE INPUT-FILE");
const inputs = readInputs(file);
const { readsBoth } = shapes[name];
const topology = buildShape(name);
/** Stays: V8 throws compiled code away when a full collection meets no object of the kind it was compiled for, as none is between two turns. Java's stays as it is. */
const warm = new TopologyTestDriver(topology);

for await (const asked of createInterface({ input: process.stdin })) {
  using driver = new TopologyTestDriver(topology);
  pipeInputs(warm, 100);
  warm.takeProduced();
  globalThis.gc?.();
  const answer = asked === "allocations" ? await allocationsPerRecord(inputs.length, () => pipeInputs(driver)) : turn(driver);
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

function turn(driver: TopologyTestDriver): Turn {
  const before = process.cpuUsage();
  pipeInputs(driver);
  const { user, system } = process.cpuUsage(before);
  return { cpuSeconds: (user + system) / 1e6, produced: digest(driver.takeProduced()) };
}

function pipeInputs(driver: TopologyTestDriver, count = inputs.length): void {
  const texts = { key: serdes.string, value: serdes.string };
  const left = driver.inputTopic("left", texts);
  const right = readsBoth ? driver.inputTopic("right", texts) : left;
  for (let at = 0; at < count; at++) {
    const { isLeft, key, value, timestamp } = inputs[at] as Input;
    (isLeft ? left : right).pipeInput(key, value, timestamp);
  }
}

/** Of each topic: how many records, and a hash of all keys, values and times in their order. */
function digest(records: readonly ProducedRecord[]): Record<string, string> {
  const topics = Map.groupBy(records, (record) => record.topic);
  return Object.fromEntries([...topics].map(([topic, own]) => [topic, `${own.length} ${hashOf(own)}`]));
}

function hashOf(records: readonly ProducedRecord[]): string {
  const hash = createHash("sha256");
  for (const { key, value, timestamp } of records) {
    for (const bytes of [key, value]) {
      const length = Buffer.alloc(4);
      length.writeInt32BE(bytes?.length ?? -1);
      hash.update(length);
      if (bytes !== null) hash.update(bytes);
    }
    const time = Buffer.alloc(8);
    time.writeBigInt64BE(BigInt(timestamp ?? -1));
    hash.update(time);
  }
  return hash.digest("hex").slice(0, 16);
}
