import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { cacheRoot, repositoryRoot } from "../paths.ts";
import { type Child, type Finished, type RunOptions, runCommand, startChild } from "../process/child.ts";
import { oneAtATime } from "../process/one-at-a-time.ts";
import { requireProgram } from "../process/system-package.ts";
import {
  requireAvroClassPath,
  requireDebeziumClassPath,
  requireDebeziumMariadbClassPath,
  requireDebeziumMysqlClassPath,
  requireHadoopClassPath,
  requireKafkaClassPath,
  requireMongoJavaServerClassPath,
  requireElasticsearchClassPath,
  requireOpensearchClassPath,
  requireRegistrySerdesClassPath,
  requireStreamsClassPath,
} from "./jars.ts";

/** The command-line tools inside the jars, by the name of Kafka's shell script without its `kafka-` prefix. */
export const javaTools = {
  acls: "org.apache.kafka.tools.AclCommand",
  "broker-api-versions": "org.apache.kafka.tools.BrokerApiVersionsCommand",
  configs: "org.apache.kafka.tools.ConfigCommand",
  "console-consumer": "org.apache.kafka.tools.consumer.ConsoleConsumer",
  "console-producer": "org.apache.kafka.tools.ConsoleProducer",
  "consumer-groups": "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand",
  "consumer-perf-test": "org.apache.kafka.tools.ConsumerPerformance",
  "delegation-tokens": "org.apache.kafka.tools.DelegationTokenCommand",
  "delete-records": "org.apache.kafka.tools.DeleteRecordsCommand",
  "dump-log": "org.apache.kafka.tools.DumpLogSegments",
  "e2e-latency": "org.apache.kafka.tools.EndToEndLatency",
  "get-offsets": "org.apache.kafka.tools.GetOffsetShell",
  "log-dirs": "org.apache.kafka.tools.LogDirsCommand",
  "producer-perf-test": "org.apache.kafka.tools.ProducerPerformance",
  "server-start": "kafka.Kafka",
  storage: "kafka.tools.StorageTool",
  "streams-application-reset": "org.apache.kafka.tools.StreamsResetter",
  topics: "org.apache.kafka.tools.TopicCommand",
  transactions: "org.apache.kafka.tools.TransactionsCommand",
  "verifiable-consumer": "org.apache.kafka.tools.VerifiableConsumer",
  "verifiable-producer": "org.apache.kafka.tools.VerifiableProducer",
} as const;

/** A key of {@link javaTools}. */
export type JavaTool = keyof typeof javaTools;

// Short-lived tools: compiling with C1 only halves their start; warnings and worse of the client go to standard error.
const quickJvm = ["-Xms32m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"];
const logging = ["-Dorg.slf4j.simpleLogger.defaultLogLevel=error"];

// How it joins its group, begins and ends transactions and moves its tasks is told, so that a run that stands still can say where.
const streamsLogging = ["clients.consumer.internals", "clients.producer.internals.TransactionManager", "streams.processor.internals"]
  .map((name) => `-Dorg.slf4j.simpleLogger.log.org.apache.kafka.${name}=info`)
  .concat("-Dorg.slf4j.simpleLogger.showDateTime=true", "-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS");

/** How a Java program runs. `jvm` replaces the flags for short-lived tools. */
export interface JavaOptions extends RunOptions {
  readonly jvm?: readonly string[];
  readonly systemProperties?: Readonly<Record<string, string>>;
}

function javaArguments(mainClass: string, args: readonly string[], classPath: string, options: JavaOptions): string[] {
  const properties = Object.entries(options.systemProperties ?? {}).map(([name, value]) => `-D${name}=${value}`);
  return [...(options.jvm ?? quickJvm), ...logging, ...properties, "-cp", classPath, mainClass, ...args];
}

async function toolArguments(tool: JavaTool, args: readonly string[], options: JavaOptions): Promise<string[]> {
  return javaArguments(javaTools[tool], args, await requireKafkaClassPath(), options);
}

/** Runs one of Kafka's own tools to its end. */
export async function runJavaTool(tool: JavaTool, args: readonly string[], options: JavaOptions = {}): Promise<Finished> {
  return runCommand("java", await toolArguments(tool, args, options), options);
}

/** Starts one of Kafka's own tools and leaves it running. */
export async function startJavaTool(tool: JavaTool, args: readonly string[], options: JavaOptions = {}): Promise<Child> {
  const { cwd } = options;
  return startChild("java", await toolArguments(tool, args, options), {
    stdio: ["pipe", "pipe", "pipe"],
    ...(cwd !== undefined && { cwd }),
  });
}

const driverSources = `${repositoryRoot}conformance/java`;

/** Compiles the programs of one folder when they changed; returns the class path that they run with. */
async function compileDrivers(folder: string, jars: string): Promise<string> {
  const sources = readdirSync(folder).filter((name) => name.endsWith(".java"));
  const hash = createHash("sha256");
  for (const name of sources) hash.update(readFileSync(`${folder}/${name}`));
  const classes = `${cacheRoot}/java-drivers/${hash.digest("hex").slice(0, 16)}`;
  const isComplete = (): boolean => existsSync(`${classes}/complete`);
  if (!isComplete()) {
    await requireProgram("javac", "openjdk-17-jdk-headless");
    await oneAtATime("java-drivers", async () => {
      if (isComplete()) return;
      mkdirSync(classes, { recursive: true });
      const files = sources.map((name) => `${folder}/${name}`);
      const result = await runCommand("javac", ["-nowarn", "-d", classes, "-cp", jars, ...files], { timeoutMs: 120_000 });
      if (result.status !== 0) throw new Error(`javac refused the drivers: ${result.stderr.trim()}`);
      mkdirSync(`${classes}/complete`, { recursive: true });
    });
  }
  return `${classes}:${jars}`;
}

async function driverArguments(mainClass: string, args: readonly string[], options: JavaOptions): Promise<string[]> {
  return javaArguments(mainClass, args, await compileDrivers(driverSources, await requireKafkaClassPath()), options);
}

/** Runs the driver program `mainClass` of `conformance/java` to its end. */
export async function runJavaDriver(mainClass: string, args: readonly string[], options: JavaOptions = {}): Promise<Finished> {
  return runCommand("java", await driverArguments(mainClass, args, options), options);
}

/** Starts the driver program `mainClass` of `conformance/java` and leaves it running, its standard input open. */
export async function startJavaDriver(mainClass: string, args: readonly string[], options: JavaOptions = {}): Promise<Child> {
  return startChild("java", await driverArguments(mainClass, args, options), { stdio: ["pipe", "pipe", "pipe"] });
}

const DEBEZIUM = {
  postgres: requireDebeziumClassPath,
  mariadb: requireDebeziumMariadbClassPath,
  mysql: requireDebeziumMysqlClassPath,
} as const;

/** Starts Debezium's engine with the properties of a file (`conformance/java/debezium`): a line for each record, until its standard input ends. */
export async function startDebezium(propertiesFile: string, connector: keyof typeof DEBEZIUM = "postgres"): Promise<Child> {
  const classPath = await compileDrivers(`${driverSources}/debezium`, await DEBEZIUM[connector]());
  return startChild("java", javaArguments("DebeziumEvents", [propertiesFile], classPath, {}), { stdio: ["pipe", "pipe", "pipe"] });
}

/** Starts the application `mainClass` of `conformance/java/streams`, which stands on Kafka Streams, and leaves it running; how it works is logged. */
export function startStreamsApplication(mainClass: string, args: readonly string[], options: JavaOptions = {}): Promise<Child> {
  return startStreamsProgram(mainClass, args, { ...options, jvm: [...(options.jvm ?? quickJvm), ...streamsLogging] });
}

/** Starts any program `mainClass` of `conformance/java/streams` and leaves it running, its standard input open. */
export async function startStreamsProgram(mainClass: string, args: readonly string[], options: JavaOptions = {}): Promise<Child> {
  const classPath = await compileDrivers(`${driverSources}/streams`, await requireStreamsClassPath());
  return startChild("java", javaArguments(mainClass, args, classPath, options), { stdio: ["pipe", "pipe", "pipe"] });
}

/** Runs a program `mainClass` of `conformance/java/streams` to its end. */
export async function runStreamsProgram(mainClass: string, args: readonly string[], options: JavaOptions = {}): Promise<Finished> {
  const classPath = await compileDrivers(`${driverSources}/streams`, await requireStreamsClassPath());
  return runCommand("java", javaArguments(mainClass, args, classPath, options), options);
}

/** The command that runs the program `mainClass` of `conformance/java/registry`, which stands on Apache Flink's serialisers. */
export async function registrySerdesProgram(mainClass: string): Promise<{ readonly command: string; readonly args: readonly string[] }> {
  const classPath = await compileDrivers(`${driverSources}/registry`, await requireRegistrySerdesClassPath());
  return { command: "java", args: javaArguments(mainClass, [], classPath, {}) };
}

/** Runs the program `mainClass` of `conformance/java/avro`, which stands on Java's Avro, to its end. */
export async function runAvroProgram(mainClass: string, args: readonly string[], options: JavaOptions = {}): Promise<Finished> {
  const classPath = await compileDrivers(`${driverSources}/avro`, await requireAvroClassPath());
  return runCommand("java", javaArguments(mainClass, args, classPath, options), options);
}

/** Starts the program `mainClass` of `conformance/java/connect-data`, which stands on Apache Connect, and leaves it running, its standard input open. */
export async function startConnectProgram(mainClass: string, args: readonly string[], options: JavaOptions = {}): Promise<Child> {
  const classPath = await compileDrivers(`${driverSources}/connect-data`, await requireKafkaClassPath());
  return startChild("java", javaArguments(mainClass, args, classPath, options), { stdio: ["pipe", "pipe", "pipe"] });
}

/** The same with Debezium's classes, whose transforms it then has. */
export async function startDebeziumCases(options: JavaOptions = {}): Promise<Child> {
  const classPath = await compileDrivers(
    `${driverSources}/connect-data`,
    `${await requireDebeziumClassPath()}:${await requireKafkaClassPath()}`,
  );
  return startChild("java", javaArguments("ConnectCases", [], classPath, options), { stdio: ["pipe", "pipe", "pipe"] });
}

/** Starts HDFS in one JVM (`conformance/java/hdfs`): folder, port of its name node's HTTP, "new" or "old". It says READY, and lives until its standard input ends. */
export async function startHdfs(folder: string, port: number, isNew: boolean): Promise<Child> {
  const classPath = await compileDrivers(`${driverSources}/hdfs`, await requireHadoopClassPath());
  const args = [folder, String(port), isNew ? "new" : "old"];
  return startChild("java", javaArguments("OneHdfs", args, classPath, {}), { stdio: ["pipe", "pipe", "pipe"] });
}

/** Starts a distributed worker of Apache Connect with a source and a sink of lines (`conformance/java/connect-file`), and leaves it running. */
export async function startConnectWorker(propertiesFile: string, options: JavaOptions = {}): Promise<Child> {
  const classPath = await compileDrivers(`${driverSources}/connect-file`, await requireKafkaClassPath());
  return startChild("java", javaArguments("org.apache.kafka.connect.cli.ConnectDistributed", [propertiesFile], classPath, options), {
    stdio: ["pipe", "pipe", "pipe"],
  });
}

/** Starts a node of OpenSearch or Elasticsearch in a folder of its own (`conformance/java/opensearch`, `elasticsearch`), until its standard input ends. */
export async function startSearchNode(kind: "opensearch" | "elasticsearch", folder: string, port: number): Promise<Child> {
  const jars = await (kind === "opensearch" ? requireOpensearchClassPath() : requireElasticsearchClassPath());
  const classPath = await compileDrivers(`${driverSources}/${kind}`, jars);
  return startChild("java", javaArguments("OneNode", [folder, String(port)], classPath, {}), { stdio: ["pipe", "pipe", "pipe"] });
}

/** Starts a server that speaks MongoDB's protocol and tells changes (`conformance/java/mongodb`), until its standard input ends. */
export async function startChangingMongo(port: number): Promise<Child> {
  const classPath = await compileDrivers(`${driverSources}/mongodb`, await requireMongoJavaServerClassPath());
  return startChild("java", javaArguments("ChangingMongo", [String(port)], classPath, {}), { stdio: ["pipe", "pipe", "pipe"] });
}
