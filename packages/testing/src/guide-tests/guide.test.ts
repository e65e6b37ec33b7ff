import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { filesOf, root, run } from "./programs.ts";

test("the guide's program and tests and the README's example run as they stand there", async () => {
  const guide = filesOf("docs/guides/testing.md");
  assert.deepEqual([...guide.keys()], ["shop.mjs", "shop.test.mjs"]);
  const [, example = ""] = /^```ts\n([\s\S]*?)^```/m.exec(readFileSync(join(root, "packages/testing/README.md"), "utf8")) ?? [];
  assert.equal(example.match(/^test\(/gm)?.length, 1);
  const { status, output } = await run(new Map([...guide, ["readme.test.ts", example]]));
  assert.equal(status, 0, output);
  assert.match(output, /^# pass 5$/m);
});
