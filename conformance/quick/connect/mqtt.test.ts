// MQTT's source and sink onto a broker, at a server that runs in this process.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { test } from "node:test";
import { startInProcessWorker } from "@ottla/connect/worker";
import { startKafka } from "@ottla/testing";
import { Aedes } from "aedes";

const BYTES = { "key.converter": "string", "value.converter": "org.apache.kafka.connect.converters.ByteArrayConverter" };

async function startServer() {
  const broker = await Aedes.createBroker();
  const server = createServer((socket) => void broker.handle(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const acknowledged: string[] = [];
  const published: string[] = [];
  const subscribed: string[] = [];
  broker.on("ack", (packet) => void ("topic" in packet && acknowledged.push(packet.topic)));
  broker.on("subscribe", (subscriptions) => void subscribed.push(...subscriptions.map(({ topic }) => topic)));
  broker.on("publish", ({ topic, payload, qos, retain }, client) => {
    if (client !== null) published.push(`${topic} ${String(payload)} ${qos} ${retain}`);
  });
  return {
    uri: `tcp://127.0.0.1:${(server.address() as { port: number }).port}`,
    broker,
    acknowledged,
    published,
    subscribed,
    publish: (topic: string, payload: string, qos: 0 | 1 | 2 = 1) =>
      new Promise<void>((resolve) => {
        broker.publish({ cmd: "publish", topic, payload: Buffer.from(payload), qos, retain: false, dup: false }, () => resolve());
      }),
    async [Symbol.asyncDispose]() {
      await new Promise<void>((resolve) => broker.close(() => resolve()));
      server.close();
    },
  };
}

test("messages come to the topics that their mapping says, and are acknowledged when their records are durable", async () => {
  await using kafka = await startKafka();
  await using server = await startServer();
  const worker = await startInProcessWorker({ client: kafka.client(), properties: { "offset.flush.interval.ms": "3600000" } });
  await kafka.topic("alarms").create();
  await worker.putConfig("plant", {
    "connector.class": "io.confluent.connect.mqtt.MqttSourceConnector",
    "mqtt.server.uri": server.uri,
    "mqtt.version": "3.1.1",
    "mqtt.topics": "plant/+/temperature,alarms/#",
    "mqtt.topic.mapping": "plant/+/temperature=temperatures.$1",
    "kafka.topic": "alarms",
    ...BYTES,
  });
  await kafka.until("the filters are subscribed", () => server.subscribed.length === 2);
  const held = kafka.fault({ api: "Produce", topic: "alarms", hold: true, times: "always" });
  await server.publish("alarms/fire/cellar", "!");
  await held.hit();
  assert.deepEqual(server.acknowledged, [], "nothing is acknowledged before its record is durable");
  held.remove();
  await kafka.until("it is acknowledged, though offsets are committed once an hour", () => server.acknowledged.length === 1);
  await server.publish("plant/a b/temperature", "21", 0);
  await kafka.topic("temperatures.a_b").has([{ key: "plant/a b/temperature", value: "21" }]);
  await kafka.topic("alarms").has([{ key: "alarms/fire/cellar", value: "!" }]);
  await worker.stop();
});

test("records are messages, a record is done when the server has it, and a server that was away gets what it missed", async () => {
  await using kafka = await startKafka();
  await using server = await startServer();
  await kafka.topic("orders").create();
  const worker = await startInProcessWorker({ client: kafka.client(), properties: { "offset.flush.interval.ms": "50" } });
  await worker.putConfig("out", {
    "connector.class": "io.confluent.connect.mqtt.MqttSinkConnector",
    topics: "orders",
    "mqtt.server.uri": server.uri,
    "mqtt.version": "3.1.1",
    "mqtt.topic": "shop/${key}",
    "mqtt.qos": "2",
    "mqtt.retained.enabled": "true",
    "errors.tolerance": "all",
    "errors.deadletterqueue.topic.name": "bad",
    "errors.deadletterqueue.context.headers.enable": "true",
    ...BYTES,
  });
  await kafka.topic("orders").produce([
    { key: "1", value: "one" },
    { key: "a+b", value: "poison" },
    { key: "2", value: null },
  ]);
  await kafka.until("the good ones are there", () => server.published.length === 2, { seen: () => server.published.join() });
  assert.deepEqual(server.published, ["shop/1 one 2 true", "shop/2  2 true"]);
  const [bad] = await kafka.topic("bad").has([{ key: "a+b", value: "poison" }]);
  assert.match(
    String(bad?.headers["__connect.errors.exception.message"]),
    /Connector "out", task 0, TASK_PUT, topic orders, partition 0, offset 1.*"shop\/a\+b" is no topic of MQTT's/,
  );
  for (const id of Object.keys((server.broker as unknown as { clients: Record<string, { close(): void }> }).clients))
    (server.broker as unknown as { clients: Record<string, { close(): void }> }).clients[id]?.close();
  await kafka.topic("orders").produce([{ key: "3", value: "three" }]);
  await kafka.until("it comes over another connection", () => server.published.includes("shop/3 three 2 true"), {
    seen: () => server.published.join(),
  });
  await worker.stop();
});
