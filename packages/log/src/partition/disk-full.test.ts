import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { DiskOperation } from "@ottla/base/simulated";
import { ErrorCode } from "@ottla/protocol";
import { encodeEndTransactionMarker } from "@ottla/protocol/records";
import { FROM_CLIENT, LogFixture, makeBatch, readAll } from "../testing/log-fixture.ts";

/** Every kind of write a log does, and the file it concerns. */
const PLACES: readonly { what: string; operation: DiskOperation; path: string; partialBytes?: number }[] = [
  { what: "an append", operation: "append", path: ".log" },
  { what: "an append that wrote its first bytes", operation: "append", path: ".log", partialBytes: 50 },
  { what: "an append that wrote all bytes and failed still", operation: "append", path: ".log", partialBytes: 10_000 },
  { what: "the creation of a segment", operation: "open", path: "00000000000000000004.log" },
  { what: "an index at roll", operation: "append", path: ".index", partialBytes: 3 },
  { what: "the creation of an index at roll", operation: "open", path: ".timeindex" },
  { what: "a snapshot at roll", operation: "append", path: ".snapshot" },
  { what: "the rename of a snapshot", operation: "rename", path: ".snapshot" },
  { what: "the leader epochs at roll", operation: "append", path: "leader-epoch" },
];

describe("a full disk", () => {
  for (const { what, operation, path, partialBytes } of PLACES) {
    it(`at ${what} refuses the batch whole; reads go on, and freed space resumes`, async () => {
      const fixture = await LogFixture.create(
        { segmentBytes: 400, indexIntervalBytes: 0 },
        { limits: { tailCacheBytes: 0, openFilesMax: 2 } },
      );
      const kept: Buffer[] = [];
      let refusals = 0;
      const heal = fixture.disk.fail({
        operation,
        path,
        code: "DISK_FULL",
        times: 4,
        after: path === ".log" ? 3 : 0,
        partialBytes: partialBytes ?? 0,
      });
      for (let i = 0; i < 30; i++) {
        const batch = makeBatch({ value: `b${i}`, producerId: 9, baseSequence: kept.length });
        const outcome = fixture.log.append(batch, FROM_CLIENT);
        if (outcome.kind === "rejected") {
          refusals++;
          assert.equal(outcome.errorCode, ErrorCode.KAFKA_STORAGE_ERROR);
          assert.equal(fixture.log.logEndOffset, kept.length);
          assert.ok((await readAll(fixture.log)).equals(Buffer.concat(kept)), "reads go on");
        } else {
          assert.equal(outcome.kind === "appended" && outcome.baseOffset, kept.length);
          kept.push(Buffer.from(batch));
        }
      }
      assert.equal(refusals, 4);
      heal();
      assert.ok((await readAll(fixture.log)).equals(Buffer.concat(kept)));
      fixture.kill();
      const log = await fixture.open();
      assert.ok((await readAll(log)).equals(Buffer.concat(kept)), "no half batch is found at the next start");
      assert.deepEqual(fixture.logger.events, ["the disk refuses records"], "told once");
      assert.equal(log.append(makeBatch({ producerId: 9, baseSequence: kept.length }), FROM_CLIENT).kind, "appended");
    });
  }

  it("with a kill right after a half-written batch loses no more than that batch", async () => {
    const fixture = await LogFixture.create();
    const kept = [makeBatch({ value: "a" }), makeBatch({ value: "b" })];
    for (const batch of kept) fixture.log.append(batch, FROM_CLIENT);
    fixture.disk.fail({ operation: "append", path: ".log", code: "DISK_FULL", partialBytes: 70 });
    assert.equal(fixture.log.append(makeBatch(), FROM_CLIENT).kind, "rejected");
    fixture.kill();
    assert.ok((await readAll(await fixture.open())).equals(Buffer.concat(kept)));
  });

  it("leaves nothing of a half-written batch behind a shorter one that follows it", async () => {
    for (const stop of ["close", "kill"] as const) {
      const fixture = await LogFixture.create({ segmentBytes: 1000 }, { limits: { tailCacheBytes: 0 } });
      fixture.disk.fail({ operation: "append", path: ".log", code: "DISK_FULL", partialBytes: 700 });
      assert.equal(fixture.log.append(makeBatch({ recordBytes: 800 }), FROM_CLIENT).kind, "rejected");
      const kept = Array.from({ length: 3 }, (_, i) => makeBatch({ recordBytes: i === 1 ? 890 : 10 }));
      for (const batch of kept) assert.equal(fixture.log.append(batch, FROM_CLIENT).kind, "appended");
      assert.equal(fixture.disk.stat(fixture.path("00000000000000000000.log"))!.sizeBytes, kept[0]!.length);
      await fixture.clock.advanceAsync(20_000);
      if (stop === "close") await fixture.store.close();
      else fixture.kill();
      assert.ok((await readAll(await fixture.open())).equals(Buffer.concat(kept)), stop);
    }
  });

  it("behind a marker that was written whole and refused still: after a clean stop it is not there, and the transaction ends when it comes again", async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const fixture = await LogFixture.create({ flushMessages: 1 }, { seed });
      const producer = { producerId: 5, producerEpoch: 0, baseSequence: 0 };
      const batch = makeBatch({ ...producer, isTransactional: true });
      assert.equal(fixture.log.append(batch, fixture.verified(producer)).kind, "appended");
      await fixture.log.durable(fixture.log.logEndOffset - 1);
      const abort = () => {
        const place = { producerId: 5, producerEpoch: 0, baseOffset: 0, partitionLeaderEpoch: 0, timestampMs: fixture.clock.nowMs() };
        return encodeEndTransactionMarker({ outcome: "abort", coordinatorEpoch: 1 }, place);
      };
      fixture.disk.fail({ operation: "append", path: ".log", code: "DISK_FULL", partialBytes: 10_000 });
      assert.equal(fixture.log.append(abort(), { origin: "marker", leaderEpoch: 1 }).kind, "rejected");
      await fixture.store.close();
      if (seed > 10) fixture.cutPower();
      const log = await fixture.open();
      assert.deepEqual([log.logEndOffset, log.lastStableOffset], [1, 0]);
      assert.equal(log.append(abort(), { origin: "marker", leaderEpoch: 1 }).kind, "appended");
      assert.deepEqual(
        log.segments.active.transactions.entries.map(({ firstOffset, lastOffset }) => [firstOffset, lastOffset]),
        [[0, 1]],
      );
    }
  });

  it("behind a marker that a stop has kept although its write was refused: the start finds what it has aborted", async () => {
    const fixture = await LogFixture.create({ segmentBytes: 100_000 });
    const producer = { producerId: 5, producerEpoch: 0, baseSequence: 0 };
    const abort = (baseOffset: number) => {
      const place = { producerId: 5, producerEpoch: 0, baseOffset, partitionLeaderEpoch: 1, timestampMs: fixture.clock.nowMs() };
      return encodeEndTransactionMarker({ outcome: "abort", coordinatorEpoch: 1 }, place);
    };
    fixture.append({ ...producer, isTransactional: true });
    assert.equal(fixture.log.append(abort(0), { origin: "marker", leaderEpoch: 1 }).kind, "appended");
    fixture.append({ ...producer, baseSequence: 1, isTransactional: true });
    await fixture.store.close();
    const file = fixture.disk.open(fixture.path("00000000000000000000.log"));
    file.append([abort(3)]);
    file.close();
    for (const start of ["the first", "the next", "one without a snapshot"]) {
      if (start === "one without a snapshot") for (const name of fixture.names(".snapshot")) fixture.disk.remove(fixture.path(name));
      const log = await fixture.open();
      const known = log.segments.active.transactions.entries.map(({ firstOffset, lastOffset }) => [firstOffset, lastOffset]);
      assert.deepEqual(
        [log.logEndOffset, log.lastStableOffset, known],
        [
          4,
          4,
          [
            [0, 1],
            [2, 3],
          ],
        ],
        start,
      );
      await fixture.store.close();
    }
    assert.deepEqual(fixture.logger.events, ["aborted transactions are added to an index that lacks them"]);
  });

  it("in the middle of a batch, then a new segment, then a power loss: nothing acknowledged goes with the half batch", async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const fixture = await LogFixture.create({ segmentBytes: 1000, flushMessages: 1 }, { seed });
      const kept = [makeBatch({ recordBytes: 300 }), makeBatch({ recordBytes: 800 }), makeBatch({ recordBytes: 800 })];
      const put = async (batch: Buffer): Promise<void> => {
        assert.equal(fixture.log.append(batch, FROM_CLIENT).kind, "appended");
        await fixture.log.durable(fixture.log.logEndOffset - 1);
      };
      await put(kept[0]!);
      fixture.disk.fail({ operation: "append", path: ".log", code: "DISK_FULL", partialBytes: 200 });
      assert.equal(fixture.log.append(makeBatch({ recordBytes: 300 }), FROM_CLIENT).kind, "rejected");
      for (const batch of kept.slice(1)) await put(batch);
      assert.equal(fixture.log.segments.all().length, 3);
      fixture.cutPower();
      assert.ok((await readAll(await fixture.open())).equals(Buffer.concat(kept)), `seed ${seed}`);
    }
  });

  it("while a real capacity is used up: whole batches only, until segments are freed", async () => {
    const fixture = await LogFixture.create({ segmentBytes: 1000, fileDeleteDelayMs: 0 });
    fixture.disk.capacityBytes = 8000;
    let refused = 0;
    for (let i = 0; i < 200; i++) if (fixture.log.append(makeBatch(), FROM_CLIENT).kind === "rejected") refused++;
    assert.ok(refused > 50);
    const end = fixture.log.logEndOffset;
    assert.equal((await readAll(fixture.log)).length, fixture.log.sizeBytes);
    fixture.disk.capacityBytes = 12_000; // the checkpoint of the new log start needs room too
    await fixture.log.deleteRecordsBefore(end - 5);
    fixture.clock.advance(1);
    fixture.disk.capacityBytes = 8000;
    assert.equal(fixture.append().baseOffset, end);
  });

  it("at a checkpoint is warned of and tried again", async () => {
    const fixture = await LogFixture.create({ segmentBytes: 400 });
    fixture.disk.fail({ operation: "replaceFile", code: "DISK_FULL" });
    for (let i = 0; i < 10; i++) fixture.append();
    await fixture.clock.advanceAsync(10_000);
    assert.deepEqual(fixture.logger.events, ["a checkpoint could not be written; it will be tried again"]);
    await fixture.clock.advanceAsync(10_000);
    assert.match(fixture.disk.readFile("/data/recovery-point-offset-checkpoint").toString(), /^1\n1\norders 0 [1-9]/);
  });

  it("at DeleteRecords is answered KAFKA_STORAGE_ERROR", async () => {
    const fixture = await LogFixture.create();
    fixture.append();
    fixture.disk.fail({ operation: "replaceFile", code: "DISK_FULL" });
    const outcome = await fixture.log.deleteRecordsBefore(1);
    assert.equal(outcome.kind === "rejected" && outcome.errorCode, ErrorCode.KAFKA_STORAGE_ERROR);
    assert.deepEqual(await fixture.log.deleteRecordsBefore(1), { kind: "deleted", logStartOffset: 1 });
    fixture.kill();
    assert.equal((await fixture.open()).logStartOffset, 1, "what was answered at last survives");
  });
});

describe("what an append left that failed half-way", () => {
  it("is gone before the next segment begins, so that a closed one ends where its records do", async () => {
    for (const stop of ["clean stop", "kill"]) {
      const fixture = await LogFixture.create({ segmentBytes: 1000 }, { limits: { tailCacheBytes: 0 } });
      fixture.append({ value: "kept", recordBytes: 300 });
      fixture.disk.fail({ operation: "append", path: ".log", code: "DISK_FULL", partialBytes: 100 });
      assert.equal(fixture.log.append(makeBatch({ recordBytes: 200 }), FROM_CLIENT).kind, "rejected");
      fixture.append({ value: "next", recordBytes: 800 });
      await fixture.log.flush();
      const before = await readAll(fixture.log);
      await fixture.clock.advanceAsync(20_000);
      if (stop === "kill") fixture.kill();
      else await fixture.store.close();
      await fixture.open();
      assert.equal(fixture.names(".log").length, 2);
      assert.ok(before.equals(await readAll(fixture.log)), stop);
    }
  });
});

describe("an I/O error", () => {
  it("at an append takes the partition out of service until it is opened again; reads go on", async () => {
    const fixture = await LogFixture.create();
    fixture.append({ value: "kept" });
    fixture.disk.fail({ operation: "append", path: ".log", partialBytes: 30 });
    for (let i = 0; i < 3; i++) {
      const outcome = fixture.log.append(makeBatch(), FROM_CLIENT);
      assert.equal(outcome.kind === "rejected" && outcome.errorCode, ErrorCode.KAFKA_STORAGE_ERROR);
    }
    assert.ok((await readAll(fixture.log)).length > 0);
    await fixture.store.close();
    const log = await fixture.open();
    assert.equal(log.logEndOffset, 1);
    assert.equal(fixture.append().baseOffset, 1);
  });

  it("at a read is answered KAFKA_STORAGE_ERROR, and the next read is tried", async () => {
    const fixture = await LogFixture.create({}, { limits: { tailCacheBytes: 0 } });
    fixture.append();
    fixture.disk.fail({ operation: "read", path: ".log" });
    const failed = await fixture.log.read(0, 100, { minOneBatch: true });
    assert.equal(failed.kind === "rejected" && failed.errorCode, ErrorCode.KAFKA_STORAGE_ERROR);
    assert.equal((await fixture.log.read(0, 100, { minOneBatch: true })).kind, "records");
  });
});
