import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DiskError, silentLogger } from "@ottla/base";
import { SimulatedClock, SimulatedDisk } from "@ottla/base/simulated";
import { FileCache } from "./file-cache.ts";
import { createLogEnvironment } from "./log-environment.ts";

describe("the file cache", () => {
  it("closes files that were not used lately beyond its limit, and opens them again when asked", () => {
    const disk = new SimulatedDisk();
    const cache = new FileCache(disk, 3);
    const files = Array.from({ length: 10 }, (_, i) => cache.file(`/f${i}`, "write"));
    for (const [i, file] of files.entries()) file.handle().append([Buffer.from([i])]);
    assert.equal(cache.openCount, 3);
    for (const [i, file] of files.entries()) assert.equal(file.handle().sizeBytes, 1, `file ${i}`);
    assert.equal(cache.openCount, 3);
  });

  it("keeps pinned files open, even above the limit, and closes a released one when the last pin is gone", () => {
    const cache = new FileCache(new SimulatedDisk(), 1);
    const [a, b, c] = ["/a", "/b", "/c"].map((path) => cache.file(path, "write")) as [
      ReturnType<FileCache["file"]>,
      ReturnType<FileCache["file"]>,
      ReturnType<FileCache["file"]>,
    ];
    a.pin();
    b.pin();
    c.handle();
    assert.deepEqual([a.isOpen, b.isOpen, cache.openCount], [true, true, 3]);
    a.release();
    assert.equal(a.isOpen, true);
    a.unpin();
    assert.equal(a.isOpen, false);
    assert.throws(
      () => a.handle(),
      (error: unknown) => error instanceof DiskError && error.code === "DISK_NOT_FOUND",
    );
  });

  it("gives half of its files back when the system has no more, and tries again", () => {
    const disk = new SimulatedDisk();
    const cache = new FileCache(disk, 100);
    for (let i = 0; i < 8; i++) cache.file(`/f${i}`, "write").handle();
    disk.fail({ operation: "open", code: "DISK_TOO_MANY_OPEN" });
    cache.file("/one-more", "write").handle();
    assert.equal(cache.openCount, 5);
    // The other half stays free, for connections.
    for (let i = 0; i < 8; i++) cache.file(`/g${i}`, "write").handle();
    assert.equal(cache.openCount, 4);
  });

  it("gives files back for operations beside it, which then succeed", () => {
    const disk = new SimulatedDisk();
    const env = createLogEnvironment({ disk, clock: new SimulatedClock(0), logger: silentLogger });
    disk.replaceFile("/x.index", Buffer.from("x"));
    disk.fail({ operation: "read", path: "x.index", code: "DISK_TOO_MANY_OPEN" });
    assert.throws(() => env.disk.readFile("/x.index"), { code: "DISK_TOO_MANY_OPEN" }, "there is nothing to give back");
    for (let i = 0; i < 4; i++) env.files.file(`/f${i}`, "write").handle();
    disk.fail({ operation: "read", path: "x.index", code: "DISK_TOO_MANY_OPEN" });
    assert.equal(env.disk.readFile("/x.index").toString(), "x");
    assert.equal(env.files.openCount, 2);
    disk.fail({ operation: "read", path: "x.index", code: "DISK_IO" });
    assert.throws(() => env.disk.readFile("/x.index"), { code: "DISK_IO" });
  });
});
