import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { testSeed } from "@ottla/base/simulated";
import { RangedUses, type RangeEnd, type UsedPlace } from "./ranged-uses.ts";

interface Entry {
  readonly key: Uint8Array;
}

const compare = (a: Uint8Array, b: Uint8Array): number => a[0]! - b[0]!;
const end = fc.option(fc.record({ at: fc.nat(20), isInclusive: fc.boolean() }), { nil: undefined });
const step = fc.record({
  kind: fc.constantFrom("insert", "insert", "use", "remove", "range", "range", "evict"),
  at: fc.nat(20),
  from: end,
  to: end,
  isReverse: fc.boolean(),
});

test("uses of ranges leave the order that a list has in which each entry of them is moved to the end", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const uses = new RangedUses<Entry>(compare);
      const places = new Map<number, UsedPlace<Entry>>();
      // The one that was used longest ago first.
      const list: number[] = [];
      const move = (at: number): void => {
        list.splice(list.indexOf(at), 1);
        list.push(at);
      };
      const remove = (at: number): void => {
        uses.remove(places.get(at)!);
        places.delete(at);
        list.splice(list.indexOf(at), 1);
      };
      for (const { kind, at, from, to, isReverse } of steps) {
        const isIn = (key: number): boolean =>
          (from === undefined || key > from.at || (key === from.at && from.isInclusive)) &&
          (to === undefined || key < to.at || (key === to.at && to.isInclusive));
        const ends = [from, to].map((of): RangeEnd | undefined => of && { key: Uint8Array.of(of.at), isInclusive: of.isInclusive });
        const within = [...places.keys()].filter(isIn).sort((a, b) => a - b);
        if (kind === "insert") {
          if (places.has(at)) continue;
          places.set(at, uses.insert({ key: Uint8Array.of(at) }));
          list.push(at);
        } else if (kind === "use" && places.has(at)) {
          uses.use(places.get(at)!);
          move(at);
        } else if (kind === "remove" && places.has(at)) {
          remove(at);
        } else if (kind === "range") {
          assert.deepEqual(
            uses.between(ends[0], ends[1]).map(({ key }) => key[0]),
            within,
          );
          uses.useBetween(ends[0], ends[1], isReverse);
          for (const key of isReverse ? within.toReversed() : within) move(key);
        } else if (kind === "evict" && list.length > 0) {
          remove(list[0]!);
        }
        assert.equal(uses.oldest()?.key[0], list[0]);
      }
      while (list.length > 0) {
        assert.equal(uses.oldest()?.key[0], list[0]);
        remove(list[0]!);
      }
      assert.equal(uses.oldest(), undefined);
    }),
    { numRuns: 300, seed: testSeed() },
  );
});
