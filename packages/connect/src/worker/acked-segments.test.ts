import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runsOf } from "@ottla/base/simulated";
import { AckedSegments, type Segment } from "./acked-segments.ts";

const partitions = [{ p: 0 }, { p: 1 }];

test("an offset is given once all records before it are decided, whatever order they are decided in, and each place's last one wins", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ partition: fc.nat(1), hasRecord: fc.boolean() }), { maxLength: 60 }),
      fc.infiniteStream(fc.nat()),
      (items, chance) => {
        const segments = new AckedSegments();
        const open: { segment: Segment; number: number }[] = [];
        const draw = (below: number): number => Number(chance.next().value) % below;
        const given = new Map<number, number>();
        const take = (): void => {
          const oldestOpen = Math.min(items.length, ...open.map(({ number }) => number));
          for (const { partition, offset } of segments.take()) {
            const [place, n] = [Number(partition["p"]), Number(offset?.["n"])];
            assert.ok(n <= oldestOpen, `offset ${n} was given while record ${oldestOpen} was open`);
            assert.ok(n > (given.get(place) ?? 0));
            given.set(place, n);
          }
        };
        for (const [number, { partition, hasRecord }] of items.entries()) {
          const segment = segments.add(hasRecord, partitions[partition]!, { n: number + 1 });
          if (hasRecord) open.push({ segment, number });
          if (draw(3) === 0 && open.length > 0) segments.decided(open.splice(draw(open.length), 1)[0]!.segment, 1);
          if (draw(5) === 0) take();
        }
        for (const { segment } of open.splice(0)) segments.decided(segment, 1);
        take();
        assert.equal(segments.outstanding, 0);
        for (const place of [0, 1]) assert.equal(given.get(place) ?? 0, items.findLastIndex(({ partition }) => partition === place) + 1);
      },
    ),
    { numRuns: runsOf({ quick: 200, long: 5_000 }) },
  );
});

test("of a source that always has a record on its way, what was open at one look is given at the next", () => {
  const segments = new AckedSegments();
  let last = segments.add(true, partitions[0]!, { n: 0 });
  for (let n = 1; n <= 20; n++) {
    assert.deepEqual(segments.take(), n < 2 ? [] : [{ partition: partitions[0], offset: { n: n - 2 } }]);
    const next = segments.add(true, partitions[0]!, { n });
    segments.decided(last, 1);
    last = next;
  }
});
