import { setTimeout as sleep } from "node:timers/promises";
import { startCluster } from "@ottla/conformance/target";
import { probeMetadata } from "@ottla/conformance/wire/metadata-probe";
import { Comparison } from "../measure/comparison.ts";
import { alternate } from "./pair.ts";
import type { BenchPart } from "./part.ts";
import { createTopic } from "./perf-tools.ts";

const PROBE_EVERY_MS = 5;

/** Runs `work` and gives its duration, and the longest that another client waited meanwhile for a connection and an answer. Both in ms. */
async function withProbe(bootstrap: string, work: () => Promise<void>): Promise<{ readonly workMs: number; readonly waitedMs: number }> {
  const [host = "", port = ""] = bootstrap.split(":");
  let isOver = false;
  let waitedMs = 0;
  const probing = async (): Promise<void> => {
    while (!isOver) {
      const askedAt = performance.now();
      await probeMetadata(host, Number(port));
      waitedMs = Math.max(waitedMs, performance.now() - askedAt);
      await sleep(PROBE_EVERY_MS);
    }
  };
  const startedAt = performance.now();
  const probed = probing();
  try {
    await work();
  } finally {
    isOver = true;
  }
  const workMs = performance.now() - startedAt;
  await probed;
  return { workMs, waitedMs };
}

/** How long 10,000 partitions take to be created with Kafka's own tool, and what others feel of it. A new cluster each time. */
export const creationPart: BenchPart = {
  title: "Creating 10,000 partitions",
  async run(options) {
    const comparison = new Comparison();
    await alternate(options, async (kind) => {
      const cluster = await startCluster(kind, { production: true });
      try {
        const create = (): Promise<void> => createTopic(cluster.bootstrap, "many", options.quick ? 1_000 : 10_000);
        const { workMs, waitedMs } = await withProbe(cluster.bootstrap, create);
        comparison.add("create, s (tool's start included)", kind, workMs / 1_000, { than: "kafka", atMost: 2 });
        comparison.add("longest wait of another client meanwhile, ms", kind, waitedMs);
      } finally {
        await cluster.stop();
      }
    });
    return comparison.toMarkdown(["ottla", "kafka"]);
  },
};
