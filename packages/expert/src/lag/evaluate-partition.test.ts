import assert from "node:assert/strict";
import { test } from "node:test";
import { evaluateGroup } from "./evaluate-group.ts";
import { evaluatePartition, type PartitionEvidence } from "./evaluate-partition.ts";

const MINUTE_MS = 60_000;

interface Vector {
  readonly commits: readonly number[];
  readonly lags?: readonly number[];
  readonly ends?: readonly number[];
  readonly currentLag?: number;
  readonly nowS?: number;
}

/** Commits a minute apart from 0 on; what is not given: no lags, all ends beyond the last commit, a second after it. */
function evidence({ commits, lags = commits.map(() => 0), ends = [Number.MAX_SAFE_INTEGER], currentLag, nowS }: Vector): PartitionEvidence {
  return {
    commits: commits.map((offset, i) => ({ offset, timeMs: i * MINUTE_MS, lag: lags[i]! })),
    ends: ends.map((offset, i) => ({ offset, timeMs: i })),
    currentLag: currentLag ?? lags.at(-1) ?? 0,
    nowMs: nowS === undefined ? (commits.length - 1) * MINUTE_MS + 1000 : nowS * 1000,
  };
}

const hundreds = [100, 200, 300, 400, 500];
const tens = [10, 10, 10, 10, 10];
const vectors: readonly (readonly [Vector, string, string])[] = [
  [{ commits: [1, 2, 3], currentLag: 0 }, "OK", "caught up"],
  [{ commits: hundreds, lags: tens, ends: [900], currentLag: 450, nowS: 480 }, "WARN", "falls behind"],
  [{ commits: hundreds, lags: tens, ends: [900], currentLag: 450, nowS: 481 }, "STOP", "stopped"],
  [{ commits: hundreds, ends: [500, 501], currentLag: 1, nowS: 9999 }, "OK", "was caught up"],
  [{ commits: [100, 200, 150, 160, 170], currentLag: 60, nowS: 241 }, "REWIND", "rewound"],
  [{ commits: [100, 200, 150, 180, 205], currentLag: 60, nowS: 241 }, "OK", "was caught up"],
  [{ commits: [100, 200, 150, 300, 290], currentLag: 60, nowS: 241 }, "REWIND", "rewound"],
  [{ commits: [100, 100, 100, 100], lags: [5, 6, 7, 8] }, "STALL", "stalled"],
  [{ commits: [100, 110, 120, 130], lags: [5, 5, 6, 9] }, "WARN", "falls behind"],
  [{ commits: [100, 110, 120, 130], lags: [5, 7, 6, 9] }, "OK", "catches up"],
  [{ commits: [100, 110, 120, 130], lags: [5, 0, 6, 9] }, "OK", "was caught up"],
  [{ commits: [], currentLag: 9, nowS: 9 }, "OK", "no commits"],
];

test("a partition is judged by the shape of its lag, as Burrow judges it", () => {
  for (const [vector, status, rule] of vectors)
    assert.deepEqual(evaluatePartition(evidence(vector)), { status, rule }, JSON.stringify(vector));
});

test("allowed lag is no lag", () => {
  const falling = evidence({ commits: [100, 110, 120], lags: [5, 6, 9] });
  assert.equal(evaluatePartition(falling).status, "WARN");
  assert.equal(evaluatePartition({ ...falling, allowedLag: 9 }).rule, "caught up");
  assert.equal(evaluatePartition({ ...falling, allowedLag: 5 }).rule, "was caught up");
});

test("a group is as its worst partition, and says which that is", () => {
  const fine = evidence({ commits: [1, 2, 3], currentLag: 0 });
  const falling = evidence({ commits: [100, 110, 120], lags: [5, 6, 9] });
  const stalled = evidence({ commits: Array.from({ length: 10 }, () => 7), lags: Array.from({ length: 10 }, () => 8) });
  const status = (...partitions: readonly PartitionEvidence[]) => {
    const { partitions: verdicts, ...verdict } = evaluateGroup(new Map(partitions.map((partition, i) => [`orders:${i}`, partition])));
    assert.equal(verdicts.size, partitions.length);
    return verdict;
  };
  assert.deepEqual(status(), { status: "NOTFOUND", complete: 0, totalLag: 0, worst: undefined });
  assert.deepEqual(status(fine), { status: "OK", complete: 0, totalLag: 0, worst: "orders:0" });
  assert.deepEqual(status(fine, falling, fine), { status: "WARN", complete: 0, totalLag: 9, worst: "orders:1" });
  assert.deepEqual(status(falling, stalled), { status: "ERR", complete: 0.5, totalLag: 17, worst: "orders:1" });
});

test("a window that is not complete enough counts as good", () => {
  const partitions = new Map([["orders:0", evidence({ commits: [100, 110, 120], lags: [5, 6, 9] })]]);
  assert.equal(evaluateGroup(partitions, { minimumComplete: 0.3 }).status, "WARN");
  assert.equal(evaluateGroup(partitions, { minimumComplete: 0.31 }).status, "OK");
});
