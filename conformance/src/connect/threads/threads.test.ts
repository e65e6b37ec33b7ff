import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { silentLogger } from "@ottla/base";
import { nodeDisk, systemClock } from "@ottla/base/node";
import { builtinPlugins, type ConnectWorker, loadPluginFolder, PluginCatalogue, startWorker, ThreadTaskHost } from "@ottla/connect/worker";
import { type Kafka, startKafka } from "@ottla/testing";

const entry = new URL(import.meta.resolve("@ottla/connect/thread-entry"));
/** A source of numbers that does something else at its third. */
const source = (name: string, misdeed: string): string => `
export default { kind: "source", name: "${name}", version: "1", config: {}, async *read(_config, { signal, offsets, metric }) {
  const from = (await offsets.get({ of: "${name}" }))?.n ?? 0;
  for (let n = from + 1; !signal.aborted; n++) {
    metric("last", n);
    yield { topic: "${name}", value: n, partition: { of: "${name}" }, offset: { n } };
    await new Promise((done) => setTimeout(done, 5));
    if (n === from + 3) { ${misdeed} }
  }
} };
`;

async function startThreads(
  kafka: Kafka,
  plugins: Readonly<Record<string, string>>,
  properties: Readonly<Record<string, string>> = {},
): Promise<{ readonly worker: ConnectWorker; [Symbol.asyncDispose](): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), "ottla-connect-"));
  for (const [name, misdeed] of Object.entries(plugins)) writeFileSync(join(folder, `${name}.mjs`), source(name, misdeed));
  const world = { clock: systemClock, logger: silentLogger };
  const all = { "offset.flush.interval.ms": "50", "value.converter": "json", "value.converter.schemas.enable": "false", ...properties };
  const access = { bootstrapServers: kafka.bootstrapServers, properties: all, login: {} };
  const worker = await startWorker({
    ...world,
    client: kafka.client(),
    catalogue: new PluginCatalogue([...builtinPlugins, ...(await loadPluginFolder(folder, nodeDisk, silentLogger))]),
    properties: all,
    workerId: "here:1",
    environment: {},
    disk: nodeDisk,
    tasks: new ThreadTaskHost({ ...world, entry, access, properties: all }),
  });
  return {
    worker,
    async [Symbol.asyncDispose]() {
      await worker.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

const task = (worker: ConnectWorker, connector: string) => worker.statuses.get({ connector, task: 0 });

test("what a plugin does to its thread fails its own connector with the reason, and halts no other", async () => {
  await using kafka = await startKafka();
  const misdeeds = {
    spins: "for (;;);",
    hoards: "const all = []; for (;;) all.push({ n: [n] });",
    buffers:
      "const all = []; for (;;) { all.push(Buffer.alloc(2 ** 22, 1)); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10); }",
    throws: 'setTimeout(() => { throw new Error("out of a timer"); }, 1); await new Promise(() => {});',
    exits: "process.exit(3);",
    good: "",
  };
  await using threads = await startThreads(kafka, misdeeds, { "ottla.thread.memory.mb": "64", "ottla.thread.blocked.ms": "2000" });
  const { worker } = threads;
  for (const name of Object.keys(misdeeds)) await worker.putConfig(name, { "connector.class": name, "ottla.restart.max": "0" });
  const expected: Readonly<Record<string, RegExp>> = {
    spins:
      /^ConnectError \[CONNECT_[A-Z_]+\]: Connector "spins", task 0: the thread of its tasks was held for more than 2 s by code that did not give way\. Look for a loop/,
    hoards:
      /^ConnectError \[CONNECT_[A-Z_]+\]: Connector "hoards", task 0: the thread of its tasks ran out of the 64 MiB of memory it may take\. Give it more by ottla\.thread\.memory\.mb/,
    buffers:
      /^ConnectError \[CONNECT_[A-Z_]+\]: Connector "buffers", task 0: the thread of its tasks held \d+ MiB of buffers, more than the 64 MiB it may\. Give it more/,
    throws: /^ConnectError \[CONNECT_[A-Z_]+\]: Connector "throws", task 0: its plugin threw where nobody catches: out of a timer/,
    exits:
      /^ConnectError \[CONNECT_[A-Z_]+\]: Connector "exits", task 0: the thread of its tasks ended with status 3: process\.exit\(\) was called in it\./,
  };
  for (const [name, trace] of Object.entries(expected)) {
    await kafka.until(`${name} has failed`, () => task(worker, name)?.state === "FAILED", { withinMs: 20_000 });
    assert.match(task(worker, name)?.trace ?? "", trace);
  }
  const good = () => worker.metrics("good").get(0);
  await kafka.until("the good one goes on", () => (good()?.["records_written"] ?? 0) > 3 && (good()?.["last"] ?? 0) > 3);
  assert.equal(task(worker, "good")?.state, "RUNNING");
});

test("a connector whose thread died goes on behind its last offset, and connectors that come along share a thread", async () => {
  await using kafka = await startKafka();
  await using threads = await startThreads(kafka, {
    exits: "while (from === 0) if ((await offsets.get({ of: 'exits' }))?.n === 3) process.exit(1);",
  });
  const { worker } = threads;
  for (const name of ["a", "b"])
    await worker.putConfig(name, { "connector.class": "datagen", quickstart: "orders", "kafka.topic": name, "max.interval": "5" });
  await worker.putConfig("exits", { "connector.class": "exits", "ottla.restart.backoff.ms": "1" });
  const seen = new Set<number>();
  const consumer = kafka.client().consumer({ groupId: "g", autoOffsetReset: "earliest" });
  consumer.subscribe(["exits"]);
  await kafka.until(
    "it goes on",
    async () => {
      for (const batch of await consumer.poll(100)) for (const { value } of batch) seen.add(Number(value));
      return seen.has(5);
    },
    { withinMs: 20_000, seen: () => JSON.stringify([[...seen], task(worker, "exits")]) },
  );
  assert.deepEqual([...seen].slice(0, 5), [1, 2, 3, 4, 5]);
  for (const name of ["a", "b"]) {
    await kafka.until(`${name} writes`, () => (worker.metrics(name).get(0)?.["records_written"] ?? 0) > 0);
    await worker.setTarget(name, "PAUSED");
    await kafka.until(`${name} is paused`, () => task(worker, name)?.state === "PAUSED");
  }
});

test("of several on a thread that dies each starts again alone, so that the one at fault fails alone the next time", async () => {
  await using kafka = await startKafka();
  await using threads = await startThreads(kafka, { exits: "process.exit(1);", good: "" });
  const { worker } = threads;
  const traces: string[] = [];
  const put = worker.statuses.put.bind(worker.statuses);
  worker.statuses.put = (owner, status) => {
    if (owner.connector === "good" && status?.trace !== undefined) traces.push(status.trace);
    put(owner, status);
  };
  const shared = { "ottla.thread": "shared", "ottla.restart.backoff.ms": "1" };
  await worker.putConfig("good", { "connector.class": "good", ...shared });
  await kafka.until("the good one writes", () => (worker.metrics("good").get(0)?.["last"] ?? 0) > 0);
  await worker.putConfig("exits", { "connector.class": "exits", "ottla.restart.max": "1", ...shared });
  await kafka.until("the one at fault has failed twice", () => task(worker, "exits")?.state === "FAILED", { withinMs: 20_000 });
  assert.doesNotMatch(task(worker, "exits")?.trace ?? "", /ran there too/);
  await kafka.until("the good one runs", () => task(worker, "good")?.state === "RUNNING");
  assert.equal(traces.length, 1);
  assert.match(traces[0] ?? "", /process\.exit\(\) was called in it\. A plugin throws where it can do no more\. "exits" ran there too;/);
});
