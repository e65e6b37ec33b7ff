import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { serdes } from "../../serdes/serdes.ts";
import type { SessionStore } from "../store.ts";
import { stores } from "../stores.ts";
import { memorySegments } from "../testing/memory-segments.ts";
import { recordingContext } from "../testing/recording-context.ts";
import { InMemorySession } from "./in-memory-session.ts";
import { LoggedSession } from "./logged-session.ts";
import { SegmentedSession } from "./segmented-session.ts";
import { TypedSession } from "./typed-session.ts";

const RETENTION_MS = 20;

interface Entry {
  readonly key: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly value: number;
}

const step = fc.record({
  kind: fc.constantFrom("put", "put", "put", "remove", "find", "reverseFind", "ends", "restart"),
  key: fc.constantFrom("a", "b", "a\u0000", "a\u0000b", "ab"),
  moveMs: fc.oneof({ weight: 6, arbitrary: fc.integer({ min: -6, max: 4 }) }, { weight: 1, arbitrary: fc.constant(25) }),
  lengthMs: fc.nat(6),
});

const inMemory = stores.session({ name: "s", key: serdes.string, value: serdes.long, retentionMs: RETENTION_MS });
const inSegments: typeof inMemory = {
  ...inMemory,
  build(context) {
    const bytes = new SegmentedSession(memorySegments(), RETENTION_MS, undefined, 1);
    return new TypedSession("s", serdes.string, serdes.long, new LoggedSession(bytes, context.changelog!), context);
  },
};

/** As the one in memory is after a jump of time: sessions that are over are still there, and nobody sees them. */
const slow = (expiredPerPut: number): typeof inMemory => ({
  ...inMemory,
  build(context) {
    const bytes = new InMemorySession(RETENTION_MS, undefined, expiredPerPut);
    return new TypedSession("s", serdes.string, serdes.long, new LoggedSession(bytes, context.changelog!), context);
  },
});

function doesWhatAListDoes(builder: typeof inMemory): void {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const log: [Uint8Array, Uint8Array | null, number][] = [];
      const open = (): SessionStore<string, number> =>
        builder.build(recordingContext((...record) => log.push([record[0], record[1], record[2] ?? -1])).context);
      let store = open();
      let model: Entry[] = [];
      let nowMs = 0;
      let observedMs = -1;
      let value = 0;
      for (const { kind, key, moveMs, lengthMs } of steps) {
        nowMs = Math.max(0, nowMs + moveMs);
        const [startMs, endMs] = [nowMs, nowMs + lengthMs];
        if (kind === "put" || kind === "remove") {
          const put = kind === "put" ? value++ : null;
          store.put(key, startMs, endMs, put);
          observedMs = Math.max(observedMs, endMs);
          model = model.filter((entry) => entry.endMs > observedMs - RETENTION_MS);
          if (endMs > observedMs - RETENTION_MS) {
            model = model.filter((entry) => entry.key !== key || entry.startMs !== startMs || entry.endMs !== endMs);
            if (put !== null) model.push({ key, startMs, endMs, value: put });
            model.sort((a, b) => a.endMs - b.endMs || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0) || b.startMs - a.startMs);
          }
        } else if (kind === "restart") {
          store.close();
          const before = log.splice(0);
          store = open();
          assert.equal(store.judgeAsOf!(observedMs), true);
          for (const record of before) store.restore(...record);
          log.push(...before);
        } else if (kind === "ends") {
          assert.deepEqual(
            [...store.findSessionsByEnd(startMs, endMs)],
            model.filter((entry) => entry.endMs >= startMs && entry.endMs <= endMs),
          );
        } else {
          const found = model.filter((entry) => entry.key === key && entry.endMs >= startMs && entry.startMs <= endMs);
          if (kind === "find") assert.deepEqual([...store.findSessions(key, startMs, endMs)], found);
          else assert.deepEqual([...store.reverseFindSessions(key, startMs, endMs)], found.reverse());
        }
        const same = model.find((entry) => entry.key === key && entry.startMs === startMs && entry.endMs === endMs);
        assert.equal(store.fetchSession(key, startMs, endMs), same?.value ?? null);
      }
      for (const key of ["a", "b", "a\u0000", "a\u0000b", "ab"])
        assert.deepEqual(
          [...store.fetch(key)],
          model.filter((entry) => entry.key === key),
        );
    }),
    { numRuns: 40 },
  );
}

test("a session store does what a plain list does", () => doesWhatAListDoes(inMemory));
test("a session store that lets go of none does what a plain list does", () => doesWhatAListDoes(slow(0)));
test("a session store that lets go of one at a time does what a plain list does", () => doesWhatAListDoes(slow(1)));
test("a session store in segments does what a plain list does", () => doesWhatAListDoes(inSegments));

for (const [kind, builder] of Object.entries({ "in memory": inMemory, "in segments": inSegments })) {
  test(`a session store ${kind} that is filled from a changelog beyond what was committed has what was live at the commit`, () => {
    const log: [Uint8Array, Uint8Array | null, number][] = [];
    const open = (): SessionStore<string, number> =>
      builder.build(recordingContext((...record) => log.push([record[0], record[1], record[2] ?? -1])).context);
    const before = open();
    for (const [value, atMs] of [0, 500, 100_000].entries()) before.put("k", atMs, atMs, value);
    before.close();
    const written = log.splice(0);
    const fill = (store: SessionStore<string, number>): SessionStore<string, number> => {
      for (const record of written) store.restore(...record);
      return store;
    };
    const store = open();
    assert.equal(store.judgeAsOf!(505), true);
    fill(store);
    assert.deepEqual(
      [0, 500, 100_000].map((atMs) => store.fetchSession("k", atMs, atMs)),
      [null, 1, 2],
    );
    store.put("k", 500, 510, 3);
    assert.equal(store.fetchSession("k", 500, 510), 3);
    store.put("k", 100_000, 100_001, 4);
    assert.equal(store.fetchSession("k", 500, 510), null);
    // A copy does not know what is committed, and says when it has given up too much.
    assert.equal(fill(open()).judgeAsOf!(505), false);
    assert.equal(fill(open()).judgeAsOf!(100_001), true);
    assert.equal(fill(open()).judgeAsOf!(Number.POSITIVE_INFINITY), true);
  });
}

test("a session's changelog record has key, end and start, and the record's time", () => {
  const { context, changelog, at } = recordingContext();
  const store = stores.session({ name: "s", key: serdes.string, value: serdes.string, retentionMs: 10 }).build(context);
  at(3);
  store.put("k", 1, 2, "x");
  at(4);
  store.remove("k", 1, 2);
  const key = Buffer.concat([Buffer.from("k"), Buffer.from("00000000000000020000000000000001", "hex")]).toString();
  assert.deepEqual(changelog, [`${key}=78@3`, `${key}=null@4`]);
});

test("sessions that overlap, which only processors put, are all found", () => {
  for (const builder of [inMemory, inSegments]) {
    const store: SessionStore<string, number> = builder.build(recordingContext(() => {}).context);
    for (const [index, [startMs, endMs]] of [
      [5, 10],
      [0, 12],
      [11, 13],
      [2, 14],
    ].entries())
      store.put("k", startMs!, endMs!, index);
    assert.deepEqual(
      [...store.findSessions("k", 11, 4)].map(({ value }) => value),
      [1, 3],
    );
  }
});
