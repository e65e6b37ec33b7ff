import { setTimeout as sleep } from "node:timers/promises";
import { type Admin, createClient } from "@ottla/client";
import type { RunningCluster } from "@ottla/conformance/cluster";
import { Comparison } from "../measure/comparison.ts";
import { alternate, clusterOf, withClusters } from "./pair.ts";
import type { BenchPart } from "./part.ts";
import { createTopic } from "./perf-tools.ts";
import { startFlood } from "./quotas/flood.ts";
import { quietP99Ms } from "./quotas/quiet-tenant.ts";

const CLIENTS = 50;
const LIMIT_BYTES = 10_000_000;
const LIMITED = "limited";
const QUIET = "quiet";
const FLOODED = "flooded";
/** In which what may be used at once is used up. */
const WARM_UP_MS = 6000;

async function limit(admin: Admin, name: "producer_byte_rate" | "consumer_byte_rate", isOn: boolean): Promise<void> {
  const change = isOn ? ({ op: "set", name, value: LIMIT_BYTES } as const) : ({ op: "delete", name } as const);
  const [outcome] = await admin.alterClientQuotas([{ entity: { clientId: LIMITED }, changes: [change] }]);
  if (outcome?.error) throw outcome.error;
}

async function measure(cluster: RunningCluster, seconds: number, round: number, comparison: Comparison): Promise<void> {
  const { bootstrap, kind } = cluster;
  const topic = `${FLOODED}-${round}`;
  await createTopic(bootstrap, topic, CLIENTS);
  await using client = createClient({ bootstrapServers: bootstrap, clientId: "bench-admin" });
  const admin = client.admin();
  await limit(admin, "producer_byte_rate", true);
  await limit(admin, "consumer_byte_rate", true);
  const within = (bytes: number, ms: number): number => (bytes / (ms / 1000) / LIMIT_BYTES) * 100;
  for (const what of ["produce", "fetch"] as const) {
    const quietMs = await quietP99Ms(bootstrap, QUIET, seconds);
    const flood = await startFlood({ bootstrap, topic, clients: CLIENTS, clientId: LIMITED, what });
    try {
      await sleep(WARM_UP_MS);
      const before = await flood.bytes();
      const beganMs = performance.now();
      const besideMs = await quietP99Ms(bootstrap, QUIET, seconds);
      const bytes = (await flood.bytes()) - before;
      comparison.add(`${what}: bytes a second of ${CLIENTS} clients, % of their limit`, kind, within(bytes, performance.now() - beganMs));
      comparison.add(`${what}: p99 of another tenant alone, ms`, kind, quietMs);
      comparison.add(`${what}: the same beside the ${CLIENTS}, ms`, kind, besideMs);
      comparison.add(`${what}: the second ÷ the first`, kind, besideMs / quietMs, { than: "kafka", below: 2 });
    } finally {
      await flood.stop();
    }
  }
}

/** Whether limits are met, and whether whoever is limited is felt by others. */
export const quotasPart: BenchPart = {
  title: "Client quotas: 50 clients at one limit, and another tenant beside them",
  run: (options) =>
    withClusters(options, async (clusters) => {
      const comparison = new Comparison();
      const seconds = options.quick ? 3 : 15;
      for (const cluster of clusters) await createTopic(cluster.bootstrap, QUIET, 1);
      await alternate(options, (kind, round) => measure(clusterOf(clusters, kind), seconds, round, comparison));
      const conditions = `${CLIENTS} clients of one client id, each as fast as it may, records of 10 KB, limit ${LIMIT_BYTES / 1e6} MB/s for all together; looked at from ${WARM_UP_MS / 1000} s after their start on. The other tenant sends a record of 100 bytes each 5 ms and waits for it, from a thread of its own.`;
      return `${conditions}\n\n${comparison.toMarkdown(["ottla", "kafka"])}`;
    }),
};
