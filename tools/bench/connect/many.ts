import { Probe } from "../../stalls/probe.ts";
import { besideApache } from "./beside.ts";
import type { ConnectBenchPart } from "./part.ts";
import { startConnectors } from "./workers.ts";

const CONNECTORS = 200;
const RUNNING_MS_MAX = 10_000;
const STALL_MS_MAX = 50;

/** Two hundred connectors, one request after the other, and what a small request waits at the broker meanwhile. */
export const manyPart: ConnectBenchPart = ({ rounds, report }) =>
  besideApache(
    rounds,
    async ({ who, comparison, folder, broker, start }) => {
      const worker = await start();
      const [host = "", port = ""] = broker.bootstrap.split(":");
      const probe = new Probe(host, Number(port), broker.pid);
      try {
        await probe.settle();
        const from = probe.count;
        const { acceptedMs, runningMs } = await startConnectors(worker, folder, CONNECTORS);
        await probe.settle();
        const { longestMs, p99Ms } = probe.since(from);
        comparison.add("200 connectors accepted, ms", who, acceptedMs);
        comparison.add("200 connectors running, ms", who, runningMs, { than: "kafka", below: RUNNING_MS_MAX });
        comparison.add("longest wait of a request at the broker meanwhile, ms", who, longestMs, { than: "kafka", below: STALL_MS_MAX });
        comparison.add("p99 of these waits, ms", who, p99Ms);
      } finally {
        await probe.stop();
      }
    },
    report,
    {
      id: "many",
      title: "Connect: two hundred connectors started",
      text: "Two hundred sources of a file's lines by PUT, one after the other over one connection, until the REST API says that every task is RUNNING. Beside it a small request asks the broker (ours, in a process of its own) again and again. Workers as for the start.",
    },
  );
