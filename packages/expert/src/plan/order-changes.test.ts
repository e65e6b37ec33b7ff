import assert from "node:assert/strict";
import { test } from "node:test";
import type { ClusterChange } from "./cluster-change.ts";
import { orderChanges } from "./order-changes.ts";

const settings = (topic: string, values: Record<string, string>): ClusterChange => ({
  kind: "config",
  target: { type: "topic", name: topic },
  settings: values,
});

test("replicas are there before two of them must be in sync, and humans come last", () => {
  const minIsr = settings("orders", { "min.insync.replicas": "2" });
  const reassign: ClusterChange = { kind: "reassign", moves: [{ topic: "orders", partition: 0, replicas: [1, 2, 3] }] };
  const manual: ClusterChange = { kind: "manual", subject: "broker 1", instruction: "Restart it." };
  const retention = settings("orders", { "retention.ms": "1" });
  const elect: ClusterChange = { kind: "electLeaders", election: "preferred", partitions: [{ topic: "orders", partition: 0 }] };
  const { changes } = orderChanges([manual, elect, minIsr, reassign, retention].map((change) => ({ change })));
  assert.deepEqual(
    changes.map(({ change }) => change),
    [retention, reassign, minIsr, elect, manual],
  );
});

test("the same asked for twice is one step with both reasons, and settings of one topic are one step", () => {
  const { changes, contradictions } = orderChanges([
    { change: settings("orders", { "retention.ms": "5" }), rule: "A", reason: "First." },
    { change: settings("orders", { "segment.ms": "1" }), rule: "B", reason: "Second." },
    { change: settings("orders", { "retention.ms": "5" }), rule: "A", reason: "First." },
    { change: settings("other", { "retention.ms": "5" }), rule: "A" },
  ]);
  assert.deepEqual(contradictions, []);
  assert.deepEqual(changes, [
    { change: settings("orders", { "retention.ms": "5", "segment.ms": "1" }), rule: "A, B", reason: "First. Second." },
    { change: settings("other", { "retention.ms": "5" }), rule: "A" },
  ]);
});

test("of two values for one setting the first is kept, and the other is told", () => {
  const first = { change: settings("orders", { "retention.ms": "5" }), rule: "A" };
  const second = { change: settings("orders", { "retention.ms": "6" }), rule: "B" };
  const { changes, contradictions } = orderChanges([first, second]);
  assert.deepEqual(changes, [first]);
  assert.deepEqual(contradictions, [{ kept: first, dropped: second, setting: "retention.ms" }]);
});
