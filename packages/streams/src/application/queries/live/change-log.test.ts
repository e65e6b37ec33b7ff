import assert from "node:assert/strict";
import { test } from "node:test";
import { testSeed } from "@ottla/base/simulated";
import fc from "fast-check";
import { ChangeLog, type ChangeReader, type StoreChange } from "./change-log.ts";

const put = (log: ChangeLog, key: string, value: string) =>
  log.put(key, { partition: 0, key: Buffer.from(key), value: Buffer.from(value), timestamp: 0, startMs: -1, endMs: -1 });
function taken(reader: ChangeReader, max = 1_000): string[] {
  const changes: StoreChange[] = [];
  reader.take(max, changes);
  return changes.map(({ key, value }) => `${Buffer.from(key).toString()}${Buffer.from(value!).toString()}`);
}

test("of each key the latest change waits, in the order of the changes, for each reader from its own place", () => {
  const log = new ChangeLog();
  const first = log.read();
  put(log, "a", "1");
  put(log, "b", "1");
  assert.deepEqual(taken(first, 1), ["a1"]);
  const second = log.read();
  put(log, "a", "2");
  put(log, "b", "2");
  put(log, "a", "3");
  assert.deepEqual(taken(second), ["b2", "a3"]);
  assert.deepEqual(second.takeCounts(), { skipped: 1, lost: 0 });
  assert.equal(first.hasMore, true);
  assert.deepEqual(taken(first), ["b2", "a3"]);
  assert.deepEqual(
    [first.takeCounts(), first.takeCounts()],
    [
      { skipped: 2, lost: 0 },
      { skipped: 0, lost: 0 },
    ],
  );
  assert.deepEqual([first.hasMore, second.hasMore], [false, false]);
});

test("at its bounds the oldest go, and are lost to who has not read them alone", () => {
  const log = new ChangeLog(4, 1_000);
  const [slow, quick] = [log.read(), log.read()];
  for (const key of ["a", "b", "c", "d"]) put(log, key, "1");
  assert.deepEqual(taken(quick), ["a1", "b1", "c1", "d1"]);
  put(log, "e", "1");
  assert.deepEqual(taken(quick), ["e1"]);
  assert.deepEqual(taken(slow), ["c1", "d1", "e1"]);
  assert.deepEqual(
    [slow.takeCounts(), quick.takeCounts()],
    [
      { skipped: 0, lost: 2 },
      { skipped: 0, lost: 0 },
    ],
  );
  put(log, "large", "x".repeat(2_000));
  assert.deepEqual([taken(slow), slow.takeCounts().lost], [[], 1]);
});

test("what all have read is let go, and a reader that has ended keeps nothing", () => {
  const log = new ChangeLog();
  const [one, other] = [log.read(), log.read()];
  other.close();
  for (let i = 0; i < 5_000; i++) {
    put(log, `k${i}`, "v");
    if (i % 100 === 0) taken(one);
  }
  assert.ok(log.size < 2_100, `${log.size} keys wait`);
});

test("whatever readers do, each has seen the latest of each key in the end, or was told that it lost some", () => {
  const step = fc.oneof(
    fc.record({ key: fc.integer({ min: 0, max: 12 }) }),
    fc.record({ reader: fc.integer({ min: 0, max: 2 }), max: fc.integer({ min: 1, max: 5 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const log = new ChangeLog(8, 10_000);
      const readers = [0, 1, 2].map(() => ({ reader: log.read(), seen: new Map<string, number>(), taken: 0, skipped: 0, lost: 0 }));
      const latest = new Map<string, number>();
      let count = 0;
      const read = ({ reader, seen }: (typeof readers)[number], max: number, into: (typeof readers)[number]): void => {
        const changes: StoreChange[] = [];
        reader.take(max, changes);
        for (const { key, value } of changes) {
          const number = Number(Buffer.from(value!).toString());
          assert.ok(number > Math.max(-1, ...seen.values()), "in the order of the changes");
          seen.set(Buffer.from(key).toString(), number);
        }
        into.taken += changes.length;
        const { skipped, lost } = reader.takeCounts();
        into.skipped += skipped;
        into.lost += lost;
      };
      for (const each of steps) {
        if ("key" in each) {
          latest.set(`k${each.key}`, count);
          put(log, `k${each.key}`, String(count++));
        } else read(readers[each.reader]!, each.max, readers[each.reader]!);
      }
      for (const each of readers) {
        while (each.reader.hasMore) read(each, 3, each);
        assert.equal(each.taken + each.skipped + each.lost, count);
        const missing = [...latest].filter(([key, number]) => each.seen.get(key) !== number);
        assert.ok(missing.length <= each.lost, `${missing.length} missing, ${each.lost} lost`);
      }
      assert.ok(log.size <= 8);
    }),
    { seed: testSeed(), numRuns: 300 },
  );
});
