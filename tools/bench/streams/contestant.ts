import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { startStreamsProgram } from "@ottla/conformance/kafka/java-tool";
import { type Child, startChild } from "@ottla/conformance/process/child";
import type { ShapeName } from "../streams-driver/shapes.ts";

/** An application as both sides are given it. */
export interface BenchApplication {
  readonly shape: ShapeName;
  readonly applicationId: string;
  readonly bootstrap: string;
  readonly isExact: boolean;
  readonly stores: "memory" | "disk";
  readonly commitIntervalMs: number;
  /** Default: none. */
  readonly standbys?: number;
  /** Default: each side's own. */
  readonly sessionTimeoutMs?: number;
  /** By which its member of the group is known. Default: each side's own. */
  readonly clientId?: string;
  /** An own one, which is removed by whoever made it. */
  readonly folder: string;
}

/** Who runs it. */
export type Side = "ottla" | "kafka";

/** The collector that costs least processor time, and a heap that holds the stores easily. */
const JVM = ["-Xms1g", "-Xmx4g", "-XX:+UseSerialGC", "-Xshare:auto"];
const NODE = ["--max-old-space-size=8192"];
const ourProcess = fileURLToPath(new URL("our-process.ts", import.meta.url));
const CLOSE_MS = 30_000;
/** Java takes none that is shorter. */
const PROBING_REBALANCE_INTERVAL_MS = 60_000;

/** An application in a process of its own. */
export class Contestant {
  readonly #child: Child;
  /** States that it was in, in their order, with when they were told. */
  readonly #states: { readonly name: string; readonly atMs: number }[] = [];
  #onState = () => {};

  private constructor(child: Child) {
    this.#child = child;
    createInterface({ input: child.process.stdout! }).on("line", (line) => {
      if (!line.startsWith("state ")) return;
      this.#states.push({ name: line.slice("state ".length), atMs: performance.now() });
      this.#onState();
    });
    // What goes wrong with a process is told by its end.
    child.process.stdin!.on("error", () => {});
  }

  static async start(side: Side, application: BenchApplication, nodeArguments: readonly string[] = []): Promise<Contestant> {
    return new Contestant(side === "ottla" ? startOurs(application, nodeArguments) : await startJavas(application));
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Resolves when it has told that it is, or was, in this state. */
  state(name: "REBALANCING" | "RUNNING"): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#onState = () => {
        if (this.#states.some((state) => state.name === name)) resolve();
      };
      this.#onState();
      void this.#child.exited.then((status) =>
        reject(new Error(`The application ended (${status}): ${this.#child.outputTail().slice(-2000)}`)),
      );
    });
  }

  /** Resolves when it has all its tasks. */
  running(): Promise<void> {
    return this.state("RUNNING");
  }

  /** When it told a state for the first time after that; undefined: it did not. */
  firstAfter(name: "REBALANCING" | "RUNNING", afterMs: number): number | undefined {
    return this.#states.find((state) => state.name === name && state.atMs > afterMs)?.atMs;
  }

  /** All its threads run on this core from now on, and those that they begin. */
  pinTo(core: number): void {
    pin(this.pid, core);
  }

  async kill(): Promise<void> {
    await this.#child.kill();
  }

  async close(): Promise<void> {
    this.#child.process.stdin!.end();
    const timer = setTimeout(() => void this.#child.kill(), CLOSE_MS);
    await this.#child.exited;
    clearTimeout(timer);
  }
}

/** As {@link Contestant.pinTo}, of any process. */
export function pin(pid: number, core: number): void {
  execFileSync("taskset", ["-a", "-p", "-c", String(core), String(pid)], { stdio: "ignore" });
}

function startOurs(application: BenchApplication, nodeArguments: readonly string[]): Child {
  const {
    shape,
    applicationId,
    bootstrap,
    isExact,
    stores,
    commitIntervalMs,
    standbys = 0,
    sessionTimeoutMs,
    clientId,
    folder,
  } = application;
  const options = {
    applicationId,
    bootstrapServers: bootstrap,
    guarantee: isExact ? "exactlyOnce" : "atLeastOnce",
    commitIntervalMs,
    cacheMaxBytes: 0,
    replicationFactor: 1,
    numStandbyReplicas: standbys,
    probingRebalanceIntervalMs: PROBING_REBALANCE_INTERVAL_MS,
    ...(clientId !== undefined && { clientId }),
    ...(sessionTimeoutMs !== undefined && { sessionTimeoutMs, heartbeatIntervalMs: sessionTimeoutMs / 6 }),
    ...(stores === "disk" && { stateDir: folder }),
  };
  const args = ["--conditions=source", ...NODE, ...nodeArguments, ourProcess, shape, JSON.stringify(options)];
  return startChild(process.execPath, args, { stdio: ["pipe", "pipe", "pipe"] });
}

function startJavas(application: BenchApplication): Promise<Child> {
  const {
    shape,
    applicationId,
    bootstrap,
    isExact,
    stores,
    commitIntervalMs,
    standbys = 0,
    sessionTimeoutMs,
    clientId,
    folder,
  } = application;
  const properties = {
    "application.id": applicationId,
    "bootstrap.servers": bootstrap,
    "processing.guarantee": isExact ? "exactly_once_v2" : "at_least_once",
    "commit.interval.ms": commitIntervalMs,
    "statestore.cache.max.bytes": 0,
    "replication.factor": 1,
    "auto.offset.reset": "earliest",
    "num.standby.replicas": standbys,
    "probing.rebalance.interval.ms": PROBING_REBALANCE_INTERVAL_MS,
    ...(clientId !== undefined && { "client.id": clientId }),
    ...(sessionTimeoutMs !== undefined && { "session.timeout.ms": sessionTimeoutMs, "heartbeat.interval.ms": sessionTimeoutMs / 6 }),
    "state.dir": `${folder}/state`,
    stores,
  };
  const file = `${folder}/${applicationId}.properties`;
  writeFileSync(
    file,
    Object.entries(properties)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(""),
  );
  return startStreamsProgram("StreamsBench", [shape, file], { jvm: JVM });
}
