import assert from "node:assert/strict";
import { test } from "node:test";
import type { TopicRow } from "./topic-state.ts";
import { totalsOf } from "./topic-totals.ts";

const row = (name: string, more: Partial<TopicRow> = {}): TopicRow => ({
  name,
  internal: false,
  partitions: 2,
  replicationFactor: 1,
  records: undefined,
  bytes: undefined,
  inPerS: undefined,
  skew: undefined,
  underReplicated: 0,
  offline: 0,
  cleanupPolicy: undefined,
  retentionMs: undefined,
  ...more,
});

test("topics are added up, and what nobody knows is told from nothing", () => {
  const none = { internalTopics: 0, partitions: 0, offline: 0, underReplicated: 0, busiest: [] };
  assert.deepEqual(totalsOf([]), { ...none, bytes: 0 });
  assert.deepEqual(totalsOf([row("a"), row("b")]), { ...none, partitions: 4, bytes: null });
  const rows = [
    row("still", { inPerS: 0, bytes: 5 }),
    ...[3, 1, 7, 2, 9, 4].map((inPerS) => row(`t${inPerS}`, { inPerS, offline: 1, underReplicated: 2 })),
    row("own", { internal: true, bytes: 2, partitions: 50 }),
  ];
  const { busiest, ...sums } = totalsOf(rows);
  assert.deepEqual(sums, { internalTopics: 1, partitions: 64, bytes: 7, offline: 6, underReplicated: 12 });
  assert.deepEqual(
    busiest.map(({ name }) => name),
    ["t9", "t7", "t4", "t3", "t2"],
  );
  assert.equal(rows[1]!.name, "t3", "the list itself stays in its order");
});
