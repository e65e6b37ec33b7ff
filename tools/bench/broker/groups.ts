import type { RunningCluster } from "@ottla/conformance/cluster";
import { Comparison } from "../measure/comparison.ts";
import { runGroupChurn, runGroupLoad } from "../wire/processes.ts";
import { alternate, clusterOf, withClusters, withCpuOf } from "./pair.ts";
import { type BenchOptions, type BenchPart, names } from "./part.ts";
import { createTopic } from "./perf-tools.ts";

const GROUPS = 1000;
const MEMBERS = 10;
/** Kafka's default for classic members; for the others Kafka's is 5 s. */
const INTERVAL_MS = 3000;
const SECONDS = 15;
const CHURNING_MEMBERS = 100;
const CHURN_INTERVAL_MS = 500;
const CONFIG = {
  // Members of a group that come within a moment are one generation.
  "group.initial.rebalance.delay.ms": "200",
  "offsets.topic.num.partitions": "4",
  "group.consumer.min.heartbeat.interval.ms": "100",
  "group.consumer.heartbeat.interval.ms": String(CHURN_INTERVAL_MS),
};

async function measure(cluster: RunningCluster, options: BenchOptions, comparison: Comparison): Promise<void> {
  for (const protocol of ["consumer", "classic"] as const) {
    const groups = options.quick ? 40 : GROUPS;
    const seconds = options.quick ? 3 : SECONDS;
    const task = { bootstrap: cluster.bootstrap, topic: "groups", protocol, groups, members: MEMBERS, intervalMs: INTERVAL_MS, seconds };
    const { result, cpuSeconds } = await withCpuOf(cluster, () => runGroupLoad(task));
    if (result.failures > 0) throw new Error(`${cluster.kind}: ${result.failures} heartbeats of ${protocol} members failed.`);
    const name = `${groups} ${protocol} groups of ${MEMBERS}`;
    comparison.add(`${name}: heartbeats/s`, cluster.kind, result.requestsPerSecond);
    comparison.add(`${name}: p50, ms`, cluster.kind, result.p50Ms);
    comparison.add(`${name}: p99, ms`, cluster.kind, result.p99Ms, { than: "kafka", below: 10 });
    comparison.add(`${name}: broker CPU with joining, s`, cluster.kind, cpuSeconds);
  }
}

const STEADY = "steady heartbeats";
const CHURN = "members that come and go";

const explanation = `A topic of ${CHURNING_MEMBERS} partitions, heartbeats each ${CHURN_INTERVAL_MS} ms on both sides and in both protocols, group.initial.rebalance.delay.ms ${CONFIG["group.initial.rebalance.delay.ms"]}.
Until the last change that any member sees before each partition has one owner and all members one epoch, which stays so for two seconds.
A reading of leaving and coming back is the mean of five, each in another moment between two heartbeats.`;

async function measureChurn(cluster: RunningCluster, round: number, comparison: Comparison): Promise<void> {
  for (const protocol of ["consumer", "classic"] as const) {
    const { joinMs, leaveMs, returnMs } = await runGroupChurn({
      bootstrap: cluster.bootstrap,
      groupId: `churn-${protocol}-${round}`,
      topic: "churn",
      partitions: CHURNING_MEMBERS,
      protocol,
      members: CHURNING_MEMBERS,
      intervalMs: CHURN_INTERVAL_MS,
    });
    const name = protocol === "consumer" ? "KIP-848" : "classic cooperative";
    const goal = { than: "kafka", atMost: 1 } as const;
    comparison.add(`${name}: ${CHURNING_MEMBERS} members join, until all are stable, ms`, cluster.kind, joinMs, goal);
    comparison.add(`${name}: one leaves, until all are stable, ms`, cluster.kind, leaveMs, goal);
    comparison.add(`${name}: one comes back, until all are stable, ms`, cluster.kind, returnMs, goal);
  }
}

/** 1,000 groups of 10 members each in both protocols, all sending heartbeats every three seconds. */
export const groupsPart: BenchPart = {
  title: "1,000 groups of 10 members with steady heartbeats, and 100 members that come and go",
  run: async (options) => {
    const isSteadyWanted = names(options, STEADY);
    const isChurnWanted = names(options, CHURN);
    if (!isSteadyWanted && !isChurnWanted) return "";
    return withClusters(
      options,
      async (clusters) => {
        const steady = new Comparison();
        const churn = new Comparison();
        for (const cluster of clusters) {
          await createTopic(cluster.bootstrap, "groups", MEMBERS);
          await createTopic(cluster.bootstrap, "churn", CHURNING_MEMBERS);
        }
        if (isSteadyWanted) await alternate(options, (kind) => measure(clusterOf(clusters, kind), options, steady));
        if (isChurnWanted) await alternate(options, (kind, round) => measureChurn(clusterOf(clusters, kind), round, churn));
        const sections = [
          ...(isSteadyWanted ? [steady.toMarkdown(["ottla", "kafka"])] : []),
          ...(isChurnWanted ? [explanation, churn.toMarkdown(["ottla", "kafka"])] : []),
        ];
        return sections.join("\n\n");
      },
      CONFIG,
    );
  },
};
