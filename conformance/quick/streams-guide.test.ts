// The code of the guide to topologies, run as it stands.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { nodeBinary, repositoryRoot } from "../src/paths.ts";

test("the guide's topology passes the guide's tests, and describes itself", async () => {
  const guide = readFileSync(`${repositoryRoot}docs/guides/streams.md`, "utf8");
  const folder = mkdtempSync(new URL("streams-guide.tmp-", import.meta.url).pathname);
  try {
    const files = [...guide.matchAll(/```ts\n\/\/ (\S+)\n([\s\S]*?)```/g)].map(([, name = "", code = ""]) => [name, code] as const);
    assert.deepEqual(
      files.map(([name]) => name),
      ["paid-orders.ts", "paid-orders.test.ts", "rated-orders.ts", "rated-orders.test.ts", "look.ts", "why.ts", "failures.test.ts"],
    );
    for (const [name, code] of files) writeFileSync(join(folder, name), code);
    const run = (...words: string[]) => promisify(execFile)(nodeBinary, ["--conditions=source", ...words], { timeout: 100_000 });
    const tests = files.flatMap(([name]) => (name.endsWith(".test.ts") ? [join(folder, name)] : []));
    const { stdout } = await run("--test", "--test-isolation=none", "--test-reporter=tap", ...tests);
    assert.match(stdout, /^# pass 6$/m);
    const shown = /```text\n(orders-0[^]*?)```/.exec(guide)?.[1];
    assert.equal((await run(join(folder, "why.ts"))).stdout, shown);
    assert.match((await run(join(folder, "look.ts"))).stdout, /^Topologies:\n {3}Sub-topology: 0/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
