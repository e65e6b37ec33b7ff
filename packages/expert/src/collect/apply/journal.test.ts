import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedDisk } from "@ottla/base/simulated";
import { Journal } from "./journal.ts";

const PATH = "plan.yaml.journal";
const open = (disk: SimulatedDisk, digest = "abc"): Promise<Journal> => Journal.open(disk, PATH, digest, () => 0);

test("a line that was not whole when the process ended is none, wherever it was cut", async () => {
  const disk = new SimulatedDisk();
  const journal = await open(disk);
  await journal.note({ event: "begin", step: "1", memo: { throttles: [] } });
  await journal.note({ event: "done", step: "1" });
  await journal.note({ event: "begin", step: "2", memo: {} });
  journal.close();
  const whole = disk.readFile(PATH);
  const seen = new Set<string>();
  for (let length = 0; length <= whole.length; length++) {
    disk.replaceFile(PATH, whole.subarray(0, length));
    const cut = await open(disk);
    seen.add(`${cut.progressOf("1")} ${cut.progressOf("2")}`);
    await cut.note({ event: "begin", step: "3", memo: {} });
    cut.close();
    const again = await open(disk);
    assert.equal(again.progressOf("3"), "begun");
    again.close();
  }
  assert.deepEqual([...seen], ["untouched untouched", "begun untouched", "done untouched", "done begun"]);
});

test("a journal of another plan, or one that somebody changed, is refused", async () => {
  const disk = new SimulatedDisk();
  (await open(disk)).close();
  await assert.rejects(open(disk, "other"), { code: "PLAN_JOURNAL" });
  disk.replaceFile(PATH, Buffer.concat([disk.readFile(PATH), Buffer.from("nonsense\n")]));
  await assert.rejects(open(disk), { code: "PLAN_JOURNAL", message: /^Line 2 of plan\.yaml\.journal/ });
});

test("what was taken back may be done again", async () => {
  const journal = await open(new SimulatedDisk());
  for (const event of ["undoBegin", "undone"] as const) await journal.note({ event, step: "1" });
  assert.equal(journal.progressOf("1"), "untouched");
});

test("one at a time has a journal open; what one cannot open it does not hold", async () => {
  const disk = new SimulatedDisk();
  const first = await open(disk);
  await assert.rejects(open(disk), { code: "PLAN_IN_USE", message: /by this process at this moment/ });
  first.close();
  await assert.rejects(open(disk, "other"), { code: "PLAN_JOURNAL" });
  (await open(disk)).close();
});
