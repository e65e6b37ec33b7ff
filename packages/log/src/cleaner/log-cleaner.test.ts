import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { runsOf, SeededRandom } from "@ottla/base/simulated";
import { CODEC_NAMES, deleteHorizon, batchViews, encodeEndTransactionMarker, RecordBatchBuilder } from "@ottla/protocol/records";
import type { LogConfig } from "../partition/log-config.ts";
import { batchesIn, lastPerKey, recordsIn, type SeenRecord } from "../testing/compaction-model.ts";
import { FROM_CLIENT, LogFixture, readAll, START_MS } from "../testing/log-fixture.ts";

const COMPACTED: Partial<LogConfig> = { compacts: true, deletes: false, segmentBytes: 2000, minCleanableDirtyRatio: 0 };

interface KeyedBatch {
  readonly records: readonly (readonly [key: string | null, value: string | null])[];
  readonly codec?: (typeof CODEC_NAMES)[number];
  readonly producer?: { readonly id: number; readonly epoch: number; readonly sequence: number };
  readonly isTransactional?: boolean;
  readonly timestampMs?: number;
}

function put(fixture: LogFixture, batch: KeyedBatch): number {
  const builder = new RecordBatchBuilder({ isTransactional: batch.isTransactional ?? false });
  if (batch.producer) builder.setProducerState(batch.producer.id, batch.producer.epoch, batch.producer.sequence);
  for (const [i, [key, value]] of batch.records.entries())
    builder.append(
      key === null ? null : Buffer.from(key),
      value === null ? null : Buffer.from(value),
      [],
      (batch.timestampMs ?? fixture.clock.nowMs()) + i,
    );
  const { id = 0, epoch = 0, sequence = 0 } = batch.producer ?? {};
  const options = batch.isTransactional ? fixture.verified({ producerId: id, producerEpoch: epoch, baseSequence: sequence }) : FROM_CLIENT;
  const outcome = fixture.log.append(builder.close(batch.codec ?? "none"), options);
  assert.equal(outcome.kind, "appended", JSON.stringify(outcome));
  return outcome.kind === "appended" ? outcome.baseOffset : -1;
}

function end(fixture: LogFixture, id: number, epoch: number, outcome: "abort" | "commit"): number {
  const place = {
    producerId: id,
    producerEpoch: epoch,
    baseOffset: 0,
    partitionLeaderEpoch: 0,
    timestampMs: fixture.clock.nowMs(),
  };
  const appended = fixture.log.append(encodeEndTransactionMarker({ outcome, coordinatorEpoch: 1 }, place), {
    origin: "marker",
    leaderEpoch: 1,
  });
  return appended.kind === "appended" ? appended.baseOffset : -1;
}

/** Fills the last segment so that what was written before is in closed ones; the filler has keys of its own. */
function roll(fixture: LogFixture): void {
  const before = fixture.log.segments.active;
  for (let i = 0; fixture.log.segments.active === before; i++) put(fixture, { records: [[`filler-${i}`, "x".repeat(500)]] });
}

async function seen(fixture: LogFixture): Promise<SeenRecord[]> {
  return recordsIn(await readAll(fixture.log));
}

describe("a compacted log", () => {
  it("shows the last record of each key, at its offset, whatever was written", async () => {
    for (let seed = 1; seed <= runsOf({ quick: 5, long: 20 }); seed++) {
      const random = new SeededRandom(seed);
      const fixture = await LogFixture.create({ ...COMPACTED, segmentBytes: 1000 + random.nextInt(4000) }, { seed });
      const keys = 1 + random.nextInt(40);
      for (let round = 0; round < 3; round++) {
        for (let i = 0; i < 60; i++) {
          const records = Array.from({ length: 1 + random.nextInt(6) }, (_, k): [string, string] => [
            `key-${random.nextInt(keys)}`,
            `${round}.${i}.${k}.${"v".repeat(random.nextInt(60))}`,
          ]);
          put(fixture, { records, codec: CODEC_NAMES[random.nextInt(CODEC_NAMES.length)]! });
          fixture.clock.advance(random.nextInt(50));
        }
        const before = await seen(fixture);
        const activeBase = fixture.log.segments.active.baseOffset;
        await fixture.store.compact();
        assert.deepEqual(fixture.logger.events, [], `seed ${seed}`);
        const expected = lastPerKey(before, activeBase);
        assert.deepEqual(await seen(fixture), expected, `seed ${seed}, round ${round}`);
        // From the disk as from memory, after a restart of any kind.
        if (random.nextInt(2) === 0) fixture.kill();
        else await fixture.store.close();
        await fixture.open();
        assert.deepEqual(await seen(fixture), expected, `seed ${seed}, round ${round}, reopened`);
        for (const segment of fixture.log.segments.all()) assert.ok(segment.sizeBytes <= fixture.config.segmentBytes, `seed ${seed}`);
      }
      await fixture.store.close();
    }
  });
});

describe("compaction", () => {
  it("takes superseded records and records without a key off the disk, and leaves the last segment alone", async () => {
    const fixture = await LogFixture.create({ ...COMPACTED, compacts: false });
    put(fixture, {
      records: [
        ["a", "1"],
        ["b", "1"],
        [null, "nobody's"],
      ],
    });
    put(fixture, { records: [["a", "2"]] });
    roll(fixture);
    put(fixture, { records: [["a", "3"]] });
    fixture.log.updateConfig({ ...fixture.config, compacts: true });
    const size = fixture.log.sizeBytes;
    await fixture.store.compact();
    const left = (await seen(fixture)).filter(({ key }) => !key?.startsWith("filler"));
    assert.deepEqual(
      left.map(({ offset, key, value }) => `${offset} ${key} ${value}`),
      ["1 b 1", "3 a 2", `${fixture.log.logEndOffset - 1} a 3`],
    );
    assert.ok(fixture.log.sizeBytes < size);
    assert.deepEqual(fixture.logger.events, []);
  });

  it("keeps offsets: a batch that lost records still begins and ends where it did", async () => {
    const fixture = await LogFixture.create(COMPACTED);
    put(fixture, {
      records: [
        ["a", "1"],
        ["b", "1"],
        ["c", "1"],
        ["d", "1"],
      ],
    });
    put(fixture, {
      records: [
        ["a", "2"],
        ["d", "2"],
      ],
    });
    roll(fixture);
    await fixture.store.compact();
    assert.deepEqual(batchesIn(await readAll(fixture.log)).slice(0, 2), ["0-3:2", "4-5:2"]);
    for (const offset of [0, 1, 2, 3]) {
      const read = await fixture.log.read(offset, 1, { minOneBatch: true });
      assert.ok(read.kind === "records" && read.nextOffset === 4, `offset ${offset}`);
    }
  });

  it("keeps the batch that it came to, be it empty, so that the end of what was cleaned is seen", async () => {
    const fixture = await LogFixture.create({ ...COMPACTED, segmentBytes: 1000 });
    put(fixture, { records: [["a", "1"]] });
    put(fixture, { records: [[null, "x".repeat(600)]] });
    put(fixture, { records: [["b", "x".repeat(600)]] });
    await fixture.store.compact();
    assert.deepEqual(batchesIn(await readAll(fixture.log)), ["0-0:1", "1-1:0", "2-2:1"]);
  });

  it("keeps a tombstone for delete.retention.ms from its first cleaning, then drops it", async () => {
    const fixture = await LogFixture.create({ ...COMPACTED, deleteRetentionMs: 1000 });
    put(fixture, {
      records: [
        ["a", "1"],
        ["b", "1"],
      ],
    });
    put(fixture, { records: [["a", null]] });
    roll(fixture);
    await fixture.store.compact();
    const horizonOf = async (): Promise<(number | null)[]> =>
      [...batchViews(await readAll(fixture.log))].slice(0, 2).map((batch) => deleteHorizon(batch, 0));
    const keys = async (): Promise<string[]> =>
      (await seen(fixture))
        .filter(({ key }) => !key?.startsWith("filler"))
        .map(({ key, value, timestamp }) => `${key} ${value} ${timestamp}`);
    const horizon = fixture.clock.nowMs() + 1000;
    assert.deepEqual(await horizonOf(), [null, horizon]);
    assert.deepEqual(await keys(), [`b 1 ${START_MS + 1}`, `a null ${START_MS}`]);
    fixture.clock.advance(999);
    roll(fixture);
    await fixture.store.compact();
    assert.deepEqual(await horizonOf(), [null, horizon], "a horizon is given once");
    fixture.clock.advance(1);
    roll(fixture);
    await fixture.store.compact();
    assert.deepEqual(await keys(), [`b 1 ${START_MS + 1}`]);
  });

  it("leaves a tombstone's horizon as it is when more of its batch goes", async () => {
    const fixture = await LogFixture.create({ ...COMPACTED, deleteRetentionMs: 1000 });
    put(fixture, {
      records: [
        ["a", null],
        ["b", "1"],
      ],
    });
    const first = async (): Promise<Buffer> => [...batchViews(await readAll(fixture.log))][0]!;
    roll(fixture);
    await fixture.store.compact();
    const horizon = deleteHorizon(await first(), 0);
    assert.equal(horizon, fixture.clock.nowMs() + 1000);
    fixture.clock.advance(500);
    put(fixture, { records: [["b", "2"]] });
    roll(fixture);
    await fixture.store.compact();
    assert.equal(batchesIn(await first())[0], "0-1:1");
    assert.equal(deleteHorizon(await first(), 0), horizon);
    await fixture.store.close();
  });

  it("keeps an empty batch so that a producer's last sequence stays known, through a restart, until the producer is forgotten", async () => {
    const fixture = await LogFixture.create({ ...COMPACTED, producerIdExpirationMs: 60_000 });
    put(fixture, {
      records: [
        ["a", "1"],
        ["b", "1"],
      ],
      producer: { id: 7, epoch: 0, sequence: 0 },
    });
    put(fixture, {
      records: [
        ["a", "2"],
        ["b", "2"],
      ],
      producer: { id: 7, epoch: 0, sequence: 2 },
    });
    put(fixture, {
      records: [
        ["a", "3"],
        ["b", "3"],
      ],
    });
    roll(fixture);
    await fixture.store.compact();
    assert.deepEqual(batchesIn(await readAll(fixture.log)).slice(0, 2), ["2-3:0", "4-5:2"]);
    fixture.kill();
    for (const name of fixture.names(".snapshot")) fixture.disk.remove(fixture.path(name));
    await fixture.open();
    assert.equal(fixture.log.activeProducers()[0]?.lastSequence, 3);
    put(fixture, { records: [["c", "1"]], producer: { id: 7, epoch: 0, sequence: 4 } });
    roll(fixture);
    await fixture.store.compact();
    assert.deepEqual(batchesIn(await readAll(fixture.log))[0], "4-5:2", "a later batch tells the sequence now");
    await fixture.store.close();
  });

  it("drops the records of aborted transactions, and markers once nothing of their transactions is left", async () => {
    const fixture = await LogFixture.create({ ...COMPACTED, deleteRetentionMs: 1000, producerIdExpirationMs: 1 });
    put(fixture, { records: [["a", "committed before"]] });
    const producer = { id: 7, epoch: 0, sequence: 0 };
    put(fixture, { records: [["a", "aborted"]], producer, isTransactional: true });
    end(fixture, 7, 0, "abort");
    put(fixture, { records: [["b", "1"]], producer: { ...producer, sequence: 1 }, isTransactional: true });
    end(fixture, 7, 0, "commit");
    roll(fixture);
    fixture.clock.advance(5000);
    fixture.log.expireProducers();
    await fixture.store.compact();
    const left = async (): Promise<string[]> => batchesIn(await readAll(fixture.log)).slice(0, 4);
    // The abort marker stays while a reader may still hold a record of its transaction.
    assert.deepEqual(await left(), ["0-0:1", "c2-2:1", "3-3:1", "c4-4:1"]);
    assert.deepEqual(
      fixture.log.abortedTransactions(0, 3),
      [{ producerId: 7, firstOffset: 1 }].map((entry) => ({ ...fixture.log.abortedTransactions(0, 3)[0]!, ...entry })),
    );
    roll(fixture);
    await fixture.store.compact();
    assert.deepEqual(await left(), ["0-0:1", "c2-2:1", "3-3:1", "c4-4:1"], "its horizon was set now");
    assert.deepEqual(fixture.log.abortedTransactions(0, 3), [], "nothing of it is left to be hidden");
    fixture.clock.advance(1001);
    roll(fixture);
    await fixture.store.compact();
    assert.deepEqual((await left()).slice(0, 3), ["0-0:1", "3-3:1", "c4-4:1"]);
    // The commit marker goes when its records have.
    put(fixture, { records: [["b", "2"]] });
    roll(fixture);
    await fixture.store.compact();
    roll(fixture);
    await fixture.store.compact();
    fixture.clock.advance(1001);
    roll(fixture);
    await fixture.store.compact();
    assert.ok(!(await left()).some((batch) => batch.startsWith("c")), String(await left()));
    assert.deepEqual(fixture.logger.events, []);
  });

  it("drops what was aborted also where the marker lies behind what is cleaned, and lets it supersede nothing", async () => {
    const fixture = await LogFixture.create(COMPACTED);
    put(fixture, { records: [["a", "committed"]] });
    const aborted = put(fixture, { records: [["a", "aborted"]], producer: { id: 7, epoch: 0, sequence: 0 }, isTransactional: true });
    roll(fixture);
    end(fixture, 7, 0, "abort");
    const offsetsOfA = async (): Promise<number[]> => (await seen(fixture)).filter(({ key }) => key === "a").map(({ offset }) => offset);
    await fixture.store.compact();
    assert.deepEqual(await offsetsOfA(), [aborted - 1]);
    roll(fixture);
    await fixture.store.compact();
    assert.deepEqual(await offsetsOfA(), [aborted - 1], "with the marker in what is cleaned");
    assert.deepEqual(fixture.logger.events, []);
    await fixture.store.close();
  });

  it("never goes beyond the last stable offset", async () => {
    const fixture = await LogFixture.create(COMPACTED);
    put(fixture, { records: [["a", "1"]] });
    put(fixture, { records: [["a", "2"]] });
    roll(fixture);
    put(fixture, { records: [["a", "open"]], producer: { id: 7, epoch: 0, sequence: 0 }, isTransactional: true });
    roll(fixture);
    roll(fixture);
    await fixture.store.compact();
    const values = async (): Promise<(string | null)[]> => (await seen(fixture)).filter(({ key }) => key === "a").map(({ value }) => value);
    assert.deepEqual(await values(), ["2", "open"]);
    end(fixture, 7, 0, "commit");
    roll(fixture);
    await fixture.store.compact();
    assert.deepEqual(await values(), ["open"]);
  });

  it("takes several rounds where the map of keys is small, and says so where it is too small for one batch", async () => {
    const memory = (bytes: number) => ({ cleaner: { dedupeBufferBytes: bytes, backoffMs: 1e9 } });
    const fixture = await LogFixture.create(COMPACTED, memory(24 * 12));
    for (let i = 0; i < 200; i++)
      put(fixture, {
        records: [
          [`key-${i % 50}`, `${i}`],
          [`other-${i % 50}`, `${i}`],
        ],
      });
    const before = await seen(fixture);
    const activeBase = fixture.log.segments.active.baseOffset;
    await fixture.store.compact();
    // A record goes when a later one of its key is in the same round: not all in one pass, but never the last one.
    const left = await seen(fixture);
    const last = lastPerKey(before, activeBase);
    for (const record of last)
      assert.ok(
        left.some(({ offset }) => offset === record.offset),
        `offset ${record.offset} is gone`,
      );
    assert.deepEqual(fixture.logger.events, []);
    const tiny = await LogFixture.create(COMPACTED, memory(24 * 3));
    put(tiny, {
      records: [
        ["a", "1"],
        ["b", "1"],
        ["c", "1"],
        ["d", "1"],
      ],
    });
    roll(tiny);
    await tiny.store.compact();
    assert.deepEqual(tiny.logger.events, ["a log could not be compacted and stays as it is; it is left alone until the next start"]);
    assert.match(String(tiny.logger.details[0]?.fields["error"]), /log\.cleaner\.dedupe\.buffer\.size/);
  });

  it("reads a batch that is larger than its buffers", async () => {
    const fixture = await LogFixture.create({ ...COMPACTED, segmentBytes: 20_000 }, { cleaner: { ioBufferBytes: 256, backoffMs: 1e9 } });
    put(fixture, {
      records: [
        ["a", "x".repeat(5000)],
        ["b", "y".repeat(5000)],
      ],
    });
    put(fixture, { records: [["a", "z".repeat(7000)]] });
    for (let i = 0; i < 40; i++) put(fixture, { records: [[`filler-${i}`, "x".repeat(700)]] });
    await fixture.store.compact();
    assert.deepEqual(fixture.logger.events, []);
    assert.deepEqual(
      (await seen(fixture)).slice(0, 2).map(({ offset }) => offset),
      [1, 2],
    );
  });
});
