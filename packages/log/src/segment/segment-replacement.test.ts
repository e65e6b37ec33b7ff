import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { DiskOperation } from "@ottla/base/simulated";
import { runsOf, SeededRandom } from "@ottla/base/simulated";
import { baseOffset, batchViews, encodeEndTransactionMarker, lastOffset } from "@ottla/protocol/records";
import { LogFixture, readAll, START_MS } from "../testing/log-fixture.ts";
import type { WrittenReplacement } from "./replacement-file.ts";
import type { SegmentReplacement } from "./segment-replacement.ts";

const BATCHES = 40;
const CONFIG = { segmentBytes: 700, compacts: true, deletes: false };

/** 40 batches of one record in segments of five or so, nothing of them in memory, few files open. */
async function filled(config = {}, seed = 1): Promise<LogFixture> {
  const fixture = await LogFixture.create({ ...CONFIG, ...config }, { seed, limits: { tailCacheBytes: 0, openFilesMax: 2 } });
  for (let i = 0; i < BATCHES; i++) fixture.append({ value: `v${i}`, timestampMs: START_MS + i * 10 });
  await fixture.log.flush();
  return fixture;
}

/** Begins to replace `count` segments from the `at`-th on, keeping the batches whose first offset `keeps` takes. */
async function rewrite(
  fixture: LogFixture,
  at: number,
  count: number,
  keeps: (offset: number) => boolean,
  beforeWriting: () => void = () => {},
): Promise<[SegmentReplacement, WrittenReplacement]> {
  const { log } = fixture;
  const first = log.segments.at(at)!;
  const end = log.segments.at(at + count)!.baseOffset;
  const content = await readAll(log, first.baseOffset);
  beforeWriting();
  const aborted = log.segments
    .all()
    .slice(at, at + count)
    .flatMap(({ transactions }) => transactions.entries);
  await log.allowCompactionBelow(end);
  const replacement = log.beginReplacement(first.baseOffset, count)!;
  const file = replacement.file();
  for (const batch of batchViews(content)) if (lastOffset(batch, 0) < end && keeps(baseOffset(batch, 0))) file.append(batch);
  return [replacement, file.finish(aborted)];
}

async function offsets(fixture: LogFixture): Promise<number[]> {
  return [...batchViews(await readAll(fixture.log))].map((batch) => baseOffset(batch, 0));
}

const isEven = (offset: number): boolean => offset % 2 === 0;

describe("replaced segments", () => {
  it("hold what was kept, under its offsets, before and after a restart of either kind", async () => {
    for (const stop of ["none", "close", "kill", "power"]) {
      const fixture = await filled({ flushMessages: 1 });
      const bases = fixture.log.segments.all().map((segment) => segment.baseOffset);
      const size = fixture.log.sizeBytes;
      assert.equal(await fixture.log.commitReplacement(...(await rewrite(fixture, 1, 3, isEven))), true);
      assert.ok(fixture.log.sizeBytes < size);
      for (const kind of [".index", ".timeindex"])
        assert.ok(
          fixture.names(kind).some((name) => Number.parseInt(name, 10) === bases[1]),
          `${kind} is written at once`,
        );
      if (stop === "close") await fixture.store.close();
      else if (stop === "kill") fixture.kill();
      else if (stop === "power") fixture.cutPower();
      if (stop !== "none") await fixture.open();
      const expected = Array.from({ length: BATCHES }, (_, i) => i).filter((i) => i < bases[1]! || i >= bases[4]! || isEven(i));
      assert.deepEqual(await offsets(fixture), expected, stop);
      assert.equal(fixture.log.segments.length, bases.length - 2);
      assert.equal(
        fixture.log.sizeBytes,
        fixture.log.segments.all().reduce((sum, segment) => sum + segment.sizeBytes, 0),
      );
      // By time, and in the middle of a gap: the next one that is there.
      const odd = bases[2]! | 1;
      assert.equal(((await fixture.log.offsetForTimestamp(START_MS + odd * 10)) as { offset: number }).offset, odd + 1);
      const read = await fixture.log.read(odd, 1, { minOneBatch: true });
      assert.ok(read.kind === "records" && read.nextOffset === odd + 2);
      await fixture.clock.advanceAsync(100_000);
      assert.deepEqual(fixture.names(".deleted"), []);
      assert.equal(fixture.append().baseOffset, BATCHES);
    }
  });

  it("never make a reader miss a record or hear that its offset is out of range, whatever the order of events", async () => {
    for (let seed = 1; seed <= runsOf({ quick: 12, long: 40 }); seed++) {
      const random = new SeededRandom(seed);
      const fixture = await filled({}, seed);
      const { log } = fixture;
      const reads: Promise<void>[] = [];
      const readOne = async (offset: number): Promise<void> => {
        const outcome = await log.read(offset, 1 + random.nextInt(400), { minOneBatch: true });
        assert.equal(outcome.kind, "records", `seed ${seed}, offset ${offset}: ${JSON.stringify(outcome)}`);
        if (outcome.kind !== "records") return;
        const [first] = batchViews(outcome.records[0]!);
        // All even ones and all of the first and last segments are kept: the next of those at the latest.
        assert.ok(baseOffset(first!, 0) <= offset + (offset % 2), `seed ${seed}: ${baseOffset(first!, 0)} for ${offset}`);
        outcome.release?.();
      };
      const search = async (offset: number): Promise<void> => {
        const found = (await log.offsetForTimestamp(START_MS + offset * 10)) as { offset: number };
        assert.ok(found.offset === offset || found.offset === offset + 1, `seed ${seed}: ${JSON.stringify(found)} for ${offset}`);
      };
      for (let round = 0; round < 4; round++) {
        const closed = log.segments.length - 1;
        const count = 1 + random.nextInt(Math.min(3, closed));
        const replacement = await rewrite(fixture, random.nextInt(closed - count + 1), count, isEven);
        for (let i = 0; i < 10; i++) reads.push(readOne(random.nextInt(BATCHES - 1)), search(random.nextInt(BATCHES - 1)));
        const committed = log.commitReplacement(...replacement);
        for (let i = 0; i < 10; i++) {
          reads.push(readOne(random.nextInt(BATCHES - 1)), search(random.nextInt(BATCHES - 1)));
          await Promise.resolve();
        }
        assert.equal(await committed, true);
      }
      await Promise.all(reads);
    }
  });

  it("are the old ones or the new one, never both or neither, whatever fails on the disk and whenever the process is killed", async () => {
    const operations: readonly DiskOperation[] = ["open", "append", "truncate", "sync", "rename", "syncDirectory"];
    let failures = 0;
    for (const operation of operations) {
      for (let after = 0; after < 14; after++) {
        const fixture = await filled();
        const old = await offsets(fixture);
        const bases = fixture.log.segments.all().map((segment) => segment.baseOffset);
        const renewed = old.filter((i) => i < bases[1]! || i >= bases[4]! || isEven(i));
        let before = 0;
        let repair = (): void => {};
        const arm = (): void => {
          before = fixture.disk.count(operation);
          repair = fixture.disk.fail({ operation, after, times: 1 });
        };
        let isDone = false;
        try {
          isDone = await fixture.log.commitReplacement(...(await rewrite(fixture, 1, 3, isEven, arm)));
        } catch (error) {
          failures++;
          assert.equal((error as { code?: string }).code ?? String(error), "DISK_IO");
        }
        const isPassed = fixture.disk.count(operation) - before <= after;
        repair();
        fixture.kill();
        await fixture.open();
        const found = await offsets(fixture);
        assert.deepEqual(found, found.length === old.length ? old : renewed, `${operation} ${after}`);
        if (isDone) assert.deepEqual(found, renewed, `${operation} ${after}: it was said to be done`);
        assert.deepEqual(
          fixture.names().filter((name) => /swap|cleaned|deleted/.test(name)),
          [],
        );
        assert.equal(fixture.append().baseOffset, BATCHES);
        if (isPassed) break;
      }
    }
    assert.ok(failures > 10, `${failures} failures`);
  });

  it("come through a power loss at the swap", async () => {
    for (let seed = 1; seed <= 60; seed++) {
      const fixture = await filled({ flushMessages: 1 }, seed);
      const old = await offsets(fixture);
      const bases = fixture.log.segments.all().map((segment) => segment.baseOffset);
      const renewed = old.filter((i) => i < bases[1]! || i >= bases[4]! || isEven(i));
      const replacement = await rewrite(fixture, 1, 3, isEven);
      if (seed % 3 === 0) await replacement[0].seal(replacement[1]);
      else if (seed % 3 === 1) await fixture.log.commitReplacement(...replacement);
      fixture.cutPower();
      await fixture.open();
      const found = await offsets(fixture);
      assert.deepEqual(found, seed % 3 === 2 ? old : renewed, `seed ${seed}`);
    }
  });

  it("keep their aborted transactions, through a restart and a power cut", async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const fixture = await filled({ flushMessages: 1 }, seed);
      const place = { producerId: 7, producerEpoch: 0, baseOffset: 0, partitionLeaderEpoch: 0, timestampMs: START_MS };
      const first = fixture.append({ producerId: 7, baseSequence: 0, isTransactional: true }).baseOffset;
      fixture.log.append(encodeEndTransactionMarker({ outcome: "abort", coordinatorEpoch: 1 }, place), {
        origin: "marker",
        leaderEpoch: 1,
      });
      for (let i = 0; i < 20; i++) fixture.append();
      await fixture.log.flush();
      // With the checkpoint written a restart does not look at these segments again.
      await fixture.clock.advanceAsync(20_000);
      const at = fixture.log.segments.floorIndex(first);
      const expected = [{ producerId: 7, firstOffset: first }];
      const aborted = (): unknown =>
        fixture.log.abortedTransactions(first, first + 1).map(({ producerId, firstOffset }) => ({ producerId, firstOffset }));
      assert.equal(await fixture.log.commitReplacement(...(await rewrite(fixture, at - 1, 3, () => true))), true);
      assert.deepEqual(aborted(), expected);
      if (seed === 1) await fixture.store.close();
      else fixture.cutPower();
      await fixture.open();
      assert.deepEqual(aborted(), expected, `seed ${seed}`);
    }
  });

  it("are never those above the last stable offset, the one that is written to, or none", async () => {
    const fixture = await filled();
    const { segments } = fixture.log;
    assert.equal(fixture.log.beginReplacement(segments.active.baseOffset, 1), undefined);
    assert.equal(fixture.log.beginReplacement(segments.at(1)!.baseOffset, 0), undefined);
    assert.equal(fixture.log.beginReplacement(segments.at(1)!.baseOffset + 1, 1), undefined);
    assert.equal(fixture.log.beginReplacement(0, segments.length), undefined);
    const open = fixture.append({ producerId: 7, baseSequence: 0, isTransactional: true }).baseOffset;
    for (let i = 0; i < 20; i++) fixture.append();
    assert.equal(fixture.log.beginReplacement(segments.at(segments.floorIndex(open))!.baseOffset, 1), undefined);
  });

  it("are left alone when retention has taken one of them meanwhile", async () => {
    const fixture = await filled();
    const replacement = await rewrite(fixture, 0, 3, isEven);
    await fixture.log.deleteRecordsBefore(fixture.log.segments.at(2)!.baseOffset);
    const before = await offsets(fixture);
    assert.equal(await fixture.log.commitReplacement(...replacement), false);
    assert.deepEqual(await offsets(fixture), before);
    fixture.kill();
    await fixture.open();
    assert.deepEqual(await offsets(fixture), before);
  });

  it("are left alone when retention takes one of them while the disk is waited for", async () => {
    const fixture = await filled();
    const replacement = await rewrite(fixture, 0, 3, isEven);
    const start = fixture.log.segments.at(2)!.baseOffset;
    const old = await offsets(fixture);
    fixture.disk.syncMs = 10;
    const committed = fixture.log.commitReplacement(...replacement);
    const deleted = fixture.log.deleteRecordsBefore(start);
    while (fixture.log.segments.first.baseOffset < start) await fixture.clock.advanceAsync(1);
    assert.equal(replacement[0].replaced[0]!.isRetired, true);
    await fixture.clock.advanceAsync(100);
    assert.equal(await committed, false);
    await deleted;
    fixture.disk.syncMs = 0;
    const left = old.filter((offset) => offset >= start);
    assert.deepEqual(await offsets(fixture), left);
    assert.doesNotMatch(fixture.names().join(), /\.(cleaned|swap)/);
    fixture.kill();
    await fixture.open();
    assert.deepEqual(await offsets(fixture), left);
  });
});
