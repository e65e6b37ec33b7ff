import assert from "node:assert/strict";
import { test } from "node:test";
import { tellFailures, tellStages } from "./failures.ts";

const OF_NODE_TEST = `✔ good (0.75ms)
▶ suite
  ✖ a thing is so (3.9ms)
✖ suite (4.5ms)

✖ failing tests:

test at packages/log/src/a.test.ts:3:23
✖ a thing is so (3.9ms)
  AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:
  
  1 !== 2
  
      at TestContext.<anonymous> (file:///a.test.mjs:3:56)
      at Test.start (node:internal/test_runner/test:1262:17) {
    code: 'ERR_ASSERTION',
    operator: 'strictEqual'
  }
✔ of the next file (1ms)

✖ failed: packages/log/src/a.test.ts
ℹ tests 4
`;

test("a failed test is told with its place and what was said of it, once", () => {
  assert.equal(
    tellFailures(OF_NODE_TEST, 2000),
    `✖ a thing is so (packages/log/src/a.test.ts:3)
    AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:
    1 !== 2
✖ suite (4.5ms)
✖ failed: packages/log/src/a.test.ts`,
  );
});

test("what the programs of this repository call FAILED is told with the lines under it", () => {
  const output =
    "ok     types   8 s\nFAILED tidy    1.0 s\npackages/a/b.ts: too long\nok     lint  3 s\n\u001b[31mTypeError: no\u001b[39m\n    at f (x.ts:1:2)\n";
  assert.equal(tellFailures(output, 2000), "FAILED tidy    1.0 s\n    packages/a/b.ts: too long\nTypeError: no");
});

test("the last lines are told of a stage that says nothing of a failure", () => {
  assert.equal(tellFailures("one\n\ntwo\nKilled\n", 2000), "one\ntwo\nKilled");
  assert.equal(tellFailures("\n", 2000), "It said nothing.");
});

test("details give way to headlines, and headlines to their number; the room is kept", () => {
  const many = Array.from({ length: 300 }, (_, i) => `FAILED case ${i}\n  because of this\n  and of that`).join("\n");
  for (const room of [10, 60, 300, 2500, 12_000, 20_000]) assert.ok(tellFailures(many, room).length <= room, String(room));
  assert.match(tellFailures(many, 300), /^FAILED case 0\nFAILED case 1\n[^]*\nand 28\d more$/);
  assert.match(tellFailures(many, 12_000), /^FAILED case 0\n {4}because of this\nFAILED case 1\n/);
});

test("what one stage does not need is the others'", () => {
  const many = Array.from({ length: 300 }, (_, i) => `FAILED case ${i}`).join("\n");
  const told = tellStages(
    [
      { name: "long", output: many },
      { name: "short", output: "FAILED by a hair\n" },
    ],
    1000,
  );
  assert.ok(told.length <= 1000 && told.length > 900, String(told.length));
  assert.match(told, /^--- long\nFAILED case 0\n[^]*\n--- short\nFAILED by a hair$/);
});
