import { get } from "node:http";
import { nodeBinary } from "@ottla/conformance/paths";
import { type Child, startChild } from "@ottla/conformance/process/child";
import { findFreePorts } from "@ottla/conformance/process/free-port";
import { installedCommand } from "./installed-command.ts";

/** A registry that answers. */
export interface RunningRegistry {
  readonly url: string;
  readonly pid: number;
  /** From the start of its process to its first answer. */
  readonly firstAnswerMs: number;
  stop(): Promise<unknown>;
}

/** `ottla dev`: a broker, and a registry of its own. */
export interface RunningDev extends RunningRegistry {
  readonly bootstrap: string;
  readonly readyMs: number;
}

const command = installedCommand();
const ANSWER_WITHIN_MS = 120_000;
const KARAPACE_STOP_MS = 5_000;

/** Broker and registry in one process, as a user starts them. Without a folder, in memory. */
export async function startDev({
  folder,
  only,
  settings = [],
  subject,
}: {
  readonly folder?: string;
  readonly only?: string;
  /** `name=value` in Kafka's names. */
  readonly settings?: readonly string[];
  readonly subject?: string;
} = {}): Promise<RunningDev> {
  const place = folder === undefined ? ["--memory"] : ["--data-dir", folder];
  const startedAt = performance.now();
  const child = startChild(nodeBinary, [
    ...command,
    "dev",
    "--port",
    "0",
    "--json",
    ...place,
    ...(only === undefined ? [] : ["--only", only]),
    ...settings.flatMap((setting) => ["--set", setting]),
  ]);
  const ready = await readyLine(child);
  const readyMs = performance.now() - startedAt;
  const url = ready.registry ?? "";
  if (url !== "") await answered(child, url, subject);
  return {
    url,
    bootstrap: ready.bootstrap,
    pid: child.pid,
    readyMs,
    firstAnswerMs: performance.now() - startedAt,
    stop: () => child.stop(),
  };
}

/** Karapace over a broker. `python`: an interpreter that can import `karapace`. */
export async function startKarapace(python: string, bootstrap: string, topic: string, subject?: string): Promise<RunningRegistry> {
  const [port = 0] = await findFreePorts(1);
  const settings = {
    BOOTSTRAP_URI: bootstrap,
    HOST: "127.0.0.1",
    PORT: String(port),
    ADVERTISED_HOSTNAME: "127.0.0.1",
    TOPIC_NAME: topic,
    GROUP_ID: `karapace-${topic}`,
    REPLICATION_FACTOR: "1",
    LOG_LEVEL: "WARNING",
    KARAPACE_REGISTRY: "true",
    KARAPACE_REST: "false",
  };
  const env = { ...process.env, ...Object.fromEntries(Object.entries(settings).map(([name, value]) => [`KARAPACE_${name}`, value])) };
  const startedAt = performance.now();
  const child = startChild(python, ["-m", "karapace"], { env });
  const url = `http://127.0.0.1:${port}`;
  await answered(child, url, subject);
  return { url, pid: child.pid, firstAnswerMs: performance.now() - startedAt, stop: () => child.stop(KARAPACE_STOP_MS) };
}

function readyLine(child: Child): Promise<{ readonly bootstrap: string; readonly registry?: string }> {
  return new Promise((resolve, reject) => {
    let text = "";
    child.process.stdout?.on("data", (chunk: string) => {
      text += chunk;
      if (text.includes("\n")) resolve(JSON.parse(text.slice(0, text.indexOf("\n"))) as { bootstrap: string; registry?: string });
    });
    void child.exited.then((status) => reject(new Error(`ottla ended (${status}) before it was ready: ${child.outputTail()}`)));
  });
}

/** Asks until there is an answer: to which subjects there are, or to one that is known to be there. */
async function answered(child: Child, registry: string, subject: string | undefined): Promise<void> {
  const url = subject === undefined ? `${registry}/subjects` : `${registry}/subjects/${subject}/versions`;
  const untilMs = performance.now() + ANSWER_WITHIN_MS;
  let ended: number | string | undefined;
  void child.exited.then((status) => (ended = status));
  for (;;) {
    const status = await statusOf(url);
    if (status === 200) return;
    if (ended !== undefined || performance.now() > untilMs)
      throw new Error(`No answer at ${url} (${status ?? "no connection"}): ${child.outputTail()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function statusOf(url: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    get(url, { agent: false }, (response) => {
      response.resume();
      response.once("end", () => resolve(response.statusCode));
    }).once("error", () => resolve(undefined));
  });
}
