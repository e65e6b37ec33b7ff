import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DiskError, silentLogger } from "@ottla/base";
import { MemoryDisk, SeededRandom, SimulatedClock } from "@ottla/base/simulated";
import { LogError } from "../errors.ts";
import { defaultLogConfig } from "../partition/log-config.ts";
import { FROM_CLIENT, LogFixture, makeBatch, readAll, START_MS, TOPIC_ID } from "../testing/log-fixture.ts";
import { LogStore } from "./log-store.ts";

function openStore(fixture: LogFixture, options: Parameters<typeof LogStore.open>[2] = {}): LogStore {
  return LogStore.open({ disk: fixture.disk, clock: fixture.clock, random: fixture.random, logger: fixture.logger }, "/data", options);
}

async function closedFixture(): Promise<LogFixture> {
  const fixture = await LogFixture.create({}, { clusterId: "cluster-A", nodeId: 5 });
  fixture.append();
  await fixture.store.close();
  return fixture;
}

describe("a data directory", () => {
  it("keeps cluster, node and directory id, and refuses another cluster or node in one sentence", async () => {
    const fixture = await closedFixture();
    const store = openStore(fixture);
    assert.deepEqual([store.meta.clusterId, store.meta.nodeId, store.meta.directoryId.length], ["cluster-A", 5, 22]);
    await store.close();
    for (const options of [{ clusterId: "cluster-B" }, { nodeId: 6 }]) {
      assert.throws(
        () => openStore(fixture, options),
        (error: unknown) => error instanceof LogError && error.code === "DIRECTORY_OTHER_CLUSTER" && /belongs to/.test(error.message),
      );
    }
    openStore(fixture, { clusterId: "cluster-A", nodeId: 5 }).abandon();
  });

  it("has Kafka's files and text formats, checkpoints with a column more", async () => {
    const fixture = await closedFixture();
    assert.deepEqual(fixture.disk.list("/data"), [
      ".kafka_cleanshutdown",
      ".syncs-intact",
      "log-start-offset-checkpoint",
      "meta.properties",
      "orders-0",
      "recovery-point-offset-checkpoint",
    ]);
    const text = (path: string): string => fixture.disk.readFile(path).toString();
    assert.equal(text("/data/recovery-point-offset-checkpoint"), `1\n1\norders 0 1 ${TOPIC_ID}\n`);
    assert.equal(text("/data/log-start-offset-checkpoint"), "1\n0\n");
    assert.match(text("/data/meta.properties"), /^version=1$/m);
    assert.match(text("/data/meta.properties"), /^cluster\.id=cluster-A$/m);
    assert.equal(text("/data/orders-0/partition.metadata"), `version: 0\ntopic_id: ${TOPIC_ID}\n`);
    assert.equal(text("/data/orders-0/leader-epoch-checkpoint"), "0\n1\n1 0\n");
  });

  it("of a newer Ottla, of Apache Kafka or of another program is refused and left as it is", async () => {
    const cases: readonly [string, string, string][] = [
      ["meta.properties", "ottla.layout.version=2\nversion=1\ncluster.id=x\nnode.id=1\ndirectory.id=y\n", "DIRECTORY_TOO_NEW"],
      ["meta.properties", "version=1\ncluster.id=x\nnode.id=1\ndirectory.id=y\n", "DIRECTORY_FOREIGN"],
      ["meta.properties", "", "DIRECTORY_FOREIGN"],
      ["holiday.jpg", "...", "DIRECTORY_FOREIGN"],
    ];
    for (const [name, content, code] of cases) {
      const fixture = await LogFixture.create();
      await fixture.store.close();
      fixture.disk.remove("/data");
      fixture.disk.makeDirectory("/data");
      fixture.disk.replaceFile(`/data/${name}`, Buffer.from(content));
      assert.throws(
        () => openStore(fixture),
        (error: unknown) => error instanceof LogError && error.code === code && error.message.includes("/data"),
        code,
      );
      assert.deepEqual(fixture.disk.list("/data"), [name]);
    }
  });

  it("is used by one process at a time, and free again after close", async () => {
    const fixture = await LogFixture.create();
    assert.throws(
      () => openStore(fixture),
      (error: unknown) => error instanceof DiskError && error.code === "DISK_LOCKED",
    );
    await fixture.store.close();
    openStore(fixture).abandon();
  });

  it("tells by its mark whether it was closed properly, and takes the mark away before anything else", async () => {
    const fixture = await closedFixture();
    const clean = openStore(fixture);
    assert.equal(clean.wasCleanlyClosed, true);
    clean.abandon();
    const killed = openStore(fixture);
    assert.equal(killed.wasCleanlyClosed, false);
    killed.abandon();
  });

  it("is left as it was by a store that never loaded its partitions", async () => {
    const fixture = await closedFixture();
    const checkpoint = fixture.disk.readFile("/data/recovery-point-offset-checkpoint").toString();
    await openStore(fixture).close();
    assert.equal(openStoreAndTell(fixture), true, "still closed properly");
    await openStore(fixture).close();
    assert.equal(openStoreAndTell(fixture), false, "still killed");
    assert.equal(fixture.disk.readFile("/data/recovery-point-offset-checkpoint").toString(), checkpoint);
  });

  it("is not marked when a partition could not be closed properly", async () => {
    const fixture = await LogFixture.create();
    fixture.append();
    fixture.disk.fail({ operation: "sync" });
    await fixture.store.close();
    const store = openStore(fixture);
    assert.equal(store.wasCleanlyClosed, false);
    store.abandon();
  });
});

describe("partitions of a data directory", () => {
  it("are all loaded again, whatever their names", async () => {
    const fixture = await LogFixture.create();
    const names = ["orders-1", "orders", "a.b_c", "x-0-1", "__consumer_offsets"];
    for (const name of names) {
      const log = fixture.store.createPartition(name, 7, TOPIC_ID, fixture.config);
      log.append(makeBatch({ value: name }), FROM_CLIENT);
    }
    await fixture.store.close();
    await fixture.open();
    const loaded = [...fixture.store.partitions()].map((log) => `${log.topic}/${log.partition}/${log.topicId}/${log.logEndOffset}`).sort();
    assert.deepEqual(loaded, [...names.map((name) => `${name}/7/${TOPIC_ID}/1`), `orders/0/${TOPIC_ID}/0`].sort());
  });

  it("that are to be removed are, and progress is told", async () => {
    const fixture = await LogFixture.create();
    for (let i = 1; i < 5; i++) fixture.store.createPartition("orders", i, TOPIC_ID, fixture.config);
    await fixture.store.close();
    const store = openStore(fixture);
    const progress: string[] = [];
    const outcomes = await store.loadPartitions({
      configOf: () => fixture.config,
      fateOf: (topic, partition, topicId) => (topic === "orders" && partition !== 3 && topicId === TOPIC_ID ? "open" : "remove"),
      onProgress: (opened, total) => progress.push(`${opened}/${total}`),
    });
    assert.deepEqual([...outcomes.keys()].sort(), ["orders-0", "orders-1", "orders-2", "orders-4"]);
    assert.deepEqual(progress, ["1/5", "2/5", "3/5", "4/5", "5/5"]);
    await fixture.clock.advanceAsync(2000);
    assert.equal(
      fixture.disk.list("/data").some((name) => name.includes("-3")),
      false,
    );
  });

  it("are opened no further once the start is broken off, and the next one opens them all", async () => {
    const fixture = await LogFixture.create();
    for (let i = 1; i < 5; i++) fixture.store.createPartition("orders", i, TOPIC_ID, fixture.config).append(makeBatch(), FROM_CLIENT);
    fixture.kill();
    const stop = new AbortController();
    const store = LogStore.open({ disk: fixture.disk, clock: fixture.clock, random: fixture.random, logger: fixture.logger }, "/data", {
      parallelLoads: 1,
    });
    const outcomes = await store.loadPartitions({ configOf: () => fixture.config, signal: stop.signal, onProgress: () => stop.abort() });
    assert.equal(outcomes.size, 1);
    store.abandon();
    const again = openStore(fixture);
    assert.equal(again.wasCleanlyClosed, false);
    assert.equal((await again.loadPartitions({ configOf: () => fixture.config })).size, 5);
  });

  it("that nobody knows are set aside with their records, and removed without", async () => {
    const fixture = await LogFixture.create();
    fixture.append();
    fixture.store.createPartition("orders", 1, TOPIC_ID, fixture.config);
    await fixture.store.close();
    const store = openStore(fixture);
    const outcomes = await store.loadPartitions({ configOf: () => fixture.config, fateOf: () => "set-aside" });
    assert.equal(outcomes.size, 0);
    await fixture.clock.advanceAsync(2000);
    const left = fixture.disk.list("/data").filter((name) => name.startsWith("orders"));
    assert.equal(left.length, 1);
    assert.match(left[0]!, /^orders-0\..+-stray$/);
    assert.ok(fixture.disk.stat(`/data/${left[0]}/00000000000000000000.log`)!.sizeBytes > 0);
    await store.close();
    assert.equal((await openStore(fixture).loadPartitions({ configOf: () => fixture.config })).size, 0);
  });

  it("fail alone: the others are opened, and the damaged directory is left as it is", async () => {
    const fixture = await LogFixture.create({ segmentBytes: 400 });
    const other = fixture.store.createPartition("orders", 1, TOPIC_ID, fixture.config);
    for (let i = 0; i < 10; i++) other.append(makeBatch(), FROM_CLIENT);
    fixture.append();
    fixture.kill();
    fixture.disk.fail({ operation: "list", path: "orders-1" });
    const store = openStore(fixture);
    const outcomes = await store.loadPartitions({ configOf: () => fixture.config });
    assert.deepEqual([outcomes.get("orders-0")?.kind, outcomes.get("orders-1")?.kind], ["opened", "failed"]);
    await store.close();
    assert.equal(openStoreAndTell(fixture), false);
    assert.equal((await fixture.openStore())?.kind, "opened");
    assert.equal(fixture.store.get("orders", 1)?.logEndOffset, 10);
  });

  it("are deleted by name at once, by content in the background, and can be created anew", async () => {
    const fixture = await LogFixture.create();
    for (let i = 0; i < 5; i++) fixture.append();
    await fixture.log.deleteRecordsBefore(3);
    fixture.store.deletePartition("orders", 0);
    fixture.store.deletePartition("orders", 0);
    const anew = fixture.store.createPartition("orders", 0, "BBBBBBBBBBBBBBBBBBBBBA", fixture.config);
    assert.deepEqual([anew.logStartOffset, anew.logEndOffset], [0, 0]);
    assert.equal(anew.append(makeBatch(), FROM_CLIENT).kind, "appended");
    assert.equal(fixture.disk.list("/data").filter((name) => name.endsWith("-delete")).length, 1);
    await fixture.clock.advanceAsync(2000);
    assert.equal(fixture.disk.list("/data").filter((name) => name.endsWith("-delete")).length, 0);
    fixture.kill();
    assert.deepEqual(
      [(await fixture.open()).logStartOffset, fixture.log.logEndOffset, fixture.log.topicId],
      [0, 1, "BBBBBBBBBBBBBBBBBBBBBA"],
    );
  });

  it("live with the longest name a topic may have: made, written, deleted, made again, set aside, opened again", async () => {
    const fixture = await LogFixture.create();
    const topic = "t".repeat(249);
    for (const partition of [0, 99_999]) {
      fixture.store.createPartition(topic, partition, TOPIC_ID, fixture.config).append(makeBatch({ value: "old" }), FROM_CLIENT);
      fixture.store.deletePartition(topic, partition);
      const anew = fixture.store.createPartition(topic, partition, "BBBBBBBBBBBBBBBBBBBBBA", fixture.config);
      assert.equal(anew.append(makeBatch({ value: "new" }), FROM_CLIENT).kind, "appended");
      await anew.deleteRecordsBefore(1);
      anew.append(makeBatch({ value: "newer" }), FROM_CLIENT);
    }
    await fixture.clock.advanceAsync(2000);
    assert.deepEqual(
      fixture.disk.list("/data").filter((name) => name.endsWith("-delete")),
      [],
    );
    await fixture.store.close();
    await fixture.open();
    assert.deepEqual([fixture.store.get(topic, 99_999)?.logStartOffset, fixture.store.get(topic, 0)?.logEndOffset], [1, 2]);
    fixture.kill();
    await openStore(fixture).loadPartitions({ configOf: () => fixture.config, fateOf: () => "set-aside" });
    assert.match(fixture.disk.list("/data").join(), /t{200,}-99999\.[A-Za-z0-9_-]{22}-stray/);
  });

  it("that the disk did not let go when they were deleted are gone when they are made again", async () => {
    const fixture = await LogFixture.create();
    fixture.append();
    fixture.disk.fail({ operation: "rename", path: "orders-0" });
    assert.throws(() => fixture.store.deletePartition("orders", 0), { code: "DISK_IO" });
    const anew = fixture.store.createPartition("orders", 0, "BBBBBBBBBBBBBBBBBBBBBA", fixture.config);
    assert.equal(anew.append(makeBatch(), FROM_CLIENT).kind, "appended");
    await fixture.clock.advanceAsync(2000);
    assert.deepEqual(
      fixture.disk.list("/data").filter((name) => name.startsWith("orders")),
      ["orders-0"],
    );
    fixture.kill();
    assert.deepEqual([(await fixture.open()).topicId, fixture.log.logEndOffset], ["BBBBBBBBBBBBBBBBBBBBBA", 1]);
  });

  it("are made beside what another topic of that name left, whose records are set aside", async () => {
    const fixture = await LogFixture.create();
    fixture.append();
    fixture.kill();
    // Nothing tells of the directory any more: it was copied in while the store was open, say.
    fixture.disk.rename("/data/orders-0", "/data/orders-copy");
    await fixture.openStore();
    fixture.disk.rename("/data/orders-copy", "/data/orders-0");
    assert.throws(() => fixture.store.createPartition("orders", 0, TOPIC_ID, fixture.config), { code: "PARTITION_EXISTS" });
    fixture.store.createPartition("orders", 0, "BBBBBBBBBBBBBBBBBBBBBA", fixture.config);
    const [stray] = fixture.disk.list("/data").filter((name) => name.endsWith("-stray"));
    assert.ok(fixture.disk.stat(`/data/${stray}/00000000000000000000.log`)!.sizeBytes > 0);
  });

  it("that the disk refuses half way leave no directory behind, neither now nor at the next start", async () => {
    const fixture = await LogFixture.create();
    fixture.disk.fail({ operation: "append", path: "orders-1/partition.metadata", code: "DISK_FULL", partialBytes: 12 });
    assert.throws(() => fixture.store.createPartition("orders", 1, TOPIC_ID, fixture.config), { code: "DISK_FULL" });
    assert.equal(fixture.disk.stat("/data/orders-1"), undefined);
    assert.equal(fixture.store.createPartition("orders", 1, TOPIC_ID, fixture.config).append(makeBatch(), FROM_CLIENT).kind, "appended");
    fixture.disk.fail({ operation: "append", path: "orders-2/partition.metadata", code: "DISK_FULL" });
    assert.throws(() => fixture.store.createPartition("orders", 2, TOPIC_ID, fixture.config), { code: "DISK_FULL" });
    fixture.kill();
    await fixture.openStore();
    assert.deepEqual([...fixture.store.partitions()].map(({ name }) => name).sort(), ["orders-0", "orders-1"]);
  });

  it("whose deletion was cut short by a kill are gone after the next start", async () => {
    const fixture = await LogFixture.create();
    fixture.append();
    fixture.store.deletePartition("orders", 0);
    fixture.kill();
    assert.equal(await fixture.openStore(), undefined);
    await fixture.clock.advanceAsync(2000);
    assert.deepEqual(
      fixture.disk.list("/data").filter((name) => name.startsWith("orders")),
      [],
    );
  });

  it("cannot be created twice", async () => {
    const fixture = await LogFixture.create();
    assert.throws(
      () => fixture.store.createPartition("orders", 0, TOPIC_ID, fixture.config),
      (error: unknown) => error instanceof LogError && error.code === "PARTITION_EXISTS",
    );
  });

  it("leave no timer behind when the store is closed", async () => {
    const fixture = await LogFixture.create({ segmentBytes: 400 });
    for (let i = 0; i < 20; i++) fixture.append();
    await fixture.store.close();
    assert.equal(fixture.clock.pendingTimers, 0);
  });

  it("live on a disk in memory as well", async () => {
    const clock = new SimulatedClock(START_MS);
    const store = LogStore.open(
      { disk: new MemoryDisk({ nowMs: () => clock.nowMs() }), clock, random: new SeededRandom(1), logger: silentLogger },
      "/memory",
    );
    await store.loadPartitions({ configOf: () => defaultLogConfig });
    const log = store.createPartition("orders", 0, TOPIC_ID, { ...defaultLogConfig, segmentBytes: 500, flushMessages: 1 });
    let written = 0;
    for (let i = 0; i < 30; i++) {
      const batch = makeBatch({ value: `${i}` });
      written += batch.length;
      log.append(batch, FROM_CLIENT);
    }
    await log.durable(29);
    assert.equal((await readAll(log)).length, written);
    await store.close();
  });
});

/** Whether the directory was marked as closed properly. */
function openStoreAndTell(fixture: LogFixture): boolean {
  const store = openStore(fixture);
  const { wasCleanlyClosed } = store;
  store.abandon();
  return wasCleanlyClosed;
}
