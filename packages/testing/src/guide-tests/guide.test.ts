import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { filesOf, root, run } from "./programs.ts";

test("the guide's program and its tests run as they stand there", async () => {
  const files = filesOf("docs/guides/testing.md");
  assert.deepEqual([...files.keys()], ["shop.mjs", "shop.test.mjs"]);
  const { status, output } = await run(files);
  assert.equal(status, 0, output);
  assert.match(output, /^# pass 4$/m);
});

test("the README's example runs as it stands there", async () => {
  const [, example = ""] = /^```ts\n([\s\S]*?)^```/m.exec(readFileSync(join(root, "packages/testing/README.md"), "utf8")) ?? [];
  const { status, output } = await run(new Map([["readme.test.ts", example]]));
  assert.equal(status, 0, output);
  assert.match(output, /^# pass 1$/m);
});
