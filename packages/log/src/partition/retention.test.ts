import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ErrorCode } from "@ottla/protocol";
import { LogFixture, makeBatch, readAll, START_MS } from "../testing/log-fixture.ts";
import { defaultLogConfig } from "./log-config.ts";
import { decideRetention } from "./retention-rules.ts";

const BATCH_BYTES = makeBatch().length;
const HOUR_MS = 3_600_000;

/** Ten segments of two batches each, the records of segment i being i hours younger than those of segment 0. */
async function tenSegments(config: Parameters<typeof LogFixture.create>[0] = {}, retentionCheckIntervalMs = 1e12): Promise<LogFixture> {
  const fixture = await LogFixture.create(
    { segmentBytes: BATCH_BYTES * 2, segmentMs: Infinity, retentionMs: -1, ...config },
    { schedule: { retentionCheckIntervalMs } },
  );
  for (let i = 0; i < 20; i++) fixture.append({ timestampMs: START_MS + (i >> 1) * HOUR_MS });
  fixture.clock.advance(9 * HOUR_MS);
  return fixture;
}

describe("retention", () => {
  it("by time removes segments whose latest record is too old, no others", async () => {
    const fixture = await tenSegments({ retentionMs: 4 * HOUR_MS });
    assert.equal(await fixture.log.deleteExpiredSegments(fixture.clock.nowMs()), 5);
    assert.deepEqual([fixture.log.logStartOffset, fixture.log.logEndOffset, fixture.log.segments.length], [10, 20, 5]);
    const gone = await fixture.log.read(9, 100, { minOneBatch: true });
    assert.equal(gone.kind === "rejected" && gone.errorCode, ErrorCode.OFFSET_OUT_OF_RANGE);
  });

  it("by time is held up by a record from the future", async () => {
    const fixture = await LogFixture.create({ segmentBytes: BATCH_BYTES * 2, segmentMs: Infinity, retentionMs: 1000 });
    fixture.append({ timestampMs: START_MS + 100 * HOUR_MS });
    for (let i = 0; i < 9; i++) fixture.append();
    fixture.clock.advance(HOUR_MS);
    assert.equal(await fixture.log.deleteExpiredSegments(fixture.clock.nowMs()), 0);
  });

  it("by time also closes and removes the last segment when all of it is too old", async () => {
    const fixture = await tenSegments({ retentionMs: 4 * HOUR_MS });
    fixture.clock.advance(100 * HOUR_MS);
    assert.equal(await fixture.log.deleteExpiredSegments(fixture.clock.nowMs()), 10);
    assert.deepEqual([fixture.log.logStartOffset, fixture.log.logEndOffset, fixture.log.sizeBytes], [20, 20, 0]);
    assert.equal(fixture.append().baseOffset, 20);
  });

  it("by size keeps at least so many bytes, in whole segments", async () => {
    const fixture = await tenSegments({ retentionBytes: BATCH_BYTES * 7 });
    await fixture.log.deleteExpiredSegments(fixture.clock.nowMs());
    assert.equal(fixture.log.sizeBytes, BATCH_BYTES * 8);
  });

  it("knows the latest record of each segment after a restart too", async () => {
    for (const stop of ["close", "kill"] as const) {
      const fixture = await tenSegments({ retentionMs: 4 * HOUR_MS });
      if (stop === "close") await fixture.store.close();
      else fixture.kill();
      assert.equal(await (await fixture.open()).deleteExpiredSegments(fixture.clock.nowMs()), 5);
    }
  });

  it("does nothing on a compacted topic but for the log start", async () => {
    const fixture = await tenSegments({ retentionMs: 1, retentionBytes: 1, deletes: false, compacts: true });
    assert.equal(await fixture.log.deleteExpiredSegments(fixture.clock.nowMs()), 0);
    await fixture.log.deleteRecordsBefore(11);
    assert.deepEqual([fixture.log.logStartOffset, fixture.log.segments.length], [11, 5]);
  });

  it("is done by the store every log.retention.check.interval.ms, and the files go after file.delete.delay.ms", async () => {
    const fixture = await tenSegments({ retentionMs: 4 * HOUR_MS, fileDeleteDelayMs: 60_000 }, 10 * HOUR_MS);
    await fixture.clock.advanceAsync(HOUR_MS);
    assert.equal(fixture.log.segments.length, 4);
    assert.equal(fixture.names(".log.deleted").length, 6);
    await fixture.clock.advanceAsync(60_000);
    assert.deepEqual(fixture.names(".deleted"), []);
  });

  it("left half-done by a kill is finished at the next start", async () => {
    const fixture = await tenSegments({ retentionMs: 4 * HOUR_MS });
    await fixture.log.deleteExpiredSegments(fixture.clock.nowMs());
    fixture.kill();
    const log = await fixture.open();
    assert.deepEqual([log.logStartOffset, log.logEndOffset, fixture.names(".deleted").length], [10, 20, 0]);
  });

  it("never removes what lies above the high watermark", () => {
    const segments = [0, 10, 20].map((baseOffset) => ({ baseOffset, sizeBytes: 100, latestMs: 0 }));
    const log = { sizeBytes: 300, logStartOffset: 0, highWatermark: 15, logEndOffset: 30 };
    assert.deepEqual(decideRetention(log, segments, { ...defaultLogConfig, retentionMs: 1 }, 1000), { count: 1, reason: "time" });
  });
});

describe("DeleteRecords", () => {
  it("moves the log start into a segment, removes whole segments before it, and survives restarts", async () => {
    const fixture = await tenSegments();
    const whole = await readAll(fixture.log);
    assert.deepEqual(await fixture.log.deleteRecordsBefore(5), { kind: "deleted", logStartOffset: 5 });
    for (const stop of ["close", "kill"] as const) {
      if (stop === "close") await fixture.store.close();
      else fixture.kill();
      const log = await fixture.open();
      assert.deepEqual([log.logStartOffset, log.segments.first.baseOffset], [5, 4], stop);
      assert.ok((await readAll(log)).equals(whole.subarray(BATCH_BYTES * 5)), stop);
    }
  });

  it("survives a power loss once it was answered", async () => {
    const fixture = await tenSegments({ flushMessages: 1 });
    await fixture.log.durable(19);
    await fixture.log.deleteRecordsBefore(7);
    fixture.cutPower();
    assert.equal((await fixture.open()).logStartOffset, 7);
  });

  it("with -1 deletes up to the high watermark; a lower offset changes nothing; a higher one is out of range", async () => {
    const fixture = await tenSegments();
    assert.deepEqual(await fixture.log.deleteRecordsBefore(-1), { kind: "deleted", logStartOffset: 20 });
    assert.deepEqual(await fixture.log.deleteRecordsBefore(3), { kind: "deleted", logStartOffset: 20 });
    for (const offset of [21, -2]) {
      const outcome = await fixture.log.deleteRecordsBefore(offset);
      assert.equal(outcome.kind === "rejected" && outcome.errorCode, ErrorCode.OFFSET_OUT_OF_RANGE);
    }
    assert.equal(fixture.append().baseOffset, 20);
  });
});

describe("looking up a timestamp", () => {
  it("finds the exact first record at or after it, inside its batch", async () => {
    const fixture = await LogFixture.create({ segmentBytes: 700, indexIntervalBytes: 100 }, { limits: { tailCacheBytes: 0 } });
    for (let i = 0; i < 40; i++) fixture.append({ records: 3, timestampMs: START_MS + i * 30, stepMs: 10 });
    for (let ms = -5; ms < 1190; ms += 5) {
      const offset = Math.max(0, Math.ceil(ms / 10));
      assert.deepEqual(
        await fixture.log.offsetForTimestamp(START_MS + ms),
        { offset, timestampMs: START_MS + offset * 10, leaderEpoch: 1 },
        `at ${ms}`,
      );
    }
    assert.equal(await fixture.log.offsetForTimestamp(START_MS + 1191), undefined);
  });

  it("finds the first in offset order when times go back and forth", async () => {
    const fixture = await LogFixture.create({ segmentBytes: 700, indexIntervalBytes: 0 });
    const times = Array.from({ length: 60 }, (_, i) => START_MS + ((i * 37) % 61));
    for (const timestampMs of times) fixture.append({ timestampMs });
    for (let ms = 0; ms <= 60; ms++) {
      const offset = times.findIndex((time) => time >= START_MS + ms);
      const found = await fixture.log.offsetForTimestamp(START_MS + ms);
      assert.deepEqual(found, offset < 0 ? undefined : { offset, timestampMs: times[offset], leaderEpoch: 1 }, `at ${ms}`);
    }
    const latest = Math.max(...times);
    assert.deepEqual(await fixture.log.offsetOfMaxTimestamp(), { offset: times.indexOf(latest), timestampMs: latest, leaderEpoch: 1 });
  });

  it("does not look below the log start, and finds nothing in an empty log", async () => {
    const fixture = await LogFixture.create();
    assert.equal(await fixture.log.offsetForTimestamp(0), undefined);
    assert.equal(await fixture.log.offsetOfMaxTimestamp(), undefined);
    for (let i = 0; i < 3; i++) fixture.append({ records: 3, timestampMs: START_MS + i * 30, stepMs: 10 });
    await fixture.log.deleteRecordsBefore(4);
    assert.deepEqual(await fixture.log.offsetForTimestamp(0), { offset: 4, timestampMs: START_MS + 40, leaderEpoch: 1 });
  });

  it("finds no record before the log start, also where that lies inside a batch", async () => {
    const fixture = await LogFixture.create();
    fixture.append({ records: 3, timestampMs: START_MS, stepMs: 0 });
    await fixture.log.deleteRecordsBefore(1);
    assert.deepEqual(await fixture.log.offsetForTimestamp(START_MS), { offset: 1, timestampMs: START_MS, leaderEpoch: 1 });
  });

  it("finds the first of several records with the largest time, whatever segments they are in", async () => {
    const fixture = await LogFixture.create({ segmentBytes: BATCH_BYTES, segmentMs: Infinity });
    for (const ms of [0, 5, 5, 1]) fixture.append({ timestampMs: START_MS + ms });
    assert.equal(fixture.log.segments.length, 4);
    assert.deepEqual(await fixture.log.offsetOfMaxTimestamp(), { offset: 1, timestampMs: START_MS + 5, leaderEpoch: 1 });
  });
});

describe("the last segment", () => {
  it("of a compacted topic is closed in time for max.compaction.lag.ms", async () => {
    const later = (maxCompactionLagMs: number, compacts: boolean) =>
      LogFixture.create({ compacts, segmentMs: Infinity, maxCompactionLagMs }).then((fixture) => {
        for (const ms of [0, 900, 1100]) fixture.append({ timestampMs: START_MS + ms });
        return fixture.log.segments.all().map(({ baseOffset }) => baseOffset);
      });
    assert.deepEqual([await later(1000, true), await later(1000, false), await later(Infinity, true)], [[0, 2], [0], [0]]);
  });
});
