import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ErrorCode } from "@ottla/protocol";
import { LogStore } from "../store/log-store.ts";
import type { LoadOutcome } from "../store/log-store-options.ts";
import { FROM_CLIENT, LogFixture, makeBatch, readAll, TOPIC_ID } from "../testing/log-fixture.ts";

const COLD = { limits: { tailCacheBytes: 0 } };
const OTHER_ID = "BBBBBBBBBBBBBBBBBBBBBA";

const STOPS = ["a clean stop", "a kill", "a kill before the first checkpoint"] as const;
type Stop = (typeof STOPS)[number];

/** 40 records in several segments, all of them on the disk and known to be. */
async function durableLog(stop: Stop): Promise<LogFixture> {
  const fixture = await LogFixture.create({ segmentBytes: 600, indexIntervalBytes: 100 }, COLD);
  for (let i = 0; i < 40; i++) fixture.append({ value: `v${i}`, recordBytes: 30 });
  await fixture.log.flush();
  if (stop !== "a kill before the first checkpoint") await fixture.clock.advanceAsync(20_000);
  if (stop === "a clean stop") await fixture.store.close();
  else fixture.kill();
  assert.ok(fixture.names(".log").length >= 4);
  return fixture;
}

function lost(fixture: LogFixture): unknown[] {
  return fixture.logger.details
    .filter(({ message }) => /gone/.test(message))
    .map(({ fields }) => [fields["topic"], fields["partition"], fields["firstLostOffset"], fields["lastLostOffset"]]);
}

/** Opens the store with metadata in which `orders` has that id; `fate` is that of directories and entries of others. */
async function openKnowing(
  fixture: LogFixture,
  knownId: string | undefined,
  fate: "remove" | "set-aside" = "set-aside",
): Promise<LoadOutcome | undefined> {
  const { disk, clock, random, logger, config } = fixture;
  fixture.store = LogStore.open({ disk, clock, random, logger }, "/data", fixture.options);
  const outcomes = await fixture.store.loadPartitions({
    configOf: () => config,
    fateOf: (_topic, _partition, topicId) => (knownId !== undefined && (topicId ?? knownId) === knownId ? "open" : fate),
  });
  return outcomes.get("orders-0");
}

const last = (fixture: LogFixture): string => fixture.names(".log").at(-1)!;
const offsetOf = (name: string): number => Number.parseInt(name, 10);

const HARMS: Readonly<Record<string, (fixture: LogFixture) => number>> = {
  "its last file emptied": (fixture) => {
    fixture.overwrite(last(fixture), Buffer.alloc(0));
    return offsetOf(last(fixture));
  },
  "its last file removed": (fixture) => {
    const name = last(fixture);
    fixture.disk.remove(fixture.path(name));
    return offsetOf(name);
  },
  "its last two files removed": (fixture) => {
    const names = fixture.names(".log").slice(-2);
    for (const name of names) fixture.disk.remove(fixture.path(name));
    return offsetOf(names[0]!);
  },
  "its last file cut inside a batch": (fixture) => {
    const name = last(fixture);
    fixture.overwrite(name, fixture.disk.readFile(fixture.path(name)).subarray(0, -5));
    return 39;
  },
  "its last file cut at the end of a batch": (fixture) => {
    const name = last(fixture);
    const content = fixture.disk.readFile(fixture.path(name));
    fixture.overwrite(name, content.subarray(0, content.length - content.length / (40 - offsetOf(name))));
    return 39;
  },
};

for (const stop of STOPS) {
  describe(`after ${stop}, a log whose durable records are gone`, () => {
    for (const [harm, harmed] of Object.entries(HARMS)) {
      it(`goes on behind them and says which: ${harm}`, async () => {
        const fixture = await durableLog(stop);
        const firstLost = harmed(fixture);
        const log = await fixture.open();
        assert.deepEqual(lost(fixture), [["orders", 0, firstLost, 39]]);
        assert.deepEqual([log.logStartOffset, log.logEndOffset, log.recoveryPoint], [0, 40, 40]);
        assert.equal(fixture.append({ value: "after" }).baseOffset, 40);
        // What is left is read, what is lost is named as damage, what came later is read.
        const before = await log.read(0, 1, { minOneBatch: true });
        assert.equal(before.kind === "records" && before.nextOffset, 1);
        const hole = await log.read(firstLost, 1000, { minOneBatch: true });
        assert.equal(hole.kind === "rejected" && hole.errorCode, ErrorCode.CORRUPT_MESSAGE);
        const after = await log.read(40, 1000, { minOneBatch: true });
        assert.equal(after.kind === "records" && after.nextOffset, 41);
        // Deleting up to there is the way on.
        assert.equal((await log.deleteRecordsBefore(40)).kind, "deleted");
        assert.ok((await readAll(log)).length > 0);
        for (const again of ["clean", "kill"]) {
          if (again === "clean") await fixture.store.close();
          else fixture.kill();
          await fixture.open();
          assert.deepEqual([fixture.log.logStartOffset, fixture.log.logEndOffset], [40, 41]);
        }
        assert.equal(lost(fixture).length, 1, "told once");
      });
    }

    it("goes on behind them with nothing left: all files, or the whole directory, removed", async () => {
      for (const harm of ["files", "directory"]) {
        const fixture = await durableLog(stop);
        if (harm === "files") for (const name of fixture.names()) fixture.disk.remove(fixture.path(name));
        else fixture.disk.remove("/data/orders-0");
        const outcome = await fixture.openStore();
        const log = outcome?.kind === "opened" ? outcome.log : fixture.store.createPartition("orders", 0, TOPIC_ID, fixture.config);
        fixture.log = log;
        assert.deepEqual([log.logStartOffset, log.logEndOffset], [40, 40], harm);
        assert.equal(lost(fixture).length, 1, harm);
        assert.equal(fixture.append().baseOffset, 40);
        const early = log.read(3, 1000, { minOneBatch: true });
        assert.ok(!(early instanceof Promise) && early.kind === "rejected" && early.errorCode === ErrorCode.OFFSET_OUT_OF_RANGE);
        fixture.kill();
        await fixture.open();
        assert.deepEqual([fixture.log.logStartOffset, fixture.log.logEndOffset], [40, 41], harm);
      }
    });

    it("goes on behind them when its directory is set aside, as it carries another topic's id", async () => {
      const fixture = await durableLog(stop);
      const other = Buffer.from(`version: 0\ntopic_id: ${OTHER_ID}\n`);
      fixture.overwrite("partition.metadata", other);
      // Killed before the partition is made again, it is known all the same, however many checkpoints were written.
      for (let start = 0; start < 2; start++) {
        assert.equal(await openKnowing(fixture, TOPIC_ID), undefined);
        await fixture.clock.advanceAsync(20_000);
        if (start === 0) fixture.kill();
      }
      fixture.log = fixture.store.createPartition("orders", 0, TOPIC_ID, fixture.config);
      assert.deepEqual([fixture.log.logStartOffset, fixture.log.logEndOffset], [40, 40]);
      assert.deepEqual(lost(fixture), [["orders", 0, undefined, 39]]);
      const [stray] = fixture.disk.list("/data").filter((name) => name.endsWith("-stray"));
      assert.deepEqual(fixture.logger.details.at(-1)?.fields["strayDirectories"], [`/data/${stray}`]);
      assert.equal(fixture.append().baseOffset, 40);
      fixture.kill();
      await openKnowing(fixture, TOPIC_ID);
      assert.equal(fixture.store.get("orders", 0)?.logEndOffset, 41);
    });

    it("goes on behind them when metadata forgot the partition for one start, and knows it again", async () => {
      const fixture = await durableLog(stop);
      assert.equal(await openKnowing(fixture, undefined), undefined);
      await fixture.store.close();
      await openKnowing(fixture, TOPIC_ID);
      assert.equal(fixture.store.createPartition("orders", 0, TOPIC_ID, fixture.config).logEndOffset, 40);
    });

    it("begins at 0 as another topic, when its own was deleted or nobody knows it", async () => {
      for (const fate of ["remove", "set-aside"] as const) {
        const fixture = await durableLog(stop);
        await openKnowing(fixture, undefined, fate);
        await fixture.clock.advanceAsync(20_000);
        assert.equal(fixture.store.createPartition("orders", 0, OTHER_ID, fixture.config).logEndOffset, 0, fate);
        assert.deepEqual(lost(fixture), []);
        await fixture.store.close();
        const known = fixture.disk.readFile("/data/recovery-point-offset-checkpoint").toString().includes(TOPIC_ID);
        if (fate === "remove") assert.equal(known, false, "nothing is kept for a topic that was deleted");
      }
    });

    it("does so also when the first attempt to go on fails on the disk", async () => {
      const fixture = await durableLog(stop);
      fixture.disk.remove(fixture.path(last(fixture)));
      fixture.disk.fail({ operation: "open", path: "00000000000000000040.log" });
      await assert.rejects(fixture.open(), { code: "DISK_IO" });
      fixture.kill();
      assert.equal((await fixture.open()).logEndOffset, 40);
      const missing = await durableLog(stop);
      missing.disk.remove("/data/orders-0");
      await missing.openStore();
      missing.disk.fail({ operation: "makeDirectory", path: "orders-0" });
      assert.throws(() => missing.store.createPartition("orders", 0, TOPIC_ID, missing.config), { code: "DISK_IO" });
      await missing.clock.advanceAsync(20_000);
      await missing.store.close();
      await missing.openStore();
      assert.equal(missing.store.createPartition("orders", 0, TOPIC_ID, missing.config).logEndOffset, 40);
    });

    it("is not cut where bytes are wrong instead of missing: it is not opened, and nothing is changed", async () => {
      const fixture = await durableLog(stop);
      const name = last(fixture);
      fixture.flip(name, fixture.disk.readFile(fixture.path(name)).length - 10);
      const before = fixture.disk.readFile(fixture.path(name));
      await assert.rejects(fixture.open(), { code: "LOG_CORRUPT" });
      assert.ok(fixture.disk.readFile(fixture.path(name)).equals(before));
    });

    it("has a hole where a file between others is gone: told at the start, and answered as damage", async () => {
      const fixture = await durableLog(stop);
      const [, second, third] = fixture.names(".log");
      fixture.disk.remove(fixture.path(second!));
      const log = await fixture.open();
      assert.deepEqual(lost(fixture), [["orders", 0, offsetOf(second!), offsetOf(third!) - 1]]);
      const hole = await log.read(offsetOf(second!), 1000, { minOneBatch: true });
      assert.equal(hole.kind === "rejected" && hole.errorCode, ErrorCode.CORRUPT_MESSAGE);
      assert.equal(log.readFaults, 1);
      assert.equal(fixture.store.readFaults, 1);
    });
  });
}

describe("what is known to be on the disk", () => {
  it("is one topic's: made again under the same name it begins at 0, whatever the checkpoint says", async () => {
    const fixture = await durableLog("a kill");
    fixture.disk.remove("/data/orders-0");
    await fixture.openStore();
    assert.equal(fixture.store.createPartition("orders", 0, OTHER_ID, fixture.config).logEndOffset, 0);
    const other = await durableLog("a kill");
    other.disk.remove("/data/orders-0");
    other.disk.makeDirectory("/data/orders-0");
    other.disk.replaceFile("/data/orders-0/partition.metadata", Buffer.from(`version: 0\ntopic_id: ${OTHER_ID}\n`));
    assert.equal((await other.open()).logEndOffset, 0);
    assert.deepEqual([lost(fixture), lost(other)], [[], []]);
  });

  it("says so when the first file is gone after a clean stop", async () => {
    const fixture = await durableLog("a clean stop");
    const [first, second] = fixture.names(".log");
    fixture.disk.remove(fixture.path(first!));
    const log = await fixture.open();
    assert.equal(log.logStartOffset, offsetOf(second!));
    assert.deepEqual(lost(fixture), [["orders", 0, 0, offsetOf(second!) - 1]]);
  });

  it("does not take retention for a loss", async () => {
    for (const stop of ["close", "kill"]) {
      const fixture = await LogFixture.create({ segmentBytes: 600, retentionBytes: 700 }, COLD);
      for (let i = 0; i < 40; i++) fixture.append({ recordBytes: 30 });
      await fixture.log.flush();
      await fixture.log.deleteExpiredSegments(fixture.clock.nowMs());
      await fixture.clock.advanceAsync(20_000);
      if (stop === "close") await fixture.store.close();
      else fixture.kill();
      await fixture.open();
      assert.ok(fixture.log.logStartOffset > 0);
      assert.deepEqual(lost(fixture), [], stop);
    }
  });
});

describe("faults of reading", () => {
  it("are all counted, and told of once a minute", async () => {
    const fixture = await durableLog("a clean stop");
    const log = await fixture.open();
    fixture.disk.fail({ operation: "read", path: ".log", times: 20 });
    const told = (): number => fixture.logger.events.filter((event) => event === "records cannot be read").length;
    for (let i = 0; i < 10; i++) {
      const outcome = await log.read(3, 1000, { minOneBatch: true });
      assert.equal(outcome.kind === "rejected" && outcome.errorCode, ErrorCode.KAFKA_STORAGE_ERROR);
    }
    assert.deepEqual([log.readFaults, told()], [10, 1]);
    fixture.clock.advance(60_000);
    for (let i = 0; i < 10; i++) await log.offsetForTimestamp(1);
    assert.deepEqual([log.readFaults, told()], [20, 2]);
    assert.ok((await readAll(log)).length > 0);
    assert.equal(log.append(makeBatch(), FROM_CLIENT).kind, "appended");
  });
});

describe("a full disk", () => {
  it("does not keep a partition from being opened, read and deleted", async () => {
    const fixture = await durableLog("a kill");
    for (const name of fixture.names("index")) fixture.disk.remove(fixture.path(name));
    fixture.disk.remove("/data/recovery-point-offset-checkpoint");
    fixture.disk.capacityBytes = 0;
    const log = await fixture.open();
    assert.equal(log.logEndOffset, 40);
    assert.ok((await readAll(log)).length > 0);
    const refused = log.append(makeBatch(), FROM_CLIENT);
    assert.equal(refused.kind === "rejected" && refused.errorCode, ErrorCode.KAFKA_STORAGE_ERROR);
    fixture.store.deletePartition("orders", 0);
    fixture.disk.capacityBytes = Infinity;
    const anew = fixture.store.createPartition("orders", 0, OTHER_ID, fixture.config);
    assert.equal(anew.append(makeBatch(), FROM_CLIENT).kind, "appended");
  });
});
