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
