import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { problemFromText, solutionToText, taskCases } from "../testing/task-cases.ts";
import { assignSticky } from "./sticky-assignor.ts";

const golden = readFileSync(new URL("../../../../test/groups/java-tasks.golden", import.meta.url), "utf8");

test("tasks are assigned as Apache Kafka 4.4 assigns them", () => {
  const cases = golden.trimEnd().split("\n\n");
  assert.equal(cases.length, 50);
  for (const [i, text] of cases.entries()) {
    const [asked = "", expected = ""] = text.split(/(?<=^end)\n/m);
    const problem = problemFromText(asked);
    assert.equal(solutionToText(problem, assignSticky(problem)).trimEnd(), expected.trimEnd(), `case ${i}`);
  }
});

test("every task runs once, and no process has it twice", () => {
  const seed = 1071;
  for (const problem of taskCases(300, seed)) {
    const solution = assignSticky(problem);
    const running = new Set<string>();
    const onProcess = new Set<string>();
    for (const { memberId, processId } of problem.members) {
      const { active, standby } = solution.get(memberId)!;
      for (const [id, partitions] of active) {
        for (const partition of partitions) {
          assert.ok(!running.has(`${id}_${partition}`), `seed ${seed}: ${id}_${partition} runs twice`);
          running.add(`${id}_${partition}`);
        }
      }
      for (const [id, partitions] of [...active, ...standby]) {
        for (const partition of partitions) {
          const key = `${processId} ${id}_${partition}`;
          assert.ok(!onProcess.has(key), `seed ${seed}: ${key} is there twice`);
          onProcess.add(key);
        }
      }
    }
    const expected = problem.subtopologies.reduce((sum, { taskCount }) => sum + taskCount, 0);
    assert.equal(running.size, expected, `seed ${seed}`);
  }
});
