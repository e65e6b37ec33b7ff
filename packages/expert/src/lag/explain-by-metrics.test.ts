import assert from "node:assert/strict";
import { test } from "node:test";
import type { ClientLoad, MetricsSnapshot, StreamsLoad } from "../snapshot/metrics-snapshot.ts";
import { explainByMetrics } from "./explain-by-metrics.ts";

const client = (clientId: string, pollIdle: number): ClientLoad => ({
  page: "app:9404",
  clientId,
  pollGapMaxMs: 9000,
  pollGapAvgMs: 4000,
  pollIdle,
  recordsLagMax: undefined,
  sentBytesPerS: undefined,
  compressionRatio: undefined,
});
const instance = (given: Partial<StreamsLoad>): StreamsLoad => ({
  page: "app:7070",
  application: "billing-4f0e",
  state: "RUNNING",
  aliveThreads: 1,
  failedThreads: 0,
  threads: [],
  dropping: [],
  restoringTasks: 0,
  restoreRemaining: undefined,
  ...given,
});
const causes = (metrics: Partial<MetricsSnapshot>) =>
  explainByMetrics(
    { groupId: "billing", members: [{ clientId: "billing-1" }] },
    { brokers: [], clients: [], streams: [], unread: [], ...metrics },
  ).map(({ id }) => id);

test("metrics of the group's own clients and instances tell why it is behind; those of others do not", () => {
  assert.deepEqual(causes({ clients: [client("billing-1", 0.09), client("mail-1", 0)] }), ["busy-client"]);
  assert.deepEqual(causes({ clients: [client("billing-1", 0.1)] }), []);
  const busy = { thread: "t", processRatio: 0.8, pollRatio: 0, commitRatio: 0.11 };
  assert.deepEqual(causes({ streams: [instance({ failedThreads: 1, restoringTasks: 2, threads: [busy] })] }), [
    "streams-failed",
    "streams-restoring",
    "streams-saturated",
  ]);
  assert.deepEqual(causes({ streams: [instance({ threads: [busy, { ...busy, processRatio: 0.1 }] })] }), []);
  assert.deepEqual(causes({ streams: [instance({ application: "mail", state: "ERROR" })] }), []);
  const broker = { page: "kafka-1:9404", networkIdle: undefined, replicaLagMax: undefined, connections: undefined, oldRequests: [] };
  assert.deepEqual(
    causes({
      brokers: [
        { ...broker, handlerIdle: 0.1 },
        { ...broker, handlerIdle: 0.2 },
      ],
    }),
    ["busy-broker"],
  );
});
