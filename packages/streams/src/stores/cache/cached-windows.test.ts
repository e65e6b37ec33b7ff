import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { serdes } from "../../serdes/serdes.ts";
import { stores } from "../stores.ts";
import { recordingContext } from "../testing/recording-context.ts";
import { RecordCache } from "./record-cache.ts";

const step = fc.record({
  kind: fc.constantFrom("put", "put", "put", "delete", "flush", "key", "reverseKey", "all", "reverseAll"),
  key: fc.constantFrom("a", "b", "ab"),
  fromMs: fc.nat(12),
  spanMs: fc.nat(8),
});
const settings = { name: "s", key: serdes.string, value: serdes.long, retentionMs: 1000 };

test("with a cache of any size a window store reads as one without, also while walks make it give up entries", () => {
  const windows = { ...settings, windowSizeMs: 5 };
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 400 }), fc.array(step, { maxLength: 80 }), (maxBytes, steps) => {
      const plain = stores.timestampedWindow(windows).build(recordingContext().context);
      const cached = stores
        .timestampedWindow({ ...windows, caching: true })
        .build({ ...recordingContext().context, cache: new RecordCache(maxBytes) });
      for (const [at, { kind, key, fromMs, spanMs }] of steps.entries()) {
        const toMs = fromMs + spanMs;
        const value = kind === "delete" ? null : { value: at, timestamp: fromMs };
        if (kind === "put" || kind === "delete") for (const store of [plain, cached]) store.put(key, value, fromMs);
        else if (kind === "flush") cached.flush();
        else if (kind === "key") assert.deepEqual([...cached.fetchRange(key, fromMs, toMs)], [...plain.fetchRange(key, fromMs, toMs)]);
        else if (kind === "reverseKey") {
          assert.deepEqual([...cached.reverseFetchRange(key, fromMs, toMs)], [...plain.reverseFetchRange(key, fromMs, toMs)]);
        } else if (kind === "all") assert.deepEqual([...cached.fetchAll(fromMs, toMs)], [...plain.fetchAll(fromMs, toMs)]);
        else assert.deepEqual([...cached.reverseAll()], [...plain.reverseAll()]);
        assert.deepEqual(cached.fetch(key, fromMs), plain.fetch(key, fromMs));
      }
      const walk = cached.fetchRange("a", 0, 100);
      const seen = [];
      for (const entry of walk) {
        seen.push(entry);
        // Makes what is ahead go from the cache to the store.
        cached.put("zz", { value: 0, timestamp: 0 }, seen.length);
      }
      assert.deepEqual(seen, [...plain.fetchRange("a", 0, 100)]);
    }),
    { numRuns: 40 },
  );
});

test("a walk over a key's windows gives each once, also when its reader puts them again and the cache had given them up", () => {
  for (const verb of ["fetchRange", "reverseFetchRange"] as const) {
    const store = stores
      .timestampedWindow({ ...settings, windowSizeMs: 5, caching: true })
      .build({ ...recordingContext().context, cache: new RecordCache(300) });
    for (const startMs of [1, 2, 3]) store.put("a", { value: startMs, timestamp: startMs }, startMs);
    // Those of another key drive them out of the cache and then leave it room.
    for (const startMs of [1, 2, 3, 4, 5]) store.put("b", { value: 0, timestamp: startMs }, startMs);
    for (const startMs of [1, 2, 3, 4, 5]) store.put("b", null, startMs);
    store.flush();
    const seen = [];
    for (const [startMs, { value }] of store[verb]("a", 0, 10)) {
      seen.push([startMs, value]);
      if (seen.length > 3) break;
      store.put("a", { value: value + 10, timestamp: startMs }, startMs);
    }
    const expected = [
      [1, 1],
      [2, 2],
      [3, 3],
    ];
    assert.deepEqual(seen, verb === "fetchRange" ? expected : expected.toReversed());
  }
});

test("with a cache of any size a session store reads as one without", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 400 }), fc.array(step, { maxLength: 80 }), (maxBytes, steps) => {
      const plain = stores.session(settings).build(recordingContext().context);
      const cached = stores
        .session({ ...settings, caching: true })
        .build({ ...recordingContext().context, cache: new RecordCache(maxBytes) });
      for (const [at, { kind, key, fromMs, spanMs }] of steps.entries()) {
        const toMs = fromMs + spanMs;
        if (kind === "put" || kind === "delete") {
          for (const store of [plain, cached]) store.put(key, fromMs, toMs, kind === "put" ? at : null);
        } else if (kind === "flush") cached.flush();
        else if (kind === "key") assert.deepEqual([...cached.findSessions(key, fromMs, toMs)], [...plain.findSessions(key, fromMs, toMs)]);
        else if (kind === "reverseKey") {
          assert.deepEqual([...cached.reverseFindSessions(key, fromMs, toMs)], [...plain.reverseFindSessions(key, fromMs, toMs)]);
        } else assert.deepEqual([...cached.findSessionsByEnd(fromMs, toMs)], [...plain.findSessionsByEnd(fromMs, toMs)]);
        assert.deepEqual(cached.fetchSession(key, fromMs, toMs), plain.fetchSession(key, fromMs, toMs));
      }
    }),
    { numRuns: 40 },
  );
});

test("of times before all there is nothing in a cache", () => {
  const cache = new RecordCache(1_000_000);
  const store = stores.timestampedWindow({ ...settings, windowSizeMs: 5, caching: true }).build({ ...recordingContext().context, cache });
  store.put("a", { value: 1, timestamp: 3 }, 3);
  assert.deepEqual([...store.fetchRange("a", -7, -1)], []);
  assert.deepEqual([...store.reverseFetchRange("a", -7, -1)], []);
  assert.deepEqual([...store.fetchAll(-7, -1)], []);
});
