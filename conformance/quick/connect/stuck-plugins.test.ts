// Plugins that do not come back, or fail at their end: who ends a task waits no longer than it may, and why it ended is told.
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import type { LogFields } from "@ottla/base";
import { defineSink, defineSource, defineTransform, type SinkTask } from "@ottla/connect";
import { connectApi, type ConnectWorker, startInProcessWorker } from "@ottla/connect/worker";
import { type Kafka, startKafka } from "@ottla/testing";

type Plugin = NonNullable<Parameters<typeof startInProcessWorker>[0]["plugins"]>[number];
type Settings = Readonly<Record<string, string>>;

const never = (): Promise<never> => new Promise(() => {});

const QUICK: Settings = { "offset.flush.interval.ms": "50" };

function workerWith(kafka: Kafka, plugins: readonly Plugin[], told: string[] = [], flushes: Settings = QUICK): Promise<ConnectWorker> {
  const log = (message: string, fields?: LogFields): void => void told.push(`${message} ${inspect(fields)}`);
  return startInProcessWorker({
    client: kafka.client(),
    plugins,
    properties: { ...flushes, "task.shutdown.graceful.timeout.ms": "100" },
    logger: { error: log, warn: log, info: () => {}, debug: () => {} },
  });
}

const sinkOf = (task: Partial<SinkTask>) =>
  defineSink({ name: "stuck", version: "1", config: {}, open: () => Promise.resolve({ write: () => Promise.resolve(), ...task }) });

const SINK = { "connector.class": "stuck", topics: "in", "value.converter": "string", "ottla.restart.max": "0" };

async function membersOf(kafka: Kafka): Promise<number> {
  return (await kafka.group("connect-s").describe())?.members.length ?? 0;
}

const endings: Readonly<Record<string, Partial<SinkTask>>> = {
  "does not come back from its close": { close: never },
  "does not come back from a flush at its end": { flush: never },
  "fails at its close": { close: () => Promise.reject(new Error("of the close")) },
};

for (const [how, ending] of Object.entries(endings))
  test(`a sink that fails and ${how} is said to have failed, by what it failed with, and leaves its group`, async () => {
    await using kafka = await startKafka({ topics: { in: 1 } });
    await kafka.topic("in").produce(["a"]);
    const sink = sinkOf({ write: () => Promise.reject(new Error("of the write")), ...ending });
    const worker = await workerWith(kafka, [sink], [], { "offset.flush.interval.ms": "600000" });
    await worker.putConfig("s", SINK);
    const status = () => worker.statuses.get({ connector: "s", task: 0 });
    await kafka.until("its state says it", () => status()?.state === "FAILED");
    assert.match(status()?.trace ?? "", /of the write/);
    await kafka.until("its group is empty", async () => (await membersOf(kafka)) === 0);
    await worker.stop();
  });

test("what a sink wrote before it failed is committed, and then it hears that its partitions go, and is closed", async () => {
  await using kafka = await startKafka({ topics: { in: 1 } });
  await kafka.topic("in").produce(["a"]);
  const calls: string[] = [];
  let isWritten = false;
  const worker = await startInProcessWorker({
    client: kafka.client(),
    plugins: [
      sinkOf({
        async write(records) {
          if (isWritten) throw new Error("full");
          for (const { value } of records) calls.push(`write ${String(value)}`);
          isWritten = true;
        },
        flush: async () => void calls.push("flush"),
        revoked: async (places) => void calls.push(`revoked ${places.length}`),
        close: async () => void calls.push("close"),
      }),
    ],
    properties: { "offset.flush.interval.ms": "600000" },
  });
  await worker.putConfig("s", SINK);
  await kafka.until("the first is written", () => isWritten);
  await kafka.topic("in").produce(["b"]);
  await kafka.until("it has failed", () => worker.statuses.get({ connector: "s", task: 0 })?.state === "FAILED");
  assert.deepEqual([calls[0], calls.at(-2), calls.at(-1)], ["write a", "revoked 1", "close"]);
  assert.ok(
    calls.slice(1, -2).every((call) => call === "flush"),
    calls.join(", "),
  );
  assert.equal((await kafka.client().admin().listGroupOffsets("connect-s"))[0]?.value?.offset, 1);
  await worker.stop();
});

for (const what of ["write", "flush"] as const)
  test(`a sink that is told to stop in a ${what} that does not come back keeps no partition from others`, async () => {
    await using kafka = await startKafka({ topics: { in: 1 } });
    await kafka.topic("in").produce(["a"]);
    const back = Promise.withResolvers<void>();
    let isStuck = false;
    const told: string[] = [];
    const stuck = (): Promise<void> => {
      isStuck = true;
      return back.promise;
    };
    const worker = await workerWith(kafka, [sinkOf({ [what]: stuck })], told);
    await worker.putConfig("s", SINK);
    await kafka.until("it is stuck", () => isStuck);
    // A flush may be under way before the group has it.
    await kafka.until("its group has it", async () => (await membersOf(kafka)) === 1);
    const stopping = worker.stop();
    await kafka.until("its group is empty", async () => (await membersOf(kafka)) === 0);
    assert.match(told.join("\n"), /its group goes on without it/);
    assert.equal((await kafka.client().admin().listGroupOffsets("connect-s")).length, 0, "nothing is committed that may not be written");
    back.resolve();
    await stopping;
  });

for (const what of ["open", "write", "flush"] as const)
  test(`a sink whose ${what} does not come back is told of: in the log with since when, in the task's status, as a metric`, async () => {
    await using kafka = await startKafka({ topics: { in: 1 } });
    await kafka.topic("in").produce(["a"]);
    const back = Promise.withResolvers<never>();
    const told: string[] = [];
    const stuck = () => back.promise;
    const sink = what === "open" ? defineSink({ name: "stuck", version: "1", config: {}, open: stuck }) : sinkOf({ [what]: stuck });
    const worker = await workerWith(kafka, [sink], told);
    const api = connectApi({ worker });
    const asked = async (path: string): Promise<string> => (await api.fetch(new Request(`http://x${path}`))).text();
    await worker.putConfig("s", { ...SINK, "ottla.stuck.warn.ms": "200" });
    await kafka.until("it is told of", () => told.some((line) => line.includes("does not come back")));
    assert.match(told.join("\n"), new RegExp(`connector: 's',\\s+task: 0,\\s+call: '${what}',\\s+since: '20\\d\\d-`));
    assert.match(await asked("/connectors/s/status"), /"state":"RUNNING".*"warning":"A call of the plugin has not come back for \d+ s/);
    assert.match(await asked("/connectors/s/tasks/0/status"), /"warning":"A call/);
    assert.match(await asked("/metrics"), /ottla_connect_task_stuck_ms\{[^}]*\} [1-9]/);
    back.reject(new Error("over"));
    await kafka.until(
      "it is back",
      () => told.some((line) => line.includes("a task failed")) || worker.statuses.get({ connector: "s", task: 0 })?.state === "FAILED",
    );
    assert.doesNotMatch(await asked("/connectors/s/status"), /"warning"/);
    await worker.stop();
  });

test("a source that gives nothing for long is told of where its settings say so, and is ended in time all the same", async () => {
  await using kafka = await startKafka();
  const silent = defineSource({
    name: "silent",
    version: "1",
    config: {},
    read: async function* () {
      yield await never();
    },
  });
  const told: string[] = [];
  const worker = await workerWith(kafka, [silent], told);
  await worker.putConfig("s", { "connector.class": "silent", "ottla.silent.warn.ms": "50" });
  await kafka.until("it is told of", () => told.some((line) => line.includes("a source has given nothing for long")));
  assert.ok((worker.metrics("s").get(0)?.["silent_ms"] ?? 0) >= 49);
  await worker.stop();
  assert.match(told.join("\n"), /a source did not end in time and is left behind/);
});

test("what a task failed with is not hidden by a transform that cannot be closed", async () => {
  await using kafka = await startKafka({ topics: { out: 1 } });
  const source = defineSource({
    name: "failing",
    version: "1",
    config: {},
    async *read() {
      yield { topic: "out", value: "a", partition: {}, offset: { n: 1 } };
      throw new Error("of the source");
    },
  });
  const transform = defineTransform({
    name: "hard-to-close",
    version: "1",
    config: {},
    open: () => ({
      apply: (record) => record,
      close: () => {
        throw new Error("of the transform");
      },
    }),
  });
  const told: string[] = [];
  const worker = await workerWith(kafka, [source, transform], told);
  await worker.putConfig("s", {
    "connector.class": "failing",
    "value.converter": "string",
    "ottla.restart.max": "0",
    transforms: "t",
    "transforms.t.type": "hard-to-close",
  });
  const status = () => worker.statuses.get({ connector: "s", task: 0 });
  await kafka.until("its state says it", () => status()?.state === "FAILED");
  assert.match(status()?.trace ?? "", /of the source/);
  assert.doesNotMatch(status()?.trace ?? "", /of the transform/);
  assert.match(told.join("\n"), /could not be closed/);
  await worker.stop();
});

test("a source that waits for room at a cluster that takes nothing ends when it is told to stop", async () => {
  await using kafka = await startKafka({ topics: { numbers: 1 } });
  let isOver = false;
  const source = defineSource({
    name: "counting",
    version: "1",
    config: {},
    async *read() {
      try {
        for (let n = 1; ; n++) yield { topic: "numbers", value: "x".repeat(10_000), partition: {}, offset: { n } };
      } finally {
        isOver = true;
      }
    },
  });
  const worker = await workerWith(kafka, [source]);
  const held = kafka.fault({ api: "Produce", topic: "numbers", hold: true, times: "always" });
  await worker.putConfig("s", {
    "connector.class": "counting",
    "value.converter": "string",
    "producer.override.buffer.memory": "100000",
    "producer.override.max.block.ms": "600000",
    "producer.override.batch.size": "20000",
  });
  await held.hit(1);
  await worker.stop();
  assert.ok(isOver, "it has ended, and is not left behind");
});
