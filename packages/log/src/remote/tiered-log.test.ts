import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ErrorCode } from "@ottla/protocol";
import { baseOffset, batchViews, encodeEndTransactionMarker } from "@ottla/protocol/records";
import type { LogConfig, TieringConfig } from "../partition/log-config.ts";
import type { ReadOutcome, TimestampedOffset } from "../partition/log-outcomes.ts";
import { FROM_CLIENT, LogFixture, makeBatch, readAll, START_MS } from "../testing/log-fixture.ts";
import { MemoryRemote } from "../testing/memory-remote.ts";

const BATCH_BYTES = makeBatch({ value: "v0" }).length;
const TIERING: TieringConfig = { localRetentionMs: -1, localRetentionBytes: 0 };
const STEP_MS = 1000;

interface Tiered {
  readonly fixture: LogFixture;
  readonly remote: MemoryRemote;
}

/** Ten segments of two batches each, one record in a batch and a second between records; nothing in memory, nothing by the clock. */
async function tenSegments(config: Partial<LogConfig> = {}, limits = {}): Promise<Tiered> {
  const remote = new MemoryRemote();
  const fixture = await LogFixture.create(
    { segmentBytes: BATCH_BYTES * 2, segmentMs: Infinity, retentionMs: -1, tiering: TIERING, ...config },
    { remote, schedule: { retentionCheckIntervalMs: 1e12 }, limits: { tailCacheBytes: 0, openFilesMax: 2, ...limits } },
  );
  for (let i = 0; i < 20; i++) fixture.append({ value: `v${i % 10}`, timestampMs: START_MS + i * STEP_MS });
  await fixture.log.flush();
  return { fixture, remote };
}

/** As {@link tenSegments}; the first `count` segments are in the remote store only. */
async function movedAway(count: number, config: Partial<LogConfig> = {}, limits = {}): Promise<Tiered> {
  const { fixture, remote } = await tenSegments(config, limits);
  await remote.copy(fixture.log, 0, count);
  assert.equal(await fixture.log.deleteExpiredSegments(fixture.clock.nowMs()), count);
  return { fixture, remote };
}

function codeOf(outcome: unknown): number {
  return (outcome as { errorCode?: number } | undefined)?.errorCode ?? ErrorCode.NONE;
}

async function readOne({ fixture }: Tiered, offset: number): Promise<ReadOutcome> {
  return fixture.log.read(offset, 1, { minOneBatch: true });
}

async function offsetAt({ fixture }: Tiered, timestampMs: number): Promise<number> {
  const found = await fixture.log.offsetForTimestamp(timestampMs);
  assert.equal(codeOf(found), ErrorCode.NONE);
  return (found as TimestampedOffset | undefined)?.offset ?? -1;
}

async function offsets(fixture: LogFixture): Promise<number[]> {
  return [...batchViews(await readAll(fixture.log))].map((batch) => baseOffset(batch, 0));
}

const from = (first: number, end = 20): number[] => Array.from({ length: end - first }, (_, i) => first + i);

describe("segments in a remote store", () => {
  it("are read and found as local ones are, from any offset, in pieces of any size", async () => {
    const whole = await readAll((await tenSegments()).fixture.log);
    const tiered = await movedAway(6);
    const { log } = tiered.fixture;
    assert.deepEqual([log.logStartOffset, log.localLogStartOffset, log.segments.length, log.remoteSizeBytes], [0, 12, 4, BATCH_BYTES * 12]);
    for (const maxBytes of [1, BATCH_BYTES, BATCH_BYTES + 1, BATCH_BYTES * 2, 4096]) {
      for (let offset = 0; offset < 20; offset++)
        assert.ok((await readAll(log, offset, maxBytes)).equals(whole.subarray(offset * BATCH_BYTES)), `${offset}, ${maxBytes}`);
    }
    for (let i = 0; i < 20; i++) assert.equal(await offsetAt(tiered, START_MS + i * STEP_MS - 1), i);
    assert.equal(await offsetAt(tiered, START_MS + 20 * STEP_MS), -1);
    assert.equal(((await log.offsetOfMaxTimestamp()) as TimestampedOffset).offset, 19);
    assert.equal(log.epochAt(0), 1);
    assert.deepEqual(await log.read(3, 1, { minOneBatch: false }), {
      kind: "records",
      records: [],
      sizeBytes: 0,
      heldBytes: 0,
      nextOffset: 3,
    });
    const upTo = await log.read(10, 4096, { minOneBatch: true, maxOffset: 11 });
    assert.ok(upTo.kind === "records" && upTo.nextOffset === 11);
  });

  it("have the record with the largest timestamp too", async () => {
    const { fixture, remote } = await tenSegments();
    for (let i = 0; i < 4; i++) fixture.append({ value: "v0", timestampMs: START_MS + (i === 0 ? 100 : 1) * STEP_MS });
    await fixture.log.flush();
    await remote.copy(fixture.log, 0, 11);
    await fixture.log.deleteExpiredSegments(fixture.clock.nowMs());
    assert.equal(fixture.log.localLogStartOffset, 22);
    assert.equal(((await fixture.log.offsetOfMaxTimestamp()) as TimestampedOffset).offset, 20);
  });

  it("tell of aborted transactions that began and ended in them", async () => {
    const { fixture, remote } = await tenSegments();
    const sent = { value: "v0", producerId: 7, producerEpoch: 0, baseSequence: 0, isTransactional: true };
    fixture.append(sent);
    const place = { producerId: 7, producerEpoch: 0, baseOffset: 0, partitionLeaderEpoch: 0, timestampMs: START_MS };
    const marker = encodeEndTransactionMarker({ outcome: "abort", coordinatorEpoch: 0 }, place);
    assert.equal(fixture.log.append(marker, { ...FROM_CLIENT, origin: "marker" }).kind, "appended");
    for (let i = 0; i < 4; i++) fixture.append({ value: "v0" });
    await fixture.log.flush();
    const before = fixture.log.abortedTransactions(0, 24);
    assert.equal(before.length, 1);
    await remote.copy(fixture.log, 0, fixture.log.segments.length - 1);
    await fixture.log.deleteExpiredSegments(fixture.clock.nowMs());
    assert.ok(fixture.log.localLogStartOffset > 21);
    assert.deepEqual(fixture.log.abortedTransactions(0, 24), before);
    assert.deepEqual(fixture.log.abortedTransactions(0, 20), []);
  });

  it("are an error that clients try again while the store fails or hangs, and are read once it works", async () => {
    const tiered = await movedAway(6, {}, { remoteCallsMax: 2 });
    const { fixture, remote } = tiered;
    remote.broken.add("read").add("offsetBefore");
    assert.equal(codeOf(await readOne(tiered, 3)), ErrorCode.KAFKA_STORAGE_ERROR);
    assert.equal(codeOf(await fixture.log.offsetForTimestamp(START_MS)), ErrorCode.KAFKA_STORAGE_ERROR);
    assert.equal(fixture.log.readFaults, 2);
    assert.equal((await readOne(tiered, 12)).kind, "records");
    remote.broken.clear();
    remote.hanging.add("read");
    const stuck = [readOne(tiered, 3), readOne(tiered, 4)];
    await fixture.clock.advanceAsync(499);
    // Every place is taken.
    assert.equal(codeOf(await readOne(tiered, 5)), ErrorCode.KAFKA_STORAGE_ERROR);
    await fixture.clock.advanceAsync(1);
    for (const outcome of await Promise.all(stuck)) assert.equal(codeOf(outcome), ErrorCode.KAFKA_STORAGE_ERROR);
    remote.hanging.clear();
    assert.equal((await readOne(tiered, 12)).kind, "records");
    const again = await movedAway(6);
    again.remote.alter = (bytes) => bytes.subarray(0, 70);
    assert.equal(codeOf(await readOne(again, 3)), ErrorCode.KAFKA_STORAGE_ERROR);
    again.remote.alter = (bytes) => bytes.fill(0);
    assert.equal(codeOf(await readOne(again, 3)), ErrorCode.CORRUPT_MESSAGE);
    again.remote.alter = (bytes) => bytes;
    assert.deepEqual(await offsets(again.fixture), from(0));
  });

  it("wholly below a new log start are told to go, again where that failed", async () => {
    const tiered = await movedAway(6);
    const { fixture, remote } = tiered;
    remote.broken.add("remove");
    assert.deepEqual(await fixture.log.deleteRecordsBefore(5), { kind: "deleted", logStartOffset: 5 });
    assert.equal(codeOf(await readOne(tiered, 4)), ErrorCode.OFFSET_OUT_OF_RANGE);
    await fixture.clock.advanceAsync(0);
    assert.equal(remote.ids.length, 6);
    remote.broken.clear();
    await fixture.log.deleteExpiredSegments(fixture.clock.nowMs());
    await fixture.clock.advanceAsync(0);
    assert.deepEqual(remote.ids, ["s4", "s6", "s8", "s10"]);
    assert.deepEqual(await offsets(fixture), from(5));
    assert.equal(await offsetAt(tiered, START_MS), 5);
    await fixture.log.deleteRecordsBefore(15);
    await fixture.clock.advanceAsync(0);
    assert.deepEqual([fixture.log.logStartOffset, fixture.log.localLogStartOffset, remote.ids], [15, 15, []]);
  });

  it("are asked for anew after a restart of either kind, with the log start where it was", async () => {
    for (const stop of ["close", "kill"] as const) {
      for (const start of [0, 5]) {
        const tiered = await movedAway(6);
        const { fixture, remote } = tiered;
        if (start > 0) await fixture.log.deleteRecordsBefore(start);
        if (stop === "close") await fixture.store.close();
        else fixture.kill();
        remote.broken.add("list");
        const log = await fixture.open();
        assert.deepEqual([log.logStartOffset, log.localLogStartOffset, log.logEndOffset], [start, 12, 20]);
        assert.equal(codeOf(await readOne(tiered, 5)), ErrorCode.KAFKA_STORAGE_ERROR);
        assert.equal(await log.deleteExpiredSegments(fixture.clock.nowMs()), 0);
        remote.broken.clear();
        assert.deepEqual(await offsets(fixture), from(start), stop);
        assert.deepEqual(
          fixture.logger.events.filter((event) => event.includes("gone") || event.includes("missing")),
          [],
        );
      }
    }
  });

  it("do not bring records back that were removed before there were any", async () => {
    for (const removedBy of ["DeleteRecords", "retention"]) {
      const { fixture, remote } = await tenSegments({
        tiering: undefined,
        retentionBytes: removedBy === "retention" ? BATCH_BYTES * 16 : -1,
      });
      if (removedBy === "retention") await fixture.log.deleteExpiredSegments(fixture.clock.nowMs());
      else await fixture.log.deleteRecordsBefore(4);
      fixture.config = { ...fixture.config, retentionBytes: -1, tiering: TIERING };
      fixture.log.updateConfig(fixture.config);
      await remote.copy(fixture.log, 0, 4);
      await fixture.log.deleteExpiredSegments(fixture.clock.nowMs());
      assert.deepEqual([fixture.log.logStartOffset, fixture.log.localLogStartOffset], [4, 12]);
      fixture.kill();
      assert.equal((await fixture.open()).logStartOffset, 4, removedBy);
    }
  });

  it("without the store are an error, not out of range", async () => {
    const { fixture } = await movedAway(6);
    await fixture.store.close();
    const { remote: _, ...without } = fixture.options;
    Object.assign(fixture, { options: without });
    await fixture.open();
    assert.equal(codeOf(await fixture.log.read(3, 1, { minOneBatch: true })), ErrorCode.KAFKA_STORAGE_ERROR);
  });

  it("are read on by who was reading them when they left the disk", async () => {
    for (let offset = 0; offset < 14; offset++) {
      for (const isFirst of [true, false]) {
        const tiered = await tenSegments();
        const { fixture, remote } = tiered;
        await remote.copy(fixture.log, 0, 7);
        const moving = isFirst ? fixture.log.deleteExpiredSegments(fixture.clock.nowMs()) : undefined;
        const reading = readOne(tiered, offset);
        const finding = offsetAt(tiered, START_MS + offset * STEP_MS);
        await (moving ?? fixture.log.deleteExpiredSegments(fixture.clock.nowMs()));
        const read = await reading;
        assert.ok(read.kind === "records" && read.nextOffset === offset + 1, `${offset}`);
        assert.equal(await finding, offset);
      }
    }
  });

  it("that are removed while they are read are out of range", async () => {
    const tiered = await movedAway(6);
    tiered.remote.whileReading = async () => {
      tiered.remote.broken.add("read");
      await tiered.fixture.log.deleteRecordsBefore(10);
    };
    assert.equal(codeOf(await readOne(tiered, 3)), ErrorCode.OFFSET_OUT_OF_RANGE);
  });
});

describe("retention of a log with remote segments", () => {
  it("lets go locally only what the store is known to have without a hole", async () => {
    const { fixture, remote } = await tenSegments();
    const expire = async (): Promise<number> => fixture.log.deleteExpiredSegments(fixture.clock.nowMs());
    assert.equal(await expire(), 0);
    await remote.copy(fixture.log, 0, 2);
    await remote.copy(fixture.log, 3, 2);
    remote.broken.add("list");
    assert.equal(await expire(), 2);
    assert.equal(await expire(), 0);
    remote.broken.clear();
    await remote.copy(fixture.log, 0, 1);
    assert.equal(await expire(), 3);
    assert.deepEqual([fixture.log.logStartOffset, fixture.log.localLogStartOffset], [0, 10]);
    assert.deepEqual(await offsets(fixture), from(0));
  });

  it("keeps as much locally as local.retention.bytes and .ms say, −2 as retention.* says", async () => {
    const tierings = [
      [{ localRetentionMs: -1, localRetentionBytes: BATCH_BYTES * 7 }, {}, 12],
      [{ localRetentionMs: 10_500, localRetentionBytes: -1 }, {}, 10],
      [{ localRetentionMs: -2, localRetentionBytes: -2 }, {}, 0],
    ] as const;
    for (const [tiering, config, expected] of tierings) {
      const { fixture, remote } = await tenSegments({ tiering, ...config });
      fixture.clock.advance(20_000);
      await remote.copy(fixture.log, 0, 9);
      await fixture.log.deleteExpiredSegments(fixture.clock.nowMs());
      assert.deepEqual([fixture.log.logStartOffset, fixture.log.localLogStartOffset], [0, expected], JSON.stringify(tiering));
    }
  });

  it("moves the log start over remote segments by time and by size of both parts", async () => {
    const bySize = await movedAway(6, { retentionBytes: BATCH_BYTES * 13 });
    assert.deepEqual([bySize.fixture.log.logStartOffset, bySize.remote.ids.includes("s6")], [6, true]);
    const { fixture, remote } = await movedAway(6);
    fixture.log.updateConfig({ ...fixture.config, retentionMs: 10_500 });
    fixture.clock.advance(20_000);
    await fixture.log.deleteExpiredSegments(fixture.clock.nowMs());
    await fixture.clock.advanceAsync(0);
    assert.deepEqual([fixture.log.logStartOffset, remote.ids], [10, ["s10"]]);
    assert.deepEqual(await offsets(fixture), from(10));
  });
});
