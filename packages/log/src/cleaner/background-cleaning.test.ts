import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { RecordBatchBuilder } from "@ottla/protocol/records";
import type { LogConfig } from "../partition/log-config.ts";
import { recordsIn } from "../testing/compaction-model.ts";
import { FROM_CLIENT, LogFixture, readAll, START_MS, TOPIC_ID } from "../testing/log-fixture.ts";
import { type CleanerSettings, defaultCleanerSettings } from "./log-cleaner.ts";

const COMPACTED: Partial<LogConfig> = { compacts: true, deletes: false, segmentBytes: 1000, fileDeleteDelayMs: 0 };

function put(fixture: LogFixture, key: string, bytes = 50, timestampMs = fixture.clock.nowMs()): void {
  const builder = new RecordBatchBuilder();
  builder.append(Buffer.from(key), Buffer.alloc(bytes, key), [], timestampMs);
  assert.equal(fixture.log.append(builder.close(), FROM_CLIENT).kind, "appended");
}

const cleanedBelow = (fixture: LogFixture): string | undefined =>
  fixture.disk.stat("/data/cleaner-offset-checkpoint") && String(fixture.disk.readFile("/data/cleaner-offset-checkpoint"));

async function created(config: Partial<LogConfig>, cleaner: Partial<CleanerSettings> = {}): Promise<LogFixture> {
  return LogFixture.create({ ...COMPACTED, ...config }, { cleaner: { backoffMs: 1000, ...cleaner } });
}

describe("the cleaner of a data directory", () => {
  it("rests, cleans what is due, and rests again; the start does not wait for it, and no timer is left behind", async () => {
    const fixture = await created({});
    for (let i = 0; i < 100; i++) put(fixture, `key-${i % 5}`);
    const bytes = fixture.log.sizeBytes;
    await fixture.clock.advanceAsync(999);
    assert.equal(fixture.log.sizeBytes, bytes);
    await fixture.clock.advanceAsync(1);
    assert.ok(fixture.log.sizeBytes < bytes / 3);
    assert.match(cleanedBelow(fixture) ?? "", new RegExp(`^1\\n1\\norders 0 ${fixture.log.segments.active.baseOffset} ${TOPIC_ID}\\n$`));
    const cleaned = fixture.log.sizeBytes;
    await fixture.clock.advanceAsync(10_000);
    assert.equal(fixture.log.sizeBytes, cleaned, "nothing is due");
    await fixture.store.close();
    assert.equal(fixture.clock.pendingTimers, 0);
  });

  it("tells how it does", async () => {
    const fixture = await created({ minCleanableDirtyRatio: 0.9 });
    const { store, clock } = fixture;
    for (let i = 0; i < 100; i++) put(fixture, `key-${i % 5}`);
    await clock.advanceAsync(700);
    const untouched = { maxDirtyRatio: 0, sinceLastRunMs: 700, uncleanableCount: 0, lastCleaningMs: 0 };
    assert.deepEqual(store.cleanerStatus, untouched);
    // What the look found that had nothing more to do.
    await clock.advanceAsync(400);
    assert.deepEqual(store.cleanerStatus, { ...untouched, sinceLastRunMs: 100 });
    for (let i = 0; i < 16; i++) put(fixture, `key-${i % 5}`);
    await clock.advanceAsync(1000);
    const { maxDirtyRatio } = store.cleanerStatus;
    assert.ok(maxDirtyRatio > 0 && maxDirtyRatio <= 0.9, `not due yet: ${maxDirtyRatio}`);
    for (let i = 0; i < 200; i++) put(fixture, `key-${i % 5}`);
    const segment = fixture.log.segments.all().at(-2)!;
    fixture.flip(`${String(segment.baseOffset).padStart(20, "0")}.log`, 70);
    await clock.advanceAsync(1000);
    assert.equal(store.cleanerStatus.uncleanableCount, 1);
    store.deletePartition("orders", 0);
    assert.equal(store.cleanerStatus.uncleanableCount, 0);
    await store.close();
  });

  it("goes on after a restart where it was, and begins anew where its notes are lost", async () => {
    const fixture = await created({ minCleanableDirtyRatio: 0.5 });
    for (let i = 0; i < 100; i++) put(fixture, `key-${i % 5}`);
    await fixture.store.compact();
    await fixture.reopen();
    const opened = fixture.disk.count("open");
    await fixture.store.compact();
    assert.equal(fixture.disk.count("open"), opened, "nothing is read again");
    await fixture.store.close();
    fixture.disk.remove("/data/cleaner-offset-checkpoint");
    await fixture.open();
    await fixture.store.compact();
    assert.ok(cleanedBelow(fixture)?.includes("orders 0 "));
    assert.deepEqual(fixture.logger.events, []);
  });

  it("cleans the log with the largest dirty share first, and lets a full disk or damage in one not stop it", async () => {
    const fixture = await created({ minCleanableDirtyRatio: 0.1 });
    for (let i = 0; i < 60; i++) put(fixture, `key-${i % 5}`);
    await fixture.store.compact();
    // A fifth of this one is new; all of the other one.
    for (let i = 0; i < 40; i++) put(fixture, `key-${i}`);
    const order: string[] = [];
    const info = fixture.logger.info;
    Object.assign(fixture.logger, {
      info: (message: string, fields: Record<string, unknown>) => (order.push(`${message} ${fields["topic"]}`), info(message, fields)),
    });
    const other = fixture.store.createPartition("others", 0, TOPIC_ID, fixture.config);
    const mine = fixture.log;
    fixture.log = other;
    for (let i = 0; i < 60; i++) put(fixture, `key-${i % 5}`);
    fixture.log = mine;
    await fixture.store.compact();
    assert.deepEqual(order, ["a log was compacted others", "a log was compacted orders"]);
  });

  it("takes new settings while it runs: others of the rate at once, of threads and memory with the next log", async () => {
    const fixture = await created({}, { threads: 0 });
    for (let i = 0; i < 100; i++) put(fixture, `key-${i % 5}`);
    const bytes = fixture.log.sizeBytes;
    await fixture.clock.advanceAsync(10_000);
    assert.equal(fixture.log.sizeBytes, bytes, "there is no thread");
    // So slow that it takes a minute to read what is there.
    fixture.store.configureCleaner({ ...defaultCleanerSettings, backoffMs: 1000, threads: 1, ioBufferBytes: 2000, ioBytesPerSecond: 100 });
    await fixture.clock.advanceAsync(20_000);
    assert.deepEqual(fixture.store.compacting, ["orders-0"]);
    assert.equal(fixture.log.sizeBytes, bytes);
    fixture.store.configureCleaner({ ...defaultCleanerSettings, backoffMs: 1000, threads: 1, ioBufferBytes: 2000, ioBytesPerSecond: 1e9 });
    await fixture.clock.advanceAsync(30_000);
    assert.ok(fixture.log.sizeBytes < bytes);
    assert.deepEqual(fixture.store.compacting, []);
    await fixture.store.close();
  });

  it("holds its rate", async () => {
    const fixture = await created({}, { ioBytesPerSecond: 1000, ioBufferBytes: 1000 });
    for (let i = 0; i < 100; i++) put(fixture, `key-${i % 5}`);
    const readBytes = fixture.log.sizeBytes - fixture.log.segments.active.sizeBytes;
    await fixture.clock.advanceAsync(1000);
    let tookMs = 0;
    for (; fixture.store.compacting.length > 0; tookMs += 100) await fixture.clock.advanceAsync(100);
    const leastMs = (readBytes * 2 * 1000) / 1000;
    assert.ok(tookMs > leastMs * 0.95 && tookMs < leastMs * 1.5, `${tookMs} ms for ${readBytes} bytes, twice`);
    await fixture.store.close();
  });

  it("stops at once when the store closes or the topic is deleted, with the log as it was", async () => {
    for (const how of ["close", "deletion"] as const) {
      const fixture = await created({}, { ioBytesPerSecond: 10, ioBufferBytes: 1000 });
      for (let i = 0; i < 100; i++) put(fixture, `key-${i % 5}`);
      await fixture.clock.advanceAsync(5000);
      assert.deepEqual(fixture.store.compacting, ["orders-0"]);
      if (how === "close") await fixture.store.close();
      else {
        fixture.store.deletePartition("orders", 0);
        // The same name again: what was under way must not touch it.
        fixture.log = fixture.store.createPartition("orders", 0, "BBBBBBBBBBBBBBBBBBBBBQ", fixture.config);
        for (let i = 0; i < 100; i++) put(fixture, `new-${i % 5}`);
        await fixture.clock.advanceAsync(200);
        assert.equal(recordsIn(await readAll(fixture.log)).length, 100);
        await fixture.store.close();
      }
      assert.deepEqual(fixture.logger.events, [], how);
      assert.deepEqual(fixture.names(".cleaned"), []);
    }
  });

  it("leaves what is younger than min.compaction.lag.ms, and what has waited for max.compaction.lag.ms waits no longer", async () => {
    const fixture = await created({ minCompactionLagMs: 60_000 }, { backoffMs: 1e9 });
    for (let i = 0; i < 100; i++) put(fixture, `key-${i % 5}`);
    const bytes = fixture.log.sizeBytes;
    await fixture.store.compact();
    assert.equal(fixture.log.sizeBytes, bytes);
    fixture.clock.advance(60_001);
    await fixture.store.compact();
    assert.ok(fixture.log.sizeBytes < bytes);
    const lazy = await created({ minCleanableDirtyRatio: 1, maxCompactionLagMs: 60_000 }, { backoffMs: 1e9 });
    for (let i = 0; i < 20; i++) put(lazy, `key-${i % 5}`);
    lazy.clock.advance(60_000);
    const before = lazy.log.sizeBytes;
    await lazy.store.compact();
    assert.equal(lazy.log.sizeBytes, before);
    lazy.clock.advance(1);
    put(lazy, "later");
    await lazy.store.compact();
    assert.ok(lazy.log.sizeBytes < before, "also the last segment was closed in time");
  });
});

describe("a month of commits", () => {
  it("leaves a log, an index of producers and a directory that do not grow", async () => {
    const day = 24 * 3_600_000;
    const fixture = await LogFixture.create(
      { ...COMPACTED, segmentBytes: 4000, segmentMs: day, producerIdExpirationMs: day },
      {
        cleaner: { backoffMs: 3_000_000 },
        schedule: { flushCheckIntervalMs: day, checkpointIntervalMs: day, retentionCheckIntervalMs: day },
      },
    );
    const sizes: number[] = [];
    for (let hour = 0; hour < 30 * 24; hour++) {
      for (let i = 0; i < 10; i++) put(fixture, `group-${(hour * 7 + i) % 60}`);
      // Every hour another producer comes, writes and is gone.
      const builder = new RecordBatchBuilder();
      builder.setProducerState(1000 + hour, 0, 0);
      builder.append(Buffer.from("state"), Buffer.from(String(hour)), [], fixture.clock.nowMs());
      fixture.log.append(builder.close(), FROM_CLIENT);
      await fixture.clock.advanceAsync(3_600_000);
      fixture.log.expireProducers();
      sizes.push(fixture.log.sizeBytes);
      assert.ok(fixture.log.activeProducers().length <= 25, `hour ${hour}`);
    }
    const week = sizes.slice(24, 8 * 24);
    assert.ok(Math.max(...sizes.slice(-7 * 24)) <= Math.max(...week) * 1.05, "the last week is no larger than the first");
    assert.ok(fixture.names().length < 60, `${fixture.names().length} files`);
    assert.equal(recordsIn(await readAll(fixture.log)).filter(({ key }) => key === "state").length < 10, true);
    assert.deepEqual(fixture.logger.events, []);
    await fixture.store.close();
  });
});

describe("a log that was compacted", () => {
  it("stays readable when its policy no longer says so, through a restart of any kind; behind it a gap is damage still", async () => {
    for (const stop of ["none", "close", "kill"]) {
      const fixture = await created({}, { backoffMs: 1e9 });
      for (let i = 0; i < 100; i++) put(fixture, `key-${i % 5}`);
      await fixture.store.compact();
      fixture.config = { ...fixture.config, compacts: false, deletes: true };
      fixture.log.updateConfig(fixture.config);
      if (stop === "close") await fixture.store.close();
      else if (stop === "kill") fixture.kill();
      if (stop !== "none") await fixture.open();
      const left = recordsIn(await readAll(fixture.log));
      assert.ok(left.length < 50, stop);
      // Later segments have no gaps: one that is gone is missed.
      for (let i = 0; i < 60; i++) put(fixture, `later-${i}`);
      const { segments } = fixture.log;
      const gone = segments.at(segments.length - 3)!.baseOffset;
      await fixture.log.flush();
      await fixture.store.close();
      for (const suffix of ["log", "index", "timeindex"]) fixture.disk.remove(fixture.path(`${String(gone).padStart(20, "0")}.${suffix}`));
      await fixture.open();
      const read = await fixture.log.read(gone, 1000, { minOneBatch: true });
      assert.equal(read.kind, "rejected", stop);
    }
  });

  it("is trimmed by retention as well under compact,delete, cleaned part and all", async () => {
    const fixture = await created({ deletes: true, retentionMs: 60_000 }, { backoffMs: 1e9 });
    for (let i = 0; i < 100; i++) put(fixture, `key-${i % 5}`);
    await fixture.store.compact();
    const active = fixture.log.segments.active.baseOffset;
    fixture.clock.advance(60_001);
    put(fixture, "late");
    await fixture.log.deleteExpiredSegments(fixture.clock.nowMs());
    assert.equal(fixture.log.logStartOffset, active);
    for (let i = 0; i < 100; i++) put(fixture, `key-${i % 5}`);
    await fixture.store.compact();
    assert.deepEqual(fixture.logger.events, []);
    const keys = recordsIn(await readAll(fixture.log)).map(({ key }) => key);
    assert.equal(keys.filter((key) => key === "late").length, 1);
  });

  it("goes on where retention or a deletion of records takes its beginning while it is cleaned", async () => {
    const fixture = await created({ deletes: true }, { ioBytesPerSecond: 2000, ioBufferBytes: 1000 });
    for (let i = 0; i < 100; i++) put(fixture, `key-${i % 5}`);
    await fixture.clock.advanceAsync(2000);
    assert.deepEqual(fixture.store.compacting, ["orders-0"]);
    await fixture.log.deleteRecordsBefore(30);
    await fixture.clock.advanceAsync(100_000);
    assert.deepEqual(fixture.logger.events, []);
    assert.deepEqual(fixture.store.compacting, []);
    const active = fixture.log.segments.active.baseOffset;
    const left = recordsIn(await readAll(fixture.log)).filter(({ offset }) => offset < active);
    assert.equal(left.length, 5);
    await fixture.store.close();
  });

  it("shows readers in memory what is on the disk", async () => {
    const fixture = await created({}, { backoffMs: 1e9 });
    for (let i = 0; i < 100; i++) put(fixture, `key-${i % 5}`, 50, START_MS + i);
    await fixture.store.compact();
    const active = fixture.log.segments.active.baseOffset;
    assert.equal(recordsIn(await readAll(fixture.log)).filter(({ offset }) => offset < active).length, 5);
    const found = await fixture.log.offsetForTimestamp(START_MS);
    assert.equal((found as { offset: number }).offset, recordsIn(await readAll(fixture.log))[0]!.offset);
  });
});
