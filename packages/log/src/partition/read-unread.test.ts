import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SeededRandom, testSeed } from "@ottla/base/simulated";
import { ErrorCode } from "@ottla/protocol";
import { fingerprint, LogFixture, readAll } from "../testing/log-fixture.ts";
import type { UnreadRecords } from "./log-outcomes.ts";

const LOG = "00000000000000000000.log";

/** A partition whose records are all in files, written by this process. */
async function written(count: number, config = {}, recordBytes = (i: number) => 1000 + i): Promise<LogFixture> {
  const fixture = await LogFixture.create(config, { limits: { tailCacheBytes: 0 } });
  for (let i = 0; i < count; i++) fixture.append({ recordBytes: recordBytes(i), value: `${i}-` });
  return fixture;
}

/** The bytes, read in windows of that size. */
async function bytesOf({ records }: UnreadRecords, windowBytes = 4096): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (let left = records.byteLength; left > 0; ) {
    const window = Buffer.alloc(Math.min(windowBytes, left));
    const byteLength = await records.read(window);
    assert.ok(byteLength > 0);
    parts.push(window.subarray(0, byteLength));
    left -= byteLength;
  }
  return Buffer.concat(parts);
}

function unread(fixture: LogFixture, offset: number, maxBytes = 1 << 20, maxOffset = Infinity): UnreadRecords {
  const found = fixture.log.readUnread(offset, maxBytes, maxOffset);
  assert.ok(found, `nothing is known of offset ${offset}`);
  return found;
}

describe("records that are read when they are sent", () => {
  it("are the same bytes as those that are read at once, whatever the limits, segments and windows", async () => {
    const seed = testSeed();
    const random = new SeededRandom(seed);
    const below = (limit: number): number => random.nextInt(limit);
    const fixture = await written(200, { segmentBytes: 60_000, indexIntervalBytes: 2000 }, () => 50 + below(5000));
    const expected = await readAll(fixture.log, 0, 1 << 20);
    const parts: Buffer[] = [];
    let unreadCount = 0;
    for (let offset = 0; offset < 200; ) {
      const maxBytes = 1000 + below(40_000);
      const maxOffset = Math.min(200, offset + 1 + below(60));
      const found = fixture.log.readUnread(offset, maxBytes, maxOffset);
      if (found === undefined) {
        const outcome = await fixture.log.read(offset, maxBytes, { minOneBatch: true, maxOffset });
        assert.ok(outcome.kind === "records");
        parts.push(...outcome.records.map((bytes) => Buffer.from(bytes)));
        outcome.release?.();
        offset = outcome.nextOffset;
        continue;
      }
      unreadCount++;
      assert.ok(found.records.byteLength <= maxBytes && found.nextOffset <= maxOffset, `seed ${seed}`);
      parts.push(await bytesOf(found, 61 + below(9000)));
      found.release();
      found.readOn();
      offset = found.nextOffset;
    }
    assert.equal(fingerprint(Buffer.concat(parts)), fingerprint(expected), `seed ${seed}`);
    assert.ok(unreadCount > 20, `seed ${seed}: ${unreadCount} times`);
  });

  it("end below the offset that is asked for, and where the log ends", async () => {
    const fixture = await written(40, { indexIntervalBytes: 100 });
    const some = unread(fixture, 0, 1 << 20, 10);
    assert.equal(some.nextOffset, 10);
    const rest = unread(fixture, 10);
    assert.equal(rest.nextOffset, 40);
    assert.equal(fixture.log.readUnread(40, 1 << 20, Infinity), undefined);
  });

  it("are read on by several readers, each where it was", async () => {
    const fixture = await written(100, { indexIntervalBytes: 100 });
    const at = [0, 0, 0];
    for (let turn = 0; turn < 30; turn++) {
      const reader = turn % 3;
      const found = unread(fixture, at[reader]!, 2000 * (reader + 1));
      found.release();
      found.readOn();
      at[reader] = found.nextOffset;
    }
    assert.ok(at[0]! > 9 && at[1]! > at[0]! && at[2]! > at[1]!);
  });

  it("are what they were when their segments are removed before they are sent", async () => {
    const fixture = await written(100, { segmentBytes: 20_000, indexIntervalBytes: 100 });
    const expected = await readAll(fixture.log, 0, 1 << 20);
    const found = unread(fixture, 0, 15_000);
    await fixture.log.deleteRecordsBefore(90);
    await fixture.log.deleteExpiredSegments(fixture.clock.nowMs());
    assert.ok(fixture.log.segments.first.baseOffset > 0);
    const bytes = await bytesOf(found);
    assert.equal(fingerprint(bytes), fingerprint(expected.subarray(0, bytes.length)));
    found.release();
    assert.equal(fixture.log.readUnread(0, 15_000, Infinity), undefined);
  });

  it("fail where the disk fails, after which a read tells why, and works again when the disk does", async () => {
    const fixture = await written(40, { indexIntervalBytes: 100 });
    const found = unread(fixture, 0);
    const mend = fixture.disk.fail({ operation: "read", path: LOG, times: Infinity });
    await assert.rejects(bytesOf(found), { name: "DiskError", code: "DISK_IO" });
    found.release();
    assert.equal(fixture.log.readFaults, 1);
    assert.equal(fixture.log.readUnread(0, 1 << 20, Infinity), undefined, "it is not trusted any more");
    const refused = await fixture.log.read(0, 1 << 20, { minOneBatch: true });
    assert.deepEqual([refused.kind, (refused as { errorCode?: number }).errorCode], ["rejected", ErrorCode.KAFKA_STORAGE_ERROR]);
    mend();
    assert.equal((await readAll(fixture.log, 0)).length, fixture.log.sizeBytes);
  });

  it("are never given where there is no batch, or the file is too short", async () => {
    const fixture = await written(40, { indexIntervalBytes: 100 });
    const half = unread(fixture, 0, 20_000).records.byteLength;
    const found = unread(fixture, 0);
    // The format of the batch at which the second read begins.
    fixture.flip(LOG, half + 16);
    const window = Buffer.alloc(half);
    assert.equal(await found.records.read(window), half);
    await assert.rejects(async () => found.records.read(window), { name: "LogError", code: "LOG_CORRUPT" });
    const other = await written(40, { indexIntervalBytes: 100 });
    const short = unread(other, 0);
    other.overwrite(LOG, other.disk.readFile(other.path(LOG)).subarray(0, 30_000));
    await assert.rejects(bytesOf(short, 1 << 20), { code: "LOG_CORRUPT" });
  });

  it("are only what this process has written and its reader goes on to", async () => {
    const fixture = await written(40, { indexIntervalBytes: 100 });
    assert.equal(fixture.log.readUnread(20, 1 << 20, Infinity), undefined, "where it stands is not known");
    assert.equal(fixture.log.readUnread(0, 100, Infinity), undefined, "no batch fits");
    await fixture.reopen();
    assert.equal(fixture.log.readUnread(0, 1 << 20, Infinity), undefined);
  });
});
