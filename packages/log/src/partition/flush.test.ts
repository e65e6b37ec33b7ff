import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DiskError } from "@ottla/base";
import { runsOf } from "@ottla/base/simulated";
import { ErrorCode } from "@ottla/protocol";
import { FROM_CLIENT, LogFixture, makeBatch, readAll, TOPIC_ID } from "../testing/log-fixture.ts";

/** Lets the promises that can settle do so. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe("flush.messages=1", () => {
  it("makes an acknowledgement wait for the disk, and consumers too", async () => {
    const fixture = await LogFixture.create({ flushMessages: 1 });
    fixture.append();
    assert.equal(fixture.log.highWatermark, 0);
    const waiting = fixture.log.durable(0);
    assert.ok(waiting instanceof Promise);
    await waiting;
    assert.deepEqual([fixture.log.highWatermark, fixture.log.recoveryPoint], [1, 1]);
    assert.equal(fixture.log.durable(0), undefined);
  });

  it("shares one sync between all appends of a moment, and the next one between all that came meanwhile", async () => {
    const fixture = await LogFixture.create({ flushMessages: 1 });
    fixture.append();
    await fixture.log.durable(0);
    const before = fixture.disk.count("sync");
    for (let i = 0; i < 50; i++) fixture.append();
    await fixture.log.durable(50);
    assert.equal(fixture.disk.count("sync") - before, 1);
    fixture.append();
    await Promise.resolve();
    for (let i = 0; i < 50; i++) fixture.append();
    await fixture.log.durable(101);
    assert.equal(fixture.disk.count("sync") - before, 3);
    assert.equal(fixture.store.flushTimes.count, 4, "each sync of a segment was measured");
  });

  it("loses nothing that was acknowledged when the power fails", async () => {
    for (let seed = 0; seed < runsOf({ quick: 25, long: 150 }); seed++) {
      const fixture = await LogFixture.create({ flushMessages: 1, segmentBytes: 1000 }, { seed });
      let acknowledged = 0;
      for (let i = 0; i < 5 + (seed % 30); i++) {
        const { lastOffset } = fixture.append({ records: 1 + (i % 3), value: `s${seed}i${i}` });
        if (fixture.random.nextInt(3) > 0) {
          await fixture.log.durable(lastOffset);
          acknowledged = lastOffset + 1;
        }
      }
      const whole = await readAll(fixture.log);
      const written = fixture.log.sizeBytes;
      fixture.cutPower();
      const outcome = await fixture.openStore();
      if (acknowledged === 0 && outcome === undefined) continue;
      assert.ok(outcome?.kind === "opened", `seed ${seed}: ${outcome?.kind === "failed" ? outcome.error.message : ""}`);
      const content = await readAll(outcome.log);
      assert.ok(
        outcome.log.logEndOffset >= acknowledged,
        `seed ${seed}: ${acknowledged} were acknowledged, ${outcome.log.logEndOffset} are there`,
      );
      assert.ok(
        content.length <= written && (content.equals(whole.subarray(0, content.length)) || whole.length < content.length),
        `seed ${seed}`,
      );
      assert.equal(outcome.log.recoveryPoint, outcome.log.logEndOffset, "what is served is on the disk");
      if (acknowledged > 0) assert.equal(outcome.log.topicId, TOPIC_ID, `seed ${seed}: without its topic id the broker would remove it`);
    }
  });

  it("acknowledges nothing after a failed sync, and takes no more until it is opened again", async () => {
    const fixture = await LogFixture.create({ flushMessages: 1 });
    fixture.append();
    await fixture.log.durable(0);
    fixture.disk.fail({ operation: "sync" });
    fixture.append();
    await assert.rejects(fixture.log.durable(1)!, DiskError);
    await assert.rejects(fixture.log.durable(1)!, DiskError, "no later sync heals it");
    const refused = fixture.log.append(makeBatch(), FROM_CLIENT);
    assert.equal(refused.kind === "rejected" && refused.errorCode, ErrorCode.KAFKA_STORAGE_ERROR);
    assert.equal(fixture.log.highWatermark, 1);
    assert.equal((await readAll(fixture.log)).length > 0, true, "reads go on");
    await fixture.store.close();
    assert.equal(fixture.disk.stat("/data/.kafka_cleanshutdown"), undefined);
    fixture.cutPower();
    const log = await fixture.open();
    assert.ok(log.logEndOffset >= 1);
    assert.equal(fixture.append().baseOffset, log.logEndOffset - 1);
  });

  it("makes a repeat wait as the first one did", async () => {
    const fixture = await LogFixture.create({ flushMessages: 1 });
    const plan = { producerId: 1, baseSequence: 0 };
    fixture.append(plan);
    const repeat = fixture.log.append(makeBatch(plan), FROM_CLIENT);
    assert.equal(repeat.kind, "duplicate");
    assert.ok(fixture.log.durable(0) instanceof Promise);
  });

  it("syncs what a kill left behind before it is served, so that a repeat is as durable as promised", async () => {
    const fixture = await LogFixture.create({ flushMessages: 1 });
    const plan = { producerId: 1, baseSequence: 0 };
    fixture.append(plan);
    fixture.kill();
    await fixture.open();
    assert.equal(fixture.log.append(makeBatch(plan), FROM_CLIENT).kind, "duplicate");
    assert.equal(fixture.log.durable(0), undefined);
    fixture.cutPower();
    assert.equal((await fixture.open()).logEndOffset, 1);
  });

  it("rejects those who wait when the partition is deleted", async () => {
    const fixture = await LogFixture.create({ flushMessages: 1 });
    fixture.append();
    const waiting = fixture.log.durable(0)!;
    fixture.store.deletePartition("orders", 0);
    await assert.rejects(waiting, /closed before/);
  });
});

describe("without flush.messages=1", () => {
  it("nobody waits, and nothing is synced but closed segments", async () => {
    const fixture = await LogFixture.create({ segmentBytes: 400 });
    fixture.append();
    assert.equal(fixture.log.durable(0), undefined);
    await settle();
    assert.equal(fixture.disk.count("sync"), 0);
    for (let i = 0; i < 8; i++) fixture.append();
    await settle();
    assert.equal(fixture.log.recoveryPoint, fixture.log.segments.active.baseOffset);
  });

  it("flush.messages=3 makes every third record wait", async () => {
    const fixture = await LogFixture.create({ flushMessages: 3 });
    fixture.append();
    fixture.append();
    assert.equal(fixture.log.durable(1), undefined);
    fixture.append();
    assert.ok(fixture.log.durable(2) instanceof Promise);
    assert.equal(fixture.log.highWatermark, 3);
    await fixture.log.durable(2);
    assert.equal(fixture.log.recoveryPoint, 3);
  });

  it("flush.ms syncs when the oldest unflushed record is that old", async () => {
    const fixture = await LogFixture.create({ flushMs: 5000 });
    fixture.append();
    await fixture.clock.advanceAsync(4000);
    assert.equal(fixture.log.recoveryPoint, 0);
    await fixture.clock.advanceAsync(2000);
    assert.equal(fixture.log.recoveryPoint, 1);
  });

  it("a power loss costs a suffix at most, at a batch's end", async () => {
    for (let seed = 0; seed < runsOf({ quick: 30, long: 200 }); seed++) {
      const fixture = await LogFixture.create({ segmentBytes: 1500, indexIntervalBytes: 100 }, { seed, limits: { tailCacheBytes: 0 } });
      const ends = [0];
      for (let i = 0; i < 5 + (seed % 40); i++) {
        const { lastOffset } = fixture.append({ records: 1 + (i % 3), value: `s${seed}i${i}`, producerId: 5, baseSequence: ends.at(-1)! });
        ends.push(lastOffset + 1);
        if (fixture.random.nextInt(4) === 0) await settle();
        if (fixture.random.nextInt(20) === 0) await fixture.clock.advanceAsync(10_000);
      }
      const whole = await readAll(fixture.log);
      const flushed = fixture.log.recoveryPoint;
      fixture.cutPower();
      const outcome = await fixture.openStore();
      if (outcome === undefined && flushed === 0) continue;
      assert.ok(
        outcome?.kind === "opened",
        `seed ${seed}: ${outcome?.kind === "failed" ? outcome.error.message : "the directory is gone"}`,
      );
      const { log } = outcome;
      const content = await readAll(log);
      assert.ok(
        ends.includes(log.logEndOffset) && log.logEndOffset >= flushed,
        `seed ${seed}: ends at ${log.logEndOffset}, flushed up to ${flushed}`,
      );
      assert.ok(content.equals(whole.subarray(0, content.length)), `seed ${seed}`);
      fixture.log = log;
      const next = log.append(makeBatch({ producerId: 5, baseSequence: log.logEndOffset }), { origin: "client", leaderEpoch: 2 });
      assert.equal(next.kind, "appended", `seed ${seed}: producers are those of the log's end: ${JSON.stringify(next)}`);
    }
  });
});
