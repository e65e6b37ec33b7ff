import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Disk } from "@ottla/base";
import { MemoryDisk, SimulatedClock } from "@ottla/base/simulated";
import { RecentWrites } from "./recent-writes.ts";

const MIB = 1024 * 1024;

function fixture(keptBytes: number) {
  const clock = new SimulatedClock();
  const device = { reads: 0 };
  const disk: Disk = Object.assign(new MemoryDisk(), { cacheBytes: () => keptBytes, deviceReads: () => device.reads });
  return { clock, device, recent: new RecentWrites({ disk, clock }) };
}

describe("recent writes", () => {
  it("are what was written last by all files together, as far as the disk keeps it in memory", () => {
    const { recent } = fixture(32 * MIB);
    const [old, young] = [recent.file(), recent.file()];
    for (let at = 0; at < 40 * MIB; at += MIB / 4) old.wrote(at, MIB / 4);
    assert.deepEqual([old.has(0), old.has(8 * MIB), old.has(10 * MIB)], [false, false, true]);
    young.wrote(0, 24 * MIB);
    assert.deepEqual([old.has(31 * MIB), old.has(33 * MIB), young.has(0)], [false, true, true]);
  });

  it("begin anew where a file was not written on at its end", () => {
    const { recent } = fixture(32 * MIB);
    const file = recent.file();
    file.wrote(0, 100);
    file.wrote(500, 100);
    assert.deepEqual([file.has(0), file.has(500)], [false, true]);
    file.forget();
    assert.equal(file.has(500), false);
  });

  it("are not trusted for a second after a read that waited for the device, or took very long", () => {
    const { recent, clock, device } = fixture(32 * MIB);
    const slow = (ms: number): void => recent.reading(() => clock.advance(ms));
    slow(10);
    assert.equal(recent.isTrusted, true, "the processor was taken away");
    device.reads++;
    slow(10);
    assert.equal(recent.isTrusted, false);
    clock.advance(1000);
    assert.equal(recent.isTrusted, true);
    slow(30);
    assert.equal(recent.isTrusted, false);
  });
});
