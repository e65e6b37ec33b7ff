import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { benchRecords, benchSteps } from "@ottla/conformance/connect/bench-case";
import { startConnectProgram } from "@ottla/conformance/kafka/java-tool";
import { root } from "../../workspaces.ts";
import { writeReportSection } from "../measure/report.ts";
import { formatSample, summarize } from "../measure/statistics.ts";
import type { ConnectBenchOptions } from "./part.ts";

const RECORDS = 1000;
/** Rounds that do not count. */
const WARMING = 2;
const JVM = ["-Xms1g", "-Xmx1g", "-XX:+UseSerialGC", "-Duser.timezone=UTC"];

interface Side {
  readonly name: string;
  readonly process: ChildProcess;
  readonly samples: Map<string, number[]>;
}

/** Our transforms and JSON converter beside Apache Connect's: records per second of CPU, alternating, each in a process of its own. */
export async function transformsPart({ rounds, seconds, report }: ConnectBenchOptions): Promise<void> {
  const java = await startConnectProgram("ConnectBench", [seconds], { jvm: JVM });
  java.process.stdin!.write(`${JSON.stringify({ steps: benchSteps, records: benchRecords(RECORDS) })}\n`);
  const ours = spawn(
    process.execPath,
    ["--conditions=source", join(root, "tools", "bench", "connect", "ours-process.ts"), seconds, String(RECORDS)],
    {
      stdio: ["pipe", "pipe", "inherit"],
    },
  );
  const sides: readonly Side[] = [
    { name: "ottla", process: ours, samples: new Map<string, number[]>() },
    { name: "Apache Connect", process: java.process, samples: new Map<string, number[]>() },
  ];
  try {
    for (let number = -WARMING; number < rounds; number++) for (const side of sides) await round(side, number >= 0);
  } finally {
    for (const side of sides) side.process.stdin!.end();
  }
  const rows = [...sides[0]!.samples.keys()].map((what) => {
    const [mine, theirs] = sides.map(({ samples }) => summarize(samples.get(what) ?? []));
    return `| ${what} | ${formatSample(mine)} | ${formatSample(theirs)} | ${((mine?.median ?? 0) / (theirs?.median ?? 1)).toFixed(2)} |`;
  });
  const table = `| records per second of CPU | ottla | Apache Connect | ratio |\n|---|---|---|---|\n${rows.join("\n")}`;
  console.log(table);
  if (report)
    writeReportSection({
      id: "connect-transforms",
      title: "Connect: transforms and JSON beside Apache Connect",
      command: "npm run bench -- connect --only transforms",
      body: table,
    });
}

/** One round of one side, told when it is done. */
async function round(side: Side, counts: boolean): Promise<void> {
  side.process.stdin!.write("go\n");
  const lines = createInterface({ input: side.process.stdout! });
  for await (const line of lines) {
    if (line === "done") break;
    const { what, perSecond } = JSON.parse(line) as { readonly what: string; readonly perSecond: number };
    if (counts) side.samples.set(what, [...(side.samples.get(what) ?? []), perSecond]);
    process.stderr.write(`${side.name}, ${what}: ${Math.round(perSecond)}${counts ? "" : " (warming up)"}\n`);
  }
}
