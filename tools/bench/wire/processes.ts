import type { SpawnOptions } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type Child, runCommand, startChild } from "@ottla/conformance/process/child";
import type { StrangerCost } from "../broker/security/stranger-broker.ts";
import type { BareLoopOptions } from "./bare-loop.ts";
import type { GroupChurnResult, GroupChurnTask } from "./group-churn-task.ts";
import type { GroupLoadResult, GroupLoadTask } from "./group-load.ts";
import type { ProbedLatency } from "./produce-probe.ts";
import type { RawProducerResult, RawProducerTask } from "./raw-producer.ts";
import type { RawReaderResult, RawReaderTask } from "./raw-reader.ts";
import type { ScramLoginsResult, ScramLoginsTask } from "./scram-logins.ts";

const script = (name: string): string[] => ["--conditions=source", fileURLToPath(new URL(name, import.meta.url))];

async function runTask<T>(name: string, task: unknown): Promise<T> {
  const result = await runCommand(process.execPath, [...script(name), JSON.stringify(task)], { timeoutMs: 900_000 });
  if (result.status !== 0) throw new Error(`${name} failed (${result.status}): ${result.stderr.slice(-800)}`);
  return JSON.parse(result.stdout) as T;
}

/** Sends encoded Produce requests from a process of its own. */
export function runRawProducer(task: RawProducerTask): Promise<RawProducerResult> {
  return runTask("raw-producer.ts", task);
}

/** Has members of many groups send heartbeats, from a process of its own. */
export function runGroupLoad(task: GroupLoadTask): Promise<GroupLoadResult> {
  return runTask("group-load.ts", task);
}

/** Has members of one group come, one go and come back, from a process of its own. */
export function runGroupChurn(task: GroupChurnTask): Promise<GroupChurnResult> {
  return runTask("group-churn-process.ts", task);
}

/** Fetches from a process of its own. */
export function runRawReader(task: RawReaderTask): Promise<RawReaderResult> {
  return runTask("raw-reader.ts", task);
}

/** Logs in by SCRAM again and again, from a process of its own. */
export function runScramLogins(task: ScramLoginsTask): Promise<ScramLoginsResult> {
  return runTask("scram-logins.ts", task);
}

async function startScript(
  name: string,
  args: readonly string[],
  options?: SpawnOptions,
  flags: readonly string[] = [],
): Promise<{ readonly child: Child; readonly firstLine: string }> {
  const child = startChild(process.execPath, [...flags, ...script(name), ...args], options);
  const failed = child.exited.then((status) => {
    throw new Error(`${name} ended (${status}): ${child.outputTail()}`);
  });
  failed.catch(() => {});
  if (child.process.stdout === null) throw new TypeError("The child's output is piped.");
  const [line] = (await Promise.race([once(child.process.stdout, "data"), failed])) as [string];
  return { child, firstLine: line.trim() };
}

/** Starts the bare loop in a process of its own. */
export async function startBareLoopProcess(options: BareLoopOptions): Promise<{ readonly child: Child; readonly port: number }> {
  const { child, firstLine } = await startScript("bare-loop-process.ts", [JSON.stringify(options)]);
  return { child, port: Number(firstLine) };
}

/** Holds `count` connections open from a process of its own. */
export async function startIdleConnections(host: string, port: number, count: number): Promise<Child> {
  return (await startScript("idle-connections.ts", [host, String(port), String(count)])).child;
}

/** Small records that are produced one after another, to see how long each takes. */
export interface ProduceProbe {
  /** How long those since the last look took. */
  look(): Promise<ProbedLatency>;
  stop(): Promise<void>;
}

/** Produces small records to partition 0 of `topic` from a process of its own. */
export async function startProduceProbe(bootstrap: string, topic: string): Promise<ProduceProbe> {
  return asked<ProbedLatency>((await startScript("produce-probe.ts", [bootstrap, topic], { stdio: ["pipe", "pipe", "pipe"] })).child);
}

/** A process that answers each line with a line of JSON, and ends with its input. */
function asked<Answer>(child: Child): { look(): Promise<Answer>; stop(): Promise<void> } {
  const { stdin, stdout } = child.process;
  if (stdin === null || stdout === null) throw new TypeError("The child's input and output are piped.");
  return {
    async look() {
      const line = once(stdout, "data");
      stdin.write("\n");
      return JSON.parse(String((await line)[0])) as Answer;
    },
    async stop() {
      stdin.end();
      await child.exited;
    },
  };
}

/** A broker in a process of its own that tells what it has. */
export interface StrangerBroker {
  look(): Promise<StrangerCost>;
  stop(): Promise<void>;
}

/** Starts one that strangers may knock at, see `stranger-broker.ts`. */
export async function startStrangerBroker(args: readonly (string | number)[]): Promise<StrangerBroker> {
  const { child } = await startScript("../broker/security/stranger-broker.ts", args.map(String), { stdio: ["pipe", "pipe", "pipe"] }, [
    "--expose-gc",
  ]);
  return asked<StrangerCost>(child);
}
