import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { nodeDisk } from "@ottla/base/node";
import { emptyIfFree } from "./task-folder.ts";

test("a task's folder is emptied by who has it and by nobody else, and whoever waits for it waits at the same lock", () => {
  const above = mkdtempSync(join(tmpdir(), "ottla-task-folder-"));
  try {
    const folder = join(above, "0_1");
    assert.equal(emptyIfFree(nodeDisk, folder), true);
    assert.deepEqual(readdirSync(above), []);
    mkdirSync(join(folder, "inner"), { recursive: true });
    writeFileSync(join(folder, "data.mdb"), "state");
    const lock = nodeDisk.lockDirectory(folder);
    const { ino } = statSync(join(folder, ".lock"));
    assert.equal(emptyIfFree(nodeDisk, folder), false);
    assert.deepEqual(readdirSync(folder).sort(), [".lock", ".lock.holder", "data.mdb", "inner"]);
    lock.release();
    assert.equal(emptyIfFree(nodeDisk, folder), true);
    assert.deepEqual(readdirSync(folder), [".lock"]);
    assert.equal(statSync(join(folder, ".lock")).ino, ino);
    nodeDisk.lockDirectory(folder).release();
  } finally {
    rmSync(above, { recursive: true, force: true });
  }
});
