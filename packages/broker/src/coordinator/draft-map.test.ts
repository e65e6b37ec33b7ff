import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { DraftMap } from "./draft-map.ts";

type Step = { readonly kind: "set" | "delete"; readonly key: number; readonly value: number };

const key = fc.nat({ max: 8 });
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({ kind: fc.constantFrom("set" as const, "delete" as const), key, value: fc.nat() }),
  {
    maxLength: 30,
  },
);

test("a draft is the map that its changes would make, and leaves the map alone until it is settled (seeded)", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(key, fc.nat())), steps, (entries, changes) => {
      const base = new Map(entries);
      const before = [...base];
      const model = new Map(entries);
      const draft = new DraftMap(base);
      for (const { kind, key, value } of changes) {
        if (kind === "set") {
          draft.set(key, value);
          model.set(key, value);
        } else {
          assert.equal(draft.delete(key), model.delete(key));
        }
        assert.equal(draft.size, model.size);
        assert.deepEqual([draft.has(key), draft.get(key)], [model.has(key), model.get(key)]);
      }
      assert.deepEqual([...draft], [...model]);
      const visited: [number, number][] = [];
      draft.forEach((value, key) => visited.push([key, value]));
      assert.deepEqual(visited, [...model]);
      assert.deepEqual([...base], before);
      draft.settle();
      assert.deepEqual([...base], [...model]);
      assert.deepEqual([...draft], [...model]);
    }),
  );
});

test("a draft of a draft settles into it", () => {
  const base = new Map([["a", 1]]);
  const first = new DraftMap(base);
  const second = new DraftMap(first);
  second.set("a", 2).set("b", 3);
  second.settle();
  assert.deepEqual(
    [[...base], [...first]],
    [
      [["a", 1]],
      [
        ["a", 2],
        ["b", 3],
      ],
    ],
  );
});

test("what changes while a draft is walked through is seen as in a map", () => {
  const draft = new DraftMap(
    new Map([
      ["a", 1],
      ["b", 2],
      ["c", 3],
    ]),
  );
  const seen: string[] = [];
  for (const [key, value] of draft) {
    seen.push(`${key}${value}`);
    if (key !== "a") continue;
    draft.delete("b");
    draft.set("c", 4);
    draft.set("d", 5);
  }
  assert.deepEqual(seen, ["a1", "c4", "d5"]);
});
