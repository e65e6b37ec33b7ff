import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { noHeaders } from "../../record.ts";
import type { FlushWalk } from "../flushes-in-steps.ts";
import { InMemoryKeyValue } from "../key-value/in-memory-key-value.ts";
import { CachedKeyValue } from "./cached-key-value.ts";
import { RecordCache } from "./record-cache.ts";

const text = (bytes: Uint8Array | undefined): string | undefined => (bytes === undefined ? undefined : Buffer.from(bytes).toString());

function open(maxBytes: number, cache: RecordCache = new RecordCache(maxBytes)) {
  const inner = new InMemoryKeyValue();
  const record = { topic: "t", partition: 0, offset: 0, timestamp: 0, headers: noHeaders };
  const store = new CachedKeyValue(inner, cache, record);
  const told: string[] = [];
  store.listen({
    wantsOldValues: true,
    onChange: ({ entry: key, newValue, oldValue, position }) =>
      told.push(`${text(key)}:${text(oldValue?.value) ?? "-"}>${text(newValue?.value) ?? "-"}@${position.timestamp}`),
  });
  const put = (key: string, value: string | null, timestamp = 0): void => {
    record.timestamp = timestamp;
    store.put(Buffer.from(key), value === null ? null : Buffer.from(value), timestamp);
  };
  return { inner, store, told, put, cache };
}

test("of several updates of a key the last is given on, in the order in which keys were last written", () => {
  const { inner, store, told, put } = open(10_000);
  put("a", "1", 1);
  put("b", "1", 2);
  put("a", "2", 3);
  assert.deepEqual([told.length, inner.size], [0, 0]);
  assert.equal(text(store.get(Buffer.from("a"))?.value), "2");
  store.flush();
  assert.deepEqual(told.splice(0), ["b:->1@2", "a:->2@3"]);
  put("a", "3", 4);
  store.flush();
  store.flush();
  assert.deepEqual(told, ["a:2>3@4"]);
});

test("what came and went within the cache is neither written nor given on; what was there goes with its old value", () => {
  const { inner, store, told, put } = open(10_000);
  put("a", "1");
  put("a", null);
  store.flush();
  assert.deepEqual(told, []);
  put("b", "1");
  store.flush();
  put("b", null);
  assert.equal(store.get(Buffer.from("b")), undefined);
  assert.equal(text(inner.get(Buffer.from("b"))?.value), "1");
  store.flush();
  assert.deepEqual(told, ["b:->1@0", "b:1>-@0"]);
  assert.equal(inner.size, 0);
});

test("a read that drives out what was written gives what it was asked for, not what the store below was asked for meanwhile", () => {
  const { inner, store, told, put } = open(2 * (25 + 2 + 21));
  for (const key of ["a", "b", "c"]) inner.put(Buffer.from(key), Buffer.from(key), 7);
  put("a", "1");
  put("b", "2");
  const found = store.get(Buffer.from("c"));
  assert.deepEqual([text(found?.value), found?.timestamp], ["c", 7]);
  assert.deepEqual(told, ["a:a>1@0", "b:b>2@0"]);
});

test("a read that drives out what was written gives what was there, also when that is written over meanwhile", () => {
  const { inner, store, put } = open(25 + 2 + 21);
  inner.put(Buffer.from("c"), Buffer.from("c"), 7);
  store.listen({ wantsOldValues: false, onChange: () => inner.put(Buffer.from("c"), Buffer.from("d"), 8) });
  put("a", "1");
  const found = store.get(Buffer.from("c"));
  assert.deepEqual([text(found?.value), found?.timestamp], ["c", 7]);
});

test("too many bytes: what was used longest ago leaves, and with the first written one all that were written", () => {
  const { told, put, store, cache } = open(3 * (25 + 2 + 21));
  put("a", "1");
  put("b", "1");
  put("c", "1");
  store.get(Buffer.from("a"));
  assert.equal(cache.sizeBytes, 3 * 48);
  put("d", "1");
  assert.deepEqual(told, ["b:->1@0", "a:->1@0", "c:->1@0", "d:->1@0"]);
  assert.ok(cache.sizeBytes <= 3 * 48);
});

test("what is given up in steps can be read until its turn comes, goes on as it was, and what is written meanwhile is kept", () => {
  const { inner, store, told, put, cache } = open(3 * (25 + 2 + 21));
  const walks: FlushWalk[] = [];
  store.giveUpTo((walk) => walks.push(walk) > 0 && walk.next());
  put("a", "1");
  put("b", "1");
  inner.put(Buffer.from("c"), Buffer.from("0"), 0);
  put("c", null);
  put("d", "1");
  assert.deepEqual([walks.length, told.splice(0)], [1, ["a:->1@0"]]);
  const all = (): (string | undefined)[] => ["a", "b", "c", "d"].map((key) => text(store.get(Buffer.from(key))?.value));
  assert.deepEqual(all(), ["1", "1", undefined, "1"]);
  put("b", "2");
  put("e", "1");
  assert.deepEqual([walks.length, all(), told], [1, ["1", "2", undefined, "1"], []]);
  while (walks[0]!.next());
  walks[0]!.close();
  assert.deepEqual(told.splice(0, 3), ["b:->1@0", "c:0>-@0", "d:->1@0"]);
  while (walks.length > 1 && walks.at(-1)!.next());
  assert.deepEqual(all(), ["1", "2", undefined, "1"]);
  assert.ok(cache.sizeBytes <= 3 * 48, "and there is room again");
  store.flush();
  assert.deepEqual(
    [text(inner.get(Buffer.from("b"))?.value), text(inner.get(Buffer.from("e"))?.value), inner.get(Buffer.from("c"))],
    ["2", "1", undefined],
  );
});

test("what a store of which nobody hears is given in one call while it gives up is bounded, and counted once", () => {
  const ENTRY_BYTES = 25 + 2 + 21;
  const walks: FlushWalk[] = [];
  const cache = new RecordCache(10 * ENTRY_BYTES);
  const record = { topic: "t", partition: 0, offset: 0, timestamp: 0, headers: noHeaders };
  const inner = new InMemoryKeyValue();
  const store = new CachedKeyValue(inner, cache, record);
  store.giveUpTo((walk, isHeard) => !isHeard && walks.push(walk) > 0 && walk.next());
  const put = (at: number): void => store.put(Buffer.from([at]), Buffer.from([at]), 0);
  for (let at = 0; at < 11; at++) put(at);
  assert.equal(walks.length, 1);
  let most = 0;
  for (let at = 11; at < 200; at++) {
    put(at);
    most = Math.max(most, cache.sizeBytes);
  }
  assert.ok(most > 15 * ENTRY_BYTES, `${most / ENTRY_BYTES} entries: nothing is put between steps`);
  assert.ok(most <= 21 * ENTRY_BYTES, `${most / ENTRY_BYTES} entries at most`);
  for (const walk of walks) {
    while (walk.next());
    walk.close();
  }
  assert.ok(cache.sizeBytes <= 10 * ENTRY_BYTES);
  store.flush();
  assert.equal(inner.size, 200);
  // Copies of what is below leave one by one, and let nothing be given up, as long as all that is counted is there.
  const before = walks.length;
  for (let at = 0; at < 10; at++) put(at);
  assert.equal(walks.length, before);
  put(10);
  assert.equal(walks.length, before + 1);
});

test("steps that ended do not end those that they made due", () => {
  const { store, put } = open(3 * (25 + 2 + 21));
  const walks: FlushWalk[] = [];
  store.giveUpTo((walk) => walks.push(walk) > 0 && walk.next());
  for (const key of ["a", "b", "c", "d", "e", "f", "g", "h"]) put(key, "1");
  assert.equal(walks.length, 1);
  while (walks[0]!.next());
  assert.equal(walks.length, 2, "there is still too much");
  walks[0]!.close();
  put("i", "1");
  put("j", "1");
  assert.equal(walks.length, 2, "one after another");
});

test("a cache without room writes through, and stores of one thread share its bytes", () => {
  const through = open(0);
  through.put("a", "1");
  assert.deepEqual(through.told, ["a:->1@0"]);
  assert.equal(through.cache.sizeBytes, 0);
  const shared = new RecordCache(100);
  const one = open(0, shared);
  const other = open(0, shared);
  one.put("a", "1");
  one.put("b", "1");
  other.put("c", "1");
  // The store that was written to gives up its own.
  assert.deepEqual([one.told, other.told], [[], ["c:->1@0"]]);
  one.store.close();
  assert.equal(shared.sizeBytes, 0);
});

const key = fc.constantFrom("a", "b", "c", "d", "e", "ab");
const step = fc.record({
  kind: fc.constantFrom("put", "put", "put", "delete", "get", "flush", "up", "down"),
  key,
  other: key,
  value: fc.nat(999),
});

test("with a cache of any size a store reads as one without", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 400 }), fc.array(step, { maxLength: 80 }), (maxBytes, steps) => {
      const { store, inner, put } = open(maxBytes);
      const model = new Map<string, string>();
      for (const { kind, key, other, value } of steps) {
        if (kind === "put") {
          put(key, String(value));
          model.set(key, String(value));
        } else if (kind === "delete") {
          put(key, null);
          model.delete(key);
        } else if (kind === "flush") {
          store.flush();
          assert.equal(inner.size, model.size);
        } else if (kind !== "get") {
          const [from, to] = [key, other].sort() as [string, string];
          const walk = store.walk(Buffer.from(from), Buffer.from(to), kind === "down");
          const seen: string[] = [];
          for (let entry = walk.next(); entry !== undefined; entry = walk.next()) seen.push(`${text(entry.key)}=${text(entry.value)}`);
          const expected = [...model]
            .filter(([each]) => each >= from && each <= to)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([each, held]) => `${each}=${held}`);
          assert.deepEqual(seen, kind === "down" ? expected.reverse() : expected);
        }
        assert.equal(text(store.get(Buffer.from(key))?.value), model.get(key));
      }
    }),
    { numRuns: 50 },
  );
});
