import assert from "node:assert/strict";
import { test } from "node:test";
import { WorkerMeter } from "../worker-meter.ts";
import type { WhyFacts } from "./why-facts.ts";
import { whyNothing } from "./why-nothing.ts";

const clock = { nowMs: () => 10_000, monotonicMs: () => 10_000 } as ConstructorParameters<typeof WorkerMeter>[0];
const meter = new WorkerMeter(clock);
meter.become("RUNNING");

const worker = {
  name: "app-p-StreamThread-1",
  ...meter.facts,
  takenAtMs: 10_000,
  memberId: "m",
  isOutputFull: false,
  cacheBytes: 0,
  thread: meter.stats(),
  tasks: [],
  standbys: [],
};

const facts: WhyFacts = {
  applicationId: "app",
  nowMs: 10_000,
  state: "RUNNING",
  error: undefined,
  isExactlyOnce: false,
  commitIntervalMs: 100,
  maxTaskIdleMs: 0,
  workers: [worker],
  silentWorkers: [],
  restores: [],
  cluster: { inputs: [], missingTopics: [], missingOutputs: [], group: undefined },
  outputs: new Set(),
};

const codes = (changes: Partial<WhyFacts>) => whyNothing({ ...facts, ...changes }).map(({ code, text }) => `${code}: ${text}`);

// What needs a cluster is in conformance/quick/streams/why-nothing.test.ts.
test("what a broker is hard to be brought to is told, too", () => {
  assert.deepEqual(codes({}), []);
  assert.deepEqual(codes({ cluster: { error: "No broker answers." } }), [
    "CLUSTER_SILENT: The cluster was asked about group app and its topics, and did not answer: No broker answers.",
  ]);
  assert.match(
    codes({ workers: [{ ...worker, isOutputFull: true }] }).join("\n"),
    /^OUTPUT_FULL: The producer of app-p-StreamThread-1 has no room/,
  );
  const input = (partition: number) => ({ topic: "in", partition, startOffset: 0, endOffset: 5, stableOffset: 5, committedOffset: 5 });
  const cluster = {
    inputs: [input(0), input(1)],
    missingTopics: [],
    missingOutputs: [],
    group: { state: "Stable", memberCount: 1, assigned: [{ topic: "in", partition: 0 }] },
  };
  assert.deepEqual(
    whyNothing({ ...facts, cluster }).map(({ code, topic, partition }) => [code, topic, partition]),
    [
      ["NO_TASKS_HERE", undefined, undefined],
      ["PARTITION_UNASSIGNED", "in", 1],
      ["INPUT_AT_END", "in", undefined],
    ],
  );
});

test("records that were deleted are told apart from those that never came", () => {
  const cluster = {
    inputs: [{ topic: "in", partition: 0, startOffset: 7, endOffset: 7, stableOffset: 7, committedOffset: undefined }],
    missingTopics: [],
    missingOutputs: [],
    group: undefined,
  };
  assert.deepEqual(codes({ cluster }), ["INPUT_EMPTY: Topic in has no records: those it had are deleted by now."]);
});
