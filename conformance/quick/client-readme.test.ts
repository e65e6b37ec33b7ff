// The examples of the client's README, run as they stand against our broker.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { promisify } from "node:util";
import { silentLogger } from "@ottla/base";
import { startBroker } from "@ottla/broker";
import { nodeBinary, repositoryRoot } from "../src/paths.ts";

const README = `${repositoryRoot}packages/client/README.md`;
const ADDRESS = "127.0.0.1:9092";

const examples = [...readFileSync(README, "utf8").matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1]!);

/** One after the other, by one process; the files lie beside this one, where the package is found by its name. */
async function outputOf(programs: readonly string[], bootstrap: string): Promise<string> {
  const files = programs.map((_, i) => new URL(`readme-example-${process.pid}-${i}.tmp.ts`, import.meta.url));
  try {
    for (const [i, program] of programs.entries()) {
      assert.ok(program.includes(ADDRESS));
      writeFileSync(files[i]!, program.replace(ADDRESS, bootstrap));
    }
    const inTurn = files.map((file) => `await import(${JSON.stringify(file.href)});`).join(" ");
    const words = ["--conditions=source", "--input-type=module", "--eval", inTurn];
    const { stdout } = await promisify(execFile)(nodeBinary, words, { timeout: 100_000 });
    return stdout;
  } finally {
    for (const file of files) rmSync(file, { force: true });
  }
}

test("the README's examples do what they say", async () => {
  await using broker = await startBroker({ logger: silentLogger });
  assert.equal(examples.length, 2);
  assert.match(await outputOf(examples, broker.bootstrap), /^stored as [012]:0\n0 hello\na tea 3\n$/);
});
