import assert from "node:assert/strict";
import { test } from "node:test";
import { completeInputs } from "./calculator.ts";
import { calculators } from "./calculators.ts";

const MB = 1e6;
const GB = 1e9;
const TB = 1e12;
const DAY = 86_400;

/** The figures of a calculator, rounded to four digits, and what binds. */
function calculate(name: string, given: Readonly<Record<string, number>>) {
  const calculator = calculators.find((each) => each.name === name)!;
  const { figures, binding, notes, result } = calculator.calculate(completeInputs(calculator, given));
  const values = Object.fromEntries(
    figures.map((figure) => [figure.name, Number.isFinite(figure.value) ? Number(figure.value.toPrecision(4)) : figure.value]),
  );
  assert.ok(result in values, result);
  return { ...values, ...(binding !== undefined && { binding }), notes };
}

function assertFigures(name: string, given: Readonly<Record<string, number>>, expected: Readonly<Record<string, unknown>>): void {
  const { notes, ...actual } = calculate(name, given);
  const wanted = Object.keys(expected);
  assert.deepEqual(
    Object.fromEntries(Object.entries(actual).filter(([key]) => wanted.includes(key))),
    expected,
    `${name} ${JSON.stringify(given)}: ${notes.join(" ")}`,
  );
}

test("partitions: the greatest of writing, reading and consumers decides", () => {
  assertFigures(
    "partitions",
    { write: 100 * MB, consumers: 20, use: 1 },
    { writing: 10, reading: 4, consumers: 20, partitions: 20, binding: "consumers" },
  );
  assertFigures("partitions", { write: 100 * MB, consumers: 20, use: 1, growth: 3 }, { writing: 30, partitions: 30, binding: "writing" });
  assertFigures("partitions", { write: 2.5 * MB }, { partitions: 1 });
  assertFigures("partitions", { write: 100 * MB, consumers: 20, use: 1, brokers: 3 }, { partitions: 21 });
});

test("replicas: memory maps and handles, with a word beyond the system's limits", () => {
  const input = { partitions: 3000, replicationFactor: 3, brokers: 6, bytesPerPartition: 5 * GB };
  assertFigures("replicas", input, { replicasPerBroker: 1500, segments: 6, maps: 18_000, handles: 27_000 });
  assert.deepEqual(calculate("replicas", input).notes, []);
  assert.match(calculate("replicas", { ...input, bytesPerPartition: 50 * GB }).notes.join(), /vm\.max_map_count/);
});

test("disk: logical, replicated, provisioned, each broker's", () => {
  assertFigures(
    "disk",
    { write: 50 * MB, ratio: 0.5, brokers: 6 },
    { logical: 15.12 * TB, replicated: 47.63 * TB, provisioned: 79.38 * TB, perBroker: 13.23 * TB },
  );
});

test("network: of a broker, and with one down", () => {
  assertFigures(
    "network",
    { write: 100 * MB, groups: 3, brokers: 6 },
    { in: 50 * MB, out: 83.33 * MB, inOneDown: 60 * MB, outOneDown: 100 * MB },
  );
});

test("brokers: what binds is said", () => {
  const input = { write: 100 * MB, groups: 3, ratio: 0.5, overhead: 0, diskPerBroker: 8 * TB, partitions: 3000 };
  assertFigures("brokers", input, { network: 1, disk: 19, partitions: 3, replication: 3, brokers: 20, binding: "disk" });
  assert.match(calculate("brokers", input).notes.join(), /tier/);
  // 2 copies go to followers and 20 to readers: 22 × 100 MB/s out, 3 × in, of 625 MB/s a broker.
  assertFigures("brokers", { ...input, write: 100 * MB, groups: 20, replicationFactor: 3 }, { network: 4 });
});

test("page cache: thirty seconds and ten minutes of lag", () => {
  assertFigures("page-cache", { write: 100 * MB, brokers: 6 }, { cache: 1.5 * GB, memory: 9.5 * GB });
  assertFigures("page-cache", { write: 100 * MB, brokers: 6, readerLag: 600 }, { cache: 30 * GB });
});

test("retention: the inverse of disk, and bytes of a partition", () => {
  assertFigures(
    "retention",
    { write: 50 * MB, ratio: 0.5, disk: 79.38 * TB, partitions: 30 },
    { achievable: 7 * DAY, retentionBytes: 504 * GB },
  );
  assert.match(calculate("retention", { write: 50 * MB, disk: TB }).notes.join(), /more than the disks can keep/);
});

test("consumers and poll records", () => {
  assertFigures("consumers", { produced: 5000, processing: 0.008 }, { consumers: 40 });
  assert.match(calculate("consumers", { produced: 5000, processing: 0.008, partitions: 12 }).notes.join(), /Only 12/);
  assertFigures("poll-records", { processing: 10 }, { maxPollRecords: 15 });
  assertFigures("poll-records", { processing: 0.05 }, { maxPollRecords: 3000 });
  assert.match(calculate("poll-records", { processing: 200 }).notes.join(), /Not even one/);
});

test("drain: time, consumers and loss", () => {
  assertFigures("drain", { lag: 3_600_000, produced: 1000, consumed: 1500, perConsumer: 250 }, { drain: 7200, consumers: 12 });
  assertFigures(
    "drain",
    { lag: 3_600_000, produced: 1000, consumed: 800, retained: 86_400_000 },
    { drain: Number.POSITIVE_INFINITY, loss: 414_000 },
  );
});

test("tiering: nine tenths saved in the reference's example", () => {
  assertFigures(
    "tiering",
    { write: 50 * MB, ratio: 0.5 },
    { allLocal: 194.4 * TB, local: 6.48 * TB, remote: 64.8 * TB, costBefore: 25_920, costAfter: 2354, saved: 0.9092 },
  );
});

test("cross-zone traffic, and what reading from the nearest replica leaves", () => {
  assertFigures(
    "cross-zone",
    { write: 100 * MB, groups: 3 },
    { produce: 66.67 * MB, replicate: 200 * MB, consume: 200 * MB, month: 1210 * TB, monthNearest: 691.2 * TB },
  );
});

test("copies in fewer zones than there are copies: those in the leader's own cost nothing", () => {
  assertFigures("cross-zone", { write: 100 * MB, groups: 3, zones: 2, replicationFactor: 4 }, { replicate: 200 * MB });
  assertFigures("cross-zone", { write: 100 * MB, groups: 3, zones: 2 }, { replicate: 133_300_000 });
  assertFigures("cross-zone", { write: 100 * MB, groups: 3, zones: 1 }, { replicate: 0, produce: 0, month: 0 });
  assertFigures("cross-zone", { write: 100 * MB, groups: 3, zones: 5 }, { replicate: 200 * MB });
});

test("what is enough is enough: nothing is rounded up for a digit that binary arithmetic added", () => {
  assertFigures("partitions", { write: 70 * MB, growth: 1.1 }, { writing: 11 });
  assertFigures("consumers", { produced: 5000, processing: 0.008 }, { consumers: 40 });
  assertFigures("drain", { lag: 0, produced: 0.3, consumed: 1, perConsumer: 0.1 }, { consumers: 3 });
  assertFigures("autoscale", { perConsumer: 1.1, target: 30 }, { lagThreshold: 33 });
});

test("cross-site: bandwidth, buffers, and what a small one does", () => {
  assertFigures("cross-site", { write: 20 * MB }, { bandwidth: 22 * MB, buffer: 1.76 * MB, cap: 819_200 });
});

test("reassignment and recovery", () => {
  assertFigures("reassignment", { bytes: 2 * TB, throttle: 50 * MB, destinations: 3 }, { time: 13_330 });
  assert.match(calculate("reassignment", { bytes: TB, throttle: MB, incoming: MB }).notes.join(), /never catch up/);
  assertFigures("recovery", { bytes: 500 * GB, capacity: 200 * MB, used: 60 * MB }, { time: 3571 });
});

test("cleaner, producer, autoscale, quota", () => {
  assertFigures("cleaner", {}, { keys: 5_033_000 });
  assertFigures("producer", {}, { perPartition: 20.48 * MB, outage: 3.355 });
  assertFigures("autoscale", { perConsumer: 250 }, { lagThreshold: 7500 });
  assertFigures("quota", { p99: 2 * MB }, { quota: 3 * MB });
});

test("inputs that are missing, unknown or out of bounds are named", () => {
  const disk = calculators.find(({ name }) => name === "disk")!;
  assert.throws(() => completeInputs(disk, {}), { code: "MISSING_INPUT", message: /disk needs write: peak rate/ });
  assert.throws(() => completeInputs(disk, { wrote: 1 }), { code: "UNKNOWN_INPUT" });
  for (const bad of [{ fill: 0 }, { fill: 1.01 }, { replicationFactor: 0 }, { write: -1 }, { write: Number.NaN }])
    assert.throws(() => completeInputs(disk, { write: 1, ...bad }), { code: "INVALID_INPUT" }, JSON.stringify(bad));
});

test("no calculator fails or says NaN at the edges of its inputs", () => {
  for (const calculator of calculators)
    for (const edge of ["least", "huge"] as const) {
      const given = Object.fromEntries(
        Object.entries(calculator.inputs).map(([name, { min = 0, isMinExcluded, max = 1e15 }]) => [
          name,
          edge === "huge" ? max : isMinExcluded ? min + 1e-9 : min,
        ]),
      );
      for (const { name, value } of calculator.calculate(completeInputs(calculator, given)).figures)
        assert.ok(
          !Number.isNaN(value) && value >= (name === "saved" ? Number.NEGATIVE_INFINITY : 0),
          `${calculator.name} ${edge}: ${name} is ${value}`,
        );
    }
});
