import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { nodeBinary, repositoryRoot } from "./paths.ts";
import { type Finished, type RunOptions, runCommand } from "./process/child.ts";
import { requireTarget } from "./target.ts";

const target = requireTarget();
const topic = `cli-${randomUUID()}`;
const group = `cli-${randomUUID()}`;

/** Runs `ottla WORDS` on the target cluster; the process must end with status 0. */
async function ottla(words: readonly string[], options: RunOptions = {}): Promise<string> {
  const { status, stdout, stderr } = await tryOttla(words, options);
  assert.equal(status, 0, `ottla ${words.join(" ")}: ${stderr}`);
  return stdout;
}

function tryOttla(words: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const env = { OTTLA_BOOTSTRAP_SERVER: target.bootstrap };
  return runCommand(nodeBinary, ["--conditions=source", `${repositoryRoot}packages/cli/src/main.ts`, ...words], { ...options, env });
}

const json = async (...words: string[]): Promise<unknown> => JSON.parse(await ottla([...words, "--json"]));

test("the cluster, its brokers and their APIs are described", async () => {
  const { nodes } = (await json("cluster", "describe")) as { nodes: unknown[] };
  assert.equal(nodes.length, target.brokers);
  const brokers = (await json("api-versions")) as { apis: { name: string }[] }[];
  assert.ok(brokers.every(({ apis }) => apis.some(({ name }) => name === "Fetch")));
});

test("a topic is created, filled, read, reconfigured", async () => {
  await ottla(["topics", "create", topic, "--partitions", "2", "--config", "retention.ms=3600000"]);
  const lines =
    '{"key":"a","value":"1","partition":0,"headers":{"h":"x"}}\n{"key":"b","value":null,"partition":1}\n{"key":"c","value":"3","partition":1}\n';
  assert.equal(
    await ottla(["produce", topic, "--input", "json", "--compression", "zstd"], { input: lines }),
    `3 records written to ${topic}.\n`,
  );
  const printed = await ottla(["consume", topic, "--exit-at-end", "--format", "%p@%o %k=%v {%h}"]);
  assert.deepEqual(printed.trimEnd().split("\n").toSorted(), ["0@0 a=1 {h=x}", "1@0 b=null {}", "1@1 c=3 {}"]);
  assert.equal(await ottla(["configs", "set", "topic", topic, "segment.ms=60000"]), `Changed segment.ms of topic ${topic}.\n`);
  const { configs } = (await json("configs", "describe", "topic", topic)) as { configs: { name: string; value: string; source: string }[] };
  const ownSettings = configs.filter(({ source }) => source === "dynamicTopic").map(({ name, value }) => `${name}=${value}`);
  assert.deepEqual(ownSettings, ["retention.ms=3600000", "segment.ms=60000"]);
  const offsets = (await json("offsets", "list", topic)) as { start: number; end: number }[];
  assert.deepEqual(
    offsets.map(({ start, end }) => [start, end]),
    [
      [0, 1],
      [0, 2],
    ],
  );
});

test("a group commits, is described, moved and deleted", async () => {
  assert.equal(
    await ottla(["consume", topic, "--group", group, "--from-beginning", "--exit-at-end", "--partition", "0"]).catch(() => "refused"),
    "refused",
  );
  assert.equal((await ottla(["consume", topic, "--group", group, "--from-beginning", "--max-messages", "3"])).split("\n").length, 4);
  const [described] = (await json("groups", "describe", group)) as { state: string; totalLag: number }[];
  assert.deepEqual([described?.state, described?.totalLag], ["Empty", 0]);
  await ottla(["offsets", "reset", group, "--to", "earliest", "--topic", `${topic}:1`]);
  const [lag] = (await json("lag", group, "--for", "0.3", "--every", "0.1")) as {
    totalLag: number;
    state: string;
    drainS: number | null;
  }[];
  assert.deepEqual([lag?.totalLag, lag?.state, lag?.drainS], [2, "Empty", null]);
  const { causes } = (await json("lag", "explain", group, "--for", "0")) as { causes: { id: string; partitions: string[] }[] };
  assert.deepEqual(
    causes.map(({ id, partitions }) => [id, partitions]),
    [["no-members", [`${topic}:1`]]],
  );
  const { offsets } = (await json("offsets", "show", group)) as { offsets: { committed: number; lag: number }[] };
  assert.deepEqual(
    offsets.map(({ committed, lag }) => [committed, lag]),
    [
      [1, 0],
      [0, 2],
    ],
  );
  assert.match(await ottla(["groups", "list"]), new RegExp(group));
  assert.equal(await ottla(["groups", "delete", group]), `Deleted ${group}.\n`);
});

test("every step to a record that comes back is climbed", async () => {
  const { ok, steps } = (await json("probe", target.bootstrap.split(",")[0]!, "--topic", topic)) as {
    ok: boolean;
    steps: { rung: string; state: string }[];
  };
  assert.ok(ok, JSON.stringify(steps));
  assert.equal(steps.filter(({ rung }) => rung === "advertised").length, target.brokers);
  assert.deepEqual(
    steps.slice(-2).map(({ rung, state }) => `${rung} ${state}`),
    ["produce ok", "consume ok"],
  );
});

test("perf measures producing, consuming and latency", async () => {
  const load = `cli-load-${randomUUID()}`;
  await ottla(["topics", "create", load, "--partitions", "3"]);
  const produced = (await json("perf", "produce", load, "-n", "20000", "-s", "100", "-z", "lz4")) as { records: number };
  const consumed = (await json("perf", "consume", load)) as { records: number; bytes: number };
  assert.deepEqual([produced.records, consumed.records, consumed.bytes], [20_000, 20_000, 2_000_000]);
  const { records } = (await json("perf", "latency", load, "-n", "50")) as { records: number };
  assert.equal(records, 50);
});

test("what the cluster refuses is one sentence with its code", async () => {
  for (const [words, code] of [
    [["topics", "create", topic], "TOPIC_ALREADY_EXISTS"],
    [["topics", "create", "bad/name"], "INVALID_TOPIC_EXCEPTION"],
    [["topics", "delete", `none-${topic}`], "UNKNOWN_TOPIC_OR_PARTITION"],
    [["configs", "set", "topic", topic, "retention.ms=soon"], "INVALID_CONFIG"],
    [["groups", "delete", `none-${group}`], "GROUP_ID_NOT_FOUND"],
  ] as const) {
    const { status, stderr } = await tryOttla(words);
    assert.equal(status, 1, stderr);
    assert.match(stderr, new RegExp(`^ottla: .*\\(${code}\\)\\n$`));
  }
});

test("a transaction is listed, described, and aborted in a partition", async () => {
  const id = `cli-${randomUUID()}`;
  const { makeKafkajs } = await import("./clients/kafkajs-client.ts");
  const producer = makeKafkajs().producer({ transactionalId: id, idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  const hanging = `hanging-${randomUUID()}`;
  await ottla(["topics", "create", hanging, "--partitions", "1"]);
  try {
    const transaction = await producer.transaction();
    await transaction.send({ topic: hanging, messages: [{ value: "a", partition: 0 }] });
    const [listed] = (await json("transactions", "list", "--state", "Ongoing", "--id-pattern", `${id}.*`)) as { transactionalId: string }[];
    assert.equal(listed?.transactionalId, id);
    const [described] = (await json("transactions", "describe", id)) as { state: string; partitions: unknown; timeoutMs: number }[];
    assert.deepEqual(
      [described?.state, described?.partitions, described?.timeoutMs],
      ["Ongoing", [{ topic: hanging, partition: 0 }], 60_000],
    );
    assert.equal(await ottla(["transactions", "find-hanging", "-t", hanging]), "No transaction hangs.\n");
    assert.equal((await tryOttla(["transactions", "abort", `${hanging}:0`, "--start-offset", "7"])).status, 1);
    await ottla(["transactions", "abort", `${hanging}:0`, "--start-offset", "0"]);
    await transaction.abort();
  } finally {
    await producer.disconnect();
  }
  const unknown = await tryOttla(["transactions", "describe", `nobody-${id}`]);
  assert.equal(unknown.status, 1);
  assert.match(unknown.stderr, /There is no transactional id/);
});

test("a share group is a queue: each record is printed once, whoever asks", async () => {
  const queue = `cli-${randomUUID()}`;
  const share = `cli-${randomUUID()}`;
  const take = (count: number) => tryOttla(["consume", queue, "--share-group", share, "-n", String(count), "--timeout-ms", "20000"]);
  await ottla(["topics", "create", queue, "--partitions", "2"]);
  if (target.kind === "ottla") {
    const { status, stderr } = await take(1);
    assert.equal(status, 1);
    assert.match(stderr, /^ottla: This cluster has no share groups/);
    return;
  }
  await ottla(["configs", "set", "group", share, "share.auto.offset.reset=earliest"]);
  await ottla(["produce", queue], { input: "a\nb\nc\n" });
  const first = await take(2);
  const second = await take(1);
  assert.deepEqual([first.status, second.status], [0, 0], first.stderr + second.stderr);
  assert.deepEqual((first.stdout + second.stdout).trimEnd().split("\n").toSorted(), ["a", "b", "c"]);
  const { status, stderr } = await tryOttla(["consume", queue, "--share-group", share, "--group", "g"]);
  assert.equal(status, 2);
  assert.match(stderr, /exclude each other/);
});
