import assert from "node:assert/strict";
import { test } from "node:test";
import { checkDocument } from "./check-document.ts";
import { checkSource } from "./check-source.ts";
import { findUndocumented } from "./find-undocumented.ts";

const errorsIn = (source: string, path = "packages/log/src/segment.ts"): string[] => [...checkSource(path, source).errors];

test("the real clock, chance, disk, net and console are refused outside the seams", () => {
  for (const call of [
    "Date.now()",
    "new Date()",
    "setTimeout(f, 1)",
    "Math.random()",
    'import fs from "node:fs";',
    "console.log(1)",
    "performance.now()",
  ]) {
    assert.equal(errorsIn(call).length, 1, call);
    assert.equal(errorsIn(call, "packages/base/src/node/a.ts").length, 0, call);
    assert.equal(errorsIn(call, "packages/log/src/segment.test.ts").length, 0, call);
  }
});

test("comments, members and other times are no such calls", () => {
  assert.deepEqual(errorsIn("// Date.now() is banned\n/** console.log */\nclock.setTimeout(1); new Date(nowMs); timers.setTimeout();"), []);
});

test("a public export without a comment is refused, wherever it is declared", () => {
  const files: Record<string, string> = {
    "p/src/index.ts": 'export { a, type B } from "./a.ts";\nexport * from "./c.ts";\nexport function d() {}',
    "p/src/a.ts": "export function a() {}\n/** Is. */\nexport interface B {}\nexport class NotPublic {}",
    "p/src/c.ts": "/** Is. */\nexport const c = 1;\nexport class E {}",
  };
  const errors = findUndocumented(["p/src/index.ts"], (path) => files[path]!);
  assert.deepEqual(errors.map((error) => error.split(" ")[0] + " " + error.split(" ")[1]).sort(), [
    "p/src/a.ts:1: a",
    "p/src/c.ts:3: E",
    "p/src/index.ts:3: d",
  ]);
});

test("names that say nothing are refused, long files warned of", () => {
  assert.equal(errorsIn("", "packages/log/src/utils.ts").length, 1);
  assert.equal(errorsIn("", "packages/log/src/group-manager.ts").length, 1);
  assert.equal(checkSource("packages/log/src/a.ts", "\n".repeat(400)).warnings.length, 1);
});

test("a path of one machine is refused anywhere", () => {
  assert.equal(errorsIn("const path = '/home/me/kafka';").length, 1);
  assert.equal(checkDocument("README.md", "See /home/me/notes.").length, 1);
});

test("dead links are found, living ones and those in code are not", () => {
  const text = "[a](docs/a.md) [b](b.md#part) [c](https://example.org/) [d](#here)\n```\n[e](e.md)\n```\n";
  assert.deepEqual(
    checkDocument("README.md", text, (path) => path === "docs/a.md"),
    ["README.md:1: the link to b.md leads nowhere."],
  );
  assert.deepEqual(
    checkDocument("README.md", "`docs/a.md` `packages/gone.ts` `packages/*/any`", (path) => path === "docs/a.md"),
    ["README.md:1: there is no packages/gone.ts."],
  );
});
