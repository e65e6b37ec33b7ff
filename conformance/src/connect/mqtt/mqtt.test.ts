// MQTT's source and sink at mosquitto, with another client (mqtt.js) on the other side.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startInProcessWorker } from "@ottla/connect/worker";
import { startKafka } from "@ottla/testing";
import mqtt, { type MqttClient } from "mqtt";
import { runCommand } from "../../process/child.ts";
import { type RunningMosquitto, startMosquitto } from "../../process/mosquitto.ts";
import { waitUntil } from "../../process/wait-until.ts";

const BYTES = { "key.converter": "string", "value.converter": "org.apache.kafka.connect.converters.ByteArrayConverter" };
const QUICK = { "offset.flush.interval.ms": "100" };

describe("MQTT at mosquitto", () => {
  let server: RunningMosquitto;
  let foreign: MqttClient;
  before(async () => {
    server = await startMosquitto();
    foreign = await mqtt.connectAsync({ port: server.port, host: "127.0.0.1", protocolVersion: 5 });
  });
  after(async () => {
    await foreign.endAsync(true);
    await server.stop();
  });
  const sourceConfig = (topics: string, rest: Readonly<Record<string, string>> = {}): Record<string, string> => ({
    "connector.class": "mqtt-source",
    "mqtt.server.uri": `tcp://127.0.0.1:${server.port}`,
    "mqtt.topics": topics,
    ...BYTES,
    ...rest,
  });

  test("MQTT 5: what a message carries beside its payload becomes headers, and headers become user properties", async () => {
    await using kafka = await startKafka();
    const worker = await startInProcessWorker({ client: kafka.client(), properties: QUICK });
    await foreign.publishAsync("both/kept", "retained", { retain: true, qos: 1 });
    await worker.putConfig("in", sourceConfig("both/#", { "kafka.topic": "both" }));
    const properties = {
      contentType: "text/plain",
      responseTopic: "r",
      correlationData: Buffer.from("c"),
      userProperties: { who: ["a", "b"], site: "x" },
    };
    await kafka.until("what is retained comes", async () => (await kafka.topic("both").records()).length === 1);
    await foreign.publishAsync("both/new", "now", { qos: 2, properties });
    await kafka.topic("both").includes([
      { key: "both/kept", value: "retained" },
      {
        value: "now",
        headers: {
          "mqtt.topic": "both/new",
          "mqtt.qos": "1",
          "mqtt.retained": "false",
          "mqtt.duplicate": "false",
          "mqtt.message.id": "2",
          "mqtt.content.type": "text/plain",
          "mqtt.response.topic": "r",
          "mqtt.correlation.data": "Yw==",
          who: "b",
          site: "x",
        },
      },
    ]);
    const got: unknown[] = [];
    foreign.on("message", (topic, payload, { properties: own }) => got.push([topic, String(payload), { ...own?.userProperties }]));
    await foreign.subscribeAsync("back/#", { qos: 1 });
    await kafka.topic("out").create();
    await kafka.topic("out").produce([{ key: "k", value: "v", headers: { colour: "red" } }]);
    await worker.putConfig("out", {
      "connector.class": "mqtt-sink",
      topics: "out",
      "mqtt.server.uri": `tcp://127.0.0.1:${server.port}`,
      "mqtt.topic": "back/${topic}/${partition}",
      ...BYTES,
    });
    await waitUntil("the message comes", () => got.length > 0);
    assert.deepEqual(got, [["back/out/0", "v", { colour: "red" }]]);
    await worker.stop();
  });

  test("tasks share a filter: each message comes to one of them", async () => {
    await using kafka = await startKafka();
    const worker = await startInProcessWorker({ client: kafka.client(), properties: QUICK });
    await worker.putConfig("shared", sourceConfig("many/#", { "kafka.topic": "many", "mqtt.shared.group": "g", "tasks.max": "3" }));
    await waitUntil("three tasks run", () => worker.statuses.tasks("shared").size === 3);
    await waitUntil("they have subscribed", async () => {
      await foreign.publishAsync("many/probe", "probe", { qos: 1 });
      return (await kafka.topic("many").records()).length > 5;
    });
    for (let i = 0; i < 200; i++) await foreign.publishAsync(`many/${i}`, String(i), { qos: 1 });
    const values = async (): Promise<string[]> =>
      (await kafka.topic("many").records()).map(({ value }) => String(value)).filter((value) => value !== "probe");
    await kafka.until("all are there", async () => (await values()).length >= 200);
    assert.deepEqual(
      (await values()).map(Number).sort((a, b) => a - b),
      Array.from({ length: 200 }, (_, i) => i),
    );
    await worker.stop();
  });

  test("a paused source reads no more than its window; resumed, it has everything once", async () => {
    await using kafka = await startKafka();
    const worker = await startInProcessWorker({ client: kafka.client(), properties: QUICK });
    await worker.putConfig("window", sourceConfig("window/#", { "kafka.topic": "window", "mqtt.receive.maximum": "7" }));
    await kafka.until("it reads", async () => {
      await foreign.publishAsync("window/probe", "probe", { qos: 1 });
      return (await kafka.topic("window").records()).length > 0;
    });
    await worker.setTarget("window", "PAUSED");
    for (let i = 0; i < 100; i++) await foreign.publishAsync(`window/${i}`, String(i), { qos: 2 });
    const metrics = () => worker.metrics("window").get(0);
    await kafka.until("it holds what its window lets in", () => (metrics()?.["mqtt_unacknowledged"] ?? 0) >= 1);
    assert.ok((metrics()?.["mqtt_unacknowledged"] ?? 0) <= 7);
    await worker.setTarget("window", "STARTED");
    const values = async (): Promise<string[]> =>
      (await kafka.topic("window").records()).map(({ value }) => String(value)).filter((value) => value !== "probe");
    await kafka.until("all are there", async () => (await values()).length >= 100);
    assert.deepEqual(
      (await values()).map(Number),
      Array.from({ length: 100 }, (_, i) => i),
    );
    await worker.stop();
  });

  test("a client id that another takes fails the task with what to do", async () => {
    await using kafka = await startKafka();
    const worker = await startInProcessWorker({ client: kafka.client(), properties: QUICK });
    await worker.putConfig(
      "twice",
      sourceConfig("twice/#", { "mqtt.client.id": "plant-7", "ottla.restart.max": "0", "kafka.topic": "twice" }),
    );
    await kafka.until("it reads", async () => {
      await foreign.publishAsync("twice/probe", "probe", { qos: 1 });
      return (await kafka.topic("twice").records()).length > 0;
    });
    const thief = await mqtt.connectAsync({
      port: server.port,
      host: "127.0.0.1",
      protocolVersion: 5,
      clientId: "plant-7",
      reconnectPeriod: 100,
    });
    const status = () => worker.statuses.get({ connector: "twice", task: 0 });
    await kafka.until("the task says so", () => status()?.state === "FAILED");
    assert.match(
      status()?.trace ?? "",
      /Connector "twice", task 0, TASK_POLL.*Another client logs in at tcp:\/\/.* another mqtt\.client\.id/s,
    );
    await thief.endAsync(true);
    await worker.stop();
  });
});

test("TLS and a login; refusals say which setting is wrong; a will when the worker goes without a farewell", async () => {
  const server = await startMosquitto(
    (folder) => [
      "allow_anonymous false",
      `password_file ${folder}/passwords`,
      `cafile ${folder}/cert.pem`,
      `certfile ${folder}/cert.pem`,
      `keyfile ${folder}/key.pem`,
    ],
    async (folder) => {
      const request = [
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=127.0.0.1",
        "-addext",
        "subjectAltName=IP:127.0.0.1",
      ];
      await runCommand("openssl", [...request, "-keyout", `${folder}/key.pem`, "-out", `${folder}/cert.pem`], { timeoutMs: 20_000 });
      await runCommand("mosquitto_passwd", ["-c", "-b", `${folder}/passwords`, "ottla", "open sesame"], { timeoutMs: 20_000 });
    },
  );
  await using kafka = await startKafka();
  const worker = await startInProcessWorker({ client: kafka.client(), properties: QUICK });
  const config = {
    "connector.class": "mqtt-source",
    "mqtt.server.uri": `ssl://127.0.0.1:${server.port}`,
    "mqtt.topics": "safe/#",
    "kafka.topic": "safe",
    "mqtt.username": "ottla",
    "mqtt.password": "open sesame",
    "mqtt.ssl.ca.location": `${server.folder}/cert.pem`,
    "mqtt.will.topic": "gone",
    "mqtt.will.payload": "the source is gone",
    ...BYTES,
  };
  try {
    await assert.rejects(
      worker.putConfig("safe", { ...config, "mqtt.password": "wrong" }),
      /refuses the login: not authorized \(135\)\. Look at mqtt\.username/,
    );
    const { "mqtt.ssl.ca.location": _, ...distrusting } = config;
    await assert.rejects(worker.putConfig("safe", distrusting), /TLS with ssl:.* fails: .*certificate.*mqtt\.ssl\.ca\.location/s);
    await assert.rejects(worker.putConfig("safe", { ...config, "mqtt.topics": "a/#/b" }), /"a\/#\/b" is no topic filter/);
    await worker.putConfig("safe", config);
    const foreign = await mqtt.connectAsync({
      host: "127.0.0.1",
      port: server.port,
      protocol: "mqtts",
      username: "ottla",
      password: "open sesame",
      rejectUnauthorized: false,
    });
    const wills: string[] = [];
    foreign.on("message", (_topic, payload) => wills.push(String(payload)));
    await foreign.subscribeAsync("gone");
    await kafka.until("it reads", async () => {
      await foreign.publishAsync("safe/x", "1", { qos: 1 });
      return (await kafka.topic("safe").records()).length > 0;
    });
    const thief = await mqtt.connectAsync({
      host: "127.0.0.1",
      port: server.port,
      protocol: "mqtts",
      clientId: "ottla-safe",
      username: "ottla",
      password: "open sesame",
      rejectUnauthorized: false,
      reconnectPeriod: 0,
    });
    await waitUntil("its will is published", () => wills.length > 0);
    assert.deepEqual(wills, ["the source is gone"]);
    await Promise.all([thief.endAsync(true), foreign.endAsync(true)]);
  } finally {
    await worker.stop();
    await server.stop();
  }
});
