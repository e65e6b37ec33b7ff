// The code of the guide's second part, run as it stands; its first part needs PostgreSQL: conformance/src/connect/guide.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { nodeBinary, repositoryRoot } from "../src/paths.ts";

test("the guide's connector passes the guide's tests, and its dry run prints records", async () => {
  const guide = readFileSync(`${repositoryRoot}docs/guides/connect.md`, "utf8");
  const folder = mkdtempSync(new URL("connect-guide.tmp-", import.meta.url).pathname);
  const api = createServer((_request, response) => {
    response.end(JSON.stringify([1, 2, 3, 4].map((id) => ({ id, kind: "seen", at: new Date(id * 1000).toISOString() }))));
  });
  try {
    await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
    const files = [...guide.matchAll(/```ts\n\/\/ (\S+)\n([\s\S]*?)```/g)].map(([, name = "", code = ""]) => [name, code] as const);
    assert.deepEqual(
      files.map(([name]) => name),
      ["connectors/events.ts", "connectors/events.test.ts", "connectors/shared.ts"],
    );
    for (const [name, code] of files) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), code);
    }
    const lines = [...guide.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = ""]) => block.trim().split("\n"));
    const own = lines.filter((line) => line.includes("connectors/") || line.startsWith("ottla connect new "));
    assert.equal(own.length, 3);
    const outputs: string[] = [];
    for (const line of own) {
      const [program, ...words] = line.replace("8500", String((api.address() as AddressInfo).port)).split(" ");
      const script =
        program === "node"
          ? ["--test-isolation=none", "--test-reporter=tap", ...words]
          : [`${repositoryRoot}packages/cli/src/main.ts`, ...words];
      const { stdout } = await promisify(execFile)(nodeBinary, ["--conditions=source", ...script], {
        cwd: folder,
        timeout: 60_000,
        env: { ...process.env, NODE_TEST_CONTEXT: undefined },
      });
      outputs.push(stdout);
    }
    assert.match(outputs.shift()!, /^made connectors\/my-events\.ts\n/);
    const first = outputs[0]!.split("\n")[0]!;
    assert.deepEqual([outputs[0]!.split("\n").length, JSON.parse(first).key, JSON.parse(first).at], [4, "1", { id: 1 }]);
    assert.match(outputs[1]!, /^# pass 10$/m);
    assert.match(outputs[1]!, /^# fail 0$/m);
    const shared = (await import(join(folder, "connectors/shared.ts"))) as { readonly default: { readonly name: string } };
    assert.equal(shared.default.name, "events");
  } finally {
    api.closeAllConnections();
    api.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
