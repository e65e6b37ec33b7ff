import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { BATCH_OVERHEAD_BYTES, encodeEndTransactionMarker, RecordBatchBuilder, setBaseOffset } from "@ottla/protocol/records";
import fc from "fast-check";
import { type AbortedTransaction, scanBatches } from "./visible-batches.ts";

function data(baseOffset: number, count: number, producerId = -1): Buffer {
  const builder = new RecordBatchBuilder({ isTransactional: producerId >= 0, partitionLeaderEpoch: 4 });
  for (let i = 0; i < count; i++) builder.append(null, Buffer.from(`${baseOffset + i}`), [], 1000);
  if (producerId >= 0) builder.setProducerState(producerId, 0, 0);
  const bytes = builder.close();
  setBaseOffset(bytes, 0, baseOffset);
  return bytes;
}

function marker(baseOffset: number, producerId: number, outcome: "abort" | "commit"): Buffer {
  return encodeEndTransactionMarker(
    { outcome, coordinatorEpoch: 0 },
    { producerId, producerEpoch: 0, baseOffset, partitionLeaderEpoch: 4, timestampMs: 1000 },
  );
}

/** Base offsets of what is shown. */
function shown(records: Buffer, aborted: readonly AbortedTransaction[] | undefined, fetchOffset = 0): number[] {
  return scanBatches(records, { fetchOffset, aborted, checkCrcs: true }).positions.map((at) => Number(records.readBigInt64BE(at)));
}

describe("what a fetched answer shows", () => {
  test("peers' defect, aborted records are read: two aborted ranges of one producer and an abort whose marker comes later; C and E are shown", () => {
    const answer = Buffer.concat([
      data(0, 1, 9),
      marker(1, 9, "abort"),
      data(2, 1, 9),
      marker(3, 9, "abort"),
      data(4, 1, 9),
      marker(5, 9, "commit"),
      data(6, 1, 9),
    ]);
    const aborted = [
      { producerId: 9, firstOffset: 6 },
      { producerId: 9, firstOffset: 0 },
      { producerId: 9, firstOffset: 2 },
    ];
    assert.deepEqual(shown(answer, aborted), [4]);
    const next = Buffer.concat([marker(7, 9, "abort"), data(8, 1, 9), marker(9, 9, "commit")]);
    assert.deepEqual(shown(next, [{ producerId: 9, firstOffset: 6 }], 7), [8]);
  });

  test("transactions of other producers and plain records in between stay", () => {
    const answer = Buffer.concat([data(0, 1, 1), data(1, 1, 2), data(2, 2), marker(4, 1, "abort"), data(5, 1, 1), marker(6, 2, "commit")]);
    assert.deepEqual(shown(answer, [{ producerId: 1, firstOffset: 0 }]), [1, 2, 5]);
    assert.deepEqual(shown(answer, undefined), [0, 1, 2, 5], "read_uncommitted");
  });

  test("batches before the fetch offset are left out, the one around it is not", () => {
    const answer = Buffer.concat([data(0, 5), data(5, 5), data(10, 5)]);
    const visible = scanBatches(answer, { fetchOffset: 7, aborted: undefined, checkCrcs: true });
    assert.deepEqual([visible.positions.length, visible.nextOffset, visible.recordCountMax, visible.lastEpoch], [2, 15, 10, 4]);
  });

  test("control batches move the position though nothing is shown", () => {
    const visible = scanBatches(marker(3, 1, "commit"), { fetchOffset: 3, aborted: [], checkCrcs: true });
    assert.deepEqual([visible.positions, visible.nextOffset], [[], 4]);
  });

  test("a cut-off last batch is legal at every byte", () => {
    const whole = data(0, 3);
    const cut = data(3, 3);
    for (let bytes = 0; bytes < cut.length; bytes++) {
      const visible = scanBatches(Buffer.concat([whole, cut.subarray(0, bytes)]), { fetchOffset: 0, aborted: undefined, checkCrcs: true });
      assert.deepEqual([visible.positions, visible.nextOffset, visible.fault], [[0], 3, undefined]);
    }
  });

  test("a first batch that is cut off is a fault: asking again would bring the same", () => {
    const whole = data(0, 3);
    for (let bytes = BATCH_OVERHEAD_BYTES; bytes < whole.length; bytes++) {
      const visible = scanBatches(whole.subarray(0, bytes), { fetchOffset: 0, aborted: undefined, checkCrcs: true });
      assert.deepEqual([visible.positions, visible.nextOffset], [[], 0]);
      assert.match(visible.fault!, new RegExp(`of ${whole.length} bytes of which the broker gave ${bytes},`));
    }
  });

  test("offsets that come a second time are left out", () => {
    const answer = Buffer.concat([data(0, 3), data(0, 3), data(3, 2)]);
    const visible = scanBatches(answer, { fetchOffset: 0, aborted: undefined, checkCrcs: true });
    assert.deepEqual([visible.positions.length, visible.recordCountMax, visible.nextOffset], [2, 5, 5]);
  });

  test("a marker that cannot be decoded is a fault at its offset, whoever checks CRCs", () => {
    const builder = new RecordBatchBuilder({ isControl: true, isTransactional: true, partitionLeaderEpoch: 0 });
    builder.append(Buffer.from("m"), Buffer.from("no marker"), [], 1000);
    const odd = builder.close();
    setBaseOffset(odd, 0, 3);
    const spoilt = marker(3, 1, "abort");
    spoilt.fill(0xff, BATCH_OVERHEAD_BYTES);
    for (const [bytes, checkCrcs] of [
      [odd, true],
      [odd, false],
      [spoilt, false],
    ] as const) {
      const visible = scanBatches(Buffer.concat([data(0, 3), bytes]), { fetchOffset: 0, aborted: [], checkCrcs });
      assert.deepEqual([visible.positions, visible.nextOffset], [[0], 3]);
      assert.match(visible.fault!, /marker that cannot be decoded/);
    }
  });

  test("a damaged batch stops the walk with a fault at its offset; without CRC checks it is shown", () => {
    const bad = data(3, 3);
    bad[bad.length - 1]! ^= 0xff;
    const answer = Buffer.concat([data(0, 3), bad]);
    const checked = scanBatches(answer, { fetchOffset: 0, aborted: undefined, checkCrcs: true });
    assert.deepEqual([checked.positions, checked.nextOffset], [[0], 3]);
    assert.match(checked.fault!, /CRC/);
    assert.equal(scanBatches(answer, { fetchOffset: 0, aborted: undefined, checkCrcs: false }).positions.length, 2);
  });

  test("any interleaving of transactions shows exactly the committed and plain records", () => {
    const step = fc.record({
      producerId: fc.integer({ min: 0, max: 3 }),
      kind: fc.constantFrom("write", "write", "abort", "commit", "plain"),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.integer({ min: 0, max: 40 }), (steps, cutAt) => {
        const log: Buffer[] = [];
        const open = new Map<number, number[]>();
        const aborted: (AbortedTransaction & { readonly lastOffset: number })[] = [];
        const committed: number[] = [];
        const end = (producerId: number, outcome: "abort" | "commit") => {
          const offsets = open.get(producerId);
          if (!offsets) return;
          if (outcome === "abort") aborted.push({ producerId, firstOffset: offsets[0]!, lastOffset: log.length });
          else committed.push(...offsets);
          open.delete(producerId);
          log.push(marker(log.length, producerId, outcome));
        };
        for (const { producerId, kind } of steps) {
          if (kind === "plain") committed.push(log.push(data(log.length, 1)) - 1);
          else if (kind === "write") {
            open.set(producerId, [...(open.get(producerId) ?? []), log.length]);
            log.push(data(log.length, 1, producerId));
          } else end(producerId, kind);
        }
        for (const producerId of [...open.keys()]) end(producerId, "abort");
        // As a broker answers two fetches: each with the aborted ranges that overlap it, in the order of their ends.
        const cut = Math.min(cutAt, log.length);
        const answers = [
          [0, cut],
          [cut, log.length],
        ] as const;
        const seen = answers.flatMap(([from, to]) => {
          const overlapping = aborted.filter((each) => each.firstOffset < to && each.lastOffset >= from);
          return shown(Buffer.concat(log.slice(from, to)), overlapping, from);
        });
        assert.deepEqual(
          seen,
          committed.sort((a, b) => a - b),
        );
      }),
    );
  });
});
