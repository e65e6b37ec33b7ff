import assert from "node:assert/strict";
import { test } from "node:test";
import { testSeed } from "@ottla/base/simulated";
import fc from "fast-check";
import { LentMemory } from "../../serdes/lent-bytes.ts";
import { LoadedEntries } from "./loaded-entries.ts";

const keyMemory = new LentMemory();
const valueMemory = new LentMemory();

/** What it gives, one after another. */
function all(loaded: LoadedEntries): [key: string, value: string | null, timestamp: number][] {
  const given: [string, string | null, number][] = [];
  const next = loaded.sorted();
  for (let entry = next(); entry !== undefined; entry = next()) {
    const value = loaded.valueOf(entry, valueMemory);
    given.push([hex(loaded.keyOf(entry, keyMemory)), value === null ? null : hex(value), loaded.timestampOf(entry)]);
  }
  return given;
}

/** The same from a plain map. */
function expected(entries: readonly (readonly [Uint8Array, Uint8Array | null, number])[]): [string, string | null, number][] {
  const last = new Map(
    entries.map(([key, value, timestamp]) => [
      hex(key),
      [hex(key), value === null ? null : hex(value), timestamp] as [string, string | null, number],
    ]),
  );
  return [...last.keys()].sort().map((key) => last.get(key)!);
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

test("what was loaded comes sorted by key, and of a key that came again the last", () => {
  const key = fc.oneof(
    fc.uint8Array({ maxLength: 3 }),
    fc.constantFrom("", "key", "key-", "key-1", "key-10", "key-9").map((text) => Buffer.from(text)),
    fc.uint8Array({ minLength: 12, maxLength: 300 }),
  );
  const value = fc.oneof(fc.constant(null), fc.uint8Array({ maxLength: 8 }), fc.uint8Array({ minLength: 250, maxLength: 300 }));
  fc.assert(
    fc.property(fc.array(fc.tuple(key, value, fc.maxSafeNat()), { maxLength: 100 }), (entries) => {
      const loaded = new LoadedEntries();
      for (const entry of entries) loaded.add(...entry);
      assert.deepEqual(all(loaded), expected(entries));
      assert.equal(loaded.count, entries.length);
      loaded.clear();
      assert.deepEqual(all(loaded), []);
    }),
    { seed: testSeed() },
  );
});

for (const [what, keyOf] of Object.entries({
  "numbers as texts": (i: number) => Buffer.from(`key-${String((i * 7919) % 150_000).padStart(8, "0")}`),
  "texts of many letters": (i: number) =>
    Buffer.from(`${"abcdefgh".repeat(3)}${((i * 48_271) % 2_147_483_647).toString(36)}-${(i * 31) % 977}`),
  "each a few times": (i: number) => Buffer.from([(i * 37) % 251, (i * 11) % 101, 0]),
}))
  test(`more than are sorted at once come in one order: ${what}`, () => {
    const entries = Array.from({ length: 150_000 }, (_, i) => [keyOf(i), i % 13 === 0 ? null : Buffer.from(String(i)), i] as const);
    const loaded = new LoadedEntries();
    for (const entry of entries) loaded.add(...entry);
    assert.deepEqual(all(loaded), expected(entries));
  });

test("keys may be as long as values", () => {
  const entries = [65_535, 65_536, 70_000, 2_000_000].flatMap((length) =>
    ["a", "b"].map((letter) => [Buffer.from(letter.repeat(length)), Buffer.from(String(length)), length] as const),
  );
  const loaded = new LoadedEntries();
  for (const entry of entries.toReversed()) loaded.add(...entry);
  assert.deepEqual(all(loaded), expected(entries));
});

test("values larger than a piece of memory have one of their own", () => {
  const entries = [3, 1, 2].map((at) => [Buffer.from([at]), Buffer.alloc(at * 700_000, at), at] as const);
  const loaded = new LoadedEntries();
  let bytes = 0;
  for (const entry of entries) bytes += loaded.add(...entry);
  assert.ok(bytes > 6 * 700_000);
  assert.deepEqual(all(loaded), expected(entries));
});
