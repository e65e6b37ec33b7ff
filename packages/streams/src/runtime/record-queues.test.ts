import assert from "node:assert/strict";
import { test } from "node:test";
import { noHeaders } from "../record.ts";
import { RecordQueues } from "./record-queues.ts";

function queues(): RecordQueues<string> {
  return new RecordQueues({
    sourceOf: (topic) => topic,
    startTimeMs: () => -1,
    read(into, raw) {
      into.raw = raw;
      into.timestamp = raw.timestamp;
      return true;
    },
  });
}

function add(to: RecordQueues<string>, topic: string, ...timestamps: number[]): void {
  timestamps.forEach((timestamp, offset) => {
    to.add({ topic, partition: 0, offset, timestamp, key: null, value: null, headers: noHeaders });
  });
}

function all(from: RecordQueues<string>): string[] {
  const taken: string[] = [];
  for (let record = from.next(); record !== undefined; record = from.next()) taken.push(`${record.source}@${record.timestamp}`);
  return taken;
}

test("of all first records the earliest is next, and each topic keeps its order", () => {
  const records = queues();
  add(records, "a", 5, 1);
  add(records, "b", 3, 9);
  assert.deepEqual(all(records), ["b@3", "a@5", "a@1", "b@9"]);
});

test("partitions of a topic wait apart", () => {
  const records = queues();
  const record = (partition: number, timestamp: number) => ({
    topic: "a",
    partition,
    offset: 0,
    timestamp,
    key: null,
    value: null,
    headers: noHeaders,
  });
  for (const [partition, timestamp] of [
    [0, 5],
    [1, 3],
    [0, 4],
    [1, 6],
  ] as const)
    records.add(record(partition, timestamp));
  assert.deepEqual(all(records), ["a@3", "a@5", "a@4", "a@6"]);
});

test("equal times are taken as by a heap of Java's: the first, the last, then those between", () => {
  const records = queues();
  for (const topic of ["a", "b", "c"]) add(records, topic, 5);
  assert.deepEqual(all(records), ["a@5", "c@5", "b@5"]);
});

test("of many topics the earliest first record is next, whatever the order in which they came", () => {
  const records = queues();
  const times = [7, 3, 9, 1, 8, 2, 6, 4, 5];
  times.forEach((time, topic) => add(records, `t${topic}`, time, time + 10));
  const taken = all(records).map((text) => Number(text.split("@")[1]));
  assert.deepEqual(
    taken,
    [...times, ...times.map((time) => time + 10)].sort((a, b) => a - b),
  );
});

test("a partition's time, which a record is read with, is that of the latest that was taken", () => {
  const times: number[] = [];
  const records = new RecordQueues({
    sourceOf: (topic) => topic,
    startTimeMs: () => 2,
    read(into, raw, partitionTimeMs) {
      times.push(partitionTimeMs);
      into.raw = raw;
      into.timestamp = raw.timestamp;
      return true;
    },
  });
  add(records, "a", 1, 9, 4, 6);
  all(records);
  assert.deepEqual(times, [2, 2, 9, 9]);
});
