import assert from "node:assert/strict";
import { test } from "node:test";
import { groupSegments, type MeasuredSegment, SEGMENTS_PER_GROUP_MAX } from "./segment-groups.ts";

const segment = (baseOffset: number, endOffset: number, sizeBytes: number, offsetIndexBytes = 0, timeIndexBytes = 0): MeasuredSegment => ({
  path: String(baseOffset),
  baseOffset,
  endOffset,
  sizeBytes,
  offsetIndexBytes,
  timeIndexBytes,
});
const groups = (segments: MeasuredSegment[], segmentBytes = 100, indexBytes = 100): number[][] =>
  groupSegments(segments, { segmentBytes, indexBytes }).map((group) => group.segments.map(({ baseOffset }) => baseOffset));

test("neighbours that fit into one segment become one: by log, by each index, and by the offsets that one can hold", () => {
  assert.deepEqual(groups([]), []);
  assert.deepEqual(groups([segment(0, 10, 60), segment(10, 20, 40), segment(20, 30, 1), segment(30, 40, 99)]), [
    [0, 10],
    [20, 30],
  ]);
  assert.deepEqual(groups([segment(0, 10, 200), segment(10, 20, 200)]), [[0], [10]], "one that is too large already stays alone");
  assert.deepEqual(groups([segment(0, 10, 1, 60), segment(10, 20, 1, 40), segment(20, 30, 1, 1)]), [[0, 10], [20]]);
  assert.deepEqual(groups([segment(0, 10, 1, 0, 60), segment(10, 20, 1, 0, 40), segment(20, 30, 1, 0, 1)]), [[0, 10], [20]]);
  const far = 2 ** 31;
  assert.deepEqual(groups([segment(0, 10, 1), segment(10, far, 1), segment(far, far + 10, 1)]), [[0, 10], [far]]);
  assert.deepEqual(groups([segment(0, 10, 1), segment(10, far + 1, 1)]), [[0], [10]]);
  assert.deepEqual(groups([segment(0, 10, 1), segment(10, far + 1, 0)]), [[0, 10]], "an empty one goes with any");
});

test("thousands of small segments are put in place a bounded number at a time", () => {
  const many = Array.from({ length: 2 * SEGMENTS_PER_GROUP_MAX + 1 }, (_, i) => segment(i, i + 1, 0));
  assert.deepEqual(
    groups(many).map((group) => [group[0], group.length]),
    [
      [0, SEGMENTS_PER_GROUP_MAX],
      [SEGMENTS_PER_GROUP_MAX, SEGMENTS_PER_GROUP_MAX],
      [2 * SEGMENTS_PER_GROUP_MAX, 1],
    ],
  );
});
