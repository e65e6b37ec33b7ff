// Kafka's own command-line tools 4.4.0: console, perf and verifiable tools, and the admin commands.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type JavaTool, runJavaTool, startJavaTool } from "../kafka/java-tool.ts";
import { waitUntil } from "../process/wait-until.ts";
import { requireTarget } from "../target.ts";
import { uniqueName } from "./unique-name.ts";

const target = requireTarget();
const bootstrap = ["--bootstrap-server", target.bootstrap];
const values = (count: number): string[] => Array.from({ length: count }, (_, index) => `value-${index}`);

async function run(tool: JavaTool, args: readonly string[], input = ""): Promise<string> {
  const result = await runJavaTool(tool, args, { input, timeoutMs: 60_000 });
  assert.equal(result.status, 0, `${tool} ${args.join(" ")}: ${result.stdout}${result.stderr}`.slice(0, 2_000));
  return result.stdout;
}

async function makeTopic(partitions = 1): Promise<string> {
  const topic = uniqueName("java-tool");
  await run("topics", [...bootstrap, "--create", "--topic", topic, "--partitions", String(partitions)]);
  return topic;
}

describe(`Kafka's tools against ${target.kind} with ${target.brokers} broker(s)`, () => {
  test("console producer and consumer: keys, values, order", async () => {
    const topic = await makeTopic();
    const input = values(200)
      .map((value) => `key:${value}\n`)
      .join("");
    await run(
      "console-producer",
      [...bootstrap, "--topic", topic, "--reader-property", "parse.key=true", "--reader-property", "key.separator=:"],
      input,
    );
    const output = await run("console-consumer", [
      ...bootstrap,
      "--topic",
      topic,
      "--from-beginning",
      "--max-messages",
      "200",
      "--formatter-property",
      "print.key=true",
      "--formatter-property",
      "print.offset=true",
    ]);
    const lines = output.split("\n").filter((line) => line.startsWith("Offset:"));
    assert.deepEqual(
      lines,
      values(200).map((value, index) => `Offset:${index}\tkey\t${value}`),
    );
  });

  test("console consumer in a group; the groups tool shows its lag, resets and deletes it", async () => {
    const topic = await makeTopic(2);
    const group = uniqueName("java-tool-group");
    await run(
      "console-producer",
      [...bootstrap, "--topic", topic],
      values(50)
        .map((value) => `${value}\n`)
        .join(""),
    );
    await run("console-consumer", [...bootstrap, "--topic", topic, "--group", group, "--from-beginning", "--max-messages", "50"]);
    const described = await run("consumer-groups", [...bootstrap, "--describe", "--group", group]);
    const lags = described
      .split("\n")
      .filter((line) => line.startsWith(group))
      .map((line) => line.split(/\s+/)[5]);
    assert.deepEqual(
      lags.map(Number).reduce((sum, lag) => sum + lag, 0),
      0,
      described,
    );
    assert.match(await run("consumer-groups", [...bootstrap, "--list"]), new RegExp(group));
    await run("consumer-groups", [...bootstrap, "--reset-offsets", "--to-earliest", "--all-topics", "--group", group, "--execute"]);
    const reset = await run("consumer-groups", [...bootstrap, "--describe", "--group", group]);
    const total = reset
      .split("\n")
      .filter((line) => line.startsWith(group))
      .reduce((sum, line) => sum + Number(line.split(/\s+/)[5]), 0);
    assert.equal(total, 50, reset);
    await run("consumer-groups", [...bootstrap, "--delete", "--group", group]);
    assert.doesNotMatch(await run("consumer-groups", [...bootstrap, "--list"]), new RegExp(group));
  });

  test("a group of the consumer protocol: the groups tool lists, describes, resets and deletes it, and its offsets", async () => {
    const topic = await makeTopic(2);
    const group = uniqueName("java-tool-group");
    const groups = (...args: string[]) => run("consumer-groups", [...bootstrap, ...args]);
    await run(
      "console-producer",
      [...bootstrap, "--topic", topic],
      values(50)
        .map((value) => `${value}\n`)
        .join(""),
    );
    const consume = ["--topic", topic, "--group", group, "--from-beginning", "--command-property", "group.protocol=consumer"];
    const member = await startJavaTool("console-consumer", [...bootstrap, ...consume]);
    const lineOf = async (...args: string[]) =>
      (await groups("--describe", "--group", group, ...args)).split("\n").find((line) => line.startsWith(group));
    await waitUntil("the group is stable", async () => /\sStable\s/.test((await lineOf("--state")) ?? ""));
    assert.match((await lineOf("--state", "--verbose")) ?? "", /uniform\s+Stable\s+\d+\s+\d+\s+1\s*$/);
    assert.match((await lineOf("--members", "--verbose")) ?? "", new RegExp(`\\s${topic}:0,1\\s`));
    assert.match(await groups("--list", "--type", "consumer"), new RegExp(group));
    assert.doesNotMatch(await groups("--list", "--type", "classic"), new RegExp(group));
    assert.match(await groups("--list", "--state", "Stable"), new RegExp(`${group}\\s+Stable`));
    await member.stop();
    await waitUntil("the group is empty", async () => /\sEmpty\s/.test((await lineOf("--state")) ?? ""));
    await groups("--reset-offsets", "--to-offset", "0", "--all-topics", "--group", group, "--execute");
    const lag = async () =>
      (await groups("--describe", "--group", group))
        .split("\n")
        .filter((line) => line.startsWith(group))
        .reduce((sum, line) => sum + Number(line.split(/\s+/)[5]), 0);
    assert.equal(await lag(), 50);
    await groups("--delete-offsets", "--group", group, "--topic", `${topic}:0`);
    assert.equal((await groups("--describe", "--group", group)).split("\n").filter((line) => line.startsWith(group)).length, 1);
    await groups("--delete", "--group", group);
    assert.doesNotMatch(await groups("--list"), new RegExp(group));
  });

  test("topics, configs, offsets, delete-records, log-dirs", async () => {
    const topic = await makeTopic(3);
    assert.match(await run("topics", [...bootstrap, "--describe", "--topic", topic]), /PartitionCount: 3/);
    await run("topics", [...bootstrap, "--alter", "--topic", topic, "--partitions", "5"]);
    assert.match(await run("topics", [...bootstrap, "--describe", "--topic", topic]), /PartitionCount: 5/);
    await run("configs", [
      ...bootstrap,
      "--alter",
      "--entity-type",
      "topics",
      "--entity-name",
      topic,
      "--add-config",
      "retention.ms=54321",
    ]);
    await waitUntil("the config shows", async () =>
      /retention\.ms=54321/.test(await run("configs", [...bootstrap, "--describe", "--entity-type", "topics", "--entity-name", topic])),
    );
    await run("producer-perf-test", [
      "--topic",
      topic,
      "--num-records",
      "500",
      "--record-size",
      "100",
      "--throughput",
      "-1",
      "--producer-props",
      `bootstrap.servers=${target.bootstrap}`,
    ]);
    const offsets = await run("get-offsets", [...bootstrap, "--topic", topic]);
    assert.equal(
      offsets
        .trim()
        .split("\n")
        .reduce((sum, line) => sum + Number(line.split(":")[2]), 0),
      500,
    );
    assert.match(await run("log-dirs", [...bootstrap, "--describe", "--topic-list", topic]), new RegExp(`"partition":"${topic}-4"`));
    await run("topics", [...bootstrap, "--delete", "--topic", topic]);
    await waitUntil("the topic is gone", async () => !(await run("topics", [...bootstrap, "--list"])).includes(topic));
  });

  test("broker-api-versions understands every broker", async () => {
    const output = await run("broker-api-versions", bootstrap);
    assert.equal(output.match(/\(id: \d+ rack: .*-> \(/g)?.length, target.brokers);
    assert.match(output, /Produce\(0\): \d+ to \d+ \[usable: \d+\]/);
  });

  test("producer and consumer perf tests agree on the count", async () => {
    const topic = await makeTopic(4);
    const props = ["--producer-props", `bootstrap.servers=${target.bootstrap}`, "acks=all", "compression.type=lz4"];
    const produced = await run("producer-perf-test", [
      "--topic",
      topic,
      "--num-records",
      "50000",
      "--record-size",
      "200",
      "--throughput",
      "-1",
      ...props,
    ]);
    assert.match(produced, /50000 records sent/);
    const consumed = await run("consumer-perf-test", [...bootstrap, "--topic", topic, "--num-records", "50000", "--timeout", "20000"]);
    assert.equal(consumed.trim().split("\n").at(-1)?.split(",")[4]?.trim(), "50000");
  });

  test("end-to-end latency works with acks=1", async () => {
    const topic = await makeTopic();
    const output = await run("e2e-latency", [
      ...bootstrap,
      "--topic",
      topic,
      "--num-records",
      "100",
      "--producer-acks",
      "1",
      "--record-size",
      "100",
    ]);
    assert.match(output, /50th = \d/);
  });

  test("verifiable producer and consumer account for every record", async () => {
    const topic = await makeTopic(3);
    const produced = await run("verifiable-producer", [...bootstrap, "--topic", topic, "--max-messages", "1000", "--acks", "-1"]);
    const acked = produced.split("\n").filter((line) => line.includes("producer_send_success")).length;
    assert.equal(acked, 1_000);
    const consumer = await startJavaTool("verifiable-consumer", [
      ...bootstrap,
      "--topic",
      topic,
      "--group-id",
      uniqueName("verifiable"),
      "--max-messages",
      "1000",
      "--reset-policy",
      "earliest",
    ]);
    let seen = "";
    consumer.process.stdout?.on("data", (chunk: string) => {
      seen += chunk;
    });
    await waitUntil("it has read all", () => {
      const counts = [...seen.matchAll(/"name":"records_consumed","count":(\d+)|"count":(\d+)[^}]*"name":"records_consumed"/g)];
      return /records_consumed/.test(seen) && counts.reduce((sum, match) => sum + Number(match[1] ?? match[2]), 0) >= 1_000;
    });
    await consumer.stop();
    assert.match(seen, /offsets_committed/);
  });
});
