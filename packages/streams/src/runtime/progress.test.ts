import assert from "node:assert/strict";
import { test } from "node:test";
import { Progress } from "./progress.ts";

test("a partition's time comes back from the last commit and never falls, however old its first record is", () => {
  const progress = new Progress((topic) => (topic === "known" ? 100 : -1));
  progress.passed("known", 0, 7, 40);
  progress.passed("new", 0, 0, 40);
  // A record that could not be read has no time.
  progress.passed("unread", 0, 0, -1);
  assert.deepEqual(progress.committable([]), [
    { topic: "known", partition: 0, offset: 8, timeMs: 100 },
    { topic: "new", partition: 0, offset: 1, timeMs: 40 },
    { topic: "unread", partition: 0, offset: 1, timeMs: -1 },
  ]);
  progress.passed("known", 0, 8, 120);
  progress.passed("known", 0, 9, 110);
  assert.deepEqual(progress.committable([{ topic: "known", partition: 0, offset: 8 }])[0], {
    topic: "known",
    partition: 0,
    offset: 8,
    timeMs: 120,
  });
});

test("a record that was dropped while the one before it was at work is passed once both are", () => {
  const progress = new Progress(() => -1);
  progress.passed("lines", 0, 5, -1);
  progress.passed("lines", 0, 4, 40);
  assert.deepEqual(progress.committable([]), [{ topic: "lines", partition: 0, offset: 6, timeMs: 40 }]);
});
