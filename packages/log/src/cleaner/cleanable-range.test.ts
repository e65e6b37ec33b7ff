import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { defaultLogConfig, type LogConfig } from "../partition/log-config.ts";
import { cleanableRange, isDue, type WeighedLog } from "./cleanable-range.ts";

const HOUR = 3_600_000;
const NOW = 100 * HOUR;
const COMPACTED: LogConfig = { ...defaultLogConfig, compacts: true };

/** Segments of 100 bytes and 10 offsets each, an hour apart; the last one is written to and new. */
function logOf(count: number, overrides: Partial<WeighedLog> = {}): WeighedLog {
  const segments = Array.from({ length: count }, (_, i) => ({
    baseOffset: i * 10,
    sizeBytes: 100,
    firstTimestampMs: NOW - (count - i) * HOUR,
    latestMs: NOW - (count - i) * HOUR + 1000,
  }));
  const end = count * 10;
  return { segments, logStartOffset: 0, logEndOffset: end, lastStableOffset: end, ...overrides };
}

const range = (log: WeighedLog, cleanedBelow: number | undefined, config: Partial<LogConfig> = {}) =>
  cleanableRange(log, cleanedBelow, { ...COMPACTED, ...config }, NOW);

describe("what of a log can be cleaned", () => {
  it("is everything not cleaned before, below the segment that is written to", () => {
    assert.deepEqual(range(logOf(5), undefined), {
      firstDirtyOffset: 0,
      endOffset: 40,
      dirtyBytes: 400,
      dirtyRatio: 1,
      isOverdue: false,
      isReset: false,
    });
    const { firstDirtyOffset, endOffset, dirtyBytes, dirtyRatio } = range(logOf(5), 30);
    assert.deepEqual([firstDirtyOffset, endOffset, dirtyBytes, dirtyRatio], [30, 40, 100, 0.25]);
    assert.equal(range(logOf(1), undefined).dirtyBytes, 0);
    assert.equal(range(logOf(5), 40).dirtyBytes, 0);
    // In the middle of a segment, where the map of keys was full: that one counts on both sides.
    assert.deepEqual([range(logOf(5), 25).dirtyBytes, range(logOf(5), 25).dirtyRatio], [200, 0.4]);
  });

  it("ends before the segment that holds the last stable offset", () => {
    assert.equal(range(logOf(5, { lastStableOffset: 25 }), undefined).endOffset, 20);
    assert.equal(range(logOf(5, { lastStableOffset: 20 }), undefined).endOffset, 20);
    assert.equal(range(logOf(5, { lastStableOffset: 19 }), undefined).endOffset, 10);
    assert.equal(range(logOf(5, { lastStableOffset: 5 }), 30).dirtyBytes, 0);
  });

  it("ends before what is younger than min.compaction.lag.ms", () => {
    assert.equal(range(logOf(5), undefined, { minCompactionLagMs: 3 * HOUR }).endOffset, 20);
    assert.equal(range(logOf(5), undefined, { minCompactionLagMs: 10 * HOUR }).endOffset, 0);
    assert.equal(range(logOf(5), undefined, { minCompactionLagMs: 1 }).endOffset, 40);
    // A segment before it counts, be the ones behind it older.
    assert.equal(range(logOf(5), 30, { minCompactionLagMs: 3 * HOUR }).dirtyBytes, 0);
  });

  it("begins at the log start where what was known cannot be", () => {
    const trimmed = range(logOf(5, { logStartOffset: 12 }), 5);
    assert.deepEqual([trimmed.firstDirtyOffset, trimmed.isReset], [12, true]);
    const cut = range(logOf(5), 51);
    assert.deepEqual([cut.firstDirtyOffset, cut.isReset], [0, true]);
    assert.equal(range(logOf(5), 50).isReset, false);
  });

  it("is due above the dirty ratio, or when a record has waited for max.compaction.lag.ms", () => {
    const due = (cleanedBelow: number, config: Partial<LogConfig>): boolean =>
      isDue(range(logOf(5), cleanedBelow, config), { ...COMPACTED, ...config });
    assert.equal(due(20, { minCleanableDirtyRatio: 0.5 }), false, "at the ratio");
    assert.equal(due(20, { minCleanableDirtyRatio: 0.49 }), true);
    assert.equal(due(30, { maxCompactionLagMs: 2 * HOUR }), false);
    assert.equal(due(30, { maxCompactionLagMs: 2 * HOUR - 1 }), true);
    assert.equal(due(40, { maxCompactionLagMs: 1 }), false, "nothing can be cleaned");
    const log = logOf(5);
    const timeless = { ...log, segments: log.segments.map((segment) => ({ ...segment, firstTimestampMs: -1 })) };
    assert.equal(range(timeless, 30, { maxCompactionLagMs: 1 }).isOverdue, false, "records without a time wait for nothing");
  });
});
