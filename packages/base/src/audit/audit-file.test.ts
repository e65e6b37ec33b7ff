import assert from "node:assert/strict";
import { test } from "node:test";
import { FaultyDisk, MemoryDisk, SimulatedClock } from "@ottla/base/simulated";
import { AuditFile } from "./audit-file.ts";

const path = "/audit/audit.jsonl";

function scene(maxBytes = 1000, keptFiles = 2) {
  const disk = new FaultyDisk(new MemoryDisk());
  const clock = new SimulatedClock();
  const open = (): AuditFile => new AuditFile({ clock, disk }, { path, maxBytes, keptFiles });
  const text = (): string => disk.readFile(path).toString();
  return { disk, clock, open, text, file: open() };
}

test("what an earlier writer left half written is cut off, and whole lines stay", async () => {
  for (const [left, kept] of [
    ["", ""],
    ["one\n", "one\n"],
    ["one\ntw", "one\n"],
    ["on", ""],
    [`one\n${"x".repeat(70_000)}`, `one\n${"x".repeat(70_000)}\n`],
  ] as const) {
    const { disk, file, text } = scene(1_000_000);
    disk.makeDirectory("/audit");
    disk.open(path).append([Buffer.from(left)]);
    await file.write(["new\n"]);
    assert.equal(text(), `${kept}new\n`);
    await file.close();
  }
});

test("a full file is named after the time, and the oldest ones go", async () => {
  const { disk, file } = scene(10);
  disk.makeDirectory("/audit");
  disk.open("/audit/audit.jsonl.notes").close();
  for (let at = 0; at < 5; at++) await file.write([`line ${at} long\n`]);
  assert.deepEqual(disk.list("/audit"), [
    "audit.jsonl",
    "audit.jsonl.20260101T000000002Z",
    "audit.jsonl.20260101T000000003Z",
    "audit.jsonl.notes",
  ]);
  assert.equal(disk.readFile("/audit/audit.jsonl").toString(), "line 4 long\n");
  assert.equal(disk.readFile("/audit/audit.jsonl.20260101T000000003Z").toString(), "line 3 long\n");
});

test("after a failed write the same lines come again, once", async () => {
  const { disk, file, text } = scene();
  await file.write(["one\n"]);
  disk.fail({ operation: "append", path, partialBytes: 9 });
  await assert.rejects(file.write(["two\n", "three\n", "four\n"]), { code: "DISK_IO" });
  disk.isFull = true;
  await assert.rejects(file.write(["two\n", "three\n", "four\n"]), { code: "DISK_FULL" });
  disk.mend();
  await file.write(["two\n", "three\n", "four\n"]);
  assert.equal(text(), "one\ntwo\nthree\nfour\n");
});

test("a file that was moved away or removed is begun anew", async () => {
  const { disk, file, text } = scene();
  await file.write(["one\n"]);
  disk.rename(path, "/audit/moved");
  await file.write(["two\n"]);
  assert.equal(text(), "two\n");
  disk.remove(path);
  await file.write(["three\n"]);
  assert.equal(text(), "three\n");
  assert.equal(disk.readFile("/audit/moved").toString(), "one\n");
});
