import { greatestOf } from "@ottla/base";
import { printSeconds } from "../../quantity/print-quantity.ts";
import { clusterNowMs } from "../../snapshot/cluster-clock.ts";
import { valueOf } from "../../snapshot/observed.ts";
import type { ClusterRule } from "../cluster-rule.ts";
import { exampleTopic, look } from "../example-cluster.ts";
import { overTopics, topicsHave } from "./over-topics.ts";

const HOUR_MS = 3_600_000;
const NOW_MS = Date.UTC(2026, 0, 1);

/** Rules over the times that records say of themselves. */
export const timestampRules: readonly ClusterRule[] = [
  {
    id: "TOP-22",
    name: "future-timestamps",
    severity: "warning",
    confidence: "medium",
    harm: "refused",
    needs: ["topics", "newestRecords"],
    condition:
      "the newest record of a partition of a topic with CreateTime is more than an hour ahead of the clock, in a sample of 200 partitions",
    why: "Brokers from Kafka 4.0 on refuse records more than an hour ahead (message.timestamp.after.max.ms): the producer fails with INVALID_TIMESTAMP after the upgrade. Where it is allowed, retention by time counts from that record, and keeps its whole segment for so much longer.",
    fix: "Set the clock of the producer's machine right, or the time that the program gives its records; raise message.timestamp.after.max.ms only where times to come are meant.",
    source: "KIP-1030; KIP-937",
    thresholds: [
      {
        name: "ahead",
        meaning: "time by which a record may be ahead",
        default: HOUR_MS,
        unit: "ms",
        least: 1000,
        most: 365 * 24 * HOUR_MS,
      },
    ],
    check: (view, { threshold }) => {
      const newest = Map.groupBy(valueOf(view.snapshot.newestRecords) ?? [], ({ topic }) => topic);
      const nowMs = clusterNowMs(view.snapshot);
      return overTopics(
        view,
        (topic) => {
          if (view.text(topic, "message.timestamp.type") === "LogAppendTime") return undefined;
          const latestMs = greatestOf(
            (newest.get(topic.name) ?? []).map(({ timestampMs }) => timestampMs ?? 0),
            0,
          );
          return latestMs > nowMs + threshold("ahead") ? latestMs - nowMs : undefined;
        },
        (found) => ({
          message: `${topicsHave(found)} records whose time is still to come.`,
          evidence: found
            .slice(0, 3)
            .map(({ topic, seen }) => `${topic.name}: ${printSeconds(seen / 1000)} ahead of the clock`)
            .join(", "),
        }),
      );
    },
    examples: [
      { observe: () => newestAt(HOUR_MS + 1), hits: 1 },
      { observe: () => newestAt(HOUR_MS), hits: 0 },
      { observe: () => newestAt(5 * HOUR_MS, "LogAppendTime"), hits: 0 },
    ],
  },
];

function newestAt(aheadMs: number, type = "CreateTime") {
  return look({
    only: [exampleTopic("orders", 3, { "message.timestamp.type": type })],
    newestRecords: { value: [{ topic: "orders", partition: 1, timestampMs: NOW_MS + aheadMs }] },
  });
}
