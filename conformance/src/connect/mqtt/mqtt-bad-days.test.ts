// Every message that mosquitto acknowledged is in the topic, and every record in mosquitto's hands, whatever dies in between. All at quality 1: of messages published at quality 2 mosquitto 2.0.11
// loses those that were on their way when a subscriber was cut off, whoever that is.
import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { SeededRandom, testSeed } from "@ottla/base/simulated";
import { createClient } from "@ottla/client";
import mqtt from "mqtt";
import { startOttla } from "../../ottla/broker.ts";
import { nodeBinary, repositoryRoot } from "../../paths.ts";
import { startChild } from "../../process/child.ts";
import { findFreePorts } from "../../process/free-port.ts";
import { startMosquitto } from "../../process/mosquitto.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "../../process/temporary-folder.ts";
import { waitUntil } from "../../process/wait-until.ts";
import { liveThrough } from "../bad-days/sink-day.ts";

const WORKER = `${repositoryRoot}conformance/src/connect/bad-days/sink-worker.ts`;
const CYCLES = Number(process.env["OTTLA_MQTT_CYCLES"] ?? 8);
const BYTES = { "key.converter": "string", "value.converter": "org.apache.kafka.connect.converters.ByteArrayConverter" };
const seedOf = (): number => testSeed();

test("a source loses nothing over kill -9 of worker, broker and mosquitto", async (t) => {
  const seed = seedOf();
  t.diagnostic(`OTTLA_TEST_SEED=${seed}`);
  const random = new SeededRandom(seed);
  const server = await startMosquitto();
  const dataDir = makeTemporaryFolder("mqtt-day");
  const [port = 0] = await findFreePorts(1);
  let broker = await startOttla({ dataDir, port });
  const client = createClient({ bootstrapServers: broker.bootstrap });
  const config = {
    "connector.class": "mqtt-source",
    "mqtt.server.uri": `tcp://127.0.0.1:${server.port}`,
    "mqtt.topics": "day/#",
    "kafka.topic": "day",
    "mqtt.reconnect.max.ms": "200",
    ...BYTES,
  };
  const startWorker = () => startChild(nodeBinary, ["--conditions=source", WORKER, broker.bootstrap, JSON.stringify(config)]);
  let worker = startWorker();
  const seen = new Map<number, number>();
  const consumer = client.consumer({ autoOffsetReset: "earliest" });
  const read = async (): Promise<void> => {
    for (const batch of await consumer.poll(50))
      for (const { value } of batch)
        seen.set(Number(Buffer.from(value!).toString()), (seen.get(Number(Buffer.from(value!).toString())) ?? 0) + 1);
  };
  const deaths = { worker: 0, broker: 0, mosquitto: 0 };
  let number = 0;
  try {
    await client.admin().createTopics([{ name: "day", partitionCount: 1 }]);
    consumer.assign([{ topic: "day", partition: 0 }]);
    let foreign = await mqtt.connectAsync({ port: server.port, host: "127.0.0.1" });
    await waitUntil(
      "the source has a session",
      async () => {
        await foreign.publishAsync("day/probe", "-1", { qos: 1 });
        await read();
        return seen.has(-1);
      },
      { timeoutMs: 20_000, everyMs: 50 },
    );
    for (let cycle = 0; cycle < CYCLES; cycle++) {
      const count = 1 + random.nextInt(150);
      const sent = Array.from({ length: count }, () => foreign.publishAsync(`day/${number % 7}`, String(number++), { qos: 1 }));
      const roll = random.nextInt(3);
      await sleep(random.nextInt(60));
      if (roll === 0) {
        await worker.kill();
        await Promise.all(sent);
        worker = startWorker();
        deaths.worker++;
      } else if (roll === 1) {
        await broker.kill();
        await Promise.all(sent);
        broker = await startOttla({ dataDir, port });
        deaths.broker++;
      } else {
        // A file of the same millisecond may have been written before.
        const ackedMs = await Promise.all(sent).then(() => Date.now() + 1);
        // What mosquitto has acknowledged it keeps on the disk a moment later.
        await waitUntil(
          "mosquitto has kept it",
          () =>
            statSync(`${server.folder}/mosquitto.db`).mtimeMs >= ackedMs ||
            foreign.publishAsync("other", String(number), { qos: 1, retain: true }).then(() => false),
          { timeoutMs: 10_000, everyMs: 20 },
        );
        await foreign.endAsync(true);
        await server.crash();
        foreign = await mqtt.connectAsync({ port: server.port, host: "127.0.0.1" });
        deaths.mosquitto++;
      }
    }
    await waitUntil(
      "all have come",
      async () => {
        await read();
        return seen.size >= number + 1;
      },
      { timeoutMs: 60_000, everyMs: 10 },
    ).catch((error: unknown) => {
      const missing = Array.from({ length: number }, (_, i) => i).filter((i) => !seen.has(i));
      throw new Error(`OTTLA_TEST_SEED=${seed}: missing ${missing.slice(0, 20).join()} (${missing.length})\n${worker.outputTail()}`, {
        cause: error,
      });
    });
    const twice = [...seen.values()].filter((count) => count > 1).length;
    t.diagnostic(`${number} messages, ${twice} more than once; deaths ${JSON.stringify(deaths)}`);
    await foreign.endAsync(true);
  } finally {
    await worker.kill();
    await client.close();
    await broker.kill();
    await server.stop();
    removeTemporaryFolder(dataDir);
  }
});

test("a sink's messages are all there over kill -9 of worker and broker, and mosquitto that stands still and is started again", async (t) => {
  const seed = seedOf();
  const server = await startMosquitto();
  const records = CYCLES * 60;
  const got = new Set<number>();
  const foreign = await mqtt.connectAsync({ port: server.port, host: "127.0.0.1", clientId: "reader", clean: false, reconnectPeriod: 50 });
  foreign.on("message", (_topic, payload) => got.add(Number(payload)));
  await foreign.subscribeAsync("out/#", { qos: 1 });
  try {
    const told = await liveThrough({
      seed,
      topic: "out",
      partitions: 2,
      records,
      config: {
        "connector.class": "mqtt-sink",
        "mqtt.server.uri": `tcp://127.0.0.1:${server.port}`,
        "mqtt.topic": "out/${partition}",
        ...BYTES,
      },
      recordOf: (n) => ({ key: String(n), value: String(n) }),
      // Not killed: what it has acknowledged and not kept on its disk yet would be lost.
      crash: (random) => server.standStill(random.nextInt(300)),
      isDone: () => got.size >= records,
    });
    t.diagnostic(`OTTLA_TEST_SEED=${seed}: ${told}`);
    assert.equal(got.size, records);
  } finally {
    await foreign.endAsync(true);
    await server.stop();
  }
});
