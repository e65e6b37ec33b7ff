import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";

const readme = readFileSync(join(import.meta.dirname, "../README.md"), "utf8");
const examples = Array.from(readme.matchAll(/```ts\n([\s\S]*?)```/g), ([, code]) => code!);

describe("the README's examples", () => {
  for (const [i, example] of examples.entries()) {
    it(`number ${i + 1} prints what its comments say`, async () => {
      const expected = [...example.matchAll(/console\.log\(.*\); \/\/ (.*)/g)].map((match) => match[1]);
      // A data URL has no package around it, so its imports are resolved here.
      const code = example.replace(/from "([^"]+)"/g, (_, name: string) => `from ${JSON.stringify(import.meta.resolve(name))}`);
      const capture = 'export const printed = [];\nconst console = { log: (...values) => printed.push(values.join(" ")) };\n';
      const module = (await import(`data:text/javascript,${encodeURIComponent(capture + code)}`)) as { printed: string[] };
      assert.ok(expected.length > 0);
      assert.deepEqual(
        module.printed.map((line) => line || "null"),
        expected.map((comment) => comment!.replace(/^null: .*/, "null")),
      );
    });
  }

  it("are all here", () => assert.ok(examples.length >= 2));
});
