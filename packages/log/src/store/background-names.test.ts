import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Disk, DiskError } from "@ottla/base";
import { SeededRandom, SimulatedClock, SimulatedDisk } from "@ottla/base/simulated";
import { defaultLogConfig } from "../partition/log-config.ts";
import { FROM_CLIENT, LoudEvents, makeBatch, START_MS, TOPIC_ID } from "../testing/log-fixture.ts";
import { LogStore } from "./log-store.ts";

const OTHER_ID = "BBBBBBBBBBBBBBBBBBBBBQ";

/** A disk that makes and changes names in the background, each when the test lets it. */
class BusyDisk {
  readonly below = new SimulatedDisk();
  readonly waiting: (() => void)[] = [];
  /** Calls that would hold the loop. */
  readonly blocking: string[] = [];
  readonly disk: Disk;

  constructor() {
    const turn = (): Promise<void> => new Promise((resolve) => this.waiting.push(resolve));
    const { below, blocking } = this;
    this.disk = new Proxy<Disk>(below, {
      get: (_, name: string) => {
        if (name === "renameInBackground") return async (from: string, to: string) => (await turn(), below.rename(from, to));
        if (name === "makeDirectoryInBackground") {
          return async (path: string, fileName: string, content: Uint8Array) => {
            await turn();
            if (below.stat(path) !== undefined) throw new DiskError("DISK_EXISTS", path, "There is something.");
            below.makeDirectory(path);
            const file = below.open(`${path}/${fileName}`);
            file.append([content]);
            file.close();
          };
        }
        const member: unknown = Reflect.get(below, name, below);
        if (typeof member !== "function") return member;
        return (...args: unknown[]) => {
          if (["rename", "makeDirectory", "stat", "list", "remove"].includes(name)) blocking.push(`${name} ${String(args[0])}`);
          return member.apply(below, args) as unknown;
        };
      },
    });
  }

  /** Lets all that waits go on, until nothing does. */
  async settle(): Promise<void> {
    do {
      for (const go of this.waiting.splice(0)) go();
      await new Promise(setImmediate);
    } while (this.waiting.length > 0);
  }
}

async function open(disk: BusyDisk, clock: SimulatedClock): Promise<LogStore> {
  const store = LogStore.open({ disk: disk.disk, clock, random: new SeededRandom(1), logger: new LoudEvents() }, "/data");
  await store.loadPartitions({ configOf: () => defaultLogConfig });
  return store;
}

async function withPartitions(count: number) {
  const clock = new SimulatedClock(START_MS);
  const disk = new BusyDisk();
  const store = await open(disk, clock);
  for (let i = 0; i < count; i++) store.createPartition("orders", i, TOPIC_ID, defaultLogConfig).append(makeBatch(), FROM_CLIENT);
  return { clock, disk, store, names: () => disk.below.list("/data").filter((name) => name.startsWith("orders-")) };
}

describe("names on a busy disk", () => {
  it("are made and renamed without the loop waiting for them", async () => {
    const { disk, store, names } = await withPartitions(1);
    disk.blocking.length = 0;
    store.deletePartition("orders", 0);
    const prepared = store.preparePartition("orders", 1, TOPIC_ID);
    await disk.settle();
    await prepared;
    store.createPartition("orders", 1, TOPIC_ID, defaultLogConfig);
    assert.deepEqual(disk.blocking, []);
    assert.deepEqual(
      names().map((name) => name.slice(0, 9)),
      ["orders-0.", "orders-1"],
    );
  });

  it("of a deleted partition are gone before the next one of that name is made", async () => {
    const { disk, store, names } = await withPartitions(1);
    store.deletePartition("orders", 0);
    assert.throws(() => store.createPartition("orders", 0, OTHER_ID, defaultLogConfig), { code: "PARTITION_EXISTS" });
    const prepared = store.preparePartition("orders", 0, OTHER_ID);
    await new Promise(setImmediate);
    assert.deepEqual([disk.waiting.length, names()], [1, ["orders-0"]]);
    await disk.settle();
    await prepared;
    assert.equal(store.createPartition("orders", 0, OTHER_ID, defaultLogConfig).logEndOffset, 0);
    await disk.settle();
    assert.equal(names().length, 2);
    assert.equal(store.get("orders", 0)?.append(makeBatch(), FROM_CLIENT).kind, "appended");
  });

  it("are changed two at a time, however many partitions are deleted", async () => {
    const { disk, store, names } = await withPartitions(20);
    for (let i = 0; i < 20; i++) store.deletePartition("orders", i);
    assert.equal(disk.waiting.length, 2);
    await disk.settle();
    assert.ok(names().every((name) => name.endsWith("-delete")));
  });

  it("are all changed before a clean stop ends; what a killed process left to do is the next start's", async () => {
    const { clock, disk, store, names } = await withPartitions(5);
    for (let i = 0; i < 5; i++) store.deletePartition("orders", i);
    let isClosed = false;
    const closing = store.close().then(() => (isClosed = true));
    await new Promise(setImmediate);
    assert.equal(isClosed, false);
    await disk.settle();
    await closing;
    assert.ok(names().every((name) => name.endsWith("-delete")));

    const killed = await withPartitions(5);
    for (let i = 0; i < 5; i++) killed.store.deletePartition("orders", i);
    killed.store.abandon();
    await assert.rejects(open(killed.disk, clock), { code: "DISK_LOCKED" }, "two renames are under way");
    await killed.disk.settle();
    assert.equal(killed.names().filter((name) => name.endsWith("-delete")).length, 2);
    const again = await open(killed.disk, clock);
    assert.equal([...again.partitions()].length, 3);
    await again.close();
  });

  it("that cannot be made leave nothing behind", async () => {
    const { disk, store, names } = await withPartitions(0);
    const repair = disk.below.fail({ operation: "append", path: "orders-0", code: "DISK_FULL" });
    const prepared = store.preparePartition("orders", 0, TOPIC_ID);
    const refused = assert.rejects(prepared, { code: "DISK_FULL" });
    await disk.settle();
    await refused;
    repair();
    const again = store.preparePartition("orders", 0, TOPIC_ID);
    await disk.settle();
    await again;
    assert.equal(store.createPartition("orders", 0, TOPIC_ID, defaultLogConfig).logEndOffset, 0);
    assert.deepEqual(names(), ["orders-0"]);
  });

  it("of another topic that are in the way are set aside", async () => {
    const { disk, store, names } = await withPartitions(0);
    disk.below.makeDirectory("/data/orders-0");
    const prepared = store.preparePartition("orders", 0, TOPIC_ID);
    await disk.settle();
    await prepared;
    store.createPartition("orders", 0, TOPIC_ID, defaultLogConfig);
    await disk.settle();
    assert.deepEqual(
      names().map((name) => name.slice(0, 9)),
      ["orders-0", "orders-0."],
    );
  });

  it("that the disk does not let go are told of, and taken away for the next partition of that name", async () => {
    const { disk, store, names } = await withPartitions(1);
    disk.below.fail({ operation: "rename", path: "orders-0" });
    store.deletePartition("orders", 0);
    await disk.settle();
    assert.deepEqual(names(), ["orders-0"]);
    const prepared = store.preparePartition("orders", 0, OTHER_ID);
    await disk.settle();
    await prepared;
    assert.equal(store.createPartition("orders", 0, OTHER_ID, defaultLogConfig).logEndOffset, 0);
  });
});

/** One partition of ten segments of one record each, and the names of their logs that are there. */
async function withSegments() {
  const clock = new SimulatedClock(START_MS);
  const disk = new BusyDisk();
  const store = await open(disk, clock);
  const log = store.createPartition("orders", 0, TOPIC_ID, { ...defaultLogConfig, segmentBytes: makeBatch().length });
  for (let i = 0; i < 10; i++) log.append(makeBatch(), FROM_CLIENT);
  disk.blocking.length = 0;
  const logs = (): number[] =>
    disk.below
      .list("/data/orders-0")
      .filter((name) => name.endsWith(".log"))
      .map((name) => Number.parseInt(name, 10));
  return { clock, disk, store, log, logs };
}

describe("segments that are let go on a busy disk", () => {
  it("are renamed in the background, the oldest first, and are no part of the log meanwhile", async () => {
    const { disk, log, logs } = await withSegments();
    const deleted = log.deleteRecordsBefore(7);
    await disk.settle();
    assert.deepEqual([await deleted, log.segments.first.baseOffset], [{ kind: "deleted", logStartOffset: 7 }, 7]);
    assert.deepEqual(disk.blocking, []);
    assert.deepEqual(logs(), [7, 8, 9]);
    const later = log.deleteRecordsBefore(9);
    while (disk.waiting.length === 0) await new Promise(setImmediate);
    assert.equal(disk.waiting.length, 1, "one name after another");
    assert.deepEqual([log.segments.first.baseOffset, logs()], [9, [7, 8, 9]]);
    await disk.settle();
    await later;
    assert.deepEqual(logs(), [9]);
  });

  it("leave a log without a hole when the process is killed in between, and the next start lets the rest go", async () => {
    for (let turns = 0; turns < 12; turns++) {
      const { clock, disk, store, log, logs } = await withSegments();
      void log.deleteRecordsBefore(4);
      for (let i = 0; i < turns; i++) {
        while (disk.waiting.length === 0) await new Promise(setImmediate);
        disk.waiting.shift()!();
        await new Promise(setImmediate);
      }
      store.abandon();
      if (disk.waiting.length > 0) await assert.rejects(open(disk, clock), { code: "DISK_LOCKED" }, "a rename is under way");
      await disk.settle();
      const left = logs();
      assert.deepEqual(
        left,
        Array.from({ length: left.length }, (_, i) => 10 - left.length + i),
        `after ${turns} names`,
      );
      const again = await open(disk, clock);
      const found = again.get("orders", 0)!;
      assert.deepEqual([found.logStartOffset, found.logEndOffset], [4, 10]);
      const retained = found.deleteExpiredSegments(clock.nowMs());
      await disk.settle();
      await retained;
      assert.deepEqual(logs(), [4, 5, 6, 7, 8, 9]);
      const closing = again.close();
      await disk.settle();
      await closing;
    }
  });

  it("are renamed before a clean stop ends", async () => {
    const { disk, store, log, logs } = await withSegments();
    void log.deleteRecordsBefore(9);
    while (disk.waiting.length === 0) await new Promise(setImmediate);
    let isClosed = false;
    const closing = store.close().then(() => (isClosed = true));
    await new Promise(setImmediate);
    assert.equal(isClosed, false);
    await disk.settle();
    await closing;
    assert.deepEqual(logs(), [9]);
  });

  it("never take the place of another topic's: the directory goes when no name in it is being changed", async () => {
    const { disk, store, log, logs } = await withSegments();
    void log.deleteRecordsBefore(9);
    while (disk.waiting.length === 0) await new Promise(setImmediate);
    store.deletePartition("orders", 0);
    const prepared = store.preparePartition("orders", 0, OTHER_ID);
    await new Promise(setImmediate);
    assert.equal(disk.waiting.length, 1, "the directory waits for the file");
    await disk.settle();
    await prepared;
    store.createPartition("orders", 0, OTHER_ID, defaultLogConfig).append(makeBatch(), FROM_CLIENT);
    await disk.settle();
    assert.deepEqual(logs(), [0]);
  });

  it("stay in order where the disk refuses one of them: those behind wait until it is tried again", async () => {
    const { clock, disk, log, logs } = await withSegments();
    disk.below.fail({ operation: "rename", path: "orders-0/00000000000000000001.log" });
    const deleted = log.deleteRecordsBefore(4);
    await disk.settle();
    await deleted;
    assert.deepEqual([log.logStartOffset, logs()[0]], [4, 1]);
    await clock.advanceAsync(60_000);
    await disk.settle();
    assert.deepEqual(logs(), [4, 5, 6, 7, 8, 9]);
  });
});
