import assert from "node:assert/strict";
import { test } from "node:test";
import { InputPauses } from "./input-pauses.ts";
import { InputReadiness } from "./input-readiness.ts";

/** Two partitions, with so many records that wait and so many that are on the broker. */
function scene(maxTaskIdleMs: number) {
  const inputs = [
    { topic: "a", partition: 0 },
    { topic: "b", partition: 0 },
  ];
  const waiting = new Map<string, number>();
  const lags = new Map<string, number>();
  const tasks = {
    get filledQueueCount() {
      return [...waiting.values()].filter((count) => count > 0).length;
    },
    waitingCount: (topic: string) => waiting.get(topic) ?? 0,
  };
  const readiness = new InputReadiness(inputs, tasks, maxTaskIdleMs);
  const isReady = (nowMs: number): boolean => {
    readiness.beginPass();
    return readiness.isReady(nowMs, { lag: (topic) => lags.get(topic) });
  };
  return { inputs, waiting, lags, tasks, readiness, isReady };
}

test("a partition without records is waited for while it is not known to have none", () => {
  const { waiting, lags, isReady } = scene(0);
  assert.equal(isReady(0), false);
  waiting.set("a", 1);
  assert.equal(isReady(0), false, "nothing is known of b");
  lags.set("b", 3);
  assert.equal(isReady(0), false);
  lags.set("b", 0);
  assert.equal(isReady(0), true);
  lags.set("b", 1);
  assert.equal(isReady(0), false, "what is known is of its pass");
  waiting.set("b", 1);
  assert.equal(isReady(0), true);
});

test("what was passed over in one pass is looked at in the next", () => {
  const { waiting, lags, isReady } = scene(0);
  lags.set("a", 0).set("b", 0);
  waiting.set("b", 1);
  assert.equal(isReady(0), true);
  lags.set("a", 2);
  assert.equal(isReady(0), false, "a has something by now");
  lags.set("a", 0);
  waiting.set("a", 1).set("b", 0);
  assert.equal(isReady(0), true);
  lags.set("b", 2);
  assert.equal(isReady(0), false);
});

test("one that has none is waited for as long as it is told, from when that is known, and records end it", () => {
  const { waiting, lags, readiness, isReady } = scene(100);
  lags.set("b", 0);
  assert.equal(isReady(1_000), false);
  assert.equal(readiness.idleSinceMs("b", 0), 1_000);
  waiting.set("a", 1);
  assert.equal(isReady(1_099), false);
  assert.equal(isReady(1_100), true);
  readiness.noteRecords("b", 0);
  assert.equal(isReady(1_200), false);
  assert.equal(isReady(1_300), true);
  lags.set("b", 1);
  assert.equal(isReady(1_400), false);
  assert.equal(readiness.idleSinceMs("b", 0), undefined);
});

test("nothing is waited for where nothing is to be", () => {
  const { waiting, isReady } = scene(-1);
  waiting.set("a", 1);
  assert.equal(isReady(0), true);
});

test("pauses are told when they change: all at first, then those of which enough waits", () => {
  const { inputs, waiting, tasks } = scene(0);
  const pauses = new InputPauses(inputs, tasks);
  const told = (areAll: boolean): [string[], string[]] => {
    const paused: { topic: string; partition: number }[] = [];
    const resumed: { topic: string; partition: number }[] = [];
    pauses.changes(areAll, 2, paused, resumed);
    return [paused.map(({ topic }) => topic), resumed.map(({ topic }) => topic)];
  };
  assert.deepEqual(told(true), [["a", "b"], []]);
  assert.deepEqual(told(false), [[], ["a", "b"]]);
  assert.deepEqual(told(false), [[], []]);
  const come = (topic: string, count: number): void => {
    waiting.set(topic, count);
    pauses.noteRecords(topic, 0);
  };
  come("b", 1);
  come("a", 2);
  assert.deepEqual(told(false), [["a"], []]);
  assert.deepEqual(told(false), [[], []]);
  come("b", 3);
  waiting.set("a", 1);
  assert.deepEqual(told(false), [["b"], ["a"]]);
  // What comes while none is read counts when they are read again.
  come("a", 2);
  assert.deepEqual(told(true), [["a"], []]);
  assert.deepEqual(told(false), [[], []]);
  waiting.set("a", 0);
  waiting.set("b", 0);
  assert.deepEqual(told(false), [[], ["b", "a"]]);
  assert.deepEqual(told(true), [["a", "b"], []]);
  come("a", 2);
  assert.deepEqual(told(true), [[], []]);
  assert.deepEqual(told(false), [[], ["b"]]);
  waiting.set("a", 0);
  assert.deepEqual(told(false), [[], ["a"]]);
});
