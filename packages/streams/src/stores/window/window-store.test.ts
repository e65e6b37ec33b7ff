import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { serdes } from "../../serdes/serdes.ts";
import type { FoundWindow } from "../found-value.ts";
import type { WindowStore } from "../store.ts";
import type { StoreBuilder } from "../store-builder.ts";
import { stores } from "../stores.ts";
import { InMemoryDuplicates } from "./in-memory-duplicates.ts";
import { InMemoryWindow } from "./in-memory-window.ts";
import { LoggedWindow } from "./logged-window.ts";
import { SegmentedWindow } from "./segmented-window.ts";
import { PlainWindow } from "./typed-window.ts";
import { memorySegments } from "../testing/memory-segments.ts";
import { recordingContext } from "../testing/recording-context.ts";

const RETENTION_MS = 20;
const SIZE_MS = 5;

interface Entry {
  readonly key: string;
  readonly startMs: number;
  readonly value: number;
}

/** A window store as a plain list, in the order of time, key and arrival. */
class Model {
  entries: Entry[] = [];
  observedMs = -1;
  readonly #duplicates: boolean;

  constructor(duplicates: boolean) {
    this.#duplicates = duplicates;
  }

  put(key: string, value: number | null, startMs: number): void {
    this.observedMs = Math.max(this.observedMs, startMs);
    const liveFromMs = this.observedMs - RETENTION_MS + 1;
    this.entries = this.entries.filter((entry) => entry.startMs >= liveFromMs);
    if (startMs < liveFromMs) return;
    if (!this.#duplicates) this.entries = this.entries.filter((entry) => entry.key !== key || entry.startMs !== startMs);
    if (value !== null) this.entries.push({ key, startMs, value });
    this.entries.sort((a, b) => a.startMs - b.startMs || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  }
}

const key = fc.constantFrom("a", "b", "ab");
const step = fc.record({
  kind: fc.constantFrom("put", "put", "put", "put", "delete", "key", "reverseKey", "all", "reverseAll", "restart"),
  key,
  /** How far time goes on; mostly little, back as well, and sometimes beyond the retention. */
  moveMs: fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 0, max: 4 }) },
    { weight: 3, arbitrary: fc.integer({ min: -25, max: 0 }) },
    { weight: 1, arbitrary: fc.constant(30) },
  ),
  spanMs: fc.nat(25),
});

/** Segments in memory, of fewer milliseconds than the real ones. */
function segmentedWindow(name: string, retainDuplicates: boolean): StoreBuilder<WindowStore<string, number>> {
  return {
    ...stores.window({ name, key: serdes.string, value: serdes.long, windowSizeMs: SIZE_MS, retentionMs: RETENTION_MS }),
    build(context) {
      const bytes = new SegmentedWindow(memorySegments(), { retentionMs: RETENTION_MS, retainDuplicates }, undefined, 1);
      return new PlainWindow(
        name,
        serdes.string,
        serdes.long,
        new LoggedWindow(bytes, retainDuplicates, context.changelog!),
        context,
        retainDuplicates,
      );
    },
  };
}

/** As the one in memory is after a jump of time: windows that are over are still there, and nobody sees them. */
function slowWindow(name: string, retainDuplicates: boolean, expiredPerPut: number): StoreBuilder<WindowStore<string, number>> {
  return {
    ...stores.window({ name, key: serdes.string, value: serdes.long, windowSizeMs: SIZE_MS, retentionMs: RETENTION_MS }),
    build(context) {
      const bytes = new (retainDuplicates ? InMemoryDuplicates : InMemoryWindow)(RETENTION_MS, undefined, expiredPerPut);
      return new PlainWindow(
        name,
        serdes.string,
        serdes.long,
        new LoggedWindow(bytes, retainDuplicates, context.changelog!),
        context,
        retainDuplicates,
      );
    },
  };
}

for (const [retainDuplicates, isSegmented, expiredPerPut] of [
  [false, false, undefined],
  [true, false, undefined],
  [false, true, undefined],
  [true, true, undefined],
  [false, false, 0],
  [true, false, 0],
  [false, false, 1],
  [true, false, 1],
] as const) {
  test(`a window store ${isSegmented ? "in segments " : expiredPerPut === undefined ? "" : `that lets go of ${expiredPerPut} at a time `}does what a plain list does${retainDuplicates ? ", with several values for a key and time" : ""}`, () => {
    const builder = isSegmented
      ? segmentedWindow("w", retainDuplicates)
      : expiredPerPut !== undefined
        ? slowWindow("w", retainDuplicates, expiredPerPut)
        : stores.window<string, number>({
            name: "w",
            key: serdes.string,
            value: serdes.long,
            windowSizeMs: SIZE_MS,
            retentionMs: RETENTION_MS,
            retainDuplicates,
          });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const log: [Uint8Array, Uint8Array | null, number][] = [];
        const open = (): WindowStore<string, number> =>
          builder.build(recordingContext((...record) => log.push([record[0], record[1], record[2] ?? -1])).context);
        let store = open();
        const model = new Model(retainDuplicates);
        let nowMs = 0;
        let value = 0;
        for (const { kind, key, moveMs, spanMs } of steps) {
          if (moveMs > 0) nowMs += moveMs;
          const atMs = Math.max(0, moveMs > 0 ? nowMs : nowMs + moveMs);
          const inSpan = model.entries.filter(({ startMs }) => startMs >= atMs && startMs <= atMs + spanMs);
          const ofKey = inSpan.filter((entry) => entry.key === key).map((entry) => [entry.startMs, entry.value]);
          const shown = inSpan.map((entry) => ({ key: entry.key, windowStartMs: entry.startMs, value: entry.value }));
          if (kind === "put" || kind === "delete") {
            const put = kind === "put" ? value++ : null;
            store.put(key, put, atMs);
            // Where a key may be several times in a window nothing can be deleted; in memory that moves the store's time all the same, as Java's do.
            if (put !== null || !retainDuplicates) model.put(key, put, atMs);
            else if (!isSegmented) model.put("nobody", null, atMs);
          } else if (kind === "key") assert.deepEqual([...store.fetchRange(key, atMs, atMs + spanMs)], ofKey);
          else if (kind === "reverseKey") assert.deepEqual([...store.reverseFetchRange(key, atMs, atMs + spanMs)], ofKey.reverse());
          else if (kind === "all") assert.deepEqual([...store.fetchAll(atMs, atMs + spanMs)], shown);
          else if (kind === "reverseAll") assert.deepEqual([...store.reverseFetchAll(atMs, atMs + spanMs)], shown.reverse());
          else {
            store.close();
            const before = log.splice(0);
            store = open();
            assert.equal(store.judgeAsOf!(model.observedMs), true);
            for (const record of before) store.restore(...record);
            assert.equal(log.length, 0);
            log.push(...before);
          }
          assert.equal(store.fetch(key, atMs), model.entries.find((entry) => entry.key === key && entry.startMs === atMs)?.value ?? null);
        }
        assert.equal([...store.all()].length, model.entries.length);
      }),
      { numRuns: 40 },
    );
  });
}

const kept = { name: "w", key: serdes.string, value: serdes.long, windowSizeMs: SIZE_MS, retentionMs: RETENTION_MS };
for (const [kind, builder] of Object.entries({ "in memory": stores.window(kept), "in segments": segmentedWindow("w", false) })) {
  test(`a window store ${kind} that is filled from a changelog beyond what was committed has what was live at the commit`, () => {
    const log: [Uint8Array, Uint8Array | null, number][] = [];
    const open = (): WindowStore<string, number> =>
      builder.build(recordingContext((...record) => log.push([record[0], record[1], record[2] ?? -1])).context);
    const before = open();
    for (const [value, startMs] of [0, 500, 100_000].entries()) before.put("k", value, startMs);
    before.close();
    const written = log.splice(0);
    const fill = (store: WindowStore<string, number>): WindowStore<string, number> => {
      for (const record of written) store.restore(...record);
      return store;
    };
    const store = open();
    assert.equal(store.judgeAsOf!(505), true);
    fill(store);
    assert.deepEqual(
      [0, 500, 100_000].map((startMs) => store.fetch("k", startMs)),
      [null, 1, 2],
    );
    store.put("k", 3, 500);
    assert.deepEqual([...store.fetchRange("k", 490, 510)], [[500, 3]]);
    store.put("k", 4, 100_001);
    assert.equal(store.fetch("k", 500), null);
    // A copy does not know what is committed, and says when it has given up too much.
    assert.equal(fill(open()).judgeAsOf!(505), false);
    assert.equal(fill(open()).judgeAsOf!(100_001), true);
    assert.equal(fill(open()).judgeAsOf!(Number.POSITIVE_INFINITY), true);
  });
}

test("a window's changelog record has its key, start and number, the time of its value, and is written for what came too late as well", () => {
  const { context, changelog, at } = recordingContext();
  const plain = stores
    .timestampedWindow({ name: "w", key: serdes.string, value: serdes.string, windowSizeMs: 5, retentionMs: 10 })
    .build(context);
  at(9);
  plain.put("k", { value: "x", timestamp: 7 }, 256);
  plain.put("k", { value: "y", timestamp: 8 }, 1);
  plain.put("k", null, 256);
  assert.deepEqual(plain.fetch("k", 256), null);
  const keys = (start: string, sequence: string): string =>
    `${Buffer.concat([Buffer.from("k"), Buffer.from(start + sequence, "hex")]).toString()}`;
  assert.deepEqual(changelog, [
    `${keys("0000000000000100", "00000000")}=78@7`,
    `${keys("0000000000000001", "00000000")}=79@8`,
    `${keys("0000000000000100", "00000000")}=null@9`,
  ]);
  changelog.length = 0;
  const duplicates = stores
    .window({ name: "w", key: serdes.string, value: serdes.string, windowSizeMs: 5, retentionMs: 10, retainDuplicates: true })
    .build(context);
  duplicates.put("k", "x", 1);
  duplicates.put("k", "y", 1);
  assert.deepEqual(changelog, [`${keys("0000000000000001", "00000001")}=78@9`, `${keys("0000000000000001", "00000002")}=79@9`]);
});

for (const expiredPerPut of [0, 1, 256])
  test(`a walk goes on where it was when its store changes, and sees nothing of what expired, of which ${expiredPerPut} at a time are let go`, () => {
    const { context } = recordingContext();
    const bytes = new LoggedWindow(new InMemoryWindow(100, undefined, expiredPerPut), false, context.changelog!);
    const store = new PlainWindow("w", serdes.string, serdes.long, bytes, context, false);
    for (let startMs = 0; startMs < 10; startMs++) store.put("a", startMs, startMs);
    const seen: number[] = [];
    for (const [startMs] of store.fetchRange("a", 0, 99)) {
      seen.push(startMs);
      if (startMs === 3) store.put("a", null, 4);
      if (startMs === 5) store.put("a", 0, 20);
      if (startMs === 6) store.put("b", 0, 107);
    }
    assert.deepEqual(seen, [0, 1, 2, 3, 5, 6, 8, 9, 20]);
    const visits: number[] = [];
    const visitor = {
      fromMs: 0,
      toMs: 99,
      visitValue({ startMs }: FoundWindow): boolean {
        visits.push(startMs);
        if (startMs === 8) store.put("a", 0, 15);
        // Whoever is shown a value may be shown others meanwhile.
        if (startMs === 9) store.visitRange("b", { fromMs: 0, toMs: 200, visitValue: (inner) => visits.push(inner.startMs) > 0 });
        if (startMs === 15) store.put("a", null, 9);
        return visits.length < 5;
      },
    };
    store.visitRange("a", visitor);
    assert.deepEqual(visits, [8, 9, 107, 15, 20]);
    store.put("a", null, 15);
    store.put("a", 9, 9);
    const all: number[] = [];
    for (const { windowStartMs } of store.fetchAll(0, 200)) {
      all.push(windowStartMs);
      if (windowStartMs === 9) store.put("b", 0, 110);
      if (windowStartMs === 20) store.put("b", 0, 208);
    }
    assert.deepEqual(all, [8, 9, 20, 110]);
    const back: number[] = [];
    for (const { windowStartMs } of store.reverseFetchAll(0, 300)) {
      back.push(windowStartMs);
      if (windowStartMs === 208) store.put("b", 0, 210);
    }
    assert.deepEqual(back, [208]);
  });

for (const expiredPerPut of [0, 1, 256])
  test(`so does one of which a key is several times in a window, of which ${expiredPerPut} at a time are let go`, () => {
    const { context } = recordingContext();
    const seen = (visit: (store: PlainWindow<string, number>, see: (startMs: number) => void) => void): number[] => {
      const bytes = new LoggedWindow(new InMemoryDuplicates(100, undefined, expiredPerPut), true, context.changelog!);
      const store = new PlainWindow("w", serdes.string, serdes.long, bytes, context, true);
      for (let startMs = 0; startMs < 10; startMs++) store.put("a", startMs, startMs);
      const starts: number[] = [];
      visit(store, (startMs) => {
        starts.push(startMs);
        // Behind it, ahead of it, and so far ahead of all that what it would see next is over.
        if (startMs === 3) store.put("a", 0, 2);
        if (startMs === 4 && starts.at(-2) === 3) store.put("a", 0, 4);
        if (startMs === 6) store.put("b", 0, 107);
      });
      return starts;
    };
    const expected = [0, 1, 2, 3, 4, 4, 5, 6, 8, 9];
    const walked = seen((store, see) => {
      for (const [startMs] of store.fetchRange("a", 0, 99)) see(startMs);
    });
    assert.deepEqual(walked, expected);
    const visited = seen((store, see) => {
      store.visitRange("a", {
        fromMs: 0,
        toMs: 99,
        visitValue({ startMs }) {
          see(startMs);
          return true;
        },
      });
    });
    assert.deepEqual(visited, expected);
    const all = seen((store, see) => {
      for (const { windowStartMs } of store.fetchAll(0, 99)) see(windowStartMs);
    });
    assert.deepEqual(all, expected);
  });

test("one key with many windows costs no more than many keys", () => {
  const { context } = recordingContext(() => {});
  const store = stores.window({ name: "w", key: serdes.string, value: serdes.long, windowSizeMs: 1, retentionMs: 1_000 }).build(context);
  for (let startMs = 0; startMs < 4_000; startMs++) store.put("hot", startMs, startMs);
  assert.equal([...store.all()].length, 1_000);
  assert.deepEqual(
    [...store.fetchRange("hot", 0, 3_002)],
    [
      [3_000, 3_000],
      [3_001, 3_001],
      [3_002, 3_002],
    ],
  );
});

test("sizes and retentions that cannot be are refused with the store's name", () => {
  const settings = { name: "w", key: serdes.string, value: serdes.long, windowSizeMs: 10, retentionMs: 10 };
  assert.throws(() => stores.window({ ...settings, retentionMs: 9 }), {
    code: "STREAMS_BAD_ARGUMENT",
    message: /Store w .*retentionMs 9.*10/,
  });
  for (const windowSizeMs of [-1, Number.NaN])
    assert.throws(() => stores.window({ ...settings, windowSizeMs }), { code: "STREAMS_BAD_ARGUMENT" });
});

test("what a serde of somebody else's keeps of a value stays as it was when others are read", () => {
  const kept = {
    name: "kept",
    serialize: (_topic: string, value: Uint8Array) => value,
    deserialize: (_topic: string, bytes: Uint8Array) => bytes,
  };
  const store = stores
    .window({ name: "w", key: serdes.string, value: kept, windowSizeMs: 5, retentionMs: 100, retainDuplicates: true })
    .build(recordingContext().context);
  const put = ["one", "two", "six"];
  put.forEach((value, at) => store.put("k", Buffer.from(value), at));
  const seen: Uint8Array[] = [];
  (store as PlainWindow<string, Uint8Array>).visitRange("k", {
    fromMs: 0,
    toMs: 10,
    visitValue: ({ value }) => seen.push(value as Uint8Array) > 0,
  });
  assert.deepEqual(
    seen.map((bytes) => Buffer.from(bytes).toString()),
    put,
  );
});
