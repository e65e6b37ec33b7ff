import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { cacheRoot, repositoryRoot } from "../paths.ts";
import { type Child, type Finished, type RunOptions, runCommand, startChild } from "../process/child.ts";
import { requireProgram } from "../process/system-package.ts";
import { requireKafkaClassPath } from "./jars.ts";

/** The command-line tools inside the jars, by the name of Kafka's shell script without its `kafka-` prefix. */
export const javaTools = {
  "broker-api-versions": "org.apache.kafka.tools.BrokerApiVersionsCommand",
  configs: "org.apache.kafka.tools.ConfigCommand",
  "console-consumer": "org.apache.kafka.tools.consumer.ConsoleConsumer",
  "console-producer": "org.apache.kafka.tools.ConsoleProducer",
  "consumer-groups": "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand",
  "consumer-perf-test": "org.apache.kafka.tools.ConsumerPerformance",
  "delete-records": "org.apache.kafka.tools.DeleteRecordsCommand",
  "dump-log": "org.apache.kafka.tools.DumpLogSegments",
  "e2e-latency": "org.apache.kafka.tools.EndToEndLatency",
  "get-offsets": "org.apache.kafka.tools.GetOffsetShell",
  "log-dirs": "org.apache.kafka.tools.LogDirsCommand",
  "producer-perf-test": "org.apache.kafka.tools.ProducerPerformance",
  storage: "kafka.tools.StorageTool",
  topics: "org.apache.kafka.tools.TopicCommand",
  "verifiable-consumer": "org.apache.kafka.tools.VerifiableConsumer",
  "verifiable-producer": "org.apache.kafka.tools.VerifiableProducer",
} as const;

/** A key of {@link javaTools}. */
export type JavaTool = keyof typeof javaTools;

// Short-lived tools: compiling with C1 only halves their start; warnings and worse of the client go to standard error.
const quickJvm = ["-Xms32m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"];
const logging = ["-Dorg.slf4j.simpleLogger.defaultLogLevel=error"];

/** How a Java program runs. `jvm` replaces the flags for short-lived tools. */
export interface JavaOptions extends RunOptions {
  readonly jvm?: readonly string[];
}

async function javaArguments(mainClass: string, args: readonly string[], options: JavaOptions, extraClassPath?: string): Promise<string[]> {
  const jars = await requireKafkaClassPath();
  const classPath = extraClassPath === undefined ? jars : `${extraClassPath}:${jars}`;
  return [...(options.jvm ?? quickJvm), ...logging, "-cp", classPath, mainClass, ...args];
}

/** Runs one of Kafka's own tools to its end. */
export async function runJavaTool(tool: JavaTool, args: readonly string[], options: JavaOptions = {}): Promise<Finished> {
  return runCommand("java", await javaArguments(javaTools[tool], args, options), options);
}

/** Starts one of Kafka's own tools and leaves it running. */
export async function startJavaTool(tool: JavaTool, args: readonly string[], options: JavaOptions = {}): Promise<Child> {
  return startChild("java", await javaArguments(javaTools[tool], args, options), { stdio: ["pipe", "pipe", "pipe"] });
}

const driverSources = `${repositoryRoot}conformance/java`;

/** Compiles the driver programs in `conformance/java` when they changed; returns the folder of class files. */
async function compileDrivers(): Promise<string> {
  const sources = readdirSync(driverSources).filter((name) => name.endsWith(".java"));
  const hash = createHash("sha256");
  for (const name of sources) hash.update(readFileSync(`${driverSources}/${name}`));
  const classes = `${cacheRoot}/java-drivers/${hash.digest("hex").slice(0, 16)}`;
  if (!existsSync(`${classes}/complete`)) {
    await requireProgram("javac", "openjdk-17-jdk-headless");
    mkdirSync(classes, { recursive: true });
    const files = sources.map((name) => `${driverSources}/${name}`);
    const result = await runCommand("javac", ["-nowarn", "-d", classes, "-cp", await requireKafkaClassPath(), ...files], {
      timeoutMs: 120_000,
    });
    if (result.status !== 0) throw new Error(`javac refused the drivers: ${result.stderr.trim()}`);
    mkdirSync(`${classes}/complete`, { recursive: true });
  }
  return classes;
}

/** Runs the driver program `mainClass` of `conformance/java` to its end. */
export async function runJavaDriver(mainClass: string, args: readonly string[], options: JavaOptions = {}): Promise<Finished> {
  return runCommand("java", await javaArguments(mainClass, args, options, await compileDrivers()), options);
}

/** Starts the driver program `mainClass` of `conformance/java` and leaves it running, its standard input open. */
export async function startJavaDriver(mainClass: string, args: readonly string[], options: JavaOptions = {}): Promise<Child> {
  return startChild("java", await javaArguments(mainClass, args, options, await compileDrivers()), { stdio: ["pipe", "pipe", "pipe"] });
}
