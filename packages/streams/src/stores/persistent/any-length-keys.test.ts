import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { nodeDisk } from "@ottla/base/node";
import { testSeed } from "@ottla/base/simulated";
import fc from "fast-check";
import { serdes } from "../../serdes/serdes.ts";
import { compareBytes } from "../bytes/compare-bytes.ts";
import type { KeyValueBytes } from "../key-value/key-value-bytes.ts";
import { stores } from "../stores.ts";
import { recordingContext } from "../testing/recording-context.ts";
import { TaskState } from "./task-state.ts";

let folder = "";
before(() => {
  folder = mkdtempSync(join(tmpdir(), "ottla-keys-"));
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** Around what one entry of LMDB takes, with one subtree below it, and with many. */
const lengths = [0, 1, 2, 1977, 1978, 1979, 1980, 3947, 3948, 3949, 20_000];

/** Keys that begin alike for long, and end in different ways. */
const key = fc
  .tuple(fc.constantFrom(...lengths), fc.constantFrom("a", "b"), fc.constantFrom("", "a", "b", "\u0000", "aa"))
  .map(([length, letter, end]) => Buffer.from((letter.repeat(length) + end).slice(0, Math.max(length, end.length))));

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constantFrom("put" as const, "restore" as const), key, value: fc.string({ maxLength: 9 }) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("delete" as const), key }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("commit" as const, "reopen" as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("get" as const), key }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("walk" as const), from: fc.option(key), to: fc.option(key), isReverse: fc.boolean() }),
  },
);

function walked(store: KeyValueBytes, from: Buffer | null, to: Buffer | null, isReverse: boolean): string[] {
  const walk = store.walk(from, to, isReverse);
  const seen: string[] = [];
  for (let entry = walk.next(); entry !== undefined; entry = walk.next())
    seen.push(`${told(entry.key)} ${Buffer.from(entry.value)} ${entry.timestamp}`);
  walk.close();
  return seen;
}

function told(key: Uint8Array): string {
  return `${key.length} ${Buffer.from(key.subarray(0, 1))} ${Buffer.from(key.subarray(-3)).toString("hex")}`;
}

test("a store on the disk takes keys of any length, and walks them in their order", () => {
  let run = 0;
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const path = join(folder, `keys-${run++}`);
      let state = TaskState.open(nodeDisk, path);
      let store = state.keyValue("s");
      let waiting = new Map<string, { readonly key: Buffer; readonly value: string; readonly timestamp: number }>();
      let committed = new Map(waiting);
      for (const [timestamp, each] of steps.entries()) {
        switch (each.kind) {
          case "put":
          case "restore":
            store[each.kind](each.key, Buffer.from(each.value), timestamp);
            waiting.set(each.key.toString("hex"), { key: each.key, value: each.value, timestamp });
            break;
          case "delete":
            store.put(each.key, null, timestamp);
            waiting.delete(each.key.toString("hex"));
            break;
          case "get": {
            const found = store.get(each.key);
            const known = waiting.get(each.key.toString("hex"));
            assert.equal(found === undefined ? undefined : Buffer.from(found.value).toString(), known?.value);
            break;
          }
          case "walk": {
            const { from, to, isReverse } = each;
            const expected = [...waiting.values()]
              .filter(({ key }) => (from === null || compareBytes(key, from) >= 0) && (to === null || compareBytes(key, to) <= 0))
              .sort((a, b) => compareBytes(a.key, b.key) * (isReverse ? -1 : 1))
              .map(({ key, value, timestamp }) => `${told(key)} ${value} ${timestamp}`);
            assert.deepEqual(walked(store, from, to, isReverse), expected);
            break;
          }
          case "commit":
            state.commit([]);
            committed = new Map(waiting);
            break;
          case "reopen":
            state.close();
            state = TaskState.open(nodeDisk, path);
            store = state.keyValue("s");
            waiting = new Map(committed);
        }
      }
      state.close();
    }),
    { seed: testSeed(), numRuns: 60 },
  );
});

test("long keys leave nothing behind when they are deleted, and have windows as short ones do", () => {
  const state = TaskState.open(nodeDisk, join(folder, "windows"));
  const context = { ...recordingContext().context, state };
  const common = { key: serdes.string, value: serdes.string, persistent: true, logging: false };
  const windows = stores.window({ ...common, name: "w", windowSizeMs: 10, retentionMs: 60_000 }).build(context);
  const long = "k".repeat(100_000);
  for (let start = 0; start < 500; start += 10) {
    windows.put(long, String(start), start);
    windows.put("", "empty", start);
  }
  state.commit([]);
  assert.deepEqual(
    [...windows.fetchRange(long, 100, 130)].map(([start, value]) => [start, value]),
    [
      [100, "100"],
      [110, "110"],
      [120, "120"],
      [130, "130"],
    ],
  );
  assert.equal([...windows.all()].length, 100);
  const bytes = state.keyValue("s");
  for (const length of [2_000, 4_000, 50_000]) bytes.put(Buffer.alloc(length, 7), Buffer.from("v"), 1);
  state.commit([]);
  const filled = bytes.size;
  for (const length of [2_000, 4_000, 50_000]) bytes.put(Buffer.alloc(length, 7), null, 2);
  state.commit([]);
  // The number of subtrees that there have been stays.
  assert.deepEqual([filled > 20, bytes.size], [true, 1]);
  state.close();
});
