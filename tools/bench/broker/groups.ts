import type { RunningCluster } from "@ottla/conformance/cluster";
import { Comparison } from "../measure/comparison.ts";
import { runGroupLoad } from "../wire/processes.ts";
import { alternate, clusterOf, withClusters, withCpuOf } from "./pair.ts";
import type { BenchOptions, BenchPart } from "./part.ts";
import { createTopic } from "./perf-tools.ts";

const GROUPS = 1000;
const MEMBERS = 10;
/** Kafka's default for classic members; for the others Kafka's is 5 s. */
const INTERVAL_MS = 3000;
const SECONDS = 15;

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
    comparison.add(`${name}: p99, ms`, cluster.kind, result.p99Ms);
    comparison.add(`${name}: broker CPU with joining, s`, cluster.kind, cpuSeconds);
  }
}

/** 1,000 groups of 10 members each in both protocols, all sending heartbeats every three seconds. */
export const groupsPart: BenchPart = {
  title: "1,000 groups of 10 members with steady heartbeats, in both protocols",
  run: (options) =>
    withClusters(
      options,
      async (clusters) => {
        const comparison = new Comparison();
        for (const cluster of clusters) await createTopic(cluster.bootstrap, "groups", MEMBERS);
        await alternate(options, (kind) => measure(clusterOf(clusters, kind), options, comparison));
        return comparison.toMarkdown(["ottla", "kafka"]);
      },
      // Members of a group that come within a moment are one generation.
      { "group.initial.rebalance.delay.ms": "200", "offsets.topic.num.partitions": "4" },
    ),
};
