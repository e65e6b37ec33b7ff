import { writeFileSync } from "node:fs";
import type { RunningCluster, StartOptions } from "../cluster.ts";
import { nodeBinary, repositoryRoot } from "../paths.ts";
import { type Child, startChild } from "../process/child.ts";
import { readProcessUsage } from "../process/process-usage.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "../process/temporary-folder.ts";
import { waitUntil } from "../process/wait-until.ts";
import { probeMetadata } from "../wire/metadata-probe.ts";

// A clean stop syncs every partition: thousands of them take their time on a slow disk.
const STOP_GRACE_MS = 120_000;

/** The line that `ottla dev --json` prints once all parts accept connections. */
interface ReadyLine {
  readonly ready: boolean;
  readonly pid: number;
  readonly bootstrap: string;
  readonly metrics?: string;
}

/** The arguments that run our command line as a user does; OTTLA_MAIN names another entry, such as `packages/cli/src/main.ts` to go around the bundle. */
export const ottlaCommand: readonly string[] = [
  "--conditions=source",
  process.env["OTTLA_MAIN"] ?? `${repositoryRoot}packages/cli/bin/ottla.js`,
];

function readyLine(child: Child): Promise<ReadyLine> {
  return new Promise((resolve, reject) => {
    let text = "";
    const onData = (chunk: string): void => {
      text += chunk;
      const end = text.indexOf("\n");
      if (end < 0) return;
      child.process.stdout?.off("data", onData);
      resolve(JSON.parse(text.slice(0, end)) as ReadyLine);
    };
    child.process.stdout?.on("data", onData);
    void child.exited.then((status) => reject(new Error(`ottla ended (${status}) before it was ready: ${child.outputTail()}`)));
  });
}

/** Starts our broker as its own process, as a user would, and resolves when it answers Metadata. Same shape as `startKafka`. */
export async function startOttla(options: StartOptions = {}): Promise<RunningCluster> {
  const brokers = options.brokers ?? 1;
  const folder = options.dataDir ?? makeTemporaryFolder("broker");
  const faults = options.faults ?? [];
  const faultsFolder = faults.length === 0 ? undefined : makeTemporaryFolder("faults");
  if (faultsFolder !== undefined) writeFileSync(`${faultsFolder}/faults.json`, JSON.stringify(faults));
  const settings = Object.entries(options.config ?? {}).flatMap(([name, value]) => ["--set", `${name}=${value}`]);
  const args = [
    "dev",
    "--only",
    "broker",
    "--json",
    // Listeners of one's own say where to listen.
    ...(options.config?.["listeners"] === undefined ? ["--port", String(options.port ?? 0)] : []),
    ...(options.isInMemory === true ? ["--memory"] : ["--data-dir", folder]),
    "--brokers",
    String(brokers),
    ...(options.metricsPort === undefined ? [] : ["--metrics-port", String(options.metricsPort)]),
    ...(faultsFolder === undefined ? [] : ["--faults-file", `${faultsFolder}/faults.json`]),
    ...settings,
  ];
  const startedAt = performance.now();
  const child = startChild(nodeBinary, [...ottlaCommand, ...args]);
  const end = async (finish: Promise<unknown>): Promise<void> => {
    await finish;
    if (options.dataDir === undefined) removeTemporaryFolder(folder);
    if (faultsFolder !== undefined) removeTemporaryFolder(faultsFolder);
  };
  try {
    const ready = await readyLine(child);
    const [host = "", port = ""] = (ready.bootstrap.split(",")[0] ?? "").split(":");
    await waitUntil("ottla answers", async () => (await probeMetadata(host, Number(port))).length === brokers, { everyMs: 5 });
    const startMs = performance.now() - startedAt;
    const { cpuSeconds: startCpuSeconds } = readProcessUsage(child.pid);
    return {
      kind: "ottla",
      brokers,
      bootstrap: ready.bootstrap,
      pids: [child.pid],
      ...(ready.metrics !== undefined && { metricsAddress: ready.metrics }),
      startMs,
      startCpuSeconds,
      dataFolders: [folder],
      outputTail: child.outputTail,
      stop: () => end(child.stop(STOP_GRACE_MS)),
      kill: () => end(child.kill()),
    };
  } catch (error) {
    await end(child.kill());
    throw error;
  }
}
