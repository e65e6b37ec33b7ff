import { fileURLToPath } from "node:url";
import { installConfluent } from "@ottla/conformance/clients/confluent-client";
import { requireJava } from "@ottla/conformance/kafka/jars";
import { runJavaDriver } from "@ottla/conformance/kafka/java-tool";
import { type Finished, runCommand } from "@ottla/conformance/process/child";
import type { PeerResult, PeerTask } from "./task.ts";

/** Who is measured. `before` is our client as another checkout has it; `bare` are sockets that read the same answers, or write the same batches, and look at nothing. */
export const peerNames = ["ottla", "before", "kafkajs", "platformatic", "confluent", "java", "bare"] as const;
export type PeerName = (typeof peerNames)[number];

/** The other clients for JavaScript: the best of them is the mark. */
export const scriptPeers: readonly PeerName[] = ["kafkajs", "platformatic", "confluent"];

const TASK_TIMEOUT_MS = 300_000;
// As a service would run it; its clients' buffers are bounded by themselves.
const jvm = ["-Xms512m", "-Xmx1g", "-XX:+UseG1GC"];
const program = fileURLToPath(new URL("peer-process.ts", import.meta.url));

/** The clients that can be had here, each with how to run a task in a process of its own, and why the others cannot. */
export class Peers {
  readonly names: readonly PeerName[];
  /** One sentence each. */
  readonly skipped: readonly string[];
  readonly #clientModule: string | undefined;

  private constructor(names: readonly PeerName[], skipped: readonly string[], clientModule: string | undefined) {
    this.names = names;
    this.skipped = skipped;
    this.#clientModule = clientModule;
  }

  /** Installs what is missing. `before`: the folder of the other checkout. */
  static async open(wanted: readonly PeerName[], before: string | undefined): Promise<Peers> {
    const names: PeerName[] = [];
    const skipped: string[] = [];
    for (const name of wanted) {
      const missing = await reasonToSkip(name, before);
      if (missing === undefined) names.push(name);
      else if (missing !== "") skipped.push(`${name}: ${missing}`);
    }
    return new Peers(names, skipped, before === undefined ? undefined : `${before}/packages/client/src/index.ts`);
  }

  /** Undefined when the client has nothing for this task. */
  async run(name: PeerName, task: PeerTask): Promise<PeerResult | undefined> {
    if (!canDo(name, task)) return undefined;
    const finished = name === "java" ? await runJava(task) : await this.#runScript(name, task);
    if (finished.status !== 0) throw new Error(`${name} failed (${finished.status}): ${(finished.stderr || finished.stdout).slice(-800)}`);
    return JSON.parse(finished.stdout.trim().split("\n").at(-1) ?? "") as PeerResult;
  }

  #runScript(name: PeerName, task: PeerTask): Promise<Finished> {
    const module = name === "before" && this.#clientModule !== undefined ? [this.#clientModule] : [];
    const args = ["--conditions=source", "--no-warnings", program, name, JSON.stringify(task), ...module];
    return runCommand(process.execPath, args, { timeoutMs: TASK_TIMEOUT_MS });
  }
}

/** Empty: nobody asked for it. */
async function reasonToSkip(name: PeerName, before: string | undefined): Promise<string | undefined> {
  if (name === "before") return before === undefined ? "" : undefined;
  if (name === "confluent") return installConfluent("optimised");
  if (name !== "java") return undefined;
  return requireJava().then(
    () => undefined,
    (error: Error) => error.message,
  );
}

function canDo(name: PeerName, task: PeerTask): boolean {
  if (name === "bare")
    return task.kind === "produce"
      ? task.mode === "lists"
      : task.kind === "consume" && task.mode === "batches" && task.compression === undefined;
  // Its build finds no zstd unless the system has the headers.
  if (task.kind === "consume") return name !== "confluent" || task.compression !== "zstd";
  if (task.kind !== "handle") return true;
  // Java has no such call; @platformatic/kafka's loop takes one record at a time.
  return name !== "java" && (name !== "platformatic" || task.concurrency === 1);
}

function runJava(task: PeerTask): Promise<Finished> {
  const place = [task.kind, task.bootstrap, task.topic];
  const options = { jvm, timeoutMs: TASK_TIMEOUT_MS };
  const run = (...args: readonly (string | number)[]) => runJavaDriver("ClientBench", [...place, ...args.map(String)], options);
  switch (task.kind) {
    case "produce":
      return run(task.payloadFile, task.payloadBytes, task.mode, task.compression, task.seconds);
    case "latency":
      return run(task.payloadFile, task.payloadBytes, task.records);
    case "transactions":
      return run(task.payloadFile, task.payloadBytes, task.recordsPerTransaction, task.seconds);
    case "consume":
    case "handle":
      return run(task.warmUpRecords, task.records, task.secondsMax);
  }
}
