import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ErrorCode } from "@ottla/protocol";
import { baseOffset, computeCrc, crc, maxTimestamp, partitionLeaderEpoch, timestampType } from "@ottla/protocol/records";
import { FROM_CLIENT, LogFixture, makeBatch, readAll, START_MS } from "../testing/log-fixture.ts";

/** No memory for the tail: every read goes to the disk. */
const COLD = { limits: { tailCacheBytes: 0 } };

describe("appending to a partition's log", () => {
  it("gives consecutive offsets and writes offset and epoch into the batch, outside its checksum", async () => {
    const { log } = await LogFixture.create();
    const batch = makeBatch({ records: 3 });
    const before = crc(batch, 0);
    assert.deepEqual(log.append(batch, { origin: "client", leaderEpoch: 7 }), {
      kind: "appended",
      baseOffset: 0,
      lastOffset: 2,
      logAppendTimeMs: -1,
    });
    const next = makeBatch();
    assert.deepEqual(log.append(next, { origin: "client", leaderEpoch: 7 }), {
      kind: "appended",
      baseOffset: 3,
      lastOffset: 3,
      logAppendTimeMs: -1,
    });
    assert.equal(baseOffset(next, 0), 3);
    assert.equal(partitionLeaderEpoch(next, 0), 7);
    assert.equal(crc(batch, 0), before);
    assert.equal(computeCrc(next, 0), crc(next, 0));
    assert.deepEqual([log.logEndOffset, log.highWatermark, log.lastStableOffset, log.leaderEpoch], [4, 4, 4, 7]);
  });

  it("stamps time and checksum under LogAppendTime", async () => {
    const { log, clock } = await LogFixture.create({ messageTimestampType: "LogAppendTime" });
    clock.advance(1234);
    const batch = makeBatch({ timestampMs: 5 });
    assert.deepEqual(log.append(batch, FROM_CLIENT), { kind: "appended", baseOffset: 0, lastOffset: 0, logAppendTimeMs: START_MS + 1234 });
    assert.equal(timestampType(batch, 0), "logAppendTime");
    assert.equal(maxTimestamp(batch, 0), START_MS + 1234);
    assert.equal(computeCrc(batch, 0), crc(batch, 0));
  });

  it("refuses a batch larger than a segment and takes one of just that size", async () => {
    const fits = makeBatch({ recordBytes: 900 });
    const { log } = await LogFixture.create({ segmentBytes: fits.length });
    const refused = log.append(makeBatch({ recordBytes: 901 }), FROM_CLIENT);
    assert.equal(refused.kind === "rejected" && refused.errorCode, ErrorCode.RECORD_LIST_TOO_LARGE);
    assert.equal(log.append(fits, FROM_CLIENT).kind, "appended");
  });

  it("refuses everything once it is closed", async () => {
    const fixture = await LogFixture.create();
    fixture.append();
    await fixture.store.close();
    const outcome = fixture.log.append(makeBatch(), FROM_CLIENT);
    assert.equal(outcome.kind === "rejected" && outcome.errorCode, ErrorCode.KAFKA_STORAGE_ERROR);
  });
});

for (const [where, options] of [
  ["the tail cache", {}],
  ["the disk", COLD],
] as const) {
  describe(`reading from ${where}`, () => {
    it("returns the whole batch that holds an offset in its middle", async () => {
      const fixture = await LogFixture.create({}, options);
      for (let i = 0; i < 4; i++) fixture.append({ records: 5, value: `b${i}` });
      const outcome = await fixture.log.read(12, 1, { minOneBatch: true });
      assert.equal(outcome.kind === "records" && baseOffset(Buffer.concat(outcome.records), 0), 10);
      assert.equal(outcome.kind === "records" && outcome.nextOffset, 15);
    });

    it("gives one batch above the limit if asked to, else none", async () => {
      const fixture = await LogFixture.create({}, options);
      fixture.append({ recordBytes: 5000 });
      fixture.append();
      const one = await fixture.log.read(0, 100, { minOneBatch: true });
      assert.equal(one.kind === "records" && one.nextOffset, 1);
      const none = await fixture.log.read(0, 100, { minOneBatch: false });
      assert.deepEqual(none.kind === "records" && [none.sizeBytes, none.nextOffset], [0, 0]);
    });

    it("returns as many whole batches as fit", async () => {
      const fixture = await LogFixture.create({}, options);
      const batchBytes = makeBatch().length;
      for (let i = 0; i < 10; i++) fixture.append();
      for (const [maxBytes, count] of [
        [batchBytes * 3, 3],
        [batchBytes * 3 - 1, 2],
        [batchBytes * 3 + 1, 3],
        [batchBytes * 99, 8],
      ] as const) {
        const outcome = await fixture.log.read(2, maxBytes, { minOneBatch: false });
        assert.equal(outcome.kind === "records" && outcome.sizeBytes, count * batchBytes);
      }
    });

    it("does not reach maxOffset", async () => {
      const fixture = await LogFixture.create({}, options);
      for (let i = 0; i < 10; i++) fixture.append({ records: 2 });
      const outcome = await fixture.log.read(4, 1 << 20, { minOneBatch: true, maxOffset: 12 });
      assert.equal(outcome.kind === "records" && outcome.nextOffset, 12);
      const empty = await fixture.log.read(12, 1 << 20, { minOneBatch: true, maxOffset: 12 });
      assert.equal(empty.kind === "records" && empty.sizeBytes, 0);
    });

    it("answers OFFSET_OUT_OF_RANGE below the start and beyond the end, and nothing at the end", async () => {
      const fixture = await LogFixture.create({}, options);
      for (let i = 0; i < 10; i++) fixture.append();
      await fixture.log.deleteRecordsBefore(3);
      for (const offset of [0, 2, 11, 1e9]) {
        const outcome = await fixture.log.read(offset, 100, { minOneBatch: true });
        assert.equal(outcome.kind === "rejected" && outcome.errorCode, ErrorCode.OFFSET_OUT_OF_RANGE, `at ${offset}`);
      }
      const atEnd = await fixture.log.read(10, 100, { minOneBatch: true });
      assert.equal(atEnd.kind === "records" && atEnd.sizeBytes, 0);
    });

    it("equals what was appended, over many segments and from any offset", async () => {
      const fixture = await LogFixture.create({ segmentBytes: 2000, indexIntervalBytes: 300 }, options);
      const batches: Buffer[] = [];
      for (let i = 0; i < 60; i++) {
        const batch = makeBatch({ records: 1 + (i % 4), recordBytes: 10 + ((i * 37) % 200), value: `n${i}` });
        assert.equal(fixture.log.append(batch, FROM_CLIENT).kind, "appended");
        batches.push(Buffer.from(batch));
      }
      assert.ok(fixture.log.segments.length > 5);
      for (let offset = 0; offset < fixture.log.logEndOffset; offset += 7) {
        const from = batches.findLastIndex((batch) => baseOffset(batch, 0) <= offset);
        assert.ok((await readAll(fixture.log, offset, 500)).equals(Buffer.concat(batches.slice(from))), `from ${offset}`);
      }
    });
  });
}

describe("a log's segments", () => {
  it("roll when the next batch would not fit", async () => {
    const batchBytes = makeBatch().length;
    const fixture = await LogFixture.create({ segmentBytes: batchBytes * 3 });
    for (let i = 0; i < 7; i++) fixture.append();
    assert.deepEqual(
      fixture.log.segments.all().map((s) => s.baseOffset),
      [0, 3, 6],
    );
    assert.deepEqual(fixture.names(".log"), ["00000000000000000000.log", "00000000000000000003.log", "00000000000000000006.log"]);
    assert.equal(fixture.log.sizeBytes, batchBytes * 7);
  });

  it("roll by the records' own time, and by the clock where they carry none", async () => {
    const timed = await LogFixture.create({ segmentMs: 1000 });
    for (const ms of [0, 500, 1000, 1001, 1002]) timed.append({ timestampMs: START_MS + ms });
    assert.deepEqual(
      timed.log.segments.all().map((s) => s.baseOffset),
      [0, 3],
    );
    const untimed = await LogFixture.create({ segmentMs: 1000 });
    untimed.append({ timestampMs: -1 });
    untimed.clock.advance(1000);
    untimed.append({ timestampMs: -1 });
    untimed.clock.advance(1);
    untimed.append({ timestampMs: -1 });
    assert.deepEqual(
      untimed.log.segments.all().map((s) => s.baseOffset),
      [0, 2],
    );
  });

  it("roll earlier by a part of segment.jitter.ms", async () => {
    const fixture = await LogFixture.create({ segmentMs: 1000, segmentJitterMs: 1000 });
    for (let ms = 0; ms < 5000; ms += 10) fixture.append({ timestampMs: START_MS + ms });
    assert.ok(fixture.log.segments.length > 5);
  });

  it("roll when an index is full, and when a relative offset would pass int32", async () => {
    const full = await LogFixture.create({ segmentIndexBytes: 48, indexIntervalBytes: 0 });
    for (let i = 0; i < 12; i++) full.append({ timestampMs: START_MS + i });
    assert.ok(full.log.segments.length >= 3);
    assert.ok(full.names("index").every((name) => full.disk.stat(full.path(name))!.sizeBytes <= 48));
    const wide = await LogFixture.create();
    wide.append();
    // A batch whose last offset delta is the largest there is: the next one is out of reach of the first segment.
    const huge = makeBatch();
    huge.writeInt32BE(0x7ffffffe, 23);
    assert.equal(wide.log.append(huge, { origin: "coordinator", leaderEpoch: 1 }).kind, "appended");
    wide.append();
    assert.deepEqual(
      wide.log.segments.all().map((s) => s.baseOffset),
      [0, 0x80000000],
    );
  });

  it("keep the cost of an append and the open files flat as their number grows", async () => {
    const fixture = await LogFixture.create({ segmentBytes: 400 }, { limits: { openFilesMax: 3 } });
    for (let i = 0; i < 300; i++) fixture.append();
    const before = fixture.disk.count("open");
    for (let i = 0; i < 20; i++) fixture.append();
    assert.ok(fixture.log.segments.length > 60);
    assert.ok(fixture.disk.count("open") - before <= 40, `${fixture.disk.count("open") - before} files were opened`);
    assert.equal((await readAll(fixture.log)).length, fixture.log.sizeBytes);
  });

  it("may be deleted while a read of them is under way", async () => {
    const fixture = await LogFixture.create({ segmentBytes: 400, fileDeleteDelayMs: 0 }, COLD);
    for (let i = 0; i < 20; i++) fixture.append();
    const read = fixture.log.read(0, 1000, { minOneBatch: true });
    await fixture.log.deleteRecordsBefore(15);
    fixture.clock.advance(1);
    const outcome = await read;
    if (outcome.kind === "records") assert.equal(outcome.nextOffset > 0, true);
    else assert.equal(outcome.errorCode, ErrorCode.OFFSET_OUT_OF_RANGE);
    fixture.store.deletePartition("orders", 0);
    const gone = await fixture.log.read(16, 1000, { minOneBatch: true });
    assert.equal(gone.kind, "rejected");
  });
});
