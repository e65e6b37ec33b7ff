import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { nodeDisk, systemClock } from "@ottla/base/node";
import { testSeed } from "@ottla/base/simulated";
import fc from "fast-check";
import { serdes } from "../../serdes/serdes.ts";
import type { KeyValueBytes } from "../key-value/key-value-bytes.ts";
import { stores } from "../stores.ts";
import { recordingContext } from "../testing/recording-context.ts";
import { type LmdbDatabase, LmdbEnvironment } from "./lmdb-environment.ts";
import { PendingBudget } from "./pending-budget.ts";
import { TaskState } from "./task-state.ts";

const disk = nodeDisk;
const clock = systemClock;
let folder = "";
before(() => {
  folder = mkdtempSync(join(tmpdir(), "ottla-state-"));
});
after(() => rmSync(folder, { recursive: true, force: true }));

const counts = stores.keyValue({ name: "counts", key: serdes.string, value: serdes.long, persistent: true, logging: false });
const windows = stores.window({
  name: "windows",
  key: serdes.string,
  value: serdes.long,
  windowSizeMs: 1000,
  retentionMs: 120_000,
  persistent: true,
  logging: false,
});
const contextWith = (state: TaskState) => ({ ...recordingContext().context, state });

test("a store that is now of another kind than what the state has under its name is refused, and what is there stays", () => {
  const path = join(folder, "kinds");
  const common = { name: "s", key: serdes.string, value: serdes.long, persistent: true, logging: false };
  const kinds = {
    keyValue: stores.keyValue(common),
    versioned: stores.versioned({ ...common, historyRetentionMs: 1_000 }),
    window: stores.window({ ...common, windowSizeMs: 10, retentionMs: 1_000 }),
    session: stores.session({ ...common, retentionMs: 1_000 }),
  };
  for (const written of Object.keys(kinds) as (keyof typeof kinds)[]) {
    const at = join(path, written);
    const first = TaskState.open(disk, at);
    kinds[written].build(contextWith(first));
    first.commit([]);
    first.close();
    for (const read of Object.keys(kinds) as (keyof typeof kinds)[]) {
      const state = TaskState.open(disk, at);
      const open = (): unknown => kinds[read].build(contextWith(state));
      if (written === read) open();
      else {
        const message = new RegExp(` has s as a store of kind ${written}, and the topology has one of kind ${read}: `);
        assert.throws(open, { code: "STREAMS_STORE_KIND", message });
      }
      state.close();
    }
  }
});

test("stores and offsets are there after a restart as of the last commit, and nothing of what came after it", async () => {
  const path = join(folder, "restart");
  const first = TaskState.open(disk, path);
  const store = counts.build(contextWith(first));
  const kept = windows.build(contextWith(first));
  store.put("a", 1);
  store.put("b", 2);
  kept.put("a", 7, 60_000);
  first.commit([{ topic: "in", partition: 0, offset: 10, timeMs: 61_000 }], [["closed", 7]]);
  store.put("a", 5);
  store.delete("b");
  kept.put("a", 8, 61_000);
  assert.deepEqual([...store.all()], [["a", 5]]);
  assert.deepEqual(
    [...kept.fetchRange("a", 0, 99_999)],
    [
      [60_000, 7],
      [61_000, 8],
    ],
  );
  first.close();

  const second = TaskState.open(disk, path);
  const again = counts.build(contextWith(second));
  assert.deepEqual(
    [...again.all()],
    [
      ["a", 1],
      ["b", 2],
    ],
  );
  assert.deepEqual([...windows.build(contextWith(second)).all()], [{ key: "a", windowStartMs: 60_000, value: 7 }]);
  assert.equal(second.offset("in", 0), 10);
  assert.equal(second.offset("in", 1), undefined);
  assert.deepEqual([second.partitionTimeMs("in", 0), second.partitionTimeMs("in", 1)], [61_000, -1]);
  assert.deepEqual([...second.numbers()], [["closed", 7]]);
  second.close();
});

test("much that waits is written in turns of the loop, its offsets last; closed in the middle it is ahead of them", async () => {
  const count = 80_000;
  const path = join(folder, "turns");
  const first = TaskState.open(disk, path);
  const filled = first.keyValue("filled");
  const keyOf = (i: number) => Buffer.from(`key-${(i * 7919) % count}`);
  for (let i = 0; i < count; i++) filled.put(keyOf(i), Buffer.from(String(i)), i);
  filled.put(keyOf(1), null, 0);
  let turns = 0;
  const progress = [{ topic: "in", partition: 0, offset: count, timeMs: -1 }];
  await first.commitInTurns(progress, {
    ...clock,
    nextTurn(run) {
      turns++;
      clock.nextTurn(run);
    },
  });
  assert.ok(turns > 1, `${turns} turns`);
  assert.equal(first.pendingBytes, 0);
  for (let i = 0; i < count; i++) filled.restore(keyOf(i), Buffer.from("later"), i);
  let closedAt = 0;
  await first.commitInTurns([{ topic: "in", partition: 0, offset: 2 * count, timeMs: -1 }], {
    ...clock,
    nextTurn(run) {
      if (++closedAt === 1) first.close();
      clock.nextTurn(run);
    },
  });

  const second = TaskState.open(disk, path);
  const again = second.keyValue("filled");
  assert.equal(second.offset("in", 0), count);
  let later = 0;
  for (let i = 0; i < count; i++) {
    const text = again.get(keyOf(i))?.value.toString();
    if (text === "later") later++;
    else assert.equal(text, i === 1 ? undefined : String(i));
  }
  assert.ok(later > 0 && later < count, `${later} are ahead`);
  second.close();
});

test("what is restored is there as what is put, whatever is asked, put and committed between", async () => {
  const key = fc.constantFrom("a", "b", "ba", "c", "key-1", "key-10").map((text) => Buffer.from(text));
  const step = fc.record({
    kind: fc.constantFrom("restore", "restore", "restore", "restore", "put", "get", "walk", "commit", "turns", "reopen"),
    key,
    value: fc.option(fc.string({ maxLength: 4 })),
  });
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const path = join(folder, `restored-${run++}`);
      let state = TaskState.open(disk, path);
      let store = state.keyValue("s");
      let waiting = new Map<string, [value: string, timestamp: number]>();
      let committed = new Map(waiting);
      for (const [timestamp, { kind, key, value }] of steps.entries()) {
        if (kind === "restore" || kind === "put") {
          store[kind](key, value === null ? null : Buffer.from(value), timestamp);
          if (value === null) waiting.delete(String(key));
          else waiting.set(String(key), [value, timestamp]);
        } else if (kind === "get") {
          const found = store.get(key);
          assert.deepEqual(found === undefined ? undefined : [String(found.value), found.timestamp], waiting.get(String(key)));
        } else if (kind === "walk") {
          const walk = store.walk(null, null, false);
          const seen: [string, [string, number]][] = [];
          for (let entry = walk.next(); entry !== undefined; entry = walk.next())
            seen.push([String(Buffer.from(entry.key)), [String(Buffer.from(entry.value)), entry.timestamp]]);
          assert.deepEqual(
            seen,
            [...waiting].sort(([a], [b]) => (a < b ? -1 : 1)),
          );
        } else if (kind === "reopen") {
          state.close();
          state = TaskState.open(disk, path);
          store = state.keyValue("s");
          waiting = new Map(committed);
        } else {
          if (kind === "commit") state.commit([]);
          else await state.commitInTurns([], clock);
          committed = new Map(waiting);
          assert.equal(state.pendingBytes, 0);
        }
      }
      state.close();
    }),
    { seed: testSeed(), numRuns: 60 },
  );
});

test("a walk sees what is in the file and what waits before it, and goes on over a commit", async () => {
  const state = TaskState.open(disk, join(folder, "walk"));
  const store = counts.build(contextWith(state));
  for (const key of ["a", "c", "e", "g"]) store.put(key, 1);
  state.commit([]);
  store.put("b", 2);
  store.put("c", 2);
  store.delete("e");
  store.put("h", 2);
  const expected = [
    ["a", 1],
    ["b", 2],
    ["c", 2],
    ["g", 1],
    ["h", 2],
  ];
  assert.deepEqual([...store.all()], expected);
  assert.deepEqual([...store.reverseAll()], expected.toReversed());
  assert.deepEqual([...store.range("b", "g")], expected.slice(1, 4));
  assert.deepEqual([...store.reverseRange("b", "g")], expected.slice(1, 4).reverse());
  const walk = store.all();
  const seen = [walk.next().value, walk.next().value];
  state.commit([]);
  seen.push(...walk);
  assert.deepEqual(seen, expected);
  assert.equal(state.pendingBytes, 0);
  state.close();
});

test("the empty key, and keys of nothing but zero bytes, are keys as others are", () => {
  const path = join(folder, "zeros");
  const bytes = stores.keyValue({ name: "bytes", key: serdes.bytes, value: serdes.long, persistent: true, logging: false });
  const keys = [[], [0], [0, 0], [0, 0, 0, 1], [0, 1], [0, 255], [1]].map((key) => Buffer.from(key));
  const first = TaskState.open(disk, path);
  const store = bytes.build(contextWith(first));
  for (const [at, key] of keys.entries()) store.put(key, at);
  first.commit([]);
  store.delete(keys[1]!);
  store.put(keys[0]!, 10);
  first.commit([]);
  first.close();
  const second = TaskState.open(disk, path);
  const again = bytes.build(contextWith(second));
  const hex = (walk: Iterable<[Uint8Array, number]>): [string, number][] =>
    [...walk].map(([key, value]) => [Buffer.from(key).toString("hex"), value]);
  const expected: [string, number][] = [
    ["", 10],
    ["0000", 2],
    ["00000001", 3],
    ["0001", 4],
    ["00ff", 5],
    ["01", 6],
  ];
  assert.deepEqual(hex(again.all()), expected);
  assert.deepEqual(hex(again.reverseAll()), expected.toReversed());
  assert.deepEqual(hex(again.range(keys[0]!, keys[2]!)), expected.slice(0, 2));
  assert.deepEqual(hex(again.reverseRange(keys[1]!, keys[3]!)), expected.slice(1, 3).reverse());
  assert.deepEqual(hex(again.prefixScan(Buffer.alloc(0))), expected);
  assert.deepEqual([again.get(keys[0]!), again.get(keys[1]!), again.get(keys[2]!)], [10, null, 2]);
  const longest = Buffer.alloc(1977);
  again.put(longest, 1);
  second.commit([]);
  assert.equal(again.get(longest), 1);
  second.close();
});

test("segments that are over are dropped whole, so that the file does not grow with time", async () => {
  const path = join(folder, "segments");
  const state = TaskState.open(disk, path);
  const store = windows.build(contextWith(state));
  const sizes: number[] = [];
  for (let startMs = 0; startMs < 2_400_000; startMs += 1200) {
    store.put(`key-${startMs % 7}`, startMs, startMs);
    if (startMs % 60_000 === 0) {
      state.commit([]);
      sizes.push(statSync(join(path, "data.mdb")).size);
    }
  }
  state.commit([]);
  assert.ok(state.segments("windows", "window").ids().length <= 4);
  assert.ok(sizes.at(-1)! <= 2 * sizes[10]!, `from ${sizes[10]} to ${sizes.at(-1)} bytes`);
  state.close();
});

test("a file that is cut short, or is none of its own, is told before it is opened", async () => {
  const path = join(folder, "damaged");
  const state = TaskState.open(disk, path);
  const store = counts.build(contextWith(state));
  for (let i = 0; i < 2000; i++) store.put(`key-${i}`, i);
  state.commit([]);
  state.close();
  const file = join(path, "data.mdb");
  const whole = readFileSync(file);
  const refused = { code: "STREAMS_STATE_CORRUPTED", message: /damaged.*Remove it; the state is then made again from the changelog/ };
  truncateSync(file, whole.length - 20_000);
  assert.throws(() => TaskState.open(disk, path), refused);
  truncateSync(file, 100);
  assert.throws(() => TaskState.open(disk, path), refused);
  writeFileSync(file, Buffer.alloc(whole.length, 7));
  assert.throws(() => TaskState.open(disk, path), refused);
  writeFileSync(file, whole);
  const again = TaskState.open(disk, path);
  assert.equal(counts.build(contextWith(again)).get("key-1999"), 1999);
  again.close();
});

test("state that another version has written in another form is told as such, and that of this one is opened again", () => {
  const at = join(folder, "layouts");
  TaskState.open(disk, at).close();
  // Nothing was committed: it is as new as before.
  const first = TaskState.open(disk, at);
  first.commit([{ topic: "t", partition: 0, offset: 5, timeMs: 7 }]);
  first.close();
  const again = TaskState.open(disk, at);
  assert.equal(again.offset("t", 0), 5);
  again.close();
  for (const change of [
    (offsets: LmdbDatabase) => offsets.delete(Buffer.from("^layout")),
    (offsets: LmdbDatabase) => offsets.put(Buffer.from("^layout"), new Uint8Array(), 1),
  ]) {
    const environment = LmdbEnvironment.open(disk, at, 1);
    const offsets = environment.database("ottla.offsets");
    environment.transaction(() => change(offsets));
    environment.close();
    assert.throws(() => TaskState.open(disk, at), { code: "STREAMS_STATE_CORRUPTED", message: /another version of Ottla has written it/ });
  }
});

test("state is not opened on a full disk, which would take the process down, and what is there is not said to be damaged", () => {
  const path = join(folder, "full");
  TaskState.open(nodeDisk, path).close();
  const full = { ...nodeDisk, space: () => ({ totalBytes: 1_000_000, usableBytes: 4_096 }) };
  assert.throws(() => TaskState.open(full, path), {
    code: "STREAMS_STATE_WRITE",
    message: /there are 4096 bytes left.*look whether its disk is full\. What is there stays as it is\.$/,
  });
  TaskState.open(nodeDisk, path).close();
});

test("what waits for the disk in all states of a worker is bounded: those that hold most of it are to commit", () => {
  const budget = new PendingBudget(1000);
  const states = ["budget-a", "budget-b", "budget-c"].map((name) => TaskState.open(disk, join(folder, name), budget));
  const [a, b, c] = states as [TaskState, TaskState, TaskState];
  const put = (state: TaskState, bytes: number): void => state.keyValue("s").put(Buffer.from("key"), Buffer.alloc(bytes), 0);
  for (const state of states) state.commit([]);
  put(a, 400);
  put(b, 100);
  assert.deepEqual([a.needsCommit, b.needsCommit, c.needsCommit], [false, false, false]);
  put(c, 500);
  assert.deepEqual([a.needsCommit, b.needsCommit, c.needsCommit], [true, false, true]);
  c.commit([]);
  assert.deepEqual([a.needsCommit, b.needsCommit, c.needsCommit], [false, false, false]);
  put(c, 450);
  // Nothing waits in one that is closed, and it has no share.
  c.close();
  c.close();
  put(b, 650);
  assert.deepEqual([a.needsCommit, b.needsCommit], [false, true]);
  a.close();
  b.close();
});

for (const isAsked of [true, false])
  test(`what is restored ${isAsked ? "where somebody may ask" : "and nobody is expected to ask for"} is written in turns while it is asked for`, async () => {
    const path = join(folder, `asked-${isAsked}`);
    const state = TaskState.open(disk, path);
    const store = state.keyValue("s");
    state.commit([]);
    state.isAsked = isAsked;
    const count = 20_000;
    const keyOf = (i: number) => Buffer.from(`key-${(i * 7919) % count}`);
    for (let i = 0; i < count; i++) store.restore(keyOf(i), Buffer.from(String(i)), i);
    const found = (of = store) => [0, 1, count - 1].map((i) => Buffer.from(of.get(keyOf(i))!.value).toString());
    const expected = ["0", "1", String(count - 1)];
    let turns = 0;
    await state.commitInTurns([{ topic: "t", partition: 0, offset: count, timeMs: -1 }], {
      monotonicMs: () => turns++ * 10,
      nextTurn(call) {
        assert.deepEqual(found(), expected);
        clock.nextTurn(call);
      },
    });
    assert.ok(turns > 3, `${turns} looks at the time`);
    assert.deepEqual(found(), expected);
    assert.equal(state.pendingBytes, 0);
    state.close();
    const again = TaskState.open(disk, path);
    assert.equal(again.offset("t", 0), count);
    assert.equal(again.keyValue("s").size, count);
    assert.deepEqual(found(again.keyValue("s")), expected);
    again.close();
  });

test("what is restored is put where it can be found in turns, while more comes and it is written", async () => {
  const path = join(folder, "settled");
  const state = TaskState.open(disk, path);
  const store = state.keyValue("s");
  state.commit([]);
  const count = 20_000;
  const keyOf = (i: number) => Buffer.from(`key-${i % 7_000}`);
  const put = (i: number) => store.restore(keyOf(i), Buffer.from(String(i)), i);
  for (let i = 0; i < count; i++) put(i);
  let at = count;
  let turns = 0;
  const inTurns = {
    monotonicMs: () => turns++ * 10,
    nextTurn(call: () => void) {
      for (let i = 0; i < 1_000; i++) put(at++);
      clock.nextTurn(call);
    },
  };
  await state.settleInTurns(inTurns);
  assert.ok(turns > 20, `${turns} looks at the time`);
  const last = (of: KeyValueBytes) => (key: number) => Number(Buffer.from(of.get(Buffer.from(`key-${key}`))!.value).toString());
  const expected = (key: number) => key + 7_000 * Math.floor((at - 1 - key) / 7_000);
  const keys = [0, 1, 3_500, 6_999];
  assert.deepEqual(keys.map(last(store)), keys.map(expected));
  // From now on at once.
  for (let i = 0; i < 10; i++) put(at++);
  assert.deepEqual(keys.map(last(store)), keys.map(expected));
  state.commit([]);
  assert.equal(state.pendingBytes, 0);
  // In the middle of it, all of it is written.
  state.isAsked = false;
  state.close();
  const again = TaskState.open(disk, path);
  const other = again.keyValue("s");
  for (let i = 0; i < 3_000; i++) other.restore(keyOf(i), Buffer.from("x".repeat(i % 10)), i);
  const halfway = again.settleInTurns({ monotonicMs: () => turns++ * 10, nextTurn: clock.nextTurn });
  again.commit([]);
  await halfway;
  assert.deepEqual([again.pendingBytes, Buffer.from(other.get(keyOf(2_999))!.value).toString()], [0, "x".repeat(9)]);
  again.close();
});
