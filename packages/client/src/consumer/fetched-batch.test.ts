import assert from "node:assert/strict";
import { describe, mock, test } from "node:test";
import { type CodecName, codecById, codecIdOf, RecordBatchBuilder, setBaseOffset } from "@ottla/protocol/records";
import fc from "fast-check";
import { FetchedBatch } from "./fetched-batch.ts";
import { scanBatches } from "./visible-batches.ts";

interface Drawn {
  readonly count: number;
  /** Offsets that compaction left out before it. */
  readonly gap: number;
  readonly compression: CodecName;
}

/** One answer with these batches; and the offsets of its records from `fetchOffset` on. */
function answerOf(drawn: readonly Drawn[], fetchOffset = 0): { readonly batch: FetchedBatch; readonly offsets: readonly number[] } {
  const parts: Buffer[] = [];
  const offsets: number[] = [];
  let next = 0;
  for (const { count, gap, compression } of drawn) {
    next += gap;
    const builder = new RecordBatchBuilder();
    for (let i = 0; i < count; i++) builder.append(null, Buffer.from(String(next + i)), [], 1000);
    const bytes = builder.close(compression);
    setBaseOffset(bytes, 0, next);
    parts.push(bytes);
    for (let i = 0; i < count; i++) if (next + i >= fetchOffset) offsets.push(next + i);
    next += count;
  }
  const records = Buffer.concat(parts);
  const { positions, nextOffset, recordCountMax } = scanBatches(records, { fetchOffset, aborted: undefined, checkCrcs: true });
  const ends = { highWatermark: next, lastStableOffset: next, logStartOffset: 0 };
  return {
    batch: new FetchedBatch({
      topic: "t",
      partition: 0,
      records,
      positions,
      startOffset: fetchOffset,
      nextOffset,
      recordCountMax,
      ...ends,
    }),
    offsets,
  };
}

/** Every record's offset, which its value must be as well. */
function offsetsOf(batch: FetchedBatch): number[] {
  return [...batch].map(({ offset, value }) => {
    assert.equal(value!.toString(), String(offset));
    return offset;
  });
}

const batches = fc.array(
  fc.record({
    count: fc.integer({ min: 1, max: 12 }),
    gap: fc.integer({ min: 0, max: 3 }),
    compression: fc.constantFrom<CodecName>("none", "gzip", "lz4"),
  }),
  { minLength: 1, maxLength: 8 },
);
const steps = fc.array(
  fc.oneof(
    fc.record({ way: fc.constant("count" as const), size: fc.integer({ min: 1, max: 15 }) }),
    fc.record({ way: fc.constant("packed" as const), size: fc.integer({ min: 0, max: 400 }) }),
    fc.record({ way: fc.constant("from" as const), size: fc.integer({ min: 1, max: 10 }) }),
  ),
  { minLength: 1, maxLength: 20 },
);

describe("a fetched batch", () => {
  test("that is taken in parts gives each record once, however it is cut", () => {
    fc.assert(
      fc.property(batches, fc.integer({ min: 0, max: 6 }), steps, (drawn, fetchOffset, cuts) => {
        const { batch, offsets } = answerOf(drawn, fetchOffset);
        const taken: number[] = [];
        let left: FetchedBatch | undefined = batch;
        for (let i = 0; left !== undefined && left.recordCountMax > 0; i++) {
          const { way, size } = cuts[i % cuts.length]!;
          let part: FetchedBatch;
          if (way === "from") {
            // As when records of it were given out one by one.
            const given = offsetsOf(left).slice(0, size);
            taken.push(...given);
            if (given.length === 0) break;
            left = left.from(given.at(-1)! + 1, given.length);
            continue;
          }
          const before: FetchedBatch = left;
          [part, left] = way === "count" ? left.splitAfter(size) : left.splitPacked(size);
          const seen = offsetsOf(part);
          taken.push(...seen);
          assert.ok(part.recordCountMax >= seen.length, "the bound holds");
          assert.ok(part.visibleEnd <= part.nextOffset && (seen.at(-1) ?? -1) < part.visibleEnd);
          assert.ok(part.sizeBytes <= before.sizeBytes);
          assert.equal(left?.startOffset ?? batch.nextOffset, part.nextOffset, "nothing between them");
          if (way === "count") assert.ok(seen.length <= size);
        }
        assert.deepEqual(taken, offsets);
      }),
    );
  });

  test("packed batches come in parts of so many bytes, or alone; what is not packed comes at once", () => {
    const packed = answerOf(Array.from({ length: 6 }, () => ({ count: 20, gap: 0, compression: "gzip" }))).batch;
    const size = packed.sizeBytes / 6;
    const [two, four] = packed.splitPacked(Math.ceil(size * 2.5));
    assert.deepEqual([two.recordCountMax, four!.recordCountMax], [40, 80]);
    const [one, five] = packed.splitPacked(1);
    assert.deepEqual([one.recordCountMax, five!.recordCountMax], [20, 100]);
    const plain = answerOf(Array.from({ length: 6 }, () => ({ count: 5, gap: 0, compression: "none" }))).batch;
    assert.deepEqual(plain.splitPacked(1), [plain, undefined]);
  });

  test("each of its record batches is unpacked a few times, however often a record is taken of it", () => {
    const gzip = codecById(codecIdOf("gzip"))!;
    const unpacking = mock.method(gzip, "decompress");
    try {
      const { batch, offsets } = answerOf(Array.from({ length: 10 }, () => ({ count: 20, gap: 1, compression: "gzip" })));
      const taken: number[] = [];
      for (let part: FetchedBatch, left: FetchedBatch | undefined = batch; left !== undefined; ) {
        [part, left] = left.splitAfter(1);
        taken.push(...offsetsOf(part));
      }
      assert.deepEqual(taken, offsets);
      // At a boundary the next one is looked into, and then the one before it given out.
      assert.ok(unpacking.mock.callCount() <= 30, `${unpacking.mock.callCount()} times`);
    } finally {
      unpacking.mock.restore();
    }
  });
});
