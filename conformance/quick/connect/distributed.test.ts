import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { silentLogger } from "@ottla/base";
import { nodeDisk, systemClock } from "@ottla/base/node";
import type { Client } from "@ottla/client";
import { defineSource } from "@ottla/connect";
import { builtinPlugins, connectApi, type ConnectWorker, loadedEntry, PluginCatalogue, startWorker } from "@ottla/connect/worker";
import { startKafka } from "@ottla/testing";

const DISTRIBUTED = { "group.id": "cluster", "offset.flush.interval.ms": "50", "heartbeat.interval.ms": "200" };

function started(
  client: Client,
  properties: Record<string, string> = DISTRIBUTED,
  workerId = "w:1",
  plugins: readonly ReturnType<typeof loadedEntry>[] = [],
): Promise<ConnectWorker> {
  return startWorker({
    client,
    catalogue: new PluginCatalogue([...builtinPlugins, ...plugins]),
    properties,
    workerId,
    environment: {},
    disk: nodeDisk,
    clock: systemClock,
    logger: silentLogger,
  });
}

test("a distributed worker goes on where the last one was: configs, target states, offsets and states are in Connect's topics", async () => {
  await using kafka = await startKafka();
  const folder = mkdtempSync(join(tmpdir(), "ottla-connect-"));
  try {
    const file = join(folder, "in.txt");
    writeFileSync(file, "one\n");
    const client = kafka.client();
    const config = { "connector.class": "FileStreamSource", file, topic: "lines", "value.converter": "string", "key.converter": "string" };
    const first = await started(client);
    await first.putConfig("a", config);
    await first.putConfig("quiet", config, { target: "STOPPED" });
    await kafka.until("an offset is there", async () => (await first.offsets.list("a")).length === 1);
    await first.stop();
    const configs = await kafka.topic("connect-configs").records({ value: "json" });
    assert.deepEqual(
      configs.map(({ key, value }) => [key, value]),
      [
        ["connector-a", { properties: { ...config, name: "a" } }],
        ["task-a-0", { properties: { ...config, name: "a", "task.class": "org.apache.kafka.connect.file.FileStreamSourceTask" } }],
        ["commit-a", { tasks: 1 }],
        ["target-state-quiet", { state: "PAUSED", "state.v2": "STOPPED" }],
        ["connector-quiet", { properties: { ...config, name: "quiet" } }],
      ],
    );
    const offsets = await kafka.topic("connect-offsets").records({ value: "json" });
    assert.deepEqual(
      offsets.map(({ key, value }) => [key, value]),
      [[`["a",{"filename":${JSON.stringify(file)}}]`, { position: 4 }]],
    );
    appendFileSync(file, "two\n");
    const second = await started(client);
    await kafka.until("the second line is there", async () => (await kafka.topic("lines").records()).length === 2);
    assert.equal(second.statuses.get({ connector: "a", task: 0 })?.state, "RUNNING");
    await kafka.until("the quiet one is stopped", () => second.statuses.get({ connector: "quiet" })?.state === "STOPPED");
    await second.deleteConnector("a");
    await second.stop();
    const third = await started(client);
    assert.deepEqual(third.state.names(), ["quiet"]);
    assert.equal(third.statuses.get({ connector: "a" }), undefined);
    assert.deepEqual(
      (await third.offsets.list("a")).map(({ offset }) => offset),
      [{ position: 8 }],
    );
    await third.stop();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("what two workers append never mixes: each decides on all that the other wrote", async () => {
  await using kafka = await startKafka();
  const [one, two] = await Promise.all([started(kafka.client(), DISTRIBUTED, "w:1"), started(kafka.client(), DISTRIBUTED, "w:2")]);
  const config = { "connector.class": "datagen", "kafka.topic": "t", iterations: "0" };
  const outcomes = await Promise.allSettled(
    Array.from({ length: 6 }, (_, at) => (at % 2 === 0 ? one : two).putConfig("same", config, { mustBeNew: true, target: "STOPPED" })),
  );
  assert.equal(outcomes.filter(({ status }) => status === "fulfilled").length, 1);
  await Promise.all([one.stop(), two.stop()]);
});

test("a topic that would lose configs is refused with what to do", async () => {
  await using kafka = await startKafka({ topics: { "connect-configs": 3 } });
  await assert.rejects(started(kafka.client()), /"connect-configs" has 3 partitions.*config\.storage\.topic/);
});

test("two workers divide the tasks; when one goes the other has all of them, and nothing runs twice", async () => {
  await using kafka = await startKafka({ topics: { t: 1 } });
  const one = await started(kafka.client(), DISTRIBUTED, "w:1");
  const two = await started(kafka.client(), DISTRIBUTED, "w:2");
  const names = Array.from({ length: 12 }, (_, at) => `c${at}`);
  for (const name of names) {
    await one.putConfig(name, {
      "connector.class": "datagen",
      "kafka.topic": "t",
      iterations: "100",
      "max.interval": "0",
      "value.converter": "json",
    });
  }
  const runBy = (worker: ConnectWorker): string[] =>
    names.map((name) => {
      const status = worker.statuses.get({ connector: name, task: 0 });
      return status?.state === "RUNNING" ? status.workerId : "";
    });
  const seen = (): string => runBy(one).join();
  await kafka.until("both run some", () => !runBy(one).includes("") && new Set(runBy(one)).size === 2, { seen });
  await two.stop();
  await kafka.until("one runs all", () => runBy(one).every((by) => by === "w:1"), { seen });
  await kafka.until("all is written", async () => (await kafka.topic("t").records()).length >= 1200);
  assert.equal((await kafka.topic("t").records()).length, 1200);
  await one.restart("c0", { includeTasks: true, onlyFailed: false });
  await one.stop();
});

test("a worker whose topics were deleted says that it is not well, and with which of them", async () => {
  await using kafka = await startKafka();
  const worker = await started(kafka.client());
  const api = connectApi({ worker });
  const health = async (): Promise<[number, string]> => {
    const answer = await api.request("/health");
    return [answer.status, ((await answer.json()) as { readonly message: string }).message];
  };
  try {
    assert.equal((await health())[0], 200);
    const [outcome] = await kafka.client().admin().deleteTopics(["connect-offsets"]);
    assert.equal(outcome?.error, undefined);
    await kafka.until("it is told", async () => (await health())[0] === 500);
    assert.match((await health())[1], /Connect's topic "connect-offsets" is gone/);
  } finally {
    await worker.stop();
  }
});

test("a connector that failed before it had tasks can be stopped, which is written once, and is tried anew when it goes on", async () => {
  await using kafka = await startKafka();
  let fails = true;
  const source = defineSource({
    name: "splits",
    version: "1",
    config: {},
    split: () => (fails ? Promise.reject(new Error("the database says no")) : Promise.resolve([{}])),
    // oxlint-disable-next-line require-yield
    async *read(_config, { signal }) {
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    },
  });
  for (const max of ["0", "10"]) {
    const topics = {
      "config.storage.topic": `configs-${max}`,
      "offset.storage.topic": `offsets-${max}`,
      "status.storage.topic": `status-${max}`,
    };
    fails = true;
    const worker = await started(kafka.client(), { ...DISTRIBUTED, ...topics, "group.id": `g${max}` }, "w:1", [loadedEntry(source)]);
    const state = () => worker.statuses.get({ connector: "c" })?.state;
    await worker.putConfig("c", { "connector.class": "splits", "ottla.restart.max": max });
    await kafka.until("it has failed", () => state() === (max === "0" ? "FAILED" : "RESTARTING"));
    await worker.setTarget("c", "STOPPED");
    await kafka.until("it is stopped", () => state() === "STOPPED");
    await worker.settled();
    const written = () => kafka.topic(`configs-${max}`).records({ isolationLevel: "read_committed" });
    const count = (await written()).length;
    await worker.settled();
    assert.equal((await written()).length, count);
    fails = false;
    await worker.setTarget("c", "STARTED");
    await kafka.until("it runs", () => worker.statuses.get({ connector: "c", task: 0 })?.state === "RUNNING");
    await worker.stop();
  }
});
