import { randomBytes } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import type { RunningCluster, StartOptions } from "../cluster.ts";
import { cacheRoot } from "../paths.ts";
import { type Child, startChild } from "../process/child.ts";
import { findFreePorts } from "../process/free-port.ts";
import { oneAtATime } from "../process/one-at-a-time.ts";
import { readProcessUsage } from "../process/process-usage.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "../process/temporary-folder.ts";
import { waitUntil } from "../process/wait-until.ts";
import { probeMetadata } from "../wire/metadata-probe.ts";
import { KAFKA_VERSION, requireKafkaClassPath } from "./jars.ts";
import { runJavaTool } from "./java-tool.ts";

const CLUSTER_ID = "b3R0bGEtY29uZm9ybWFuYw";

// What Kafka's own start script sets; the tests use a smaller heap and quick compilation.
const PRODUCTION_JVM = [
  "-Xms1G",
  "-Xmx1G",
  "-server",
  "-XX:+UseG1GC",
  "-XX:MaxGCPauseMillis=20",
  "-XX:InitiatingHeapOccupancyPercent=35",
  "-XX:+ExplicitGCInvokesConcurrent",
  "-XX:MaxInlineLevel=15",
  "-Djava.awt.headless=true",
];
const TEST_JVM = ["-Xms96m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"];

interface Node {
  readonly id: number;
  readonly port: number;
  readonly controllerPort: number;
  /** Further listeners by their names. */
  readonly ports: ReadonlyMap<string, number>;
  readonly folder: string;
}

function properties(node: Node, nodes: readonly Node[], config: Readonly<Record<string, string>>): string {
  const replicas = String(Math.min(nodes.length, 3));
  const forClients = [
    `PLAINTEXT://127.0.0.1:${node.port}`,
    ...Array.from(node.ports, ([name, port]) => `${name}://127.0.0.1:${port}`),
  ].join(",");
  const entries: Record<string, string> = {
    "process.roles": "broker,controller",
    "node.id": String(node.id),
    "controller.quorum.voters": nodes.map((each) => `${each.id}@127.0.0.1:${each.controllerPort}`).join(","),
    listeners: `${forClients},CONTROLLER://127.0.0.1:${node.controllerPort}`,
    "advertised.listeners": forClients,
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "PLAINTEXT",
    "log.dirs": `${node.folder}/data`,
    "offsets.topic.replication.factor": replicas,
    "transaction.state.log.replication.factor": replicas,
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.replication.factor": replicas,
    "share.coordinator.state.topic.min.isr": "1",
    ...config,
  };
  return Object.entries(entries)
    .map(([name, value]) => `${name}=${value.replaceAll("\\", "\\\\")}\n`)
    .join("");
}

function directoryId(): string {
  for (;;) {
    const id = randomBytes(16).toString("base64url");
    if (!id.startsWith("-")) return id;
  }
}

/** A freshly formatted data directory, made once by Kafka's storage tool and copied afterwards: each call of the tool costs a JVM. */
async function formattedTemplate(): Promise<string> {
  const template = `${cacheRoot}/kafka-${KAFKA_VERSION}/formatted`;
  const isThere = (): boolean => existsSync(`${template}/meta.properties`);
  if (!isThere()) await oneAtATime("kafka-format", async () => isThere() || format(template));
  return template;
}

async function format(template: string): Promise<void> {
  const folder = makeTemporaryFolder("kafka-format");
  const node = { id: 1, port: 1, controllerPort: 2, ports: new Map<string, number>(), folder };
  writeFileSync(`${folder}/server.properties`, properties(node, [node], {}));
  const result = await runJavaTool("storage", ["format", "-t", CLUSTER_ID, "-c", `${folder}/server.properties`]);
  if (result.status !== 0) throw new Error(`Kafka's storage tool failed: ${(result.stdout + result.stderr).trim().slice(-600)}`);
  rmSync(template, { recursive: true, force: true });
  mkdirSync(`${cacheRoot}/kafka-${KAFKA_VERSION}`, { recursive: true });
  cpSync(`${folder}/data`, `${template}.new`, { recursive: true });
  renameSync(`${template}.new`, template);
  removeTemporaryFolder(folder);
}

async function prepare(node: Node, nodes: readonly Node[], config: Readonly<Record<string, string>>): Promise<void> {
  mkdirSync(node.folder, { recursive: true });
  writeFileSync(`${node.folder}/server.properties`, properties(node, nodes, config));
  const data = `${node.folder}/data`;
  if (existsSync(`${data}/meta.properties`)) return;
  cpSync(await formattedTemplate(), data, { recursive: true });
  const meta = readFileSync(`${data}/meta.properties`, "utf8");
  writeFileSync(
    `${data}/meta.properties`,
    meta.replace(/^node\.id=.*$/m, `node.id=${node.id}`).replace(/^directory\.id=.*$/m, `directory.id=${directoryId()}`),
  );
}

async function waitForBrokers(nodes: readonly Node[], children: readonly Child[]): Promise<void> {
  const dead = Promise.race(children.map((child) => child.exited)).then((status) => {
    throw new Error(
      `Apache Kafka ended (${status}) before it was ready: ${children
        .map((child) => child.outputTail())
        .join("\n")
        .slice(-2_000)}`,
    );
  });
  const everyNodeSeesAll = nodes.map((node) =>
    waitUntil(`Kafka node ${node.id} answers`, async () => (await probeMetadata("127.0.0.1", node.port)).length === nodes.length, {
      timeoutMs: 300_000,
      everyMs: 10,
    }),
  );
  await Promise.race([Promise.all(everyNodeSeesAll), dead]);
  dead.catch(() => {});
}

/**
 * Starts Apache Kafka (KRaft, combined roles) with one or three nodes on 127.0.0.1 and resolves when every node answers Metadata
 * with all brokers. `config` holds Kafka's own property names. A `dataDir` of an earlier start is taken up again and kept.
 */
export async function startKafka(options: StartOptions = {}): Promise<RunningCluster> {
  const brokers = options.brokers ?? 1;
  const classPath = await requireKafkaClassPath();
  const folder = options.dataDir ?? makeTemporaryFolder("kafka");
  const listeners = options.listeners ?? [];
  const free = await findFreePorts(brokers * (2 + listeners.length));
  const nodes = Array.from({ length: brokers }, (_, index): Node => {
    const [port = 0, controllerPort = 0, ...more] = free.splice(0, 2 + listeners.length);
    return {
      id: index + 1,
      port: index === 0 ? (options.port ?? port) : port,
      controllerPort,
      ports: new Map(listeners.map((name, at) => [name, more[at]!])),
      folder: `${folder}/node-${index + 1}`,
    };
  });
  options.onPorts?.(nodes.map(({ port }) => port));
  const configOf = (node: Node) => ({ ...options.config, ...options.nodeConfig?.(node.id) });
  for (const node of nodes) await prepare(node, nodes, configOf(node));
  const startedAt = performance.now();
  const jvm = options.production === true ? PRODUCTION_JVM : TEST_JVM;
  const startNode = (node: Node, [command, ...before]: readonly [string, ...string[]] = ["java"]): Child =>
    startChild(command, [
      ...before,
      ...jvm,
      ...Object.entries(options.javaProperties ?? {}).map(([name, value]) => `-D${name}=${value}`),
      "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
      ...(options.jvmArguments?.(node.id) ?? []),
      "-cp",
      options.classPathBefore === undefined ? classPath : `${options.classPathBefore}:${classPath}`,
      "kafka.Kafka",
      `${node.folder}/server.properties`,
    ]);
  const children = nodes.map((node) => startNode(node));
  try {
    await waitForBrokers(nodes, children);
  } catch (error) {
    await Promise.all(children.map((child) => child.kill()));
    throw error;
  }
  const startMs = performance.now() - startedAt;
  const { cpuSeconds: startCpuSeconds } = readProcessUsage(...children.map((child) => child.pid));
  const end = async (how: (child: Child) => Promise<unknown>): Promise<void> => {
    await Promise.all(children.map(how));
    if (options.dataDir === undefined) removeTemporaryFolder(folder);
  };
  return {
    kind: "kafka",
    brokers,
    bootstrap: nodes.map((node) => `127.0.0.1:${node.port}`).join(","),
    bootstraps: Object.fromEntries(listeners.map((name) => [name, nodes.map(({ ports }) => `127.0.0.1:${ports.get(name)}`).join(",")])),
    get pids() {
      return children.map((child) => child.pid);
    },
    startMs,
    startCpuSeconds,
    dataFolders: nodes.map((node) => `${node.folder}/data`),
    outputTail: () => children.map((child) => child.outputTail()).join("\n"),
    killNode: async (id) => {
      await children[id - 1]!.kill();
    },
    startNode: (id, { config = {}, launcher } = {}) => {
      const node = nodes[id - 1]!;
      writeFileSync(`${node.folder}/server.properties`, properties(node, nodes, { ...configOf(node), ...config }));
      children[id - 1] = startNode(node, launcher && [...launcher, "java"]);
    },
    // The last controller of a quorum cannot finish a controlled shutdown: a short grace, then the end.
    stop: () => end((child) => child.stop(brokers === 1 ? 120_000 : 3_000)),
    kill: () => end((child) => child.kill()),
  };
}
