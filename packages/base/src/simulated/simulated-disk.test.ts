import assert from "node:assert/strict";
import { test } from "node:test";
import { testDisk } from "../contracts/disk-contract.ts";
import { SeededRandom } from "./seeded-random.ts";
import { SimulatedClock } from "./simulated-clock.ts";
import { SimulatedDisk } from "./simulated-disk.ts";

testDisk("simulated disk", async (run) => {
  const disk = new SimulatedDisk();
  disk.makeDirectory("/data");
  await run(disk, "/data");
});

const seeds = Array.from({ length: 200 }, (_, seed) => seed);

function diskWithFile(): SimulatedDisk {
  const disk = new SimulatedDisk();
  disk.makeDirectory("/data");
  disk.open("/data/f").close();
  disk.syncDirectory("/");
  disk.syncDirectory("/data");
  return disk;
}

test("simulated disk: a killed process loses nothing, but its open files and locks", () => {
  const disk = diskWithFile();
  const file = disk.open("/data/f");
  disk.lockDirectory("/data");
  file.append([Buffer.from("unsynced")]);
  disk.crash({ mode: "process" });
  assert.throws(() => file.append([Buffer.from("x")]), { code: "DISK_IO" });
  assert.equal(disk.readFile("/data/f").toString(), "unsynced");
  disk.lockDirectory("/data");
});

test("simulated disk: after a power loss what was synced is there, the rest is torn at sectors", async () => {
  const outcomes = new Set<string>();
  for (const seed of seeds) {
    const disk = diskWithFile();
    const file = disk.open("/data/f");
    file.append([Buffer.alloc(700, "s")]);
    await file.sync();
    file.append([Buffer.alloc(1500, "u")]);
    disk.crash({ mode: "power", random: new SeededRandom(seed) });
    const left = disk.readFile("/data/f");
    assert.ok(left.length >= 700 && left.length <= 2200, `seed ${seed}`);
    assert.ok(left.subarray(0, 700).equals(Buffer.alloc(700, "s")), `seed ${seed}`);
    for (let sector = 2; sector < 4; sector++) {
      const kinds = new Set(left.subarray(sector * 512, sector * 512 + 512));
      assert.ok(kinds.size <= 1, `seed ${seed}: sector ${sector} is mixed`);
    }
    outcomes.add(left.toString("latin1").replaceAll(/(.)\1*/gs, "$1"));
  }
  assert.ok(outcomes.has("s") && outcomes.has("su") && outcomes.has("s\0u"), JSON.stringify([...outcomes]));
});

test("simulated disk: names that were not synced may vanish, and then in reverse order", () => {
  const outcomes = new Set<string>();
  for (const seed of seeds) {
    const disk = diskWithFile();
    for (const name of ["a", "b"]) disk.open(`/data/${name}`).close();
    disk.rename("/data/f", "/data/g");
    disk.crash({ mode: "power", random: new SeededRandom(seed) });
    outcomes.add(disk.list("/data").join());
  }
  assert.deepEqual([...outcomes].sort(), ["a,b,f", "a,b,g", "a,f", "f"]);
});

test("simulated disk: a replaced file is the old or the new one whole", () => {
  for (const seed of seeds) {
    const disk = diskWithFile();
    disk.replaceFile("/data/f", Buffer.from("old"));
    disk.fail({ operation: "syncDirectory" });
    assert.throws(() => disk.replaceFile("/data/f", Buffer.alloc(2000, "n")), { code: "DISK_IO" });
    disk.crash({ mode: "power", random: new SeededRandom(seed) });
    const left = disk.readFile("/data/f").toString();
    assert.ok(left === "old" || left === "n".repeat(2000), `seed ${seed}: ${left.slice(0, 20)}`);
  }
});

test("simulated disk: after a failed sync the bytes are lost although a later sync succeeds, until they are written again", async () => {
  const left = async (rewrite: boolean): Promise<string> => {
    const disk = diskWithFile();
    const file = disk.open("/data/f");
    file.append([Buffer.alloc(512, "a")]);
    await file.sync();
    disk.fail({ operation: "sync" });
    file.append([Buffer.alloc(512, "b")]);
    await assert.rejects(file.sync(), { code: "DISK_IO" });
    file.append([Buffer.alloc(512, "c")]);
    if (rewrite) file.write(Buffer.alloc(512, "b"), 512);
    await file.sync();
    assert.equal(disk.readFile("/data/f").length, 1536);
    disk.crash({ mode: "power", random: new SeededRandom(1) });
    return disk
      .readFile("/data/f")
      .toString("latin1")
      .replaceAll(/(.)\1*/gs, "$1");
  };
  assert.equal(await left(false), "a\0c");
  assert.equal(await left(true), "abc");
});

test("simulated disk: a slow sync covers what was written before it, not after", async () => {
  const clock = new SimulatedClock();
  const disk = new SimulatedDisk({ clock, syncMs: 20 });
  disk.makeDirectory("/data");
  const file = disk.open("/data/f");
  disk.syncDirectory("/");
  disk.syncDirectory("/data");
  file.append([Buffer.alloc(512, "a")]);
  let isSynced = false;
  void file.sync().then(() => {
    isSynced = true;
  });
  file.append([Buffer.alloc(512, "b")]);
  await clock.advanceAsync(19);
  assert.equal(isSynced, false);
  await clock.advanceAsync(1);
  assert.equal(isSynced, true);
  const sizes = new Set<number>();
  const random = new SeededRandom(3);
  disk.crash({ mode: "power", random });
  sizes.add(disk.readFile("/data/f").length);
  assert.ok(disk.readFile("/data/f").subarray(0, 512).equals(Buffer.alloc(512, "a")));
});

test("simulated disk: a full disk takes what fits, says so, and heals when space is freed", () => {
  const disk = new SimulatedDisk({ capacityBytes: 1000 });
  disk.makeDirectory("/data");
  disk.replaceFile("/data/other", Buffer.alloc(600));
  const file = disk.open("/data/f");
  file.append([Buffer.alloc(300, "x")]);
  assert.throws(() => file.append([Buffer.alloc(300, "y")]), { code: "DISK_FULL" });
  assert.equal(file.sizeBytes, 300);
  assert.equal(disk.readFile("/data/f").length, 400);
  file.truncate(file.sizeBytes);
  disk.remove("/data/other");
  file.append([Buffer.alloc(300, "y")]);
  assert.equal(disk.readFile("/data/f").length, 600);
});

test("simulated disk: faults hit the operation, path and moment they name", () => {
  const disk = diskWithFile();
  const takeBack = disk.fail({ operation: "append", path: "/f", after: 1, times: Infinity, partialBytes: 2 });
  const file = disk.open("/data/f");
  const other = disk.open("/data/other");
  file.append([Buffer.from("one")]);
  other.append([Buffer.from("one")]);
  assert.throws(() => file.append([Buffer.from("two")]), { code: "DISK_IO" });
  assert.throws(() => file.append([Buffer.from("two")]), { code: "DISK_IO" });
  assert.equal(disk.readFile("/data/f").toString(), "onetw");
  takeBack();
  file.append([Buffer.from("two")]);
  assert.equal(disk.readFile("/data/f").toString(), "onetwo");
  assert.equal(disk.count("append"), 5);
});
