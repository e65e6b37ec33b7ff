import assert from "node:assert/strict";
import { test } from "node:test";
import { testDisk } from "../contracts/disk-contract.ts";
import { FaultyDisk } from "./faulty-disk.ts";
import { MemoryDisk } from "./memory-disk.ts";
import { SimulatedDisk } from "./simulated-disk.ts";

testDisk("faulty disk", async (run) => {
  const disk = new FaultyDisk(new MemoryDisk());
  disk.makeDirectory("/data");
  await run(disk, "/data");
});

test("faulty disk: full, it takes nothing more, also from files that were open, and goes on when there is space", async () => {
  const disk = new FaultyDisk(new MemoryDisk(), (path) => path === "/spared");
  const file = disk.open("/log");
  file.append([Buffer.from("kept")]);
  disk.isFull = true;
  disk.replaceFile("/spared", Buffer.from("x"));
  const full = { code: "DISK_FULL", message: /no space is left/ };
  assert.throws(() => file.append([Buffer.from("more")]), full);
  assert.throws(() => file.write(Buffer.from("more"), 0), full);
  assert.throws(() => disk.replaceFile("/other", Buffer.from("x")), full);
  await assert.rejects(disk.replace("/other", Buffer.from("x")), full);
  assert.throws(() => disk.makeDirectory("/directory"), full);
  assert.deepEqual([disk.readFile("/log").toString(), file.sizeBytes, disk.list("/").includes("other")], ["kept", 4, false]);
  disk.remove("/log");
  disk.isFull = false;
  disk.open("/log").append([Buffer.from("again")]);
  assert.equal(disk.readFile("/log").toString(), "again");
});

test("faulty disk: an operation fails as often as was asked, half done where that was asked, until it is mended", async () => {
  const disk = new FaultyDisk(new MemoryDisk());
  const file = disk.open("/log");
  file.append([Buffer.from("ab")]);
  disk.fail({ operation: "append", path: "log", partialBytes: 3 });
  assert.throws(() => file.append([Buffer.from("cd"), Buffer.from("ef")]), { code: "DISK_IO" });
  assert.deepEqual([file.sizeBytes, disk.readFile("/log").toString()], [2, "abcde"]);
  file.truncate(file.sizeBytes);
  file.append([Buffer.from("z")]);
  assert.deepEqual([file.sizeBytes, disk.readFile("/log").toString()], [3, "abz"]);
  disk.fail({ operation: "sync", times: Infinity });
  await assert.rejects(file.sync(), { code: "DISK_IO" });
  assert.throws(() => file.syncNow(), { code: "DISK_IO" });
  disk.mend();
  await file.sync();
  disk.fail({ operation: "read" })();
  assert.equal(await file.read(Buffer.alloc(3), 0), 3);
});

test("faulty disk: tells of space where the disk below does, and stands on another when it is told to", () => {
  assert.equal(new FaultyDisk(new MemoryDisk()).space, undefined);
  const below = new SimulatedDisk({ capacityBytes: 100, tellsSpace: true });
  const disk = new FaultyDisk(below);
  assert.equal(disk.space!("/").usableBytes, 100);
  disk.isFull = true;
  assert.equal(disk.space!("/").usableBytes, 0);
  disk.mend();
  disk.open("/here").append([Buffer.from("x")]);
  disk.standOn(new MemoryDisk());
  assert.deepEqual([disk.stat("/here"), below.stat("/here")?.sizeBytes], [undefined, 1]);
});
