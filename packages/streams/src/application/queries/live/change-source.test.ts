import assert from "node:assert/strict";
import { test } from "node:test";
import { ThreadChanges, type WatchedThread } from "./change-source.ts";
import type { WatchedChanges } from "./store-watch.ts";

const asked = { store: "counts", key: undefined };
const change = (partition: number, value: string) => ({
  partition,
  key: Buffer.from("k"),
  value: Buffer.from(value),
  timestamp: 0,
  startMs: -1,
  endMs: -1,
});

/** A thread whose answers are given by the test. */
class AskedThread implements WatchedThread {
  askedCount = 0;
  endedCount = 0;
  #answer: (changes: WatchedChanges | undefined) => void = () => {};

  takeChanges(): Promise<WatchedChanges | undefined> {
    this.askedCount++;
    return new Promise((resolve) => (this.#answer = resolve));
  }

  endView(): void {
    this.endedCount++;
  }

  async answer(here: readonly number[], attached: readonly number[], ...changes: WatchedChanges["changes"]): Promise<void> {
    this.#answer({ here, attached, changes, skipped: 0, lost: 0, hasMore: false });
    await Promise.resolve();
    await Promise.resolve();
  }
}

const valuesOf = (taken: WatchedChanges | undefined) => taken?.changes.map(({ value }) => Buffer.from(value!).toString());

test("each thread is asked again when its answer was taken, and one that says nothing keeps nobody waiting", async () => {
  const [held, other] = [new AskedThread(), new AskedThread()];
  const source = new ThreadChanges(() => [held, other], asked, false);
  assert.equal(source.take(), undefined);
  await other.answer([1], [1], change(1, "a"));
  assert.deepEqual([held.askedCount, other.askedCount], [1, 1]);
  const taken = source.take();
  assert.deepEqual([taken?.here, valuesOf(taken)], [[1], ["a"]]);
  assert.deepEqual([held.askedCount, other.askedCount], [1, 2]);
  source.close();
  assert.deepEqual([held.endedCount, other.endedCount], [1, 1]);
});

test("a partition that moves is told of by the thread that watches it last, whichever answer comes first", async () => {
  const [from, to] = [new AskedThread(), new AskedThread()];
  const source = new ThreadChanges(() => [from, to], asked, false);
  source.take();
  await from.answer([0], [0], change(0, "old"));
  assert.deepEqual(valuesOf(source.take()), ["old"]);
  await to.answer([0], [0], change(0, "new"));
  await from.answer([0], [], change(0, "late"));
  const [first, second] = [source.take(), source.take()];
  assert.deepEqual([first?.attached, valuesOf(first), valuesOf(second)], [[0], ["new"], []]);
  await from.answer([], []);
  assert.deepEqual(source.take()?.here, [0]);
});

test("what a thread had is nobody's when it is gone, and a global store is watched in one of them", async () => {
  const [first, second] = [new AskedThread(), new AskedThread()];
  let threads = [first, second];
  const source = new ThreadChanges(() => threads, { store: "everywhere", key: undefined }, true);
  source.take();
  await first.answer([-1], [-1], change(-1, "a"));
  assert.deepEqual(source.take()?.here, [-1]);
  assert.equal(second.askedCount, 0);
  threads = [second];
  source.take();
  await second.answer([-1], [-1], change(-1, "b"));
  const taken = source.take();
  assert.deepEqual([taken?.here, taken?.attached, valuesOf(taken)], [[-1], [-1], ["b"]]);
});

test("what a thread had that is gone is not here any more, before another one has it", async () => {
  const [gone, stays] = [new AskedThread(), new AskedThread()];
  let threads = [gone, stays];
  const source = new ThreadChanges(() => threads, asked, false);
  source.take();
  await gone.answer([0], [0]);
  await stays.answer([1], [1]);
  source.take();
  assert.deepEqual(source.take()?.here, [0, 1]);
  threads = [stays];
  await stays.answer([1], []);
  assert.deepEqual(source.take()?.here, [1]);
});
