import { readProcessUsage } from "@ottla/conformance/process/process-usage";
import { besideApache } from "./beside.ts";
import type { ConnectBenchPart } from "./part.ts";

const ANSWER_MS_MAX = 1_000;

/** From nothing to the first answer of the REST API. */
export const startPart: ConnectBenchPart = ({ rounds, report }) =>
  besideApache(
    rounds,
    async ({ who, comparison, start }) => {
      const worker = await start();
      comparison.add("start of the process to the first answer, ms", who, worker.firstAnswerMs, { than: "kafka", below: ANSWER_MS_MAX });
      comparison.add("CPU time until then, ms", who, readProcessUsage(worker.pid).cpuSeconds * 1_000);
    },
    report,
    {
      id: "start",
      title: "Connect: from the start of a worker to its first answer",
      text: "A distributed worker over a broker of ours without its topics yet: `ottla up --only connect`, and Apache Connect 4.4.0 with the options of its own start script and the plugins for files alone on its class path.",
    },
  );
