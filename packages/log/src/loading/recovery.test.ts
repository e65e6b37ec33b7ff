import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LogError } from "../errors.ts";
import { FROM_CLIENT, fingerprint, LogFixture, makeBatch, readAll, START_MS } from "../testing/log-fixture.ts";

const FIRST_LOG = "00000000000000000000.log";
const COLD = { limits: { tailCacheBytes: 0 } };

/** The batches a log was given, as they stand in it. */
function fill(fixture: LogFixture, count: number, records = 2): Buffer[] {
  return Array.from({ length: count }, (_, i) => {
    const batch = makeBatch({
      records,
      recordBytes: 30,
      value: `b${fixture.log.logEndOffset}`,
      timestampMs: START_MS + fixture.log.logEndOffset * 10 + i,
    });
    assert.equal(fixture.log.append(batch, FROM_CLIENT).kind, "appended");
    return Buffer.from(batch);
  });
}

describe("a log that was closed properly", () => {
  it("is opened without a check of its segments, and goes on where it ended", async () => {
    const fixture = await LogFixture.create({ segmentBytes: 2000, indexIntervalBytes: 200 }, COLD);
    const batches = fill(fixture, 60);
    await fixture.store.close();
    const readsBefore = fixture.disk.count("read");
    const outcome = await fixture.openStore();
    assert.ok(outcome?.kind === "opened" && !outcome.wasRecovered);
    const markReads = 1;
    assert.ok(fixture.disk.count("read") - readsBefore - markReads < 12, "only the end of the log is looked at");
    fixture.log = outcome.log;
    assert.deepEqual([fixture.log.logEndOffset, fixture.log.recoveryPoint, fixture.log.leaderEpoch], [120, 120, 1]);
    assert.equal(fixture.append().baseOffset, 120);
    assert.ok((await readAll(fixture.log)).subarray(0, Buffer.concat(batches).length).equals(Buffer.concat(batches)));
  });

  it("keeps its end when retention has emptied it", async () => {
    const fixture = await LogFixture.create({ retentionMs: 1000 });
    fill(fixture, 10);
    fixture.clock.advance(100_000);
    await fixture.log.deleteExpiredSegments(fixture.clock.nowMs());
    assert.equal(fixture.log.sizeBytes, 0);
    for (const stop of ["close", "kill"] as const) {
      if (stop === "close") await fixture.store.close();
      else fixture.kill();
      const log = await fixture.open();
      assert.deepEqual([log.logStartOffset, log.logEndOffset], [20, 20], stop);
    }
    assert.equal(fixture.append().baseOffset, 20);
  });

  it("is not written to when nothing was appended", async () => {
    const fixture = await LogFixture.create();
    fill(fixture, 5);
    await fixture.reopen();
    const before = fixture.disk.count("append");
    await fixture.log.close();
    assert.equal(fixture.disk.count("append"), before);
  });
});

describe("a log whose process was killed", () => {
  it("has everything that was appended, and checks only segments from the recovery point on", async () => {
    const fixture = await LogFixture.create({ segmentBytes: 2000 }, COLD);
    const batches = fill(fixture, 60);
    await fixture.clock.advanceAsync(20_000); // rolled segments are synced, and the checkpoint is written
    const readsBefore = fixture.disk.count("read");
    fixture.kill();
    const outcome = await fixture.openStore();
    assert.ok(outcome?.kind === "opened" && outcome.wasRecovered);
    assert.ok(fixture.disk.count("read") - readsBefore < 12, `${fixture.disk.count("read") - readsBefore} reads`);
    assert.ok((await readAll(outcome.log)).equals(Buffer.concat(batches)));
  });

  it("has it on the disk once it is open: a power cut takes nothing of it", async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const fixture = await LogFixture.create({ flushMessages: 1 }, { seed });
      const batches = fill(fixture, 6);
      fixture.kill();
      await fixture.open();
      fixture.cutPower();
      assert.ok((await readAll(await fixture.open())).equals(Buffer.concat(batches)), `seed ${seed}`);
    }
  });

  it("is cut at the last whole batch, wherever the last two batches are torn", async () => {
    const fixture = await LogFixture.create();
    const batches = fill(fixture, 6);
    const whole = Buffer.concat(batches);
    const lastTwo = batches[4]!.length + batches[5]!.length;
    fixture.kill();
    for (let cut = 1; cut <= lastTwo; cut++) {
      fixture.overwrite(FIRST_LOG, whole.subarray(0, whole.length - cut));
      const log = await fixture.open();
      const kept = cut < batches[5]!.length ? 5 : cut < lastTwo ? (cut === batches[5]!.length ? 5 : 4) : 4;
      assert.equal(log.logEndOffset, kept * 2, `cut by ${cut}`);
      assert.ok((await readAll(log)).equals(Buffer.concat(batches.slice(0, kept))), `cut by ${cut}`);
      assert.equal(fixture.append().baseOffset, kept * 2);
      fixture.kill();
    }
  });

  it("is cut at the last whole batch, however much of it was filled with zeros", async () => {
    const fixture = await LogFixture.create();
    const batches = fill(fixture, 4);
    const whole = Buffer.concat(batches);
    fixture.kill();
    for (let zeros = 1; zeros <= whole.length; zeros += 11) {
      fixture.overwrite(FIRST_LOG, Buffer.concat([whole.subarray(0, whole.length - zeros), Buffer.alloc(zeros + 100)]));
      const log = await fixture.open();
      const content = await readAll(log);
      assert.ok(
        content.length >= whole.length - zeros - batches[3]!.length && content.equals(whole.subarray(0, content.length)),
        `${zeros} zeros`,
      );
      fixture.kill();
    }
  });

  it("serves nothing from a damaged batch on, whichever byte of it is wrong", async () => {
    const fixture = await LogFixture.create();
    const batches = fill(fixture, 5);
    const before = batches[0]!.length + batches[1]!.length;
    fixture.kill();
    const whole = fixture.disk.readFile(fixture.path(FIRST_LOG));
    for (let at = 0; at < batches[2]!.length; at++) {
      fixture.overwrite(FIRST_LOG, whole);
      fixture.flip(FIRST_LOG, before + at);
      const log = await fixture.open();
      const content = await readAll(log);
      // The leader epoch lies outside the checksum: a flipped one is only seen when it is lower than the epoch before.
      const isEpoch = at >= 12 && at < 16;
      if (!isEpoch) assert.ok(content.equals(Buffer.concat(batches.slice(0, 2))), `byte ${at}: ${fingerprint(content)}`);
      fixture.kill();
    }
    assert.ok(fixture.logger.events.includes("an unfinished or damaged end of a log was cut off"));
  });

  it("does not use offsets again that an epoch has used: the history tells where each ended", async () => {
    const fixture = await LogFixture.create();
    fill(fixture, 5);
    fixture.kill();
    const whole = fixture.disk.readFile(fixture.path(FIRST_LOG));
    fixture.overwrite(FIRST_LOG, whole.subarray(0, whole.length - 1));
    const log = await fixture.open();
    assert.equal(log.logEndOffset, 8);
    log.assignLeaderEpoch(2);
    assert.equal(log.append(makeBatch(), { origin: "client", leaderEpoch: 2 }).kind, "appended");
    assert.deepEqual(log.endOffsetForEpoch(1), { leaderEpoch: 1, endOffset: 8 });
    assert.deepEqual(log.endOffsetForEpoch(2), { leaderEpoch: 2, endOffset: 9 });
    fixture.kill();
    await fixture.open();
    assert.deepEqual(fixture.log.endOffsetForEpoch(1), { leaderEpoch: 1, endOffset: 8 });
  });
});

describe("a damaged closed segment", () => {
  async function withClosedSegments(): Promise<{ fixture: LogFixture; batches: Buffer[] }> {
    const fixture = await LogFixture.create({ segmentBytes: 600 }, COLD);
    const batches = fill(fixture, 30);
    await fixture.clock.advanceAsync(20_000);
    return { fixture, batches };
  }

  it("below the recovery point is an error when it is read, never a silent loss", async () => {
    const { fixture, batches } = await withClosedSegments();
    fixture.kill();
    const size = fixture.disk.readFile(fixture.path(FIRST_LOG)).length;
    for (const damage of ["flip", "renumber", "shorten to a batch's end", "shorten", "remove"] as const) {
      const saved = fixture.disk.readFile(fixture.path(FIRST_LOG));
      if (damage === "flip") fixture.flip(FIRST_LOG, batches[0]!.length + 16);
      else if (damage === "renumber") fixture.flip(FIRST_LOG, batches[0]!.length + 6);
      else if (damage === "remove") fixture.overwrite(FIRST_LOG, Buffer.alloc(0));
      else fixture.overwrite(FIRST_LOG, saved.subarray(0, damage === "shorten" ? size - 1 : size - batches[0]!.length));
      const log = await fixture.open();
      await assert.rejects(readAll(log), /answered 2:/, damage);
      fixture.kill();
      fixture.overwrite(FIRST_LOG, saved);
    }
    assert.ok((await readAll(await fixture.open())).equals(Buffer.concat(batches)));
  });

  it("above the recovery point ends the log; what followed is set aside and reported", async () => {
    const fixture = await LogFixture.create({ segmentBytes: 600 }, COLD);
    const takeBack = fixture.disk.fail({ operation: "sync", times: Infinity }); // nothing is ever known to be on the disk
    const batches = fill(fixture, 12);
    const bases = fixture.log.segments.all().map((s) => s.baseOffset);
    assert.ok(bases.length >= 2);
    fixture.kill();
    takeBack();
    fixture.flip(FIRST_LOG, batches[0]!.length + 30);
    const log = await fixture.open();
    assert.deepEqual([log.logEndOffset, log.segments.length], [2, 1]);
    assert.ok((await readAll(log)).equals(batches[0]!));
    assert.equal(fixture.names(".log.lost").length, bases.length - 1);
    assert.ok(fixture.logger.events.includes("a log was cut in an unflushed segment; later ones were set aside"));
    assert.equal(fixture.append().baseOffset, 2);
  });

  it("that has lost its last batches above the recovery point ends the log, also where older records may go one by one", async () => {
    for (const compacts of [false, true]) {
      const fixture = await LogFixture.create({ segmentBytes: 600, compacts }, COLD);
      const takeBack = fixture.disk.fail({ operation: "sync", times: Infinity });
      const batches = fill(fixture, 12);
      fixture.kill();
      takeBack();
      const whole = fixture.disk.readFile(fixture.path(FIRST_LOG));
      fixture.overwrite(FIRST_LOG, whole.subarray(0, whole.length - batches[0]!.length));
      const log = await fixture.open();
      const kept = Math.floor(whole.length / batches[0]!.length) - 1;
      assert.equal(log.logEndOffset, kept * 2, `compacts: ${compacts}`);
      assert.ok((await readAll(log)).equals(Buffer.concat(batches.slice(0, kept))));
    }
  });

  it("refuses to open the partition when the damage lies below the recovery point in a segment that must be checked", async () => {
    const { fixture, batches } = await withClosedSegments();
    const point = fixture.log.recoveryPoint;
    const checked = fixture.log.segments.all()[fixture.log.segments.floorIndex(point)]!;
    assert.ok(checked.baseOffset > 0);
    fixture.kill();
    // The checkpoint says that more was on the disk than the first segment's end: it is checked, and is not the last.
    fixture.disk.replaceFile("/data/recovery-point-offset-checkpoint", Buffer.from("0\n1\norders 0 3\n"));
    fixture.flip(FIRST_LOG, 30);
    for (let start = 0; start < 3; start++) {
      await assert.rejects(fixture.open(), (error: unknown) => error instanceof LogError && error.code === "LOG_CORRUPT", `start ${start}`);
      // What is known of the partition outlives starts that could not load it; else the next one would cut it as torn.
      if (start === 1) await fixture.store.close();
      else fixture.kill();
    }
    fixture.flip(FIRST_LOG, 30);
    assert.ok((await readAll(await fixture.open())).equals(Buffer.concat(batches)));
  });
});

it("what recovery cuts off a log is not back behind the records that came later, when the power goes", async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const fixture = await LogFixture.create({ segmentBytes: 1000 }, { ...COLD, seed });
    fixture.append({ value: "kept", recordBytes: 300 });
    await fixture.log.flush();
    await fixture.clock.advanceAsync(20_000);
    fixture.kill();
    const tail = fixture.disk.open(fixture.path(FIRST_LOG));
    tail.append([Buffer.alloc(700, 1)]);
    await tail.sync();
    await fixture.open();
    fixture.append({ value: "next", recordBytes: 900 });
    await fixture.log.flush();
    const before = await readAll(fixture.log);
    await fixture.clock.advanceAsync(20_000);
    fixture.cutPower();
    await fixture.open();
    assert.equal(fixture.names(".log").length, 2);
    assert.ok(before.equals(await readAll(fixture.log)), `seed ${seed}`);
  }
});
