import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { nodeDisk } from "@ottla/base/node";
import { serdes } from "../../serdes/serdes.ts";
import { stores } from "../stores.ts";
import { recordingContext } from "../testing/recording-context.ts";
import { TaskState } from "./task-state.ts";

test("after a kill at any moment the stores are what the offsets say", async (t) => {
  const path = mkdtempSync(join(tmpdir(), "ottla-killed-"));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  for (const records of [7, 300, 900]) {
    const committed = await countUntilKilled(path, records);
    const state = TaskState.open(nodeDisk, path);
    const offset = state.offset("in", 0) ?? 0;
    assert.ok(offset >= committed, `${offset} of ${committed}`);
    const store = stores
      .keyValue({ name: "counts", key: serdes.string, value: serdes.long, persistent: true, logging: false })
      .build({ ...recordingContext().context, state });
    let sum = 0;
    for (const [, count] of store.all()) sum += count;
    assert.equal(sum, offset);
    state.close();
  }
});

test("a task has as many stores on the disk as its topology", (t) => {
  const path = mkdtempSync(join(tmpdir(), "ottla-many-"));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  const state = TaskState.open(nodeDisk, path, undefined, 1_200);
  for (let i = 0; i < 1_200; i++) state.keyValue(`s${i}`).put(Buffer.from("k"), Buffer.from(String(i)), i);
  state.commit([]);
  assert.equal(String(state.keyValue("s1199").get(Buffer.from("k"))?.value), "1199");
  state.close();
});

/** Lets a process go on counting, kills it once it has said that so many records more were committed, and tells what it said last. */
async function countUntilKilled(path: string, records: number): Promise<number> {
  const program = new URL("testing/count-until-killed.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, ["--conditions=source", program, path], { stdio: ["ignore", "pipe", "inherit"] });
  const exit = once(child, "exit");
  let text = "";
  let first: number | undefined;
  let last = 0;
  for await (const chunk of child.stdout) {
    const lines = (text + String(chunk)).split("\n");
    text = lines.pop() ?? "";
    if (lines.length === 0) continue;
    first ??= Number(lines[0]);
    last = Number(lines.at(-1));
    if (last - first >= records) break;
  }
  child.kill("SIGKILL");
  await exit;
  return last;
}
