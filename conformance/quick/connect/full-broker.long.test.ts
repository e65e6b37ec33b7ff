// Sources whose cluster takes nothing for a while: a full disk, a quota; and workers whose clocks are apart.
import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLogger } from "@ottla/base";
import { nodeDisk, systemClock } from "@ottla/base/node";
import { type AnyPlugin, defineSource } from "@ottla/connect";
import { builtinPlugins, type ConnectWorker, loadedEntry, PluginCatalogue, startWorker } from "@ottla/connect/worker";
import { type Kafka, startKafka } from "@ottla/testing";

/** Counts as long as it runs, from where it was. */
const counting = (isDone: () => boolean): AnyPlugin =>
  defineSource({
    name: "counting",
    version: "1",
    exactlyOnce: true,
    config: {},
    async *read(_config, { offsets, signal }) {
      for (let n = Number((await offsets.get({}))?.["n"] ?? 0) + 1; !signal.aborted && !isDone(); n++) {
        yield { topic: "numbers", value: String(n), partition: {}, offset: { n } };
        if (n % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      }
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    },
  });

function start(kafka: Kafka, plugin: AnyPlugin, more: Partial<Parameters<typeof startWorker>[0]> = {}): Promise<ConnectWorker> {
  return startWorker({
    client: kafka.client(),
    catalogue: new PluginCatalogue([...builtinPlugins, loadedEntry(plugin)]),
    properties: { "group.id": "cluster", "offset.flush.interval.ms": "30" },
    workerId: "w:1",
    environment: {},
    disk: nodeDisk,
    clock: systemClock,
    logger: silentLogger,
    ...more,
  });
}

const CONFIG = {
  "connector.class": "counting",
  "key.converter": "string",
  "value.converter": "string",
  "producer.override.delivery.timeout.ms": "1000",
  "producer.override.request.timeout.ms": "900",
  "ottla.restart.backoff.ms": "500",
  "ottla.restart.backoff.max.ms": "500",
  "ottla.restart.max": "1000",
};

async function numbers(kafka: Kafka): Promise<number[]> {
  return (await kafka.topic("numbers").records()).map(({ value }) => Number(value));
}

for (const support of ["disabled", "enabled"])
  test(`a source whose brokers' disk is full says so and goes on behind what was written (exactly.once.source.support=${support})`, async () => {
    await using kafka = await startKafka({ topics: { numbers: 1 } });
    let isDone = false;
    const worker = await start(
      kafka,
      counting(() => isDone),
      {
        properties: { "group.id": "cluster", "offset.flush.interval.ms": "30", "exactly.once.source.support": support },
      },
    );
    const status = () => worker.statuses.get({ connector: "s", task: 0 });
    await worker.putConfig("s", CONFIG);
    await kafka.until("it writes", async () => (await numbers(kafka)).length > 50);
    kafka.disk.fill();
    let trace: string | undefined;
    await kafka.until("it says so", () => (trace = status()?.trace) !== undefined, { withinMs: 60_000 });
    assert.match(trace ?? "", /Connector "s", task 0/);
    if (support === "disabled") assert.match(trace ?? "", /no space is left/);
    const before = (await numbers(kafka)).length;
    kafka.disk.free();
    await kafka.until("it writes on", async () => (await numbers(kafka)).length > before + 50 && status()?.state === "RUNNING", {
      withinMs: 60_000,
    });
    isDone = true;
    await worker.stop();
    const written = await numbers(kafka);
    const expected = Array.from({ length: Math.max(...written) }, (_, index) => index + 1);
    // Only with transactions does nothing come twice where an answer was lost.
    assert.deepEqual(support === "enabled" ? written : [...new Set(written)], expected);
  });

test("workers whose clocks are a day apart take over from each other and from themselves, and nothing is lost or comes twice", async () => {
  await using kafka = await startKafka({ topics: { numbers: 1 } });
  let isDone = false;
  const plugin = counting(() => isDone);
  const DAY_MS = 86_400_000;
  const shifted = (ms: number) => ({ ...systemClock, nowMs: () => systemClock.nowMs() + ms });
  const properties = { "group.id": "cluster", "offset.flush.interval.ms": "30", "exactly.once.source.support": "enabled" };
  const ahead = await start(kafka, plugin, { properties, workerId: "ahead:1", clock: shifted(DAY_MS) });
  const behind = await start(kafka, plugin, { properties, workerId: "behind:1", clock: shifted(-DAY_MS) });
  await ahead.putConfig("s", CONFIG);
  const runsAt = (worker: ConnectWorker) => worker.statuses.get({ connector: "s", task: 0 });
  await kafka.until("both know that it runs", () => [ahead, behind].every((worker) => runsAt(worker)?.state === "RUNNING"));
  await kafka.until("it writes", async () => (await numbers(kafka)).length > 50);
  const [first, second] = runsAt(ahead)?.workerId === "ahead:1" ? [ahead, behind] : [behind, ahead];
  kafka.clock.jump(DAY_MS / 2);
  await first.stop();
  const before = (await numbers(kafka)).length;
  await kafka.until("the other one writes on", async () => (await numbers(kafka)).length > before + 50, { withinMs: 60_000 });
  assert.equal(runsAt(second)?.workerId, second.workerId);
  isDone = true;
  await second.stop();
  const written = await numbers(kafka);
  assert.deepEqual(
    written,
    Array.from({ length: written.length }, (_, index) => index + 1),
  );
});
