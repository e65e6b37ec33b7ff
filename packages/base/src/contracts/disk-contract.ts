import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import type { Disk } from "../seams/disk.ts";

/** What every {@link Disk} promises. `within` gives an empty directory and removes it afterwards. */
export function testDisk(name: string, within: (run: (disk: Disk, directory: string) => Promise<void>) => Promise<void>): void {
  const check = (promise: string, run: (disk: Disk, directory: string) => Promise<void> | void): void => {
    test(`${name}: ${promise}`, () => within(async (disk, directory) => run(disk, directory)));
  };

  check("appended buffers are one stretch of bytes, readable at any position by both ways of reading", async (disk, directory) => {
    const file = disk.open(join(directory, "f"));
    const pieces = Array.from({ length: 3000 }, (_, index) => Buffer.from(`${index},`));
    file.append(pieces);
    file.append([Buffer.alloc(0)]);
    file.append([]);
    const expected = Buffer.concat(pieces);
    assert.equal(file.sizeBytes, expected.length);
    const target = Buffer.alloc(5000);
    assert.equal(file.readSync(target, 7000), 5000);
    assert.deepEqual(target, expected.subarray(7000, 12000));
    target.fill(0);
    assert.equal(await file.read(target, expected.length - 10), 10);
    assert.deepEqual(target.subarray(0, 10), expected.subarray(-10));
    assert.equal(file.readSync(target, expected.length + 1), 0);
    file.close();
  });

  check("a file is overwritten in place, extended with zeros between, and cut", (disk, directory) => {
    const file = disk.open(join(directory, "f"));
    file.append([Buffer.from("abcdef")]);
    file.write(Buffer.from("XY"), 2);
    file.write(Buffer.from("!"), 8);
    assert.equal(file.sizeBytes, 9);
    assert.deepEqual(disk.readFile(file.path), Buffer.from("abXYef\0\0!"));
    file.truncate(3);
    file.truncate(5);
    file.append([Buffer.from("z")]);
    assert.equal(file.sizeBytes, 6);
    assert.deepEqual(disk.readFile(file.path), Buffer.from("abX\0\0z"));
    file.close();
  });

  check("appending goes on at the end as this handle knows it", (disk, directory) => {
    const path = join(directory, "f");
    const first = disk.open(path);
    first.append([Buffer.from("one")]);
    first.close();
    const second = disk.open(path);
    assert.equal(second.sizeBytes, 3);
    second.append([Buffer.from("two")]);
    second.close();
    assert.equal(disk.readFile(path).toString(), "onetwo");
    assert.equal(disk.stat(path)?.sizeBytes, 6);
  });

  check("a file opened for reading cannot be changed", (disk, directory) => {
    const path = join(directory, "f");
    disk.replaceFile(path, Buffer.from("kept"));
    const file = disk.openRead(path);
    assert.throws(() => file.append([Buffer.from("more")]), { name: "DiskError", code: "DISK_IO" });
    assert.throws(() => file.write(Buffer.from("more"), 0), { name: "DiskError", code: "DISK_IO" });
    assert.throws(() => file.truncate(1), { name: "DiskError", code: "DISK_IO" });
    file.close();
    assert.equal(disk.readFile(path).toString(), "kept");
  });

  check("a missing file cannot be read but is made by open", (disk, directory) => {
    const path = join(directory, "missing");
    assert.throws(() => disk.openRead(path), { name: "DiskError", code: "DISK_NOT_FOUND", path });
    assert.throws(() => disk.readFile(path), { code: "DISK_NOT_FOUND" });
    assert.equal(disk.stat(path), undefined);
    disk.open(path).close();
    assert.equal(disk.stat(path)?.sizeBytes, 0);
    assert.throws(() => disk.open(join(directory, "no", "such", "directory")), { code: "DISK_NOT_FOUND" });
    assert.throws(() => disk.list(join(directory, "no")), { code: "DISK_NOT_FOUND" });
  });

  check("replacing a file leaves the whole new content and nothing else", (disk, directory) => {
    const path = join(directory, "f");
    disk.replaceFile(path, Buffer.from("first, the longer one"));
    disk.replaceFile(path, Buffer.from("second"));
    assert.equal(disk.readFile(path).toString(), "second");
    assert.deepEqual(disk.list(directory), ["f"]);
  });

  check("a file is replaced, and names are synced, off the event loop too", async (disk, directory) => {
    const path = join(directory, "f");
    const large = Buffer.alloc(3_000_000, "x");
    await disk.replace(path, large);
    const replaced = disk.replace(path, Buffer.from("second"));
    await replaced;
    assert.equal(disk.readFile(path).toString(), "second");
    assert.deepEqual(disk.list(directory), ["f"]);
    await disk.syncNames(directory);
    await assert.rejects(disk.syncNames(join(directory, "no")), { name: "DiskError", code: "DISK_NOT_FOUND" });
    await assert.rejects(disk.replace(join(directory, "no", "f"), large), { name: "DiskError", code: "DISK_NOT_FOUND" });
  });

  check("directories are made with those above, listed in order, renamed with their content and removed with it", (disk, directory) => {
    const deep = join(directory, "a", "b");
    disk.makeDirectory(deep);
    disk.makeDirectory(deep);
    disk.open(join(deep, "y")).close();
    disk.open(join(deep, "x")).close();
    assert.deepEqual(disk.list(deep), ["x", "y"]);
    assert.equal(disk.stat(deep)?.isDirectory, true);
    disk.rename(join(directory, "a"), join(directory, "c"));
    assert.deepEqual(disk.list(join(directory, "c", "b")), ["x", "y"]);
    disk.syncDirectory(directory);
    disk.remove(join(directory, "c"));
    disk.remove(join(directory, "c"));
    assert.deepEqual(disk.list(directory), []);
    assert.throws(() => disk.rename(join(directory, "c"), join(directory, "d")), { code: "DISK_NOT_FOUND" });
  });

  check("a rename replaces the file that had the name", (disk, directory) => {
    disk.replaceFile(join(directory, "old"), Buffer.from("old"));
    disk.replaceFile(join(directory, "new"), Buffer.from("new"));
    disk.rename(join(directory, "new"), join(directory, "old"));
    assert.deepEqual(disk.list(directory), ["old"]);
    assert.equal(disk.readFile(join(directory, "old")).toString(), "new");
  });

  check("a name may have 255 bytes, and one more is refused as too long", (disk, directory) => {
    const longest = join(directory, "n".repeat(255));
    disk.makeDirectory(longest);
    disk.rename(longest, join(directory, "m".repeat(255)));
    assert.deepEqual(disk.list(directory), ["m".repeat(255)]);
    const tooLong = join(directory, "n".repeat(256));
    assert.throws(() => disk.makeDirectory(tooLong), { name: "DiskError", code: "DISK_NAME_TOO_LONG" });
    assert.throws(() => disk.open(tooLong), { code: "DISK_NAME_TOO_LONG" });
    assert.throws(() => disk.rename(join(directory, "m".repeat(255)), tooLong), { code: "DISK_NAME_TOO_LONG" });
  });

  check("an open file outlives its name", async (disk, directory) => {
    const file = disk.open(join(directory, "f"));
    file.append([Buffer.from("still here")]);
    disk.remove(file.path);
    const target = Buffer.alloc(5);
    assert.equal(await file.read(target, 6), 4);
    assert.equal(target.toString("latin1", 0, 4), "here");
    file.close();
  });

  check("a file may be closed while it is read and synced", async (disk, directory) => {
    const file = disk.open(join(directory, "f"));
    file.append([Buffer.alloc(100_000, "x")]);
    const target = Buffer.alloc(100_000);
    const reading = file.read(target, 0);
    const syncing = file.sync();
    file.close();
    file.close();
    assert.equal(await reading, 100_000);
    await syncing;
    assert.equal(target.at(-1), "x".charCodeAt(0));
    assert.throws(() => file.sizeBytes >= 0 && file.readSync(target, 0), { name: "InvariantError" });
  });

  check("a directory is locked once, until the lock is released", (disk, directory) => {
    const lock = disk.lockDirectory(directory);
    assert.throws(() => disk.lockDirectory(directory), { code: "DISK_LOCKED" });
    lock.release();
    lock.release();
    disk.lockDirectory(directory).release();
    assert.throws(() => disk.lockDirectory(join(directory, "missing")), { code: "DISK_NOT_FOUND" });
  });
}
