import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { testDisk } from "../contracts/disk-contract.ts";
import { nodeDisk } from "./node-disk.ts";

async function within(run: (directory: string) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "ottla-disk-"));
  try {
    await run(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

testDisk("node disk", (run) => within((directory) => run(nodeDisk, directory)));

test("node disk: a directory that cannot be made is refused at once, and a file in the way is named as such", {
  skip: process.platform !== "linux",
}, async () => {
  assert.throws(() => nodeDisk.makeDirectory("/proc/no-such/directory"), { code: "DISK_NOT_FOUND" });
  await within(async (directory) => {
    writeFileSync(join(directory, "file"), "");
    assert.throws(() => nodeDisk.makeDirectory(join(directory, "file")), { code: "DISK_EXISTS" });
    assert.throws(() => nodeDisk.lockDirectory(join(directory, "file")), { code: "DISK_NOT_FOUND", message: /is a file and no directory/ });
  });
});

test("node disk: the lock of a living process is refused by name, and taken over once that process is killed", async () => {
  await within(async (directory) => {
    const script = `import(${JSON.stringify(import.meta.resolve("./node-disk.ts"))}).then(({ nodeDisk }) => {
      nodeDisk.lockDirectory(${JSON.stringify(directory)});
      console.log("locked");
      process.stdin.resume();
    });`;
    const holder = spawn(process.execPath, ["--conditions=source", "-e", script], { stdio: ["pipe", "pipe", "inherit"] });
    await once(holder.stdout, "data");
    assert.throws(() => nodeDisk.lockDirectory(directory), {
      code: "DISK_LOCKED",
      message: new RegExp(`in use by process ${holder.pid};`),
    });
    holder.kill("SIGKILL");
    await once(holder, "exit");
    nodeDisk.lockDirectory(directory).release();
    assert.deepEqual(nodeDisk.list(directory), []);
  });
});

test("node disk: a lock whose process id now belongs to another process is taken over", {
  skip: process.platform !== "linux",
}, async () => {
  await within(async (directory) => {
    const path = join(directory, ".lock");
    const lock = nodeDisk.lockDirectory(directory);
    const holder = JSON.parse(readFileSync(path, "utf8"));
    lock.release();
    writeFileSync(path, JSON.stringify({ ...holder, startTicks: `${holder.startTicks}0` }));
    nodeDisk.lockDirectory(directory).release();
  });
});

test("node disk: a lock file that a power loss has emptied is taken over", async () => {
  await within(async (directory) => {
    for (const content of ["", "\0\0\0", "null", "17"]) {
      writeFileSync(join(directory, ".lock"), content);
      nodeDisk.lockDirectory(directory).release();
    }
  });
});

test("node disk: what the system refuses comes as a sentence with the path and the remedy", async () => {
  await within(async (directory) => {
    const path = join(directory, "f");
    assert.throws(() => nodeDisk.openRead(path), { message: `Cannot open ${path}: there is nothing there (ENOENT).` });
    const readOnly = nodeDisk.open(path);
    readOnly.close();
    const file = nodeDisk.openRead(path);
    assert.throws(() => file.append([Buffer.from("x")]), { name: "DiskError", code: "DISK_IO" });
    assert.equal(file.sizeBytes, 0);
    file.close();
  });
});

test("node disk: a full disk is DISK_FULL and leaves the size as it was", { skip: process.platform !== "linux" }, () => {
  const file = nodeDisk.open("/dev/full");
  assert.throws(() => file.append([Buffer.from("a"), Buffer.from("b")]), {
    code: "DISK_FULL",
    message: /no space is left; free some \(ENOSPC\)/,
  });
  assert.equal(file.sizeBytes, 0);
  file.close();
});
