import { runJavaTool } from "@ottla/conformance/kafka/java-tool";

// The heap and collector of Kafka's own perf scripts.
const perfJvm = ["-Xms512m", "-Xmx512m", "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20"];

/** What kafka-producer-perf-test reports at its end. */
export interface ProducerFigures {
  readonly megabytesPerSecond: number;
  readonly recordsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Runs kafka-producer-perf-test, unthrottled and with acks=all unless `properties` says otherwise. */
export async function runProducerPerf(input: {
  readonly bootstrap: string;
  readonly topic: string;
  readonly records: number;
  readonly recordBytes: number;
  readonly properties?: readonly string[];
}): Promise<ProducerFigures> {
  const size = ["--num-records", String(input.records), "--record-size", String(input.recordBytes), "--throughput", "-1"];
  const properties = ["--producer-props", `bootstrap.servers=${input.bootstrap}`, "acks=all", ...(input.properties ?? [])];
  const result = await runJavaTool("producer-perf-test", ["--topic", input.topic, ...size, ...properties], {
    jvm: perfJvm,
    timeoutMs: 600_000,
  });
  const line = result.stdout.trim().split("\n").at(-1) ?? "";
  const match = /^(\d+) records sent, ([\d.]+) records\/sec \(([\d.]+) MB\/sec\).*?(\d+) ms 50th, \d+ ms 95th, (\d+) ms 99th/.exec(line);
  if (result.status !== 0 || match === null || Number(match[1]) !== input.records) {
    throw new Error(`kafka-producer-perf-test did not send all: ${line} ${result.stderr.slice(-600)}`);
  }
  return { recordsPerSecond: Number(match[2]), megabytesPerSecond: Number(match[3]), p50Ms: Number(match[4]), p99Ms: Number(match[5]) };
}

/** Runs kafka-consumer-perf-test from the beginning of the topic; gives MB/s and records/s of the time spent fetching. */
export async function runConsumerPerf(input: {
  readonly bootstrap: string;
  readonly topic: string;
  readonly records: number;
  readonly properties?: readonly string[];
}): Promise<{
  readonly megabytesPerSecond: number;
  readonly recordsPerSecond: number;
}> {
  const args = [
    "--bootstrap-server",
    input.bootstrap,
    "--topic",
    input.topic,
    "--num-records",
    String(input.records),
    "--timeout",
    "60000",
    "--group",
    `perf-${process.hrtime.bigint()}`,
    ...(input.properties ?? []).flatMap((property) => ["--command-property", property]),
  ];
  const result = await runJavaTool("consumer-perf-test", args, { jvm: perfJvm, timeoutMs: 600_000 });
  const cells = (result.stdout.trim().split("\n").at(-1) ?? "").split(",").map((cell) => cell.trim());
  if (result.status !== 0 || Number(cells[4]) < input.records)
    throw new Error(`kafka-consumer-perf-test did not read all: ${result.stdout.slice(-300)} ${result.stderr.slice(-600)}`);
  return { megabytesPerSecond: Number(cells[8]), recordsPerSecond: Number(cells[9]) };
}

// Kafka refuses to create more at once.
const PARTITIONS_PER_STEP_MAX = 5_000;

/** Creates a topic with Kafka's own tool, in steps where Kafka wants them. */
export async function createTopic(bootstrap: string, topic: string, partitions: number): Promise<void> {
  await runTopics(bootstrap, topic, [
    "--create",
    "--partitions",
    String(Math.min(partitions, PARTITIONS_PER_STEP_MAX)),
    "--replication-factor",
    "1",
  ]);
  for (let made = PARTITIONS_PER_STEP_MAX; made < partitions; made += PARTITIONS_PER_STEP_MAX) {
    await runTopics(bootstrap, topic, ["--alter", "--partitions", String(Math.min(partitions, made + PARTITIONS_PER_STEP_MAX))]);
  }
}

async function runTopics(bootstrap: string, topic: string, args: readonly string[]): Promise<void> {
  const result = await runJavaTool("topics", ["--bootstrap-server", bootstrap, "--topic", topic, ...args], { timeoutMs: 300_000 });
  if (result.status !== 0)
    throw new Error(`kafka-topics ${args.join(" ")} failed for ${topic}: ${result.stdout}${result.stderr}`.slice(0, 1_000));
}
