import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { runsOf } from "@ottla/base/simulated";
import { encodeEndTransactionMarker } from "@ottla/protocol/records";
import { LogStore } from "../store/log-store.ts";
import type { LoadOutcome } from "../store/log-store-options.ts";
import { LogFixture, readAll } from "../testing/log-fixture.ts";

const OTHER_ID = "BBBBBBBBBBBBBBBBBBBBBA";
const SEEDS = Array.from({ length: 20 }, (_, i) => i + 1);
/** Where each seed is a case of its own kind: how the disk comes out of it. */
const SOME_SEEDS = SEEDS.slice(0, runsOf({ quick: 8, long: SEEDS.length }));

/** A log with records on the disk, and more of which a sync has failed, found again by the next process. */
async function afterFailedSync(flushMessages: number, seed: number, path: string): Promise<LogFixture> {
  const fixture = await LogFixture.create({ flushMessages, segmentBytes: 4000 }, { seed, limits: { tailCacheBytes: 0 } });
  for (let i = 0; i < 5; i++) fixture.append({ value: `early${i}`, recordBytes: 300 });
  if (path !== "partition.metadata") await fixture.log.flush();
  for (let i = 0; i < 20; i++) fixture.append({ value: `late${i}`, recordBytes: 300 });
  fixture.disk.fail({ operation: "sync", path });
  await assert.rejects(fixture.log.flush());
  await fixture.clock.advanceAsync(20_000);
  fixture.kill();
  await fixture.open();
  return fixture;
}

describe("a log of which a sync failed", () => {
  for (const flushMessages of [1, Infinity]) {
    for (const path of [".log", "partition.metadata"]) {
      it(`has no hole when the power goes after the next process has synced it: ${path}, flush.messages=${flushMessages}`, async () => {
        for (const seed of SOME_SEEDS) {
          const fixture = await afterFailedSync(flushMessages, seed, path);
          const { logEndOffset } = fixture.log;
          assert.equal(logEndOffset, 25);
          fixture.append({ value: "after", recordBytes: 300 });
          await fixture.log.flush();
          const before = await readAll(fixture.log);
          // No checkpoint tells then whose the records are.
          if (path !== "partition.metadata") await fixture.clock.advanceAsync(20_000);
          fixture.cutPower();
          await fixture.open();
          assert.ok(before.equals(await readAll(fixture.log)), `seed ${seed}`);
        }
      });
    }
  }

  it("is written again by every process until one has come through", async () => {
    const fixture = await afterFailedSync(Infinity, 7, ".log");
    assert.ok(fixture.disk.stat("/data/.syncs-intact"), "all is well again");
    fixture.kill();

    const again = await LogFixture.create({ segmentBytes: 4000 });
    for (let i = 0; i < 20; i++) again.append({ value: `v${i}`, recordBytes: 300 });
    // The disk that fails a sync may refuse to have the mark removed, for a while.
    again.disk.fail({ operation: "remove", path: ".syncs-intact" });
    again.disk.fail({ operation: "sync", path: ".log" });
    await assert.rejects(again.log.flush());
    assert.ok(again.disk.stat("/data/.syncs-intact"));
    await again.clock.advanceAsync(20_000);
    assert.equal(again.disk.stat("/data/.syncs-intact"), undefined);
    again.kill();
    // Half-way through the start it is killed.
    again.disk.fail({ operation: "write", path: ".log", after: 3 });
    assert.equal((await again.openStore())?.kind, "failed");
    assert.equal(again.disk.stat("/data/.syncs-intact"), undefined);
    again.kill();
    await again.open();
    assert.ok(again.disk.stat("/data/.syncs-intact"));
    await again.log.flush();
    again.cutPower();
    await again.open();
    assert.equal(again.log.logEndOffset, 20);
  });

  for (const flushMessages of [1, Infinity])
    it(`has no hole when the process was killed before it heard of the failure: flush.messages=${flushMessages}`, async () => {
      let unheardCount = 0;
      for (const seed of SOME_SEEDS) {
        const fixture = await LogFixture.create({ flushMessages }, { seed });
        for (let i = 0; i < 20; i++) fixture.append({ value: `v${i}`, recordBytes: 300 });
        const takeBack = fixture.disk.fail({ operation: "sync", path: ".log" });
        const failing = assert.rejects(fixture.log.flush());
        for (let turns = seed % 6; turns > 0; turns--) await Promise.resolve();
        fixture.store.abandon();
        await failing;
        const syncs = fixture.disk.count("sync");
        for (let turns = 20; turns > 0; turns--) await Promise.resolve();
        takeBack();
        fixture.disk.crash({ mode: "process" });
        if (syncs > 0 && fixture.disk.stat("/data/.syncs-intact")) unheardCount++;
        await fixture.open();
        await fixture.log.flush();
        assert.equal(fixture.log.recoveryPoint, 20);
        await fixture.clock.advanceAsync(20_000);
        fixture.cutPower();
        await fixture.open();
        assert.equal(fixture.log.logEndOffset, 20, `seed ${seed}`);
      }
      assert.ok(unheardCount > 0, "it did not come to that");
    });

  it("knows its aborted transactions when the power goes after the next process has synced it", async () => {
    for (const seed of SOME_SEEDS) {
      const fixture = await LogFixture.create({ segmentBytes: 400 }, { seed });
      fixture.append({ producerId: 5, isTransactional: true });
      const marker = encodeEndTransactionMarker(
        { outcome: "abort", coordinatorEpoch: 1 },
        { producerId: 5, producerEpoch: 0, baseOffset: 0, partitionLeaderEpoch: 0, timestampMs: fixture.clock.nowMs() },
      );
      assert.equal(fixture.log.append(marker, { origin: "marker", leaderEpoch: 1 }).kind, "appended");
      fixture.disk.fail({ operation: "sync", path: ".txnindex" });
      await assert.rejects(fixture.log.flush());
      await fixture.clock.advanceAsync(20_000);
      fixture.kill();
      await fixture.open();
      // Recovery begins behind their segment next time.
      for (let i = 0; i < 10; i++) fixture.append({ recordBytes: 200 });
      await fixture.log.flush();
      await fixture.clock.advanceAsync(20_000);
      fixture.cutPower();
      await fixture.open();
      assert.equal(fixture.log.abortedTransactions(0, 2).length, 1, `seed ${seed}`);
    }
  });

  it("has no hole when the sync failed in a stop", async () => {
    for (const seed of SEEDS) {
      const fixture = await LogFixture.create({}, { seed });
      for (let i = 0; i < 20; i++) fixture.append({ value: `v${i}`, recordBytes: 300 });
      fixture.disk.fail({ operation: "sync", path: ".log" });
      await fixture.store.close();
      await fixture.open();
      await fixture.reopen();
      fixture.cutPower();
      await fixture.open();
      assert.equal(fixture.log.logEndOffset, 20, `seed ${seed}`);
    }
  });

  it("is not written again where no sync has failed and an acknowledgement promises nothing of the disk", async () => {
    const fixture = await LogFixture.create();
    for (let i = 0; i < 20; i++) fixture.append({ value: `v${i}` });
    fixture.kill();
    const before = fixture.disk.count("write");
    await fixture.open();
    assert.equal(fixture.disk.count("write"), before);
  });
});

describe("a directory that does not say whose it is", () => {
  it("gives the records of a deleted topic to no other of its name, whatever the power takes", async () => {
    let asideCount = 0;
    for (const seed of SEEDS) {
      const fixture = await LogFixture.create({}, { seed });
      for (let i = 0; i < 20; i++) fixture.append({ value: "old", recordBytes: 300 });
      fixture.store.deletePartition("orders", 0);
      fixture.log = fixture.store.createPartition("orders", 0, OTHER_ID, fixture.config);
      fixture.append({ value: "new" });
      fixture.cutPower();
      const outcome = await openKnowing(fixture, OTHER_ID);
      asideCount += fixture.disk.list("/data").filter((name) => name.endsWith("-stray")).length;
      if (outcome === undefined) continue;
      assert.equal(outcome.kind, "opened");
      const records = await readAll(outcome.kind === "opened" ? outcome.log : fixture.log);
      assert.ok(!records.includes("old"), `seed ${seed}`);
    }
    assert.ok(asideCount > 0, "it did not come to that");
  });

  it("is opened where a checkpoint names its topic, and after a clean stop", async () => {
    for (const stop of ["kill", "clean stop"]) {
      const fixture = await LogFixture.create();
      fixture.append({ value: "kept" });
      await fixture.log.flush();
      if (stop === "kill") fixture.kill();
      else await fixture.store.close();
      fixture.disk.remove(fixture.path("partition.metadata"));
      assert.equal((await fixture.open()).logEndOffset, 1, stop);
    }
  });

  it("says it on the disk soon after its first record", async () => {
    for (const seed of SEEDS) {
      const fixture = await LogFixture.create({}, { seed });
      await fixture.clock.advanceAsync(5000);
      const before = fixture.disk.count("sync");
      fixture.append();
      await fixture.clock.advanceAsync(1000);
      await fixture.clock.advanceAsync(5000);
      assert.equal(fixture.disk.count("sync"), before + 1, "once");
      fixture.cutPower();
      await fixture.open();
      assert.equal(fixture.log.topicId !== undefined, true, `seed ${seed}`);
    }
  });
});

async function openKnowing(fixture: LogFixture, knownId: string): Promise<LoadOutcome | undefined> {
  const { disk, clock, random, logger, config } = fixture;
  fixture.store = LogStore.open({ disk, clock, random, logger }, "/data", fixture.options);
  const outcomes = await fixture.store.loadPartitions({
    configOf: () => config,
    fateOf: (_topic, _partition, topicId) => ((topicId ?? knownId) === knownId ? "open" : "remove"),
  });
  return outcomes.get("orders-0");
}
