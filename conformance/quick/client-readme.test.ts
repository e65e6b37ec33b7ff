// The example of the client's README, run as it stands against our broker.
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

test("the README's example creates a topic, writes a record and reads it", async () => {
  await using broker = await startBroker({ logger: silentLogger });
  // Beside this file, where the package is found by its name.
  const file = new URL(`readme-example-${process.pid}.tmp.ts`, import.meta.url).pathname;
  try {
    const example = /```ts\n([\s\S]*?)```/.exec(readFileSync(README, "utf8"))![1]!;
    assert.ok(example.includes(ADDRESS));
    writeFileSync(file, example.replace(ADDRESS, broker.bootstrap));
    const { stdout } = await promisify(execFile)(nodeBinary, ["--conditions=source", file], { timeout: 30_000 });
    assert.match(stdout, /^stored as [012]:0\n0 hello\n$/);
  } finally {
    rmSync(file, { force: true });
  }
});
