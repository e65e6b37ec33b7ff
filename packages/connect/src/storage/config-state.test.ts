import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigState, taskRecords, targetRecord } from "./config-state.ts";

test("a set of tasks is one once its commit is read, and never a part of it", () => {
  const state = new ConfigState();
  state.apply({ key: "connector-a-b", value: { properties: { x: "1" } } });
  state.apply({ key: "task-a-b-0", value: { properties: { n: "0" } } });
  assert.deepEqual(state.get("a-b"), { properties: { x: "1" }, target: "STARTED", tasks: [] });
  state.apply({ key: "commit-a-b", value: { tasks: 2 } });
  assert.deepEqual(state.get("a-b")?.tasks, []);
  for (const record of taskRecords("a-b", [{ n: "0" }, { n: "1" }])) state.apply(record);
  assert.deepEqual(state.get("a-b")?.tasks, [{ n: "0" }, { n: "1" }]);
  state.apply({ key: "task-a-b-1", value: { properties: { n: "2" } } });
  assert.deepEqual(state.get("a-b")?.tasks, [{ n: "0" }, { n: "1" }]);
});

test("a connector that was deleted leaves nothing to one that is made anew, not even what came behind the deletion", () => {
  const state = new ConfigState();
  state.apply({ key: "connector-a", value: { properties: {} } });
  state.apply(targetRecord("a", "PAUSED"));
  state.apply({ key: "connector-a", value: null });
  for (const record of taskRecords("a", [{ n: "0" }])) state.apply(record);
  assert.deepEqual(state.names(), []);
  state.apply({ key: "connector-a", value: { properties: {} } });
  assert.deepEqual(state.get("a"), { properties: {}, target: "STARTED", tasks: [] });
});

test("old workers read a stopped connector as a paused one; what nobody knows changes nothing", () => {
  assert.deepEqual(targetRecord("a", "STOPPED").value, { state: "PAUSED", "state.v2": "STOPPED" });
  const state = new ConfigState();
  state.apply(targetRecord("a", "STOPPED"));
  state.apply({ key: "connector-a", value: { properties: {} } });
  assert.equal(state.get("a")?.target, "STOPPED");
  for (const key of ["session-key", "logger-cluster-root", "nonsense", "task-a", "commit-a"])
    assert.deepEqual(state.apply({ key, value: { key: "x" } }), { kind: "none" }, key);
  state.apply({ key: "tasks-fencing-a", value: { "task-count": 3 } });
  assert.equal(state.fencedTasks("a"), 3);
  assert.deepEqual(state.apply({ key: "restart-connector-a", value: { "include-tasks": true, "only-failed": false } }), {
    kind: "restart",
    connector: "a",
    includeTasks: true,
    onlyFailed: false,
  });
});

test("tasks of a connector that was deleted are shut out by the one that follows under its name", () => {
  const state = new ConfigState();
  state.apply({ key: "connector-a", value: { properties: { "connector.class": "x" } } });
  state.apply({ key: "tasks-fencing-a", value: { "task-count": 4 } });
  state.apply({ key: "connector-a", value: null });
  assert.deepEqual(state.names(), []);
  assert.equal(state.fencedTasks("a"), 4);
});

test("counts that no cluster has are of nobody, and a connector that is not there changes nothing", () => {
  const state = new ConfigState();
  for (const count of [1e12, -1, 1.5, "4", null]) state.apply({ key: "tasks-fencing-a", value: { "task-count": count } });
  assert.equal(state.fencedTasks("a"), 0);
  assert.deepEqual(state.apply({ key: "connector-a", value: null }), { kind: "none" });
  assert.deepEqual(state.apply({ key: "target-state-a", value: { "state.v2": "PAUSED" } }), { kind: "none" });
  state.apply({ key: "connector-a", value: { properties: { "connector.class": "x" } } });
  assert.equal(state.get("a")?.target, "PAUSED");
});
