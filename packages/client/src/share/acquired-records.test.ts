import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { makeAcquiredRecords } from "@ottla/protocol/apis/share-fetch";
import { RecordBatchBuilder, setBaseOffset } from "@ottla/protocol/records";
import fc from "fast-check";
import { readAcquired } from "./acquired-records.ts";

/** A batch with a record for each value. */
function batch(baseOffset: number, values: readonly string[]): Buffer {
  const builder = new RecordBatchBuilder({ partitionLeaderEpoch: 5 });
  for (const value of values) builder.append(null, Buffer.from(value), [], 1000);
  const bytes = builder.close();
  setBaseOffset(bytes, 0, baseOffset);
  return bytes;
}

const range = (firstOffset: number, lastOffset: number, deliveryCount = 1) =>
  makeAcquiredRecords({ firstOffset, lastOffset, deliveryCount });

function read(bytes: Buffer, ranges: ReturnType<typeof range>[]) {
  const { records, gaps, unreadable, fault } = readAcquired("t", 0, bytes, ranges, true);
  return {
    records: records.map(({ record, deliveryCount }) => [record.offset, record.value?.toString(), deliveryCount]),
    gaps,
    unreadable,
    fault,
  };
}

describe("what a share fetch acquired", () => {
  test("is what its ranges name of the batches that came, with each one's delivery count", () => {
    const bytes = Buffer.concat([batch(10, ["a", "b", "c", "d"]), batch(14, ["e", "f"])]);
    assert.deepEqual(read(bytes, [range(13, 14, 2), range(11, 11)]), {
      records: [
        [11, "b", 1],
        [13, "d", 2],
        [14, "e", 2],
      ],
      gaps: [],
      unreadable: [],
      fault: undefined,
    });
  });

  test("offsets that no record has are gaps, however many", () => {
    const bytes = Buffer.concat([batch(0, ["a"]), batch(1_000_000_000, ["b"])]);
    assert.deepEqual(read(bytes, [range(0, 1_000_000_000)]), {
      records: [
        [0, "a", 1],
        [1_000_000_000, "b", 1],
      ],
      gaps: [[1, 999_999_999]],
      unreadable: [],
      fault: undefined,
    });
  });

  test("what did not come whole is not taken for a gap: nobody has read it", () => {
    const whole = batch(4, ["x", "y"]);
    const cut = Buffer.concat([batch(0, ["a"]), whole.subarray(0, whole.length - 1)]);
    const { records, gaps, unreadable } = read(cut, [range(0, 5)]);
    assert.deepEqual([records, gaps, unreadable], [[[0, "a", 1]], [], [[1, 5]]]);
    assert.deepEqual(read(Buffer.alloc(0), [range(3, 9)]).unreadable, [[3, 9]]);
  });

  test("damaged bytes are named, and what stands before them is delivered", () => {
    const damaged = batch(1, ["x", "y"]);
    damaged[damaged.length - 1]! ^= 1;
    const { records, unreadable, fault } = read(Buffer.concat([batch(0, ["a"]), damaged, batch(3, ["z"])]), [range(0, 3)]);
    assert.deepEqual([records, unreadable], [[[0, "a", 1]], [[1, 3]]]);
    assert.match(fault ?? "", /CRC/);
  });

  test("nonsense ranges harm nobody", () => {
    const { records } = read(batch(0, ["a", "b"]), [range(1, 0), range(0, 1), range(1, 2 ** 52)]);
    assert.deepEqual(
      records.map(([offset]) => offset),
      [0, 1],
    );
  });

  test("property: each acquired offset is a record, a gap or unreadable, and in one of them only", () => {
    const lengths = fc.array(fc.record({ skip: fc.nat(3), length: fc.integer({ min: 1, max: 6 }) }), { maxLength: 12 });
    fc.assert(
      fc.property(lengths, lengths, (batches, ranges) => {
        const existing = new Set<number>();
        const bytes = Buffer.concat(
          layOut(batches).map(([first, last]) => {
            for (let offset = first; offset <= last; offset++) existing.add(offset);
            return batch(
              first,
              Array.from({ length: last - first + 1 }, (_, i) => `${first + i}`),
            );
          }),
        );
        const acquired = layOut(ranges).map(([first, last], i) => range(first, last, i + 1));
        const { records, gaps, unreadable } = read(bytes, acquired);
        const seen: number[] = records.map(([offset]) => offset as number);
        for (const [offset, value] of records) assert.equal(value, `${offset}`);
        assert.ok(seen.every((offset) => existing.has(offset)));
        for (const [first, last] of gaps)
          for (let offset = first; offset <= last; offset++) {
            assert.ok(!existing.has(offset));
            seen.push(offset);
          }
        for (const [first, last] of unreadable) for (let offset = first; offset <= last; offset++) seen.push(offset);
        const wanted = acquired.flatMap(({ firstOffset, lastOffset }) =>
          Array.from({ length: lastOffset - firstOffset + 1 }, (_, i) => firstOffset + i),
        );
        assert.deepEqual(
          seen.toSorted((a, b) => a - b),
          wanted,
        );
      }),
    );
  });
});

function layOut(pieces: readonly { readonly skip: number; readonly length: number }[]): (readonly [number, number])[] {
  let at = 0;
  return pieces.map(({ skip, length }) => {
    const first = at + skip;
    at = first + length;
    return [first, at - 1] as const;
  });
}
