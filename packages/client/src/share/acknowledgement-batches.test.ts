import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { AcknowledgeCode, type AcknowledgedRange, acknowledgementBatches } from "./acknowledgement-batches.ts";

const { gap, accept, release, reject } = AcknowledgeCode;
const one = (offset: number, code: AcknowledgeCode): AcknowledgedRange => ({ firstOffset: offset, lastOffset: offset, code });
const shown = (ranges: readonly AcknowledgedRange[]) =>
  acknowledgementBatches(ranges).map(({ firstOffset, lastOffset, acknowledgeTypes }) => [
    firstOffset,
    lastOffset,
    acknowledgeTypes.join(""),
  ]);

/** What a broker makes of batches: a code for each offset. */
function read(batches: ReturnType<typeof acknowledgementBatches>): Map<number, number> {
  const codes = new Map<number, number>();
  let end = -1;
  for (const { firstOffset, lastOffset, acknowledgeTypes } of batches) {
    assert.ok(firstOffset > end && lastOffset >= firstOffset, "ascending, apart");
    const length = lastOffset - firstOffset + 1;
    assert.ok(acknowledgeTypes.length === 1 || acknowledgeTypes.length === length, "one code, or one for each");
    for (let i = 0; i < length; i++) codes.set(firstOffset + i, acknowledgeTypes[acknowledgeTypes.length === 1 ? 0 : i]!);
    end = lastOffset;
  }
  return codes;
}

describe("acknowledgement batches", () => {
  test("neighbours of one code are one batch, whatever order they came in", () => {
    assert.deepEqual(shown([one(7, accept), one(5, accept), one(6, accept), one(9, accept)]), [
      [5, 7, "1"],
      [9, 9, "1"],
    ]);
  });

  test("short stretches of several codes share a batch", () => {
    assert.deepEqual(shown([one(5, accept), one(6, release), one(7, reject), one(8, reject)]), [[5, 8, "1233"]]);
  });

  test("a long stretch has a batch of its own, and a gap of any size costs nothing", () => {
    assert.deepEqual(
      shown([one(4, release), { firstOffset: 5, lastOffset: 104, code: accept }, { firstOffset: 105, lastOffset: 2 ** 52, code: gap }]),
      [
        [4, 4, "2"],
        [5, 104, "1"],
        [105, 2 ** 52, "0"],
      ],
    );
  });

  test("property: a broker reads what was said of each offset, in no more bytes than one batch for each would take", () => {
    const step = fc.record({
      skip: fc.integer({ min: 0, max: 2 }),
      length: fc.integer({ min: 1, max: 40 }),
      code: fc.constantFrom<AcknowledgeCode[]>(0, 1, 2, 3, 4),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.integer(), (steps, seed) => {
        let at = 0;
        const ranges: AcknowledgedRange[] = [];
        const said = new Map<number, number>();
        for (const { skip, length, code } of steps) {
          const firstOffset = at + skip;
          const lastOffset = firstOffset + length - 1;
          ranges.push({ firstOffset, lastOffset, code });
          for (let offset = firstOffset; offset <= lastOffset; offset++) said.set(offset, code);
          at = lastOffset + 1;
        }
        const batches = acknowledgementBatches(shuffled(ranges, seed));
        assert.deepEqual(read(batches), said);
        const bytes = batches.reduce((sum, { acknowledgeTypes }) => sum + 18 + acknowledgeTypes.length, 0);
        assert.ok(bytes <= ranges.length * 19 + 18, `${bytes} bytes for ${ranges.length} ranges`);
      }),
    );
  });
});

function shuffled<T>(items: readonly T[], seed: number): T[] {
  let state = seed >>> 0;
  return items
    .map((item) => ({ item, at: (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
