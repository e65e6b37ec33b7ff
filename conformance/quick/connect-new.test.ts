// What "ottla connect new" makes: it is of good types, its own test passes, and it runs by the command that is named.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { nodeBinary, repositoryRoot } from "../src/paths.ts";

const CLI = `${repositoryRoot}packages/cli/src/main.ts`;

test("a new source, sink and transform are of good types, pass their tests, and run", async () => {
  const folder = mkdtempSync(new URL("connect-new.tmp-", import.meta.url).pathname);
  const run = async (program: string, ...words: string[]): Promise<string> => {
    const env = { ...process.env, NODE_TEST_CONTEXT: undefined };
    try {
      const { stdout } = await promisify(execFile)(nodeBinary, ["--conditions=source", program, ...words], {
        cwd: folder,
        timeout: 90_000,
        env,
      });
      return stdout;
    } catch (error) {
      const { stdout, stderr } = error as { readonly stdout?: string; readonly stderr?: string };
      throw new Error(`${program} ${words.join(" ")}: ${stdout}${stderr}`, { cause: error });
    }
  };
  try {
    for (const kind of ["source", "sink", "transform"]) {
      const made = await run(CLI, "connect", "new", `my-${kind}`, "--kind", kind);
      assert.match(made, new RegExp(`^made connectors/my-${kind}\\.ts\\nmade connectors/my-${kind}\\.test\\.ts\\nnext: node --test `));
    }
    assert.deepEqual(readdirSync(join(folder, "connectors")).length, 6);
    await assert.rejects(run(CLI, "connect", "new", "my-sink"), /connectors\/my-sink\.ts is there already, and is not replaced/);
    await assert.rejects(run(CLI, "connect", "new", "../x"), /is no name of a plugin/);
    const options = { noEmit: true, rootDir: "/", types: ["node"], composite: false, incremental: false };
    const tsconfig = { extends: `${repositoryRoot}tsconfig.base.json`, compilerOptions: options, include: ["connectors/*.ts"] };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(tsconfig));
    const [, tests] = await Promise.all([
      run(`${repositoryRoot}node_modules/typescript/bin/tsc`, "-p", "."),
      run("--test-isolation=none", "--test", "--test-reporter=tap", "connectors/*.test.ts"),
    ]);
    assert.match(tests, /^# fail 0$/m);
    assert.ok(Number(/^# pass (\d+)$/m.exec(tests)?.[1]) >= 20, tests.slice(-400));
    writeFileSync(join(folder, "lines.txt"), "one\ntwo\n");
    const set = (properties: Record<string, string>): string[] =>
      Object.entries(properties).flatMap(([name, text]) => ["--set", `${name}=${text}`]);
    const lines = await run(
      CLI,
      "connect",
      "run",
      "connectors/my-source.ts",
      "--dry",
      ...set({ file: "lines.txt", topic: "t" }),
      "-n",
      "2",
    );
    assert.match(lines, /"value":"one".*\n.*"value":"two"/);
    const chain = {
      "kafka.topic": "t",
      "max.interval": "0",
      transforms: "t",
      "transforms.t.type": "my-transform",
      "transforms.t.header": "seen",
    };
    assert.match(await run(CLI, "connect", "run", "datagen", "--dry", ...set(chain), "-n", "1"), /"headers":\[\["seen",""\]\]/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
