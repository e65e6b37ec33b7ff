import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLogger } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import { defineSource } from "@ottla/connect";
import {
  builtinPlugins,
  ConnectWorker,
  loadedEntry,
  MemoryConfigLog,
  MemoryOffsetStore,
  MemoryStatusStore,
  PluginCatalogue,
  providerFiles,
} from "@ottla/connect/worker";
import { startKafka } from "@ottla/testing";

test("a task that fails when another worker has it already is not started again here, and says nothing over the other's state", async () => {
  await using kafka = await startKafka();
  let mine = true;
  let starts = 0;
  const turn = Promise.withResolvers<void>();
  const fails = defineSource({
    name: "fails",
    version: "1",
    config: {},
    async *read() {
      starts++;
      yield { topic: "t", value: "x", partition: { p: 1 }, offset: { o: 1 } };
      await turn.promise;
      throw new Error("shut out by the other");
    },
  });
  const told: string[] = [];
  const owned = () => ({ connector: mine, task: () => mine });
  const worker = await ConnectWorker.start({
    client: kafka.client(),
    catalogue: new PluginCatalogue([...builtinPlugins, loadedEntry(fails)]),
    configs: new MemoryConfigLog(),
    offsets: new MemoryOffsetStore(),
    statuses: new MemoryStatusStore(),
    properties: {},
    workerId: "zombie:1",
    providers: { environment: {}, files: providerFiles },
    clock: systemClock,
    logger: { ...silentLogger, warn: (message) => void told.push(message), error: (message) => void told.push(message) },
    leases: { start: () => Promise.resolve(), owned, stop: () => Promise.resolve() },
  });
  try {
    await worker.putConfig("f", { "connector.class": "fails", "ottla.restart.backoff.ms": "200" });
    const status = () => worker.statuses.get({ connector: "f", task: 0 });
    await kafka.until("it runs", () => status()?.state === "RUNNING" && starts === 1);
    mine = false;
    worker.statuses.put({ connector: "f", task: 0 }, { state: "RUNNING", workerId: "other:1", generation: 2 });
    turn.resolve();
    await kafka.until("its end is told", () => told.includes("a task ended that another worker has now"));
    assert.equal(status()?.workerId, "other:1");
    assert.equal(status()?.state, "RUNNING");
    assert.equal(starts, 1);
    // One that waits for its restart when it moves is not started here either.
    mine = true;
    const begun = starts;
    await worker.restart("f", { includeTasks: true, onlyFailed: false });
    const hasFailed = (): boolean => status()?.state === "RESTARTING" && status()?.trace !== undefined;
    await kafka.until("it waits for its restart", () => starts > begun && hasFailed());
    mine = false;
    const before = starts;
    await new Promise((resolve) => setTimeout(resolve, 400));
    assert.equal(starts, before);
  } finally {
    await worker.stop();
  }
});
