import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { nodeDisk } from "@ottla/base/node";
import fc from "fast-check";
import { serdes } from "../../serdes/serdes.ts";
import { RecordCache } from "../../stores/cache/record-cache.ts";
import { TaskState } from "../../stores/persistent/task-state.ts";
import type { StateStore } from "../../stores/store.ts";
import type { StoreContext } from "../../stores/store-builder.ts";
import { stores } from "../../stores/stores.ts";
import { recordingContext } from "../../stores/testing/recording-context.ts";
import { readPage } from "./read-page.ts";
import type { RowPlace, StoredRow, StoreQuery } from "./store-query.ts";

let folder = "";
let state: TaskState;
before(() => {
  folder = mkdtempSync(join(tmpdir(), "ottla-pages-"));
  state = TaskState.open(nodeDisk, folder);
});
after(() => {
  state.close();
  rmSync(folder, { recursive: true, force: true });
});

const settings = { key: serdes.string, value: serdes.long, persistent: true, caching: true, retentionMs: 1_000, windowSizeMs: 10 };
const bytes = (text: string) => Buffer.from(text);
const shown = ({ key, startMs, endMs, value }: StoredRow) =>
  `${Buffer.from(key).toString()} ${startMs} ${endMs} = ${Buffer.from(value).readBigInt64BE()}`;

/** All rows, page by page; `between` is called between two pages. */
function paged(store: StateStore, query: StoreQuery, rowsMax: number, between: () => void = () => {}): StoredRow[] {
  const rows: StoredRow[] = [];
  let after: RowPlace | null = null;
  do {
    const page = readPage(store, { query, after, rowsMax }, () => 0);
    assert.ok(page.rows.length > 0 || page.next === null, "a page that goes on has rows");
    rows.push(...page.rows);
    after = page.next;
    between();
  } while (after !== null);
  return rows;
}

interface World {
  readonly keyValue: ReturnType<ReturnType<typeof stores.timestampedKeyValue<string, number>>["build"]>;
  readonly windows: ReturnType<ReturnType<typeof stores.timestampedWindow<string, number>>["build"]>;
  readonly sessions: ReturnType<ReturnType<typeof stores.session<string, number>>["build"]>;
  readonly versions: ReturnType<ReturnType<typeof stores.versioned<string, number>>["build"]>;
}

let worlds = 0;

function worldOf(context: StoreContext): World {
  const n = worlds++;
  return {
    keyValue: stores.timestampedKeyValue({ ...settings, name: `k${n}` }).build(context),
    windows: stores.timestampedWindow({ ...settings, name: `w${n}` }).build(context),
    sessions: stores.session({ ...settings, name: `s${n}` }).build(context),
    versions: stores.versioned({ ...settings, name: `v${n}`, historyRetentionMs: 1_000 }).build(context),
  };
}

const step = fc.record({
  key: fc.constantFrom("a", "b", "ab", "b\u00ff", "c"),
  at: fc.nat(30),
  isGone: fc.boolean(),
  isFlushed: fc.boolean(),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function apply({ keyValue, windows, sessions, versions }: World, { key, at, isGone, isFlushed }: Step, value: number): void {
  keyValue.put(key, isGone ? null : { value, timestamp: at });
  windows.put(key, isGone ? null : { value, timestamp: at }, at);
  sessions.put(key, at, at + (value % 3), isGone ? null : value);
  versions.put(key, isGone ? null : value, at);
  if (isFlushed) for (const store of [keyValue, windows, sessions]) store.flush();
}

const questions: readonly (readonly [string, keyof World, StoreQuery])[] = [false, true].flatMap((isReverse) => [
  ["all keys", "keyValue", { kind: "range", from: null, to: null, isReverse }] as const,
  ["keys a to b", "keyValue", { kind: "range", from: bytes("a"), to: bytes("b"), isReverse }] as const,
  ["keys that begin with a", "keyValue", { kind: "prefix", prefix: bytes("a"), isReverse }] as const,
  ["windows of b", "windows", { kind: "windows", key: bytes("b"), fromMs: 3, toMs: 25, isReverse }] as const,
  ["all windows", "windows", { kind: "allWindows", fromMs: 3, toMs: 25, isReverse }] as const,
  ["sessions of a", "sessions", { kind: "sessions", key: bytes("a"), earliestEndMs: 3, latestStartMs: 28, isReverse }] as const,
  ["versions of a", "versions", { kind: "versions", key: bytes("a"), fromMs: 4, toMs: 25, isReverse }] as const,
]);
const allQuestions = [...questions, ["all sessions", "sessions", { kind: "allSessions", fromEndMs: 3, toEndMs: 28 }] as const] as const;

for (const place of ["memory", "disk"] as const) {
  for (const cacheBytes of [undefined, 300, 100_000]) {
    test(`pages of any size give what one gives, in order (${place}, cache ${String(cacheBytes)})`, () => {
      const context = {
        ...recordingContext().context,
        ...(place === "disk" ? { state } : {}),
        ...(cacheBytes === undefined ? {} : { cache: new RecordCache(cacheBytes) }),
      };
      fc.assert(
        fc.property(
          fc.array(step, { maxLength: 60 }),
          fc.array(step, { maxLength: 10 }),
          fc.integer({ min: 1, max: 5 }),
          (steps, later, rowsMax) => {
            const world = worldOf(context);
            for (const [value, each] of steps.entries()) apply(world, each, value);
            for (const [what, kind, query] of allQuestions) {
              const whole = paged(world[kind], query, 10_000).map(shown);
              assert.deepEqual(paged(world[kind], query, rowsMax).map(shown), whole, `${what} in pages of ${rowsMax}`);
              if ("isReverse" in query) {
                const there = paged(world[kind], { ...query, isReverse: !query.isReverse }, 10_000).map(shown);
                assert.deepEqual(there.reverse(), whole, `${what} backwards`);
              }
            }
            // The model: what the typed stores give.
            assert.deepEqual(
              paged(world.keyValue, questions[0]![2], 3).map(shown),
              [...world.keyValue.all()].map(([key, { value }]) => `${key} -1 -1 = ${value}`),
            );
            assert.deepEqual(
              paged(world.windows, questions[4]![2], 3).map(shown),
              [...world.windows.fetchAll(3, 25)].map(({ key, windowStartMs, value }) => `${key} ${windowStartMs} -1 = ${value.value}`),
            );
            assert.deepEqual(
              paged(world.sessions, allQuestions.at(-1)![2], 3).map(shown),
              [...world.sessions.findSessionsByEnd(3, 28)].map(({ key, startMs, endMs, value }) => `${key} ${startMs} ${endMs} = ${value}`),
            );
            // What is not touched while pages are read is given once, what is touched at most once.
            for (const [what, kind, query] of allQuestions) {
              if (kind === "sessions" || kind === "versions") continue;
              const untouched = paged(world[kind], query, 10_000).filter(
                ({ key }) => !later.some((each) => Buffer.from(key).toString() === each.key),
              );
              let at = 0;
              const seen = paged(world[kind], query, rowsMax, () => {
                const next = later[at++];
                if (next !== undefined) apply(world, next, 1_000 + at);
              });
              const names = seen.map((row) => shown(row).split(" = ")[0]!);
              assert.equal(new Set(names).size, names.length, `${what}: nothing twice`);
              for (const row of untouched)
                assert.ok(
                  seen.some((other) => shown(other) === shown(row)),
                  `${what}: ${shown(row)} is not seen`,
                );
            }
          },
        ),
        { numRuns: 60 },
      );
    });
  }
}

test("versions between two times are those that were valid then", () => {
  for (const context of [recordingContext().context, { ...recordingContext().context, state }]) {
    const { versions } = worldOf(context);
    versions.put("a", 1, 10);
    versions.put("a", 2, 20);
    versions.put("a", null, 30);
    versions.put("a", 4, 40);
    const between = (fromMs: number, toMs: number) =>
      paged(versions, { kind: "versions", key: bytes("a"), fromMs, toMs, isReverse: false }, 1).map(shown);
    assert.deepEqual(between(0, 9), []);
    assert.deepEqual(between(15, 19), ["a 10 20 = 1"]);
    assert.deepEqual(between(15, 20), ["a 10 20 = 1", "a 20 30 = 2"]);
    assert.deepEqual(between(30, 39), []);
    assert.deepEqual(between(29, 100), ["a 20 30 = 2", "a 40 -1 = 4"]);
    // The history goes back to 500: the latest is still valid, others are not to be had.
    versions.put("b", 1, 1_500);
    assert.deepEqual(between(0, 100), ["a 40 -1 = 4"]);
    assert.deepEqual(between(0, 39), []);
  }
});

test("an answer puts nothing into a cache and counts as no use, so that nothing is given on because of it", () => {
  const { context, changelog } = recordingContext();
  const cache = new RecordCache(150);
  const cached = stores.timestampedKeyValue({ ...settings, persistent: false, name: "q" }).build({ ...context, cache });
  for (const key of ["a", "b", "c", "d"]) cached.put(key, { value: 1, timestamp: 0 });
  cached.flush();
  cached.put("z", { value: 1, timestamp: 0 });
  const before = [...changelog];
  const held = cache.sizeBytes;
  for (const key of ["a", "b", "c", "d", "x", "z"])
    readPage(cached, { query: { kind: "key", key: bytes(key) }, after: null, rowsMax: 1 }, () => 0);
  assert.equal(paged(cached, { kind: "range", from: null, to: null, isReverse: false }, 2).length, 5);
  assert.deepEqual(changelog, before);
  assert.equal(cache.sizeBytes, held);
  const lru = stores.keyValue({ ...settings, persistent: false, caching: false, name: "lru", entriesMax: 2 }).build(context);
  lru.put("old", 1);
  lru.put("new", 2);
  readPage(lru, { query: { kind: "key", key: bytes("old") }, after: null, rowsMax: 1 }, () => 0);
  lru.put("third", 3);
  assert.deepEqual(
    [...lru.all()].map(([key]) => key),
    ["new", "third"],
  );
});

test("a page ends when its time is over, when it has enough bytes, and never between rows of one key and window", () => {
  const { keyValue } = worldOf(recordingContext().context);
  for (let i = 0; i < 200; i++) keyValue.put(String(i).padStart(3, "0"), { value: i, timestamp: i });
  let ms = 0;
  const page = readPage(
    keyValue,
    { query: { kind: "range", from: null, to: null, isReverse: false }, after: null, rowsMax: 1_000 },
    () => ms++ * 3,
  );
  assert.equal(page.rows.length, 64);
  const large = stores.keyValue({ name: "large", key: serdes.string, value: serdes.bytes }).build(recordingContext().context);
  for (let i = 0; i < 5; i++) large.put(String(i), Buffer.alloc(600_000));
  assert.equal(
    readPage(large, { query: { kind: "range", from: null, to: null, isReverse: false }, after: null, rowsMax: 1_000 }, () => 0).rows.length,
    2,
  );
  const twice = stores.window({ ...settings, caching: false, name: "twice", retainDuplicates: true }).build(recordingContext().context);
  for (let i = 0; i < 3; i++) for (const key of ["a", "b"]) twice.put(key, i, 7);
  const query: StoreQuery = { kind: "allWindows", fromMs: 0, toMs: 10, isReverse: false };
  const first = readPage(twice, { query, after: null, rowsMax: 1 }, () => 0);
  assert.deepEqual(first.rows.map(shown), ["a 7 -1 = 0", "a 7 -1 = 1", "a 7 -1 = 2"]);
  assert.deepEqual(paged(twice, query, 1).map(shown), paged(twice, query, 100).map(shown));
});
