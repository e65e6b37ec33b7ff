import assert from "node:assert/strict";
import { test } from "node:test";
import { taskName } from "../plan/task-id.ts";
import { divideTasks } from "./divide-tasks.ts";
import type { Division, DivisionRules, TaskMember } from "./division-types.ts";

const idOf = (name: string) => ({ subtopology: Number(name.split("_")[0]), partition: Number(name.split("_")[1]) });
/** `held`: of a task, so many records, and so many of them there. */
const member = (
  memberId: string,
  running: string[] = [],
  held: [string, number, number?][] = [],
  more: Partial<TaskMember> = {},
): TaskMember => ({
  memberId,
  processId: memberId,
  running: running.map(idOf),
  held: held.map(([name, offsetSum, endSum = offsetSum]) => ({ ...idOf(name), offsetSum, endSum })),
  ...more,
});
const group = (subtopology: number, count: number, isStateful = true) => ({ subtopology, count, isStateful });
const rules = (changed: Partial<DivisionRules> = {}): DivisionRules => ({
  standbyReplicas: 0,
  acceptableRecoveryLag: 100,
  maxWarmupReplicas: 2,
  rackAwareTags: [],
  ...changed,
});
const told = ({ members }: Division) =>
  Object.fromEntries(
    [...members].map(([id, { active, standby, warmup }]) => [
      id,
      [...active.map(taskName), ...standby.map((task) => `(${taskName(task)})`), ...warmup.map((task) => `<${taskName(task)}>`)].join(" "),
    ]),
  );

test("a task stays where it runs as long as all have their share", () => {
  const members = [member("a", ["0_0", "0_1", "0_2"]), member("b"), member("c", ["1_0"])];
  assert.deepEqual(told(divideTasks(members, [group(0, 3), group(1, 1)], rules())), { a: "0_0", b: "0_1", c: "0_2 1_0" });
});

test("a task without a place goes to where most of its state is", () => {
  const members = [member("a"), member("b", [], [["0_0", 10]]), member("c", [], [["0_0", 90]])];
  assert.deepEqual(told(divideTasks(members, [group(0, 3)], rules())), { a: "0_1", b: "0_2", c: "0_0" });
});

test("standbys are in other processes, where a copy is first", () => {
  const members = [
    member("a", ["0_0"], [], { processId: "x" }),
    member("b", [], [], { processId: "x" }),
    member("c", ["0_1"], [], { processId: "y" }),
    member("d", [], [["0_0", 5]], { processId: "z" }),
  ];
  assert.deepEqual(told(divideTasks(members, [group(0, 2), group(1, 2, false)], rules({ standbyReplicas: 1 }))), {
    a: "0_0 (0_1)",
    b: "1_0",
    c: "0_1",
    d: "1_1 (0_0)",
  });
});

const full: [string, number][] = ["0_0", "0_1", "0_2", "0_3", "0_4", "0_5"].map((name) => [name, 1_000]);
const all = full.map(([name]) => name);

test("a new member gets no task before its state is there: so many warm up at a time, and the rest waits", () => {
  const first = divideTasks([member("a", all, full), member("b")], [group(0, 6)], rules());
  assert.deepEqual(told(first), { a: all.join(" "), b: "<0_3> <0_4>" });
  assert.equal(first.isSettled, false);
  const behind = member(
    "b",
    [],
    [
      ["0_3", 850, 1_000],
      ["0_4", 950, 1_000],
    ],
  );
  const second = divideTasks([member("a", all, full), behind], [group(0, 6)], rules());
  assert.deepEqual(told(second), { a: "0_0 0_1 0_2 0_3 0_5", b: "0_4 <0_3> <0_5>" });
});

test("what is small, or has no state yet, is moved at once", () => {
  const small: [string, number][] = all.map((name, index) => [name, index === 5 ? 0 : 100]);
  const division = divideTasks([member("a", all, small), member("b")], [group(0, 6)], rules());
  assert.deepEqual(told(division), { a: "0_0 0_1 0_2", b: "0_3 0_4 0_5" });
  assert.equal(division.isSettled, true);
});

test("a task whose member is gone goes to the copy that lacks least, and warms up where it belongs", () => {
  const members = [
    member(
      "a",
      ["0_0", "0_1"],
      [
        ["0_0", 1_000],
        ["0_1", 1_000],
        ["0_2", 990, 1_000],
      ],
    ),
    member(
      "b",
      ["0_3"],
      [
        ["0_3", 1_000],
        ["0_2", 500, 1_000],
      ],
    ),
  ];
  assert.deepEqual(told(divideTasks(members, [group(0, 4)], rules())), { a: "0_0 0_1 0_2", b: "0_3 <0_2>" });
});

test("nobody has all of it: who lacks less restores it", () => {
  const members = [member("a", [], [["0_0", 200, 1_000]]), member("b", [], [["0_0", 600, 1_000]]), member("c")];
  assert.deepEqual(told(divideTasks(members, [group(0, 1)], rules())), { a: "", b: "0_0", c: "" });
});

test("from a worker of a process to another one a task moves at once, with no copy beside it", () => {
  const one = { processId: "x" };
  const members = [member("a", all, full, one), member("b", [], [], one), member("c", [], full)];
  assert.deepEqual(told(divideTasks(members, [group(0, 6)], rules({ standbyReplicas: 2 }))), {
    a: "0_0 0_1 (0_2) (0_3)",
    b: "0_4 0_5",
    c: "0_2 0_3 (0_0) (0_1) (0_4) (0_5)",
  });
});

test("standbys go to other racks, the first tag before the second", () => {
  const at = (memberId: string, zone: string, cluster: string, running: string[] = []) =>
    member(memberId, running, [], { clientTags: { zone, cluster } });
  const members = [at("a", "1", "x", ["0_0"]), at("b", "1", "y"), at("c", "2", "x"), at("d", "2", "y"), at("e", "3", "x")];
  const told1 = told(divideTasks(members, [group(0, 1)], rules({ standbyReplicas: 2, rackAwareTags: ["zone", "cluster"] })));
  assert.deepEqual(told1, { a: "0_0", b: "", c: "", d: "(0_0)", e: "(0_0)" });
  const told2 = told(divideTasks(members, [group(0, 1)], rules({ standbyReplicas: 1, rackAwareTags: ["cluster"] })));
  assert.deepEqual(told2, { a: "0_0", b: "(0_0)", c: "", d: "", e: "" });
});

test("workers of one process do not take what another process has no task for", () => {
  const of = (processId: string, ...ids: string[]) => ids.map((id) => member(id, [], [], { processId }));
  assert.deepEqual(told(divideTasks([...of("x", "a", "b"), ...of("y", "c", "d")], [group(0, 2)], rules())), {
    a: "0_0",
    b: "",
    c: "0_1",
    d: "",
  });
  // Three workers have three times the share of one.
  assert.deepEqual(told(divideTasks([...of("x", "a", "b", "c"), ...of("y", "d")], [group(0, 3)], rules())), {
    a: "0_0",
    b: "0_1",
    c: "",
    d: "0_2",
  });
  // Over several sub-topologies, too: each has one task, and the processes take turns.
  assert.deepEqual(told(divideTasks([...of("x", "a", "b"), ...of("y", "c", "d")], [group(0, 1), group(1, 1)], rules())), {
    a: "0_0",
    b: "",
    c: "1_0",
    d: "",
  });
});
