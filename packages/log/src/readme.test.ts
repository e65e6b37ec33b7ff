import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

describe("the README of log", () => {
  it("has an example that prints what its comment says", async () => {
    const example = /```ts\n([\s\S]*?)```/.exec(readme)![1]!;
    const expected = [...example.matchAll(/console\.log\(.*\); \/\/ (.*)/g)].map((match) => match[1]);
    // A data URL has no package around it, so its imports are resolved here.
    const code = example.replace(/from "([^"]+)"/g, (_, name: string) => `from ${JSON.stringify(import.meta.resolve(name))}`);
    const capture = 'export const printed = [];\nconst console = { log: (...values) => printed.push(values.join(" ")) };\n';
    const module = (await import(`data:text/javascript,${encodeURIComponent(capture + code)}`)) as { printed: string[] };
    assert.deepEqual(module.printed, expected);
  });

  it("names every error code", () => {
    const codes = new Set(readFileSync(new URL("errors.ts", import.meta.url), "utf8").match(/"[A-Z]+_[A-Z_]+"/g));
    assert.ok(codes.size >= 6);
    for (const code of codes) assert.ok(readme.includes(`\`${code.slice(1, -1)}\``), code);
  });
});
