import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runsOf } from "./runs-of.ts";
import { testDisk } from "../contracts/disk-contract.ts";
import { ChunkedBytes } from "./chunked-bytes.ts";
import { MemoryDisk } from "./memory-disk.ts";

testDisk("memory disk", async (run) => {
  const disk = new MemoryDisk();
  disk.makeDirectory("/data");
  await run(disk, "/data");
});

test("chunked bytes are the same as one growing buffer", () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("append" as const), size: fc.integer({ min: 0, max: 9000 }) }),
    fc.record({ kind: fc.constant("write" as const), size: fc.integer({ min: 1, max: 6000 }), at: fc.integer({ min: 0, max: 40_000 }) }),
    fc.record({ kind: fc.constant("truncate" as const), size: fc.integer({ min: 0, max: 40_000 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const bytes = new ChunkedBytes();
      let model = Buffer.alloc(0);
      for (const [index, change] of steps.entries()) {
        const content = Buffer.alloc(change.size, index + 1);
        const at = change.kind === "write" ? change.at : model.length;
        if (change.kind === "truncate") {
          const next = Buffer.alloc(change.size);
          model.copy(next);
          model = next;
          bytes.truncate(change.size);
          continue;
        }
        const next = Buffer.alloc(Math.max(model.length, change.size === 0 ? 0 : at + change.size));
        model.copy(next);
        content.copy(next, at);
        model = next;
        if (change.kind === "append") bytes.append(content);
        else bytes.write(content, at);
      }
      assert.equal(bytes.length, model.length);
      assert.ok(bytes.toBuffer().equals(model));
      const middle = Buffer.alloc(5000);
      const count = bytes.read(middle, 3000);
      assert.ok(middle.subarray(0, count).equals(model.subarray(3000, 8000)));
    }),
    { numRuns: runsOf({ quick: 80, long: 300 }) },
  );
});

test("a memory disk with a limit runs full as a real one does, and writing works again when there is space", () => {
  const disk = new MemoryDisk({ capacityBytes: 4_000_000 });
  const full = { code: "DISK_FULL", message: /4000000 bytes/ };
  const log = disk.open("/log");
  for (let i = 0; i < 20; i++) log.append([Buffer.alloc(100_000, i)]);
  const old = disk.open("/old");
  assert.throws(() => old.append([Buffer.alloc(500_000), Buffer.alloc(500_000), Buffer.alloc(500_000)]), full);
  assert.equal(old.sizeBytes, 0);
  old.append([Buffer.alloc(400_000, 7)]);
  assert.throws(() => log.append([Buffer.alloc(2_000_000)]), full);
  assert.throws(() => disk.replaceFile("/checkpoint", Buffer.alloc(1_000_000)), full);
  assert.deepEqual([log.sizeBytes, disk.stat("/checkpoint")], [2_000_000, undefined]);
  disk.remove("/log");
  for (let i = 0; i < 15; i++) old.append([Buffer.alloc(100_000, i)]);
  old.truncate(10);
  disk.replaceFile("/checkpoint", Buffer.alloc(1_000_000));
  assert.deepEqual(
    [...disk.readFile("/old")],
    Array.from({ length: 10 }, () => 7),
  );
});

test("a copy of a memory disk has the same files, and neither changes with the other", () => {
  const disk = new MemoryDisk({ nowMs: () => 5, capacityBytes: 1_000_000 });
  disk.makeDirectory("/data/a-0");
  const lock = disk.lockDirectory("/data");
  const log = disk.open("/data/a-0/log");
  log.append([Buffer.alloc(10_000, "x")]);
  const copy = disk.copy();
  log.append([Buffer.from("later")]);
  copy.open("/data/a-0/log").append([Buffer.from("elsewhere")]);
  disk.remove("/data/a-0/none");
  assert.deepEqual([disk.readFile("/data/a-0/log").length, copy.readFile("/data/a-0/log").length], [10_005, 10_009]);
  assert.deepEqual([copy.list("/data"), copy.stat("/data/a-0/log")?.modifiedMs], [["a-0"], 5]);
  copy.lockDirectory("/data").release();
  lock.release();
  assert.throws(() => copy.open("/data/a-0/log").append([Buffer.alloc(1_000_000)]), { code: "DISK_FULL" });
});
