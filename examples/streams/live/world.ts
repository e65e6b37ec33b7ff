import { type ChildProcess, fork, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Client, createClient } from "@ottla/client";
import type { ApplicationOptions } from "@ottla/streams";
import type { ApplicationNews } from "./application-process.ts";
import type { LiveExample } from "./live-example.ts";

const OTTLA = fileURLToPath(new URL("../../../packages/cli/bin/ottla.js", import.meta.url));
const APPLICATION = fileURLToPath(new URL("application-process.ts", import.meta.url));
const END_WITHIN_MS = 20_000;
const TICKS_PER_SECOND = 100;

/** A cluster to run on: one that is there, or `ottla dev` in a process of its own. */
export class Cluster implements AsyncDisposable {
  readonly bootstrapServers: string;
  readonly client: Client;
  readonly #child: ChildProcess | undefined;
  readonly #processId: number | undefined;

  private constructor(bootstrapServers: string, child?: ChildProcess, processId?: number) {
    this.bootstrapServers = bootstrapServers;
    this.client = createClient({ bootstrapServers });
    this.#child = child;
    this.#processId = processId;
  }

  /** Whether it was started here, and its settings are ours. */
  get isOwn(): boolean {
    return this.#child !== undefined;
  }

  static async open(bootstrapServers: string | undefined): Promise<Cluster> {
    if (bootstrapServers !== undefined) return new Cluster(bootstrapServers);
    // That killed members and transactions are noticed soon.
    const settings = ["group.min.session.timeout.ms=500", "transaction.abort.timed.out.transaction.cleanup.interval.ms=200"];
    const words = ["dev", "--only", "broker", "--json", "--memory", "--port", "0", ...settings.flatMap((each) => ["--set", each])];
    // A group of its own, so that Ctrl-C in a terminal ends what runs on it first.
    const child = spawn(process.execPath, ["--conditions=source", OTTLA, ...words], {
      stdio: ["ignore", "pipe", "inherit"],
      detached: true,
    });
    process.once("exit", () => child.kill("SIGKILL"));
    const { bootstrap, pid } = await readyLine(child);
    return new Cluster(bootstrap, child, pid);
  }

  /** Makes the topics that are not there. */
  async makeTopics(topics: LiveExample["topics"]): Promise<void> {
    const admin = this.client.admin();
    const there = new Set((await admin.listTopics()).map(({ name }) => name));
    const missing = Object.entries(topics).filter(([name]) => !there.has(name));
    const made = await admin.createTopics(missing.map(([name, partitionCount]) => ({ name, partitionCount })));
    for (const { error } of made) if (error !== undefined) throw error;
  }

  /** Undefined where it is none of ours, or the system does not tell. */
  cpuSeconds(): number | undefined {
    if (this.#processId === undefined) return undefined;
    try {
      const stat = readFileSync(`/proc/${this.#processId}/stat`, "utf8");
      // The name in brackets may hold blanks.
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
    } catch {
      return undefined;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.close();
    if (this.#child !== undefined) await ended(this.#child, "SIGTERM");
  }
}

/** An instance of an example's application in a process of its own. */
export class Application implements AsyncDisposable {
  readonly #child: ChildProcess;
  #news: ApplicationNews = { state: "CREATED", error: undefined, cpuSeconds: 0, dropped: {} };

  constructor(name: string, cluster: Cluster, options: Partial<ApplicationOptions> & Pick<ApplicationOptions, "applicationId">) {
    this.#child = fork(APPLICATION, [name, cluster.bootstrapServers, JSON.stringify(options)], { execArgv: ["--conditions=source"] });
    this.#child.on("message", (news) => {
      this.#news = news as ApplicationNews;
    });
  }

  get news(): ApplicationNews {
    return this.#news;
  }

  /** Resolves when it runs; rejects when it ended before. */
  async running(): Promise<void> {
    if (this.#news.state === "RUNNING") return;
    await new Promise<void>((resolve, reject) => {
      this.#child.on("message", ({ state, error }: ApplicationNews) => {
        if (state === "RUNNING") resolve();
        else if (error !== undefined) reject(new Error(error));
      });
      this.#child.once("exit", (code, signal) => reject(new Error(`The application ended (${code ?? signal}) before it ran.`)));
    });
  }

  /** As a machine that loses its power. */
  kill(): Promise<void> {
    return ended(this.#child, "SIGKILL");
  }

  /** What is done is committed. */
  close(): Promise<void> {
    return ended(this.#child, "SIGTERM");
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill(signal);
  const patience = setTimeout(() => child.kill("SIGKILL"), END_WITHIN_MS);
  await exited;
  clearTimeout(patience);
}

function readyLine(child: ChildProcess): Promise<{ readonly bootstrap: string; readonly pid: number }> {
  return new Promise((resolve, reject) => {
    let text = "";
    child.stdout!.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      const end = text.indexOf("\n");
      if (end >= 0) resolve(JSON.parse(text.slice(0, end)) as { bootstrap: string; pid: number });
    });
    child.once("exit", (code, signal) => reject(new Error(`ottla dev ended (${code ?? signal}) before it was ready.`)));
  });
}
