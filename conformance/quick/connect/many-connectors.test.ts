import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "@ottla/base/node";
import {
  builtinPlugins,
  ConnectWorker,
  connectApi,
  MemoryConfigLog,
  MemoryOffsetStore,
  MemoryStatusStore,
  PluginCatalogue,
  providerFiles,
} from "@ottla/connect/worker";
import { startKafka } from "@ottla/testing";

const CONNECTORS = 2_000;
/** So many begin in a turn of the loop at most; some more may come to their end in it. */
const BEGUN_IN_A_TURN = 60;
const forever = new Promise<void>(() => {});

/** A config topic with connectors that were there before. */
class FilledLog extends MemoryConfigLog {
  override async start(onRecord: Parameters<MemoryConfigLog["start"]>[0]): Promise<void> {
    await super.start(onRecord);
    for (let number = 0; number < CONNECTORS; number++) {
      const name = `c${number}`;
      const properties = { name, "connector.class": "datagen", "kafka.topic": "t" };
      onRecord({ key: `connector-${name}`, value: { properties } });
      onRecord({ key: `task-${name}-0`, value: { properties: { ...properties, "task.class": "datagen" } } });
      onRecord({ key: `commit-${name}`, value: { tasks: 1 } });
    }
  }
}

/** The most that happened in one turn of the loop. */
class Turns {
  most = 0;
  #now = 0;
  #isOver = false;

  constructor() {
    const turn = (): void => {
      this.#now = 0;
      if (!this.#isOver) setImmediate(turn);
    };
    turn();
  }

  note(): void {
    this.most = Math.max(this.most, ++this.#now);
  }

  end(): void {
    this.#isOver = true;
  }
}

test("thousands of connectors begin a few in each turn of the loop, at the start and where slots move, and are listed as their client reads", async () => {
  await using kafka = await startKafka();
  const turns = new Turns();
  const running = { ended: forever, pause() {}, resume() {}, stop: async () => {}, metrics: () => ({ records_written: 1 }) };
  let onChange: (() => Promise<void>) | undefined;
  let isMine = false;
  const worker = await ConnectWorker.start({
    client: kafka.client(),
    catalogue: new PluginCatalogue(builtinPlugins),
    configs: new FilledLog(),
    offsets: new MemoryOffsetStore(),
    statuses: new MemoryStatusStore(),
    properties: {},
    workerId: "w:1",
    providers: { environment: {}, files: providerFiles },
    clock: systemClock,
    tasks: {
      start() {
        turns.note();
        return running;
      },
    },
    leases: {
      start: async (changed) => void (onChange = changed),
      owned: () => ({ connector: isMine, task: () => isMine }),
      stop: () => Promise.resolve(),
    },
  });
  try {
    assert.equal(turns.most, 0, "nothing falls to it yet");
    isMine = true;
    await onChange?.();
    assert.equal([...worker.state.names()].filter((name) => worker.metrics(name).size === 1).length, CONNECTORS);
    assert.ok(turns.most > 0 && turns.most <= BEGUN_IN_A_TURN, `${turns.most} tasks began in one turn of the loop`);

    const api = connectApi({ worker });
    const listed = (await (await api.request("/connectors?expand=info&expand=status")).json()) as Readonly<
      Record<string, { readonly info: { readonly tasks: unknown[] }; readonly status: { readonly connector: { readonly state: string } } }>
    >;
    assert.deepEqual(Object.keys(listed), worker.state.names());
    assert.ok(Object.values(listed).every(({ info, status }) => info.tasks.length === 1 && status.connector.state === "RUNNING"));
    const metrics = await (await api.request("/metrics")).text();
    assert.match(metrics, new RegExp(`^kafka_connect_connect_worker_metrics_task_count ${CONNECTORS}$`, "m"));
    const counts = metrics.match(/^kafka_connect_connector_task_metrics_status\{/gm) ?? [];
    assert.equal(counts.length, CONNECTORS);

    await worker.deleteConnector("c7");
    await worker.putConfig("b", { "connector.class": "datagen", "kafka.topic": "t" });
    const names = (await (await api.request("/connectors")).json()) as readonly string[];
    assert.deepEqual([names.length, names.includes("c7"), names[0]], [CONNECTORS, false, "b"]);
  } finally {
    turns.end();
    await worker.stop();
  }
});
