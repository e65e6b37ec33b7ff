import { setTimeout as sleep } from "node:timers/promises";
import { readProcessUsage } from "@ottla/conformance/process/process-usage";
import { startCluster } from "@ottla/conformance/target";
import { Comparison } from "../measure/comparison.ts";
import { alternate } from "./pair.ts";
import type { BenchPart } from "./part.ts";

const MEBIBYTE = 2 ** 20;

/** Start on an empty (Kafka: freshly formatted) data directory, and what an idle broker holds and burns. */
export const startPart: BenchPart = {
  title: "Start and idle",
  async run(options) {
    const comparison = new Comparison();
    const idleMs = options.quick ? 2_000 : 10_000;
    // Once unmeasured: a checkout bundles our sources at the first start, and the files come into the page cache.
    for (const kind of options.contestants) await (await startCluster(kind, { production: true })).stop();
    await alternate({ ...options, rounds: options.quick ? 1 : Math.max(options.rounds, 5) }, async (kind) => {
      const cluster = await startCluster(kind, { production: true });
      comparison.add("start to first Metadata, ms", kind, cluster.startMs, { than: "kafka", atMost: 1 / 8 });
      comparison.add("CPU time of the start, ms", kind, cluster.startCpuSeconds * 1_000, { than: "kafka", below: 400 });
      const before = readProcessUsage(...cluster.pids);
      await sleep(idleMs);
      const after = readProcessUsage(...cluster.pids);
      comparison.add("idle resident memory, MiB", kind, after.residentBytes / MEBIBYTE, { than: "kafka", atMost: 1 / 4 });
      comparison.add("idle CPU, % of a core", kind, ((after.cpuSeconds - before.cpuSeconds) / (idleMs / 1_000)) * 100);
      await cluster.stop();
    });
    return comparison.toMarkdown(["ottla", "kafka"]);
  },
};
