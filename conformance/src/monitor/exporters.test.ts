// npm run test:monitor: the names by which our alerts, dashboards and rules read metrics, held against what the exporters show of Apache Kafka.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { after, before, type TestContext, test } from "node:test";
import { systemClock } from "@ottla/base/node";
import { type Client, createClient } from "@ottla/client";
import { metricsPage, readMetrics } from "@ottla/expert/collect";
import { metricProfiles, type SignalName } from "@ottla/expert/monitor";
import type { RunningCluster } from "../cluster.ts";
import { ApacheConnect } from "../connect/worker/apache-connect.ts";
import { requireJmxExporter } from "../kafka/jars.ts";
import { startKafka } from "../kafka/cluster.ts";
import { startStreamsProgram } from "../kafka/java-tool.ts";
import { cacheRoot } from "../paths.ts";
import { type Child, startChild } from "../process/child.ts";
import { findFreePorts } from "../process/free-port.ts";
import { type GoProgram, requireGoProgram } from "../process/go-program.ts";
import { MissingProgramError, programOf } from "../process/system-package.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "../process/temporary-folder.ts";
import { waitUntil } from "../process/wait-until.ts";

const STRIMZI_VERSION = "1.2.0";
const STRIMZI_RULES = `https://raw.githubusercontent.com/strimzi/strimzi-kafka-operator/${STRIMZI_VERSION}/packaging/examples/metrics`;
const KMINION: GoProgram = { name: "kminion", repository: "redpanda-data/kminion", tag: "v2.3.5", variable: "KMINION" };
const KAFKA_EXPORTER: GoProgram = {
  name: "kafka_exporter",
  repository: "danielqsj/kafka_exporter",
  tag: "v1.9.0",
  variable: "KAFKA_EXPORTER",
};

/** Rules that keep the attribute's name at the end, as the charts of Bitnami have them. */
const KEPT_ATTRIBUTES = `lowercaseOutputName: true
rules:
- pattern: kafka.controller<type=(KafkaController), name=(.+)><>(Value)
  name: kafka_controller_$1_$2_$3
- pattern: kafka.server<type=(.+), name=(.+), topic=(.+)><>(Count|OneMinuteRate)
  name: kafka_server_$1_$2_$4
  labels:
    topic: $3
- pattern: kafka.server<type=(.+), name=(.+)><>(Count|Value|OneMinuteRate)
  name: kafka_server_$1_total_$2_$3
`;

/** What comes from Kubernetes and its operator, from Connect's workers, or is told by Prometheus itself, is on no page here. */
const ELSEWHERE: Readonly<Record<string, RegExp>> = {
  strimzi: /^(up|kubelet_|strimzi_|kafka_connect_|kafka_consumergroup_|kafka_topic_partition_|kafka_brokers$)/,
  jmx: /^up$/,
  "kafka-exporter": /^up$/,
};

let folder = "";
let cluster: RunningCluster;
let client: Client;
let agent = "";
const pages: string[] = [];
const children: Child[] = [];

/** The rules of the release, or of the folder that STRIMZI_EXAMPLES names; undefined where neither can be had. */
async function strimziRules(name: string): Promise<string | undefined> {
  const kept = `${cacheRoot}/strimzi-${STRIMZI_VERSION}/${name}.yaml`;
  const given = process.env["STRIMZI_EXAMPLES"];
  if (given === undefined && !existsSync(kept)) {
    const answer = await fetch(`${STRIMZI_RULES}/${name}.yaml`).catch(() => undefined);
    if (!answer?.ok) return undefined;
    mkdirSync(`${cacheRoot}/strimzi-${STRIMZI_VERSION}`, { recursive: true });
    writeFileSync(kept, await answer.text());
  }
  const resources = readFileSync(given === undefined ? kept : `${given}/metrics/${name}.yaml`, "utf8");
  const [, block = ""] = resources.split("metrics-config.yml: |\n");
  const lines = block.split("\n");
  const end = lines.findIndex((line) => line !== "" && !line.startsWith("    "));
  return lines
    .slice(0, end < 0 ? undefined : end)
    .map((line) => line.slice(4))
    .join("\n");
}

let rulesOfStrimzi: string | undefined;

before(async () => {
  folder = makeTemporaryFolder("exporters");
  [agent, rulesOfStrimzi] = await Promise.all([requireJmxExporter(), strimziRules("kafka-metrics")]);
  const rules = [rulesOfStrimzi ?? "rules: []\n", KEPT_ATTRIBUTES, "{}\n"];
  for (const [at, text] of rules.entries()) writeFileSync(`${folder}/rules-${at + 1}.yaml`, text);
  const ports = await findFreePorts(3);
  pages.push(...ports.map((port) => `http://127.0.0.1:${port}/metrics`));
  cluster = await startKafka({
    brokers: 3,
    jvmArguments: (id) => [`-javaagent:${agent}=127.0.0.1:${ports[id - 1]}:${folder}/rules-${id}.yaml`],
  });
  client = createClient({ bootstrapServers: cluster.bootstrap });
  const topic = "shop.exported";
  await client.admin().createTopics([{ name: topic, partitionCount: 3, replicationFactor: 3 }]);
  await client.producer().send(Array.from({ length: 300 }, (_, at) => ({ topic, key: String(at), value: "x" })));
  // It stays: exporters tell of a group's members.
  const consumer = client.consumer({ groupId: "exported", autoOffsetReset: "earliest", enableAutoCommit: false });
  consumer.subscribe([topic]);
  let read = 0;
  for await (const _ of consumer.records()) if (++read === 200) break;
  await consumer.commit();
});
after(async () => {
  await Promise.all(children.map((child) => child.kill()));
  await client?.close({ timeoutMs: 0 });
  await cluster?.kill();
  removeTemporaryFolder(folder);
});

async function textOf(url: string): Promise<string> {
  return (await fetch(url)).text();
}

/** Those of a profile's signals that the pages lack. */
function lacking(profileName: string, texts: readonly string[]): readonly string[] {
  const { signals } = metricProfiles().find(({ name }) => name === profileName)!;
  const series = new Set(texts.flatMap((text) => text.split("\n").filter((line) => !line.startsWith("#"))));
  return Object.entries(signals).flatMap(([signal, { metric, where = {} }]) => {
    if (ELSEWHERE[profileName]?.test(metric)) return [];
    const isThere = [...series].some((line) => {
      const name = /^[\w:]+/.exec(line)?.[0];
      return (
        name === metric &&
        Object.entries(where).every(([label, value]) =>
          value === "" ? !line.includes(`${label}="`) : line.includes(`${label}="${value}"`),
        )
      );
    });
    return isThere ? [] : [`${signal as SignalName}: ${metric}`];
  });
}

/** Waits until nothing is lacking, and says what is. */
async function untilComplete(profileName: string, urls: readonly string[]): Promise<void> {
  let missing: readonly string[] = [];
  await waitUntil(
    "all names are there",
    async () => {
      missing = lacking(profileName, await Promise.all(urls.map(textOf)).catch(() => []));
      return missing.length === 0;
    },
    { timeoutMs: 60_000, everyMs: 500 },
  ).catch(() => assert.fail(`${profileName} lacks ${missing.join(", ")}`));
}

const UNFETCHED = `${STRIMZI_RULES} cannot be fetched; STRIMZI_EXAMPLES may name the folder examples of a release.`;

test("Strimzi's rules give all that its profile reads of brokers", async (t) => {
  if (rulesOfStrimzi === undefined) return t.skip(UNFETCHED);
  await untilComplete("strimzi", [pages[0]!]);
});

test("rules that keep the attribute's name give all that the profile jmx reads", () => untilComplete("jmx", [pages[1]!]));

test("a broker's load is read from each of the pages: with Strimzi's rules, with the attribute's name, without rules", async (t) => {
  const from = rulesOfStrimzi === undefined ? 1 : 0;
  if (from === 1) t.diagnostic(`without the page by Strimzi's rules: ${UNFETCHED}`);
  const { brokers, unread } = await readMetrics(pages.slice(from).map(metricsPage), systemClock, t.signal);
  assert.deepEqual(unread, []);
  assert.equal(brokers.length, 3 - from);
  for (const [index, { handlerIdle, networkIdle, replicaLagMax, connections }] of brokers.entries()) {
    const at = index + from;
    // Those rules leave out what has more words than type and name.
    const isAll = at !== 1;
    assert.ok(handlerIdle !== undefined && handlerIdle >= 0 && handlerIdle <= 1.05, `page ${at}: handlers ${handlerIdle}`);
    if (isAll) assert.ok(networkIdle !== undefined && networkIdle >= 0 && networkIdle <= 1.05, `page ${at}: network ${networkIdle}`);
    if (isAll) assert.ok(replicaLagMax !== undefined && replicaLagMax >= 0, `page ${at}: replica lag ${replicaLagMax}`);
    if (isAll) assert.ok(connections !== undefined && connections > 0, `page ${at}: connections ${connections}`);
  }
});

test("Strimzi's rules for Connect give what its profile reads of a worker, a failed task counted", async (t) => {
  const rules = await strimziRules("kafka-connect-metrics");
  if (rules === undefined) return t.skip(UNFETCHED);
  const [port = 0] = await findFreePorts(1);
  writeFileSync(`${folder}/connect.yaml`, rules);
  const jvm = ["-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", `-javaagent:${agent}=127.0.0.1:${port}:${folder}/connect.yaml`];
  const connect = await ApacheConnect.start(folder, cluster.bootstrap, "exported-connect", jvm);
  try {
    // A file in a folder that is not there: the task of the sink fails.
    const config = { "connector.class": "FileStreamSink", topics: "shop.exported", file: `${folder}/nowhere/out.txt`, "tasks.max": "1" };
    const made = await fetch(`${connect.url}/connectors/lost/config`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(config),
    });
    assert.equal(made.status, 201, await made.text());
    const { metric } = metricProfiles().find(({ name }) => name === "strimzi")!.signals.connectorFailedTasks!;
    let shown = "";
    await waitUntil(
      "the failed task is counted",
      async () => {
        shown = (await textOf(`http://127.0.0.1:${port}/metrics`))
          .split("\n")
          .filter((line) => line.startsWith(metric))
          .join("\n");
        return shown.includes('connector="lost"') && /} 1(\.0)?$/m.test(shown);
      },
      { timeoutMs: 60_000, everyMs: 500 },
    ).catch(() => assert.fail(`${metric} is not there with a failed task: ${shown}`));
  } finally {
    await connect.stop();
  }
});

test("a Streams application of Java by the exporter without rules gives all that its profile reads, and the doctor's own view", async (t) => {
  const [port = 0] = await findFreePorts(1);
  await client.admin().createTopics([{ name: "words" }, { name: "counts" }]);
  await client.producer().send([{ topic: "words", key: "k", value: "a b a" }]);
  writeFileSync(`${folder}/streams.yaml`, "{}\n");
  const jvm = ["-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", `-javaagent:${agent}=127.0.0.1:${port}:${folder}/streams.yaml`];
  const args = [cluster.bootstrap, "word-count", `${folder}/state`, "words", "counts", "2", "classic"];
  children.push(await startStreamsProgram("WordCount", args, { jvm }));
  const page = `http://127.0.0.1:${port}/metrics`;
  await untilComplete("streams", [page]);
  const { streams, clients } = await readMetrics([metricsPage(page)], systemClock, t.signal);
  assert.equal(streams.length, 1, JSON.stringify(streams));
  assert.equal(streams[0]!.threads.length, 2, JSON.stringify(streams));
  assert.equal(streams[0]!.failedThreads, 0);
  assert.ok(
    clients.some(({ pollIdle }) => pollIdle !== undefined),
    JSON.stringify(clients.slice(0, 2)),
  );
});

for (const { program, profile, start } of [
  {
    program: KMINION,
    profile: "kminion",
    start: (path: string, port: number) =>
      startChild(path, [], {
        env: {
          ...process.env,
          KAFKA_BROKERS: cluster.bootstrap,
          EXPORTER_HOST: "127.0.0.1",
          EXPORTER_PORT: String(port),
          MINION_CONSUMERGROUPS_SCRAPEMODE: "adminApi",
        },
      }),
  },
  {
    program: KAFKA_EXPORTER,
    profile: "kafka-exporter",
    start: (path: string, port: number) =>
      startChild(path, [
        ...cluster.bootstrap.split(",").map((server) => `--kafka.server=${server}`),
        `--web.listen-address=127.0.0.1:${port}`,
        "--kafka.version=3.9.0",
      ]),
  },
])
  test(`${program.name} shows all that the profile ${profile} reads`, async (t) => {
    const path = await had(t, () => requireGoProgram(program));
    if (path === undefined) return;
    const [port = 0] = await findFreePorts(1);
    children.push(start(path, port));
    await untilComplete(profile, [`http://127.0.0.1:${port}/metrics`]);
  });

test("node_exporter and blackbox_exporter show all that the profile machine reads", async (t) => {
  const path = await had(t, () => programOf("prometheus-node-exporter", "prometheus-node-exporter", `${cacheRoot}/programs`));
  if (path === undefined) return;
  const [port = 0] = await findFreePorts(1);
  children.push(startChild(path, [`--web.listen-address=127.0.0.1:${port}`]));
  const page = `http://127.0.0.1:${port}/metrics`;
  await waitUntil("node_exporter answers", async () => (await textOf(page).catch(() => "")).includes("node_filesystem_"), {
    timeoutMs: 30_000,
    everyMs: 200,
  });
  const text = await textOf(page);
  for (const name of ["node_filesystem_avail_bytes", "node_filesystem_size_bytes"])
    assert.match(text, new RegExp(`^${name}\\{.*mountpoint="/`, "m"));
});

/** Undefined, and the test skipped with the reason, where it cannot be had. */
async function had(t: TestContext, find: () => Promise<string>): Promise<string | undefined> {
  try {
    return await find();
  } catch (error) {
    if (!(error instanceof MissingProgramError)) throw error;
    t.skip(error.message);
    return undefined;
  }
}
