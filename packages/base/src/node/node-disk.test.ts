import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, cpSync, fstatSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
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

/** What a process that locks the directory says, and whether it holds the lock while `whileHeld` runs; started by `prefix` where given. */
async function lockElsewhere(
  directory: string,
  prefix: readonly string[],
  whileHeld: (answer: string) => Promise<void> | void,
): Promise<void> {
  const script = `import(${JSON.stringify(import.meta.resolve("./node-disk.ts"))}).then(({ nodeDisk }) => {
    try {
      nodeDisk.lockDirectory(${JSON.stringify(directory)});
      gc();
      console.log("locked");
    } catch (error) {
      console.log(error.code, error.message);
    }
    process.stdin.resume();
  });`;
  const [command, ...args] = [...prefix, process.execPath, "--conditions=source", "--expose-gc", "-e", script];
  const holder = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
  const exited = once(holder, "exit");
  try {
    const [answer] = await Promise.race([once(holder.stdout, "data"), exited.then(() => ["it ended"])]);
    await whileHeld(String(answer).trim());
  } finally {
    holder.kill("SIGKILL");
    await exited;
  }
}

test("node disk: the lock of a living process is refused by name, and free once that process is killed", async () => {
  await within(async (directory) => {
    await lockElsewhere(directory, [], async (first) => {
      assert.equal(first, "locked");
      // Asking for it again and again takes nothing from the holder.
      for (let i = 0; i < 2; i++)
        assert.throws(() => nodeDisk.lockDirectory(directory), { code: "DISK_LOCKED", message: /in use by process \d+;/ });
      await lockElsewhere(directory, [], (second) => assert.match(second, /^DISK_LOCKED .* is in use by process/));
    });
    nodeDisk.lockDirectory(directory).release();
    assert.deepEqual(nodeDisk.list(directory), [".lock"]);
    assert.equal(nodeDisk.stat(join(directory, ".lock"))?.sizeBytes, 0);
  });
});

const unshare = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"];
const hasNamespaces = process.platform === "linux" && spawnSync(unshare[0]!, [...unshare.slice(1), "true"]).status === 0;

test("node disk: a lock holds against another PID namespace, as of a second container on the same volume", {
  skip: hasNamespaces ? false : "this user may not make a PID namespace",
}, async () => {
  await within(async (directory) => {
    const lock = nodeDisk.lockDirectory(directory);
    await lockElsewhere(directory, unshare, (answer) => assert.match(answer, /^DISK_LOCKED/));
    lock.release();
    await lockElsewhere(directory, unshare, (answer) => {
      assert.equal(answer, "locked");
      assert.throws(() => nodeDisk.lockDirectory(directory), { code: "DISK_LOCKED" });
    });
  });
});

test("node disk: a copy of a locked directory is not locked", async () => {
  await within(async (directory) => {
    const [original, copy] = [join(directory, "original"), join(directory, "copy")];
    nodeDisk.makeDirectory(original);
    const lock = nodeDisk.lockDirectory(original);
    cpSync(original, copy, { recursive: true });
    nodeDisk.lockDirectory(copy).release();
    lock.release();
  });
});

test("node disk: what a lock file of an earlier version or another program holds is not looked at", async () => {
  await within(async (directory) => {
    for (const content of ["", "\0\0\0", '{"pid":1,"startTicks":""}', "17"]) {
      writeFileSync(join(directory, ".lock"), content);
      writeFileSync(join(directory, ".lock.holder"), content);
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

test("names are made and changed off the event loop as on it", () =>
  within(async (directory) => {
    const [old, young] = [join(directory, "old"), join(directory, "young")];
    await nodeDisk.makeDirectoryInBackground!(old, "f", Buffer.from("kept"));
    await assert.rejects(nodeDisk.makeDirectoryInBackground!(old, "f", Buffer.from("lost")), { name: "DiskError", code: "DISK_EXISTS" });
    await nodeDisk.renameInBackground!(old, young);
    assert.equal(nodeDisk.readFile(join(young, "f")).toString(), "kept");
    await assert.rejects(nodeDisk.renameInBackground!(old, young), { name: "DiskError", code: "DISK_NOT_FOUND" });
    await nodeDisk.removeInBackground!(young);
    assert.deepEqual(nodeDisk.list(directory), []);
  }));

test("a large file is removed whole, or bit by bit where nobody reads it", () =>
  within(async (directory) => {
    const path = join(directory, "large");
    const whole = 5 * 1024 * 1024;
    for (const [inSteps, leftBytes] of [
      [false, whole],
      [true, whole % (2 * 1024 * 1024)],
    ] as const) {
      const file = openSync(path, "w+");
      ftruncateSync(file, whole);
      await nodeDisk.removeInBackground!(path, { inSteps });
      assert.deepEqual([nodeDisk.stat(path), fstatSync(file).size], [undefined, leftBytes]);
      closeSync(file);
    }
    await nodeDisk.removeInBackground!(path, { inSteps: true });
    nodeDisk.makeDirectory(path);
    await nodeDisk.removeInBackground!(path, { inSteps: true });
    assert.equal(nodeDisk.stat(path), undefined);
  }));
