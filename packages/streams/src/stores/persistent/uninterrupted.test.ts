import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { nodeDisk, ThreadGate } from "@ottla/base/node";
import { LmdbEnvironment } from "./lmdb-environment.ts";

const writingThread = new URL("./testing/writing-thread.ts", import.meta.url);
const exitWhileWriting = fileURLToPath(new URL("./testing/exit-while-writing.ts", import.meta.url));

test("a thread that is ended while it writes comes to its end, and what it has committed is there for the next one", async () => {
  const path = mkdtempSync(join(tmpdir(), "ottla-ended-"));
  try {
    for (let round = 0; round < 5; round++) {
      const gate = ThreadGate.make();
      const thread = new Worker(writingThread, { workerData: { memory: gate.memory, path } });
      await once(thread, "message");
      await gate.close(60_000);
      assert.equal(await thread.terminate(), 1);
      gate.forget();
      const environment = LmdbEnvironment.open(nodeDisk, path, 1);
      assert.ok(environment.database("store").get(Buffer.from("key-0")) !== undefined);
      environment.close();
    }
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
});

test("a process that says that it ends while a thread of its writes is over then", async () => {
  const path = mkdtempSync(join(tmpdir(), "ottla-ended-"));
  try {
    for (let round = 0; round < 3; round++) {
      const child = spawn(process.execPath, [...process.execArgv, exitWhileWriting, path], { stdio: ["ignore", "inherit", "inherit"] });
      assert.deepEqual(await once(child, "exit"), [7, null]);
    }
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
});
