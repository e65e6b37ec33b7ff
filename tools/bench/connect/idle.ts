import { setTimeout as sleep } from "node:timers/promises";
import { readProcessUsage } from "@ottla/conformance/process/process-usage";
import { besideApache } from "./beside.ts";
import type { ConnectBenchPart } from "./part.ts";
import { startConnectors } from "./workers.ts";

const CONNECTORS = 10;
/** What starting took is over by then. */
const SETTLE_MS = 10_000;
const WINDOW_MS = 10_000;
const MEMORY_GOAL = 0.25;
const MEBIBYTE = 2 ** 20;

/** What a worker takes that has nothing to do. */
export const idlePart: ConnectBenchPart = ({ rounds, report }) =>
  besideApache(
    rounds,
    async ({ who, comparison, folder, start }) => {
      const worker = await start();
      await startConnectors(worker, folder, CONNECTORS);
      await sleep(SETTLE_MS);
      const before = readProcessUsage(worker.pid);
      await sleep(WINDOW_MS);
      const { cpuSeconds, residentBytes } = readProcessUsage(worker.pid);
      comparison.add("resident memory, MiB", who, residentBytes / MEBIBYTE, { than: "kafka", atMost: MEMORY_GOAL });
      comparison.add("CPU, % of a core", who, ((cpuSeconds - before.cpuSeconds) / (WINDOW_MS / 1_000)) * 100);
    },
    report,
    {
      id: "idle",
      title: "Connect: a worker with ten connectors that have nothing to do",
      text: "Ten sources that wait for lines of a file, looked at for ten seconds, ten seconds after the last has started. Workers as for the start.",
    },
  );
