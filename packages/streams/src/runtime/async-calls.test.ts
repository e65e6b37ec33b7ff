import assert from "node:assert/strict";
import { test } from "node:test";
import { StreamsBuilder } from "../dsl/streams-builder.ts";
import { ControlledCalls } from "../driver/testing/controlled-calls.ts";
import { noHeaders } from "../record.ts";
import { serdes } from "../serdes/serdes.ts";
import type { Topology } from "../topology/topology.ts";
import { Task } from "./task.ts";

const texts = { key: serdes.string, value: serdes.string };
const asTheyEnded = <T>(ended: readonly T[]) => ended;

function taskOf(topology: Topology, isCommitted = false) {
  const sent: string[] = [];
  let nowMs = 0;
  const task = new Task({
    applicationId: "app",
    taskId: "0_0",
    partition: 0,
    topology: topology.builder,
    nodes: topology.builder.nodeGroups().flat(),
    globalStores: new Map(),
    ...(isCommitted && {
      committed: { offset: () => undefined, partitionTimeMs: () => -1, numbers: () => new Map<string, number>(), commit() {} },
    }),
    collector: { send: (topic, _partition, _key, value) => sent.push(`${topic} ${value}`), partitionsOf: () => 1 },
    systemTimeMs: () => nowMs,
  });
  const take = (offset: number, value: string) => {
    task.add({
      topic: "in",
      partition: 3,
      offset,
      timestamp: offset,
      key: Buffer.from("k"),
      value: Buffer.from(value),
      headers: noHeaders,
    });
    while (task.processNext());
  };
  const goOn = (ms: number) => {
    nowMs += ms;
    task.punctuateWallClock();
  };
  return { task, sent, take, goOn };
}

async function turn(): Promise<void> {
  await new Promise((done) => setImmediate(done));
}

test("what is not done holds commits back through all steps, and too much of it the input", async () => {
  const first = new ControlledCalls();
  const second = new ControlledCalls();
  const b = new StreamsBuilder();
  b.stream("in", texts)
    .mapAsync(first.call, { order: "unordered", concurrency: 2, maxPending: 3 })
    .mapAsync(second.call, { value: serdes.string })
    .to("out");
  const { task, sent, take } = taskOf(b.build());
  const held = () => task.calls.lowestOffsets().map(({ topic, partition, offset }) => `${topic}-${partition}@${offset}`);
  assert.deepEqual(held(), []);
  take(10, "a");
  take(11, "b");
  assert.equal(task.calls.isFull, false);
  take(12, "c");
  assert.equal(task.calls.isFull, true);
  assert.equal(task.calls.runningCount, 2);
  assert.deepEqual(held(), ["in-3@10"]);
  first.answer("a");
  await turn();
  assert.equal(task.calls.isFull, true, "an answer that is not given on is not done");
  assert.equal(task.calls.giveOn(asTheyEnded), true);
  assert.equal(task.calls.isFull, false);
  assert.deepEqual(held(), ["in-3@10"], "the second step has it");
  second.answer("A", "done");
  await turn();
  task.calls.giveOn(asTheyEnded);
  assert.deepEqual(sent, ["out done"]);
  assert.deepEqual(held(), ["in-3@11"]);
  assert.equal(task.streamTimeMs, 12);
  task.close();
});

test("a record whose step failed is never committed past", async () => {
  const service = new ControlledCalls();
  const b = new StreamsBuilder();
  b.stream("in", texts)
    .mapAsync(service.call, { value: serdes.string })
    .filter((value) => {
      if (value === "A") throw new Error("broken");
      return true;
    })
    .to("out");
  const { task, sent, take } = taskOf(b.build());
  for (const [at, value] of ["a", "b", "c"].entries()) take(at, value);
  service.answer("c");
  service.answer("b");
  service.answer("a");
  await turn();
  assert.throws(() => task.calls.giveOn(asTheyEnded), /broken/);
  task.calls.giveOn(asTheyEnded);
  assert.deepEqual(sent, ["out B", "out C"]);
  assert.deepEqual(task.calls.lowestOffsets(), [{ topic: "in", partition: 3, offset: 0 }]);
  task.close();
});

test("whoever runs the task is told when to look again", async () => {
  const service = new ControlledCalls();
  const b = new StreamsBuilder();
  b.stream("in", texts)
    .mapAsync(service.call, { value: serdes.string, timeoutMs: 70, retries: 1, backoffMs: 20, onFailure: "drop" })
    .to("out");
  const { task, take, goOn } = taskOf(b.build());
  let told = 0;
  task.calls.onTryEnded(() => told++);
  assert.equal(task.calls.nextDueMs, undefined);
  take(0, "a");
  assert.equal(task.calls.nextDueMs, 70);
  service.reject("a", new Error("busy"));
  await turn();
  assert.deepEqual([told, task.calls.nextDueMs], [1, 20]);
  goOn(20);
  assert.equal(task.calls.nextDueMs, 90);
  goOn(70);
  assert.deepEqual([told, task.calls.nextDueMs, task.calls.openCount], [2, undefined, 1]);
  task.calls.giveOn(asTheyEnded);
  assert.equal(task.calls.openCount, 0);
  task.close();
});

test("of what several steps and punctuators wait for, the earliest is when to look again; stream time does not fall", async () => {
  const slow = new ControlledCalls();
  const fast = new ControlledCalls();
  const times: number[] = [];
  const b = new StreamsBuilder();
  const lines = b.stream("in", texts);
  lines
    .mapAsync(slow.call, { value: serdes.string, timeoutMs: 1_000 })
    .mapAsync(fast.call, { value: serdes.string, timeoutMs: 30 })
    .to("out");
  lines.process(() => {
    let now: () => number;
    return {
      init(context) {
        now = () => context.currentStreamTimeMs();
        context.schedule(60, "wallClockTime", () => {});
      },
      process: () => void times.push(now()),
    };
  });
  const { task, take, goOn } = taskOf(b.build());
  take(9, "a");
  assert.equal(task.wallClockDueInMs, 60);
  goOn(60);
  assert.equal(task.wallClockDueInMs, 60);
  slow.answer("a");
  await turn();
  task.calls.giveOn(asTheyEnded);
  take(4, "b");
  assert.deepEqual([task.calls.nextDueMs, task.wallClockDueInMs], [90, 30]);
  assert.deepEqual(times, [9, 9]);
  assert.equal(task.streamTimeMs, 9);
  task.close();
});

test("what questions are told to be done ends before the first record whose call is open", async () => {
  const calls = new ControlledCalls();
  const b = new StreamsBuilder();
  b.stream("in", texts).mapAsync(calls.call, { value: serdes.string }).to("out");
  const { task, take } = taskOf(b.build(), true);
  assert.equal(task.doneOffset("in", 3), 0);
  take(10, "a");
  take(11, "b");
  assert.deepEqual([task.doneOffset("in", 3), task.doneOffset("in", 4)], [10, 0]);
  calls.answer("a");
  await turn();
  task.calls.giveOn(asTheyEnded);
  assert.equal(task.doneOffset("in", 3), 11);
  calls.answer("b");
  await turn();
  task.calls.giveOn(asTheyEnded);
  assert.equal(task.doneOffset("in", 3), 12);
});
