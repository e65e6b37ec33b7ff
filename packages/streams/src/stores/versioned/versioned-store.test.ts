import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { serdes } from "../../serdes/serdes.ts";
import { InMemoryKeyValue } from "../key-value/in-memory-key-value.ts";
import { stores } from "../stores.ts";
import { memorySegments } from "../testing/memory-segments.ts";
import { recordingContext } from "../testing/recording-context.ts";
import { InMemoryVersioned } from "./in-memory-versioned.ts";
import { StoredVersioned } from "./stored-versioned.ts";

const HISTORY_MS = 20;

const step = fc.record({
  kind: fc.constantFrom("put", "put", "put", "delete", "get"),
  key: fc.constantFrom("a", "b"),
  moveMs: fc.oneof({ weight: 6, arbitrary: fc.integer({ min: -12, max: 4 }) }, { weight: 1, arbitrary: fc.constant(30) }),
});

function answersAsAList(isPersistent: boolean): void {
  const builder = stores.versioned({
    name: "v",
    key: serdes.string,
    value: serdes.long,
    historyRetentionMs: HISTORY_MS,
    persistent: isPersistent,
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const state = { keyValue: () => new InMemoryKeyValue(), segments: memorySegments };
      const store = builder.build({ ...recordingContext(() => {}).context, state });
      const model = new Map<string, Map<number, number | null>>([
        ["a", new Map()],
        ["b", new Map()],
      ]);
      // Times that an earlier version is known to end at.
      const ends = new Map([...model.keys()].map((key) => [key, new Set<number>()]));
      let nowMs = 0;
      let observedMs = -1;
      let value = 0;
      for (const { kind, key, moveMs } of steps) {
        nowMs = Math.max(0, nowMs + moveMs);
        const versions = model.get(key)!;
        const times = (): number[] => [...versions.keys()].sort((a, b) => a - b);
        if (kind !== "get") {
          const put = kind === "put" ? value++ : null;
          const outcome = store.put(key, put, nowMs);
          if (nowMs < observedMs - HISTORY_MS) {
            assert.equal(outcome, "notPut");
            continue;
          }
          observedMs = Math.max(observedMs, nowMs);
          const next = times().find((time) => time > nowMs) ?? null;
          const before = times().findLast((time) => time < nowMs);
          const isForgotten = put === null && next === null && (versions.get(nowMs) ?? null) !== null && !ends.get(key)!.has(nowMs);
          if (put === null || (!versions.has(nowMs) && before !== undefined && versions.get(before) !== null)) ends.get(key)!.add(nowMs);
          if (next !== null) ends.get(key)!.add(next);
          if (isForgotten) {
            versions.delete(nowMs);
            ends.get(key)!.delete(nowMs);
          } else versions.set(nowMs, put);
          assert.equal(outcome, next);
        }
        const asOf = (time: number): unknown => {
          const from = times().findLast((other) => other <= time);
          const value = from === undefined ? null : (versions.get(from) ?? null);
          const validToMs = times().find((other) => other > time) ?? null;
          const isKnown = time >= observedMs - HISTORY_MS || validToMs === null;
          return from === undefined || value === null || !isKnown ? null : { value, timestamp: from, validToMs };
        };
        assert.deepEqual(store.get(key, nowMs), asOf(nowMs));
        assert.deepEqual(store.get(key), asOf(Number.POSITIVE_INFINITY));
      }
    }),
    { numRuns: 60 },
  );
}

test("a versioned store answers as a list that forgets nothing, wherever its history reaches", () => answersAsAList(false));
test("a versioned store in sorted bytes answers as a list that forgets nothing, wherever its history reaches", () => answersAsAList(true));

function forgetsAtItsOwnTime(persistent: boolean): void {
  const context = { ...recordingContext().context, state: { keyValue: () => new InMemoryKeyValue(), segments: memorySegments } };
  const store = stores
    .versioned({ name: "v", key: serdes.string, value: serdes.string, historyRetentionMs: 20, persistent })
    .build(context);
  for (const key of ["alone", "after a value", "after a deletion", "after a late value", "deleted twice"]) {
    if (key === "after a value") store.put(key, "a", 4);
    if (key === "after a deletion") store.put(key, null, 4);
    if (key === "deleted twice") store.put(key, null, 8);
    store.put(key, "b", 8);
    if (key === "after a late value") store.put(key, "a", 4);
    store.put(key, null, 8);
  }
  const outcomes = ["alone", "after a value", "after a deletion", "after a late value", "deleted twice"].map((key) =>
    store.put(key, "c", 6),
  );
  assert.deepEqual(outcomes, [null, 8, null, 8, 8]);
}

test("a value that is deleted at its own time is as if it had never been, unless an earlier one ended there", () =>
  forgetsAtItsOwnTime(false));
test("in sorted bytes, too, a value that is deleted at its own time is as if it had never been", () => forgetsAtItsOwnTime(true));

test("what nobody can read any more is let go, deleted keys with it", () => {
  const store = new InMemoryVersioned(10);
  const bytes = new InMemoryKeyValue();
  const stored = new StoredVersioned(bytes, 10);
  for (let i = 0; i < 1000; i++) {
    store.put(Buffer.from(`k${i}`), Buffer.from("x"), i);
    store.put(Buffer.from(`k${i}`), null, i + 1);
    stored.put(Buffer.from(`k${i}`), Buffer.from("x"), i);
    stored.put(Buffer.from("one"), Buffer.from("x"), i);
    stored.put(Buffer.from(`k${i}`), null, i + 1);
  }
  assert.ok(store.size <= 13, `${store.size} keys`);
  assert.ok(bytes.size <= 13 * 5, `${bytes.size} entries`);
});

test("a deletion gives what was valid then; one too late gives nothing, and is logged all the same", () => {
  const { context, changelog } = recordingContext();
  const store = stores.versioned({ name: "v", key: serdes.string, value: serdes.string, historyRetentionMs: 10 }).build(context);
  store.put("k", "a", 1);
  store.put("k", "b", 5);
  assert.deepEqual(store.delete("k", 3), { value: "a", timestamp: 1, validToMs: 5 });
  assert.equal(store.get("k", 4), null);
  assert.deepEqual(store.get("k"), { value: "b", timestamp: 5, validToMs: null });
  store.put("l", "c", 100);
  assert.equal(store.delete("k", 3), null);
  assert.deepEqual(changelog, ["k=61@1", "k=62@5", "k=null@3", "l=63@100", "k=null@3"]);
});
