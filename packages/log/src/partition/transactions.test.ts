import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ErrorCode } from "@ottla/protocol";
import { encodeEndTransactionMarker } from "@ottla/protocol/records";
import { decodeAborted, encodeAborted } from "../segment/aborted-entry.ts";
import { abortedBetween } from "../segment/transaction-index.ts";
import { LogFixture, START_MS } from "../testing/log-fixture.ts";
import type { AppendOutcome } from "./log-outcomes.ts";

const [P, Q] = [4000, 4001];
const SMALL = { segmentBytes: 300 };

class Transactions {
  readonly fixture: LogFixture;
  readonly #sequences = new Map<number, number>();

  constructor(fixture: LogFixture) {
    this.fixture = fixture;
  }

  /** One transactional record; its offset. */
  write(producerId: number, producerEpoch = 0): number {
    const baseSequence = this.#sequences.get(producerId) ?? 0;
    this.#sequences.set(producerId, baseSequence + 1);
    return this.fixture.append({ producerId, producerEpoch, baseSequence, isTransactional: true }).baseOffset;
  }

  mark(producerId: number, outcome: "abort" | "commit", coordinatorEpoch = 1, producerEpoch = 0): AppendOutcome {
    const place = { producerId, producerEpoch, baseOffset: 0, partitionLeaderEpoch: 0, timestampMs: START_MS };
    return this.fixture.log.append(encodeEndTransactionMarker({ outcome, coordinatorEpoch }, place), { origin: "marker", leaderEpoch: 1 });
  }
}

async function transactions(config = {}): Promise<Transactions> {
  return new Transactions(await LogFixture.create(config));
}

/** `producer:firstOffset` of what overlaps the range. */
function aborted({ fixture }: Transactions, from: number, to: number): string[] {
  return fixture.log.abortedTransactions(from, to).map(({ producerId, firstOffset }) => `${producerId}:${firstOffset}`);
}

describe("transactions in a log", () => {
  it("hold the last stable offset at the oldest open one until its marker is there", async () => {
    const t = await transactions();
    assert.equal(t.fixture.append().baseOffset, 0);
    assert.equal(t.write(P), 1);
    assert.equal(t.write(Q), 2);
    assert.equal(t.write(P), 3);
    assert.deepEqual([t.fixture.log.lastStableOffset, t.fixture.log.highWatermark], [1, 4]);
    assert.equal(t.mark(P, "commit").kind, "appended");
    assert.deepEqual([t.fixture.log.lastStableOffset, t.fixture.log.highWatermark], [2, 5]);
    assert.equal(t.mark(Q, "abort").kind, "appended");
    assert.deepEqual([t.fixture.log.lastStableOffset, t.fixture.log.highWatermark], [6, 6]);
    assert.deepEqual(aborted(t, 0, 6), [`${Q}:2`]);
    assert.deepEqual(
      t.fixture.log.activeProducers().map((p) => [p.producerId, p.coordinatorEpoch, p.currentTransactionStartOffset]),
      [
        [P, 1, -1],
        [Q, 1, -1],
      ],
    );
  });

  it("are found where they overlap what is read, also when the marker lies in a later segment", async () => {
    const t = await transactions(SMALL);
    const starts: number[] = [];
    for (let i = 0; i < 12; i++) {
      starts.push(t.write(P));
      for (let n = 0; n < 4; n++) t.fixture.append();
      t.mark(P, i % 2 === 0 ? "abort" : "commit");
    }
    assert.ok(t.fixture.log.segments.length > 8);
    const abortedStarts = starts.filter((_, i) => i % 2 === 0);
    const all = (): string[] => aborted(t, 0, t.fixture.log.logEndOffset);
    assert.deepEqual(
      all(),
      abortedStarts.map((offset) => `${P}:${offset}`),
    );
    for (const start of abortedStarts) {
      assert.deepEqual(aborted(t, start, start + 1), [`${P}:${start}`]);
      assert.deepEqual(aborted(t, start + 3, start + 4), [`${P}:${start}`]);
      assert.deepEqual(aborted(t, start + 6, start + 7), []);
    }
  });

  it("are not forgotten with their producer while they are open, however long it is silent", async () => {
    const t = await transactions({ producerIdExpirationMs: 1000 });
    t.write(P);
    t.write(Q);
    t.mark(Q, "commit");
    t.fixture.clock.advance(5000);
    t.fixture.log.expireProducers();
    assert.deepEqual(
      t.fixture.log.activeProducers().map(({ producerId }) => producerId),
      [P],
    );
    t.mark(P, "abort");
    assert.deepEqual([aborted(t, 0, 4), t.fixture.log.lastStableOffset], [[`${P}:0`], 4]);
  });

  it("of a producer or a coordinator that was replaced are not ended by the old one's marker", async () => {
    const t = await transactions();
    t.write(P, 3);
    const stale = t.mark(P, "abort", 5, 2);
    assert.equal(stale.kind === "rejected" && stale.errorCode, ErrorCode.INVALID_PRODUCER_EPOCH);
    assert.equal(t.mark(P, "commit", 5, 3).kind, "appended");
    const fenced = t.mark(P, "abort", 4, 3);
    assert.equal(fenced.kind === "rejected" && fenced.errorCode, ErrorCode.TRANSACTION_COORDINATOR_FENCED);
    assert.equal(t.fixture.log.logEndOffset, 2);
    assert.equal(t.mark(P, "abort", 5, 4).kind, "appended", "an abort by a raised epoch, with no transaction open");
    assert.deepEqual(aborted(t, 0, 9), []);
    await t.fixture.reopen();
    const known = t.mark(P, "abort", 4, 4);
    assert.equal(known.kind === "rejected" && known.errorCode, ErrorCode.TRANSACTION_COORDINATOR_FENCED, "after a restart as well");
  });

  for (const stop of ["a clean stop", "a kill", "a power loss after a sync"] as const) {
    it(`survive ${stop}, open and aborted ones`, async () => {
      for (let seed = 1; seed < 6; seed++) {
        const t = new Transactions(await LogFixture.create({ ...SMALL, flushMessages: 1 }, { seed }));
        for (let i = 0; i < 10; i++) {
          t.write(P);
          t.fixture.append();
          if (i % 3 > 0) t.mark(P, "abort");
        }
        const open = t.write(Q);
        await t.fixture.log.flush();
        // The recovery point is written: what lies below is not read again at the next start.
        await t.fixture.clock.advanceAsync(20_000);
        const expected = { aborted: aborted(t, 0, 100), stable: t.fixture.log.lastStableOffset, end: t.fixture.log.logEndOffset };
        assert.ok(expected.aborted.length > 4 && expected.stable <= open);
        if (stop === "a clean stop") await t.fixture.store.close();
        else if (stop === "a kill") t.fixture.kill();
        else t.fixture.cutPower();
        await t.fixture.open();
        await t.fixture.log.flush();
        const found = { aborted: aborted(t, 0, 100), stable: t.fixture.log.lastStableOffset, end: t.fixture.log.logEndOffset };
        assert.deepEqual(found, expected, `seed ${seed}`);
      }
    });
  }

  it("stay indexed on the disk when recovery found the index right: synced before it is left, not synced yet it is synced later", async () => {
    for (const wasSynced of [true, false]) {
      for (let seed = 1; seed < 8; seed++) {
        const t = new Transactions(await LogFixture.create(SMALL, { seed }));
        t.fixture.append();
        await t.fixture.log.flush();
        t.write(P);
        t.mark(P, "abort");
        if (wasSynced) await t.fixture.log.flush();
        t.fixture.kill();
        await t.fixture.open();
        for (let i = 0; i < 4; i++) t.fixture.append();
        await t.fixture.log.flush();
        // The recovery point is written: what lies below is not read again at the next start.
        await t.fixture.clock.advanceAsync(20_000);
        t.fixture.cutPower();
        await t.fixture.open();
        assert.deepEqual(aborted(t, 0, 100), [`${P}:1`], `seed ${seed}, ${wasSynced}`);
      }
    }
  });

  it("may be deleted with their index while it is synced", async () => {
    const t = await transactions(SMALL);
    const { disk } = t.fixture;
    const reached = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    const open = disk.open.bind(disk);
    disk.open = (path) => {
      const file = open(path);
      const sync = file.sync.bind(file);
      if (path.endsWith(".txnindex")) file.sync = () => (reached.resolve(), held.promise.then(sync));
      return file;
    };
    for (let i = 0; i < 10; i++) {
      t.write(P);
      t.mark(P, "abort");
    }
    const flushed = t.fixture.log.flush();
    await reached.promise;
    await t.fixture.log.deleteRecordsBefore(-1);
    held.resolve();
    await flushed;
    assert.equal(t.fixture.log.refusal, undefined);
    t.fixture.append();
  });

  it("have their index made again from the log when it is damaged", async () => {
    for (const harm of ["garbled", "cut", "emptied in the middle"]) {
      const t = await transactions(SMALL);
      for (let i = 0; i < 10; i++) {
        t.write(P);
        t.fixture.append();
        t.mark(P, "abort");
      }
      const expected = aborted(t, 0, 100);
      await t.fixture.store.close();
      for (const name of t.fixture.names(".txnindex")) {
        const content = t.fixture.disk.readFile(t.fixture.path(name));
        if (harm === "garbled")
          t.fixture.overwrite(
            name,
            content.map((byte) => byte ^ 0x5a),
          );
        else if (harm === "cut") t.fixture.overwrite(name, content.subarray(0, -1));
        else t.fixture.overwrite(name, Buffer.alloc(content.length));
      }
      await t.fixture.open();
      assert.deepEqual(aborted(t, 0, 100), expected, harm);
      await t.fixture.reopen();
      assert.deepEqual(aborted(t, 0, 100), expected, harm);
    }
  });

  it("lose the entries of what recovery cuts off, and of what retention removes", async () => {
    const t = await transactions();
    t.write(P);
    t.mark(P, "abort");
    t.write(P);
    t.mark(P, "abort");
    t.fixture.kill();
    const [log] = t.fixture.names(".log");
    t.fixture.overwrite(log!, t.fixture.disk.readFile(t.fixture.path(log!)).subarray(0, -3));
    await t.fixture.open();
    assert.deepEqual([aborted(t, 0, 100), t.fixture.log.lastStableOffset], [[`${P}:0`], 2]);
    await t.fixture.log.flush();
    t.mark(P, "commit");
    await t.fixture.log.deleteRecordsBefore(-1);
    await t.fixture.clock.advanceAsync(100_000);
    assert.deepEqual([aborted(t, 0, 100), t.fixture.names(".txnindex")], [[], []]);
  });

  it("whose abort cannot be indexed stop the log: aborted records must never look committed", async () => {
    const t = await transactions();
    t.write(P);
    t.fixture.disk.fail({ operation: "append", path: ".txnindex", partialBytes: 20 });
    t.mark(P, "abort");
    assert.equal(t.fixture.log.refusal?.errorCode, ErrorCode.KAFKA_STORAGE_ERROR);
    t.fixture.kill();
    await t.fixture.open();
    assert.deepEqual([aborted(t, 0, 100), t.fixture.log.lastStableOffset], [[`${P}:0`], 2]);
    t.fixture.append();
  });
});

describe("a transaction index", () => {
  it("has Kafka's entries of 34 bytes", () => {
    const entries = [{ producerId: 2 ** 45, firstOffset: 3, lastOffset: 9, lastStableOffset: 4 }];
    const bytes = encodeAborted(entries);
    assert.equal(bytes.toString("hex"), "0000" + "0000200000000000" + "0000000000000003" + "0000000000000009" + "0000000000000004");
    assert.deepEqual(decodeAborted(bytes, 0), entries);
    assert.equal(decodeAborted(bytes, 10), undefined, "its marker lies before the segment");
    for (let at = 0; at < bytes.length; at++) assert.equal(decodeAborted(bytes.subarray(0, at), 0)?.length ?? 0, 0);
  });

  it("is asked no further than the entry that tells that nothing later overlaps", () => {
    const entry = (firstOffset: number, lastOffset: number, lastStableOffset: number) => ({
      producerId: 1,
      firstOffset,
      lastOffset,
      lastStableOffset,
    });
    const asked: number[] = [];
    function* segments() {
      asked.push(0);
      yield [entry(5, 12, 2)];
      asked.push(1);
      yield [entry(2, 20, 21)];
      asked.push(2);
      yield [entry(30, 40, 41)];
    }
    assert.deepEqual(
      abortedBetween(segments(), 0, 10).map((e) => e.firstOffset),
      [2, 5],
    );
    assert.deepEqual(asked, [0, 1]);
  });
});
