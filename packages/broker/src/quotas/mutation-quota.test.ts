import assert from "node:assert/strict";
import { test } from "node:test";
import { MutationBuckets } from "./mutation-quota.ts";

function scene(windowsS = 11) {
  let nowMs = 0;
  const buckets = new MutationBuckets(() => windowsS);
  const quota = (isStrict: boolean, sharedBy = "a") => buckets.quota({ sharedBy, perSecond: 10, isStrict }, () => nowMs);
  return { quota, pass: (ms: number) => (nowMs += ms) };
}

test("strict: who has anything left may do one large change, and is refused until that is paid for", () => {
  const { quota, pass } = scene();
  const first = quota(true);
  assert.deepEqual([first.take(100), first.take(100), first.throttleMs], [true, true, 0]);
  assert.deepEqual([first.take(1), first.throttleMs], [false, 9000]);
  pass(8900);
  const second = quota(true);
  assert.deepEqual([second.take(1), second.throttleMs], [false, 100]);
  pass(101);
  assert.deepEqual([quota(true).take(1), quota(true, "b").take(110)], [true, true]);
});

test("not strict: all is done, and the client must be quiet until the bucket holds something again", () => {
  const { quota, pass } = scene();
  const first = quota(false);
  assert.deepEqual([first.take(110), first.throttleMs], [true, 0]);
  assert.deepEqual([first.take(50), first.throttleMs], [true, 5000]);
  pass(100_000);
  assert.deepEqual([quota(false).take(110), quota(true).take(1)], [true, true]);
});

test("who does nothing for a long time saves nothing up beyond what all windows hold", () => {
  const { quota, pass } = scene();
  assert.ok(quota(true).take(1));
  pass(3_600_000);
  const late = quota(true);
  assert.deepEqual([late.take(110), late.take(10), late.take(1), late.throttleMs], [true, true, false, 1000]);
});

test("over a long time no more than the limit is done, however many buckets come and go", () => {
  const { quota, pass } = scene(1);
  let done = 0;
  for (let at = 0; at < 60_000; at++) {
    pass(1);
    if (at % 7 === 0) quota(true, `other ${at}`).take(1);
    if (quota(true).take(1)) done++;
  }
  assert.ok(done >= 600 && done <= 613, `${done} in a minute`);
});

test("a debt is not forgotten because thirty thousand others come, who owe less", () => {
  const { quota, pass } = scene();
  assert.ok(quota(true).take(10_000));
  pass(1);
  for (let at = 0; at < 30_000; at++) assert.ok(quota(true, `other ${at}`).take(111));
  assert.equal(quota(true).take(1), false);
});
