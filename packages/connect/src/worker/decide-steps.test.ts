import assert from "node:assert/strict";
import { test } from "node:test";
import type { WantedConnector } from "../storage/config-state.ts";
import { decideSteps, type Owned, type RunningView } from "./decide-steps.ts";

const properties = { name: "a", x: "1" };
const [one, two] = [{ part: "1" }, { part: "2" }];
const all: Owned = { connector: true, task: () => true };
const nothing: Owned = { connector: false, task: () => false };
const wanted = (rest: Partial<WantedConnector> = {}): WantedConnector => ({ properties, target: "STARTED", tasks: [one, two], ...rest });
const running = (rest: Partial<RunningView> = {}): RunningView => ({
  split: properties,
  tasks: new Map([
    [0, one],
    [1, two],
  ]),
  isPaused: false,
  ...rest,
});
const none: RunningView = { split: undefined, tasks: new Map(), isPaused: false };

test("what runs as it is wanted is left alone", () => {
  assert.deepEqual(decideSteps(wanted(), running(), all), []);
  assert.deepEqual(decideSteps(wanted(), none, nothing), []);
  assert.deepEqual(decideSteps(undefined, none, all), []);
});

test("a new connector is split first, and its tasks start once there is a set of them", () => {
  assert.deepEqual(decideSteps(wanted({ tasks: [] }), none, all), [{ kind: "split" }]);
  assert.deepEqual(decideSteps(wanted(), running({ tasks: new Map() }), all), [
    { kind: "startTask", task: 0 },
    { kind: "startTask", task: 1 },
  ]);
});

test("a changed task alone is started again, and one that is not there any more ends", () => {
  assert.deepEqual(decideSteps(wanted({ tasks: [one, { part: "3" }] }), running(), all), [
    { kind: "stopTask", task: 1, why: "changed" },
    { kind: "startTask", task: 1 },
  ]);
  assert.deepEqual(decideSteps(wanted({ tasks: [one] }), running(), all), [{ kind: "stopTask", task: 1, why: "gone" }]);
  assert.deepEqual(decideSteps(wanted({ properties: { ...properties, x: "2" } }), running(), all), [{ kind: "split" }]);
});

test("pause and resume touch no task; a stop ends them and forgets the split", () => {
  assert.deepEqual(decideSteps(wanted({ target: "PAUSED" }), running(), all), [{ kind: "pause" }]);
  assert.deepEqual(decideSteps(wanted(), running({ isPaused: true }), all), [{ kind: "resume" }]);
  assert.deepEqual(decideSteps(wanted({ target: "STOPPED" }), running(), all), [
    { kind: "stopTask", task: 0, why: "gone" },
    { kind: "stopTask", task: 1, why: "gone" },
    { kind: "clearTasks" },
  ]);
  assert.deepEqual(decideSteps(wanted({ target: "STOPPED", tasks: [] }), none, all), []);
});

test("what falls to another worker is let go of, and only what is one's own is begun", () => {
  const mine: Owned = { connector: false, task: (number) => number === 1 };
  assert.deepEqual(decideSteps(wanted(), running(), mine), [{ kind: "leave" }, { kind: "stopTask", task: 0, why: "elsewhere" }]);
  assert.deepEqual(decideSteps(wanted(), none, mine), [{ kind: "startTask", task: 1 }]);
  assert.deepEqual(decideSteps(undefined, running(), all), [
    { kind: "leave" },
    { kind: "stopTask", task: 0, why: "gone" },
    { kind: "stopTask", task: 1, why: "gone" },
  ]);
});
