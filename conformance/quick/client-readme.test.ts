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

/** Beside this file, where the package is found by its name. */
async function outputOf(example: string, bootstrap: string): Promise<string> {
  const file = new URL(`readme-example-${process.pid}.tmp.ts`, import.meta.url).pathname;
  try {
    assert.ok(example.includes(ADDRESS));
    writeFileSync(file, example.replace(ADDRESS, bootstrap));
    const { stdout } = await promisify(execFile)(nodeBinary, ["--conditions=source", file], { timeout: 30_000 });
    return stdout;
  } finally {
    rmSync(file, { force: true });
  }
}

test("the README's examples do what they say", async () => {
  await using broker = await startBroker({ logger: silentLogger });
  const expected = [/^stored as [012]:0\n0 hello\n$/, /^a tea 3\n$/];
  assert.equal(examples.length, expected.length);
  for (const [i, example] of examples.entries()) assert.match(await outputOf(example, broker.bootstrap), expected[i]!);
});
