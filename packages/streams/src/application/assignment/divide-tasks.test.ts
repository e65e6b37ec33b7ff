import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { taskName } from "../plan/task-id.ts";
import { divideTasks, type TaskMember } from "./divide-tasks.ts";

const member = (memberId: string, running: string[] = [], held: [string, number][] = [], processId = memberId): TaskMember => {
  const idOf = (name: string) => ({ subtopology: Number(name.split("_")[0]), partition: Number(name.split("_")[1]) });
  return { memberId, processId, running: running.map(idOf), held: held.map(([name, offsetSum]) => ({ ...idOf(name), offsetSum })) };
};
const group = (subtopology: number, count: number, isStateful = true) => ({ subtopology, count, isStateful });
const told = (divided: ReturnType<typeof divideTasks>) =>
  Object.fromEntries(
    [...divided].map(([id, { active, standby }]) => [
      id,
      [...active.map(taskName), ...standby.map((task) => `(${taskName(task)})`)].join(" "),
    ]),
  );

test("a task stays where it runs as long as all have their share", () => {
  const members = [member("a", ["0_0", "0_1", "0_2"]), member("b"), member("c", ["1_0"])];
  assert.deepEqual(told(divideTasks(members, [group(0, 3), group(1, 1)], 0)), { a: "0_0", b: "0_1", c: "0_2 1_0" });
});

test("a task without a place goes to where most of its state is", () => {
  const members = [member("a"), member("b", [], [["0_0", 10]]), member("c", [], [["0_0", 90]])];
  assert.deepEqual(told(divideTasks(members, [group(0, 3)], 0)), { a: "0_1", b: "0_2", c: "0_0" });
});

test("standbys are in other processes, where a copy is first", () => {
  const members = [
    member("a", ["0_0"], [], "x"),
    member("b", [], [], "x"),
    member("c", ["0_1"], [], "y"),
    member("d", [], [["0_0", 5]], "z"),
  ];
  assert.deepEqual(told(divideTasks(members, [group(0, 2), group(1, 2, false)], 1)), {
    a: "0_0 (0_1)",
    b: "1_0",
    c: "0_1",
    d: "1_1 (0_0)",
  });
});

test("whoever comes and goes, all tasks are given once, the shares differ by one at most, and dividing again moves nothing", () => {
  const groups = fc.array(fc.record({ count: fc.integer({ min: 1, max: 9 }), isStateful: fc.boolean() }), { minLength: 1, maxLength: 4 });
  const changes = fc.array(fc.record({ id: fc.constantFrom("a", "b", "c", "d", "e"), isHere: fc.boolean() }), { maxLength: 8 });
  fc.assert(
    fc.property(groups, changes, fc.integer({ min: 0, max: 2 }), (given, moves, standbyReplicas) => {
      const all = given.map((each, subtopology) => ({ ...each, subtopology }));
      const wanted = all.flatMap(({ subtopology, count }) =>
        Array.from({ length: count }, (_, partition) => `${subtopology}_${partition}`),
      );
      let here = new Map<string, TaskMember>([["a", member("a")]]);
      for (const { id, isHere } of [...moves, { id: "z", isHere: true }, { id: "z", isHere: true }]) {
        if (isHere && !here.has(id)) here.set(id, member(id));
        else if (!isHere && here.size > 1) here.delete(id);
        const before = new Map([...here].map(([name, { running }]) => [name, running.map(taskName).sort().join(" ")]));
        const divided = divideTasks([...here.values()].reverse(), all, standbyReplicas);
        assert.deepEqual([...divided.values()].flatMap(({ active }) => active.map(taskName)).sort(), [...wanted].sort());
        const sizes = [...divided.values()].map(({ active }) => active.length);
        assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1, `shares ${sizes.join(" ")}`);
        for (const { subtopology } of all) {
          const parts = [...divided.values()].map(({ active }) => active.filter((task) => task.subtopology === subtopology).length);
          assert.ok(Math.max(...parts) - Math.min(...parts) <= 1, `shares of ${subtopology}: ${parts.join(" ")}`);
        }
        for (const { active, standby } of divided.values()) {
          assert.equal(standby.filter((task) => active.some((other) => taskName(other) === taskName(task))).length, 0);
        }
        here = new Map(
          [...divided].map(([name, { active, standby }]) => [
            name,
            { memberId: name, processId: name, running: active, held: [...active, ...standby].map((task) => ({ ...task, offsetSum: 1 })) },
          ]),
        );
        if (id === "z" && moves.length > 0 && before.size === here.size && [...before.keys()].every((name) => here.has(name))) {
          const second = divideTasks([...here.values()], all, standbyReplicas);
          for (const [name, { active }] of second) {
            assert.deepEqual(active.map(taskName).sort(), here.get(name)!.running.map(taskName).sort(), "a second division moves tasks");
          }
        }
      }
    }),
  );
});

test("five thousand tasks of two hundred members are divided", () => {
  const members = Array.from({ length: 200 }, (_, i) => member(`m${i}`));
  const divided = divideTasks(members, [group(0, 5_000)], 1);
  assert.equal(
    [...divided.values()].reduce((sum, { active }) => sum + active.length, 0),
    5_000,
  );
});
