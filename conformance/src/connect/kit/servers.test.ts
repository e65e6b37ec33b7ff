// What every author's connector is checked by, on those that come along: MQTT at mosquitto, Redis, MongoDB's sink at FerretDB and its source at a server in Java.
import { after, before, describe, test } from "node:test";
import { sinkChecks, type SinkSubject, sourceChecks, type SourceSubject } from "@ottla/connect/testing";
import { builtinPlugins } from "@ottla/connect/worker";
import { Redis } from "ioredis";
import { MongoClient } from "mongodb";
import mqtt, { type MqttClient } from "mqtt";
import { type ChangingMongoServer, startChangingMongoServer } from "../../process/changing-mongo.ts";
import { type RunningFerretdb, startFerretdb } from "../../process/ferretdb.ts";
import { type RunningMosquitto, startMosquitto } from "../../process/mosquitto.ts";
import { type RunningRedis, startRedis } from "../../process/redis.ts";
import { waitUntil } from "../../process/wait-until.ts";

const NOBODY = "127.0.0.1:1";
const QUIET_MS = 700;
let stages = 0;

async function sourceOf(name: string): Promise<SourceSubject["plugin"]> {
  const plugin = await builtinPlugins.find((each) => each.kind === "source" && each.name === name)?.load();
  if (plugin?.kind !== "source") throw new Error(`There is no source ${name}.`);
  return plugin as SourceSubject["plugin"];
}

async function sinkOf(name: string): Promise<SinkSubject["plugin"]> {
  const plugin = await builtinPlugins.find((each) => each.kind === "sink" && each.name === name)?.load();
  if (plugin?.kind !== "sink") throw new Error(`There is no sink ${name}.`);
  return plugin as SinkSubject["plugin"];
}

const all = (checks: readonly { readonly name: string; run(): Promise<void> }[]): void => {
  for (const { name, run } of checks) test(name, run);
};
const numbers = (from: number, count: number): readonly string[] => Array.from({ length: count }, (_, at) => String(from + at + 1));

const [mqttSource, mqttSink, listSource, streamSource, pubSubSource, redisSink, mongodbSource, mongodbSink] = [
  await sourceOf("mqtt-source"),
  await sinkOf("mqtt-sink"),
  await sourceOf("redis-list-source"),
  await sourceOf("redis-stream-source"),
  await sourceOf("redis-pubsub-source"),
  await sinkOf("redis-sink"),
  await sourceOf("mongodb-source"),
  await sinkOf("mongodb-sink"),
];

describe("the kit on mosquitto", () => {
  let server: RunningMosquitto;
  let foreign: MqttClient;
  before(async () => {
    server = await startMosquitto();
    foreign = await mqtt.connectAsync({ port: server.port, host: "127.0.0.1", protocolVersion: 5 });
    foreign.setMaxListeners(0);
  });
  after(async () => {
    await foreign.endAsync(true);
    await server.stop();
  });
  const login = { "mqtt.username": "somebody", "mqtt.password": "not the one" };
  all(
    sourceChecks({
      plugin: mqttSource,
      async makeStage() {
        const id = `stage-${stages++}`;
        // Its session is there before, so that what is published waits for it.
        const session = await mqtt.connectAsync({
          port: server.port,
          host: "127.0.0.1",
          protocolVersion: 5,
          clientId: id,
          clean: false,
          properties: { sessionExpiryInterval: 600 },
        });
        await session.subscribeAsync(`${id}/#`, { qos: 1 });
        await session.endAsync();
        let count = 0;
        return {
          properties: { "mqtt.server.uri": `tcp://127.0.0.1:${server.port}`, "mqtt.topics": `${id}/#`, "mqtt.client.id": id, ...login },
          async add(more) {
            const added = numbers(count, more);
            count += more;
            await Promise.all(added.map((text) => foreign.publishAsync(`${id}/x`, text, { qos: 1 })));
            return added;
          },
        };
      },
      identityOf: ({ value }) => String(value),
      unusable: { "mqtt.server.uri": `tcp://${NOBODY}`, "mqtt.topics": "x/#", ...login },
      quietMs: QUIET_MS,
    }),
  );
  all(
    sinkChecks({
      plugin: mqttSink,
      async makeStage() {
        const id = `stage-${stages++}`;
        const came: string[] = [];
        foreign.on("message", (topic, payload) => void (topic.startsWith(`${id}/`) && came.push(String(payload))));
        await foreign.subscribeAsync(`${id}/#`, { qos: 1 });
        return {
          properties: { "mqtt.server.uri": `tcp://127.0.0.1:${server.port}`, "mqtt.topic": `${id}/\${key}`, ...login },
          async stored() {
            // Behind all that the server has for this client.
            const end = `end-${stages++}`;
            const isThere = new Promise<void>((resolve) =>
              foreign.on("message", (_, payload) => void (String(payload) === end && resolve())),
            );
            await foreign.publishAsync(`${id}/end`, end, { qos: 1 });
            await isThere;
            return came.filter((text) => /^\d+$/.test(text)).map(Number);
          },
        };
      },
      recordOf: (id) => ({ key: `k${id}`, value: String(id) }),
      bad: { key: "a+b", value: "3" },
      unusable: { "mqtt.server.uri": `tcp://${NOBODY}`, ...login },
    }),
  );
});

describe("the kit on Redis", () => {
  let server: RunningRedis;
  let foreign: Redis;
  before(async () => {
    server = await startRedis();
    foreign = new Redis(server.port, "127.0.0.1", { retryStrategy: () => 50 });
    foreign.on("error", () => {});
  });
  after(async () => {
    foreign.disconnect();
    await server.stop();
  });
  const uri = (): string => `redis://127.0.0.1:${server.port}`;
  const nobody = { "redis.uri": `redis://${NOBODY}`, "redis.password": "not the one" };
  const listeners = async (): Promise<readonly string[]> =>
    [...String(await foreign.call("CLIENT", "LIST", "TYPE", "pubsub")).matchAll(/^id=(\d+) .* sub=[1-9]/gm)].map(([, id]) => id!);
  all(
    sourceChecks({
      plugin: listSource,
      async makeStage() {
        const list = `list-${stages++}`;
        let count = 0;
        return {
          properties: { "redis.uri": uri(), "redis.list.name": list },
          async add(more) {
            const added = numbers(count, more);
            count += more;
            await foreign.rpush(list, ...added);
            return added;
          },
        };
      },
      identityOf: ({ value }) => String(value),
      unusable: { ...nobody, "redis.list.name": "x" },
      quietMs: QUIET_MS,
      tasksMax: 1,
    }),
  );
  all(
    sourceChecks({
      plugin: streamSource,
      async makeStage() {
        const stream = `stream-${stages++}`;
        let count = 0;
        return {
          properties: { "redis.uri": uri(), "redis.stream.name": stream },
          async add(more) {
            const added = numbers(count, more);
            count += more;
            const pipeline = foreign.pipeline();
            for (const n of added) pipeline.xadd(stream, "*", "n", n);
            await pipeline.exec();
            return added;
          },
        };
      },
      identityOf: ({ value }) => String(value instanceof Map ? value.get("n") : (value as { readonly n: string }).n),
      unusable: { ...nobody, "redis.stream.name": "x" },
      quietMs: QUIET_MS,
      tasksMax: 1,
    }),
  );
  all(
    sourceChecks({
      plugin: pubSubSource,
      async makeStage() {
        const channel = `channel-${stages++}`;
        const heard = new Set(await listeners());
        let count = 0;
        return {
          properties: { "redis.uri": uri(), "redis.channels": channel },
          async add(more) {
            const added = numbers(count, more);
            count += more;
            // Not the one before, whose connection may still be there.
            const id = await waitUntil("another one listens", async () => (await listeners()).find((each) => !heard.has(each)), {
              everyMs: 5,
            });
            heard.add(id);
            for (const n of added) await foreign.publish(channel, n);
            return added;
          },
        };
      },
      identityOf: ({ value }) => String(value),
      unusable: { ...nobody, "redis.channels": "x" },
      quietMs: QUIET_MS,
      tasksMax: 1,
      isAtMostOnce: true,
    }),
  );
  all(
    sinkChecks({
      plugin: redisSink,
      async makeStage() {
        const key = `sink-${stages++}`;
        return {
          properties: { "redis.uri": uri(), "redis.type": "LIST", "redis.key": key, "ottla.offsets.key": `${key}-offsets` },
          stored: async () => (await foreign.lrange(key, 0, -1)).map(Number),
        };
      },
      recordOf: (id) => ({ key: null, value: String(id) }),
      unusable: nobody,
      exactlyOnce: true,
    }),
  );
});

describe("the kit on MongoDB's sink at FerretDB", () => {
  let server: RunningFerretdb;
  let foreign: MongoClient;
  before(async () => {
    server = await startFerretdb();
    foreign = new MongoClient(server.uri);
  });
  after(async () => {
    await foreign?.close();
    await server?.stop();
  });
  all(
    sinkChecks({
      plugin: mongodbSink,
      async makeStage() {
        const collection = `c${stages++}`;
        return {
          properties: { "connection.uri": server.uri, database: "kit", collection },
          stored: async () =>
            (await foreign.db("kit").collection(collection).find().toArray()).map((document) =>
              Number((document as { readonly n?: unknown }).n),
            ),
        };
      },
      recordOf: (n) => ({ key: null, value: { n } }),
      bad: { key: null, value: "no document" },
      unusable: { "connection.uri": `mongodb://somebody:not-the-one@${NOBODY}/?serverSelectionTimeoutMS=500`, database: "kit" },
      exactlyOnce: true,
    }),
  );
});

async function secondOf(client: MongoClient): Promise<number> {
  const { localTime } = await client.db("admin").command({ isMaster: 1 });
  return Math.floor(Number(localTime as Date) / 1000);
}

describe("the kit on MongoDB's source at a server in Java", () => {
  let server: ChangingMongoServer;
  let foreign: MongoClient;
  before(async () => {
    server = await startChangingMongoServer();
    foreign = new MongoClient(server.calmUri);
  });
  after(async () => {
    await foreign?.close();
    await server?.stop();
  });
  all(
    sourceChecks({
      plugin: mongodbSource,
      async makeStage() {
        const name = `c${stages++}`;
        const collection = foreign.db("kit").collection<{ _id: number }>(name);
        let count = 0;
        return {
          properties: {
            "connection.uri": server.calmUri,
            database: "kit",
            collection: name,
            "startup.mode": "copy_existing",
            "publish.full.document.only": "true",
          },
          async add(more) {
            const added = numbers(count, more);
            count += more;
            await collection.insertMany(added.map((id) => ({ _id: Number(id) })));
            // This server tells its time in seconds alone: changes are read from the beginning of the second in which reading begins.
            const second = await secondOf(foreign);
            await waitUntil("another second begins", async () => (await secondOf(foreign)) > second, { everyMs: 20 });
            return added;
          },
        };
      },
      identityOf: ({ value }) => String((JSON.parse(String(value)) as { readonly _id: unknown })._id),
      unusable: {
        "connection.uri": `mongodb://somebody:not-the-one@${NOBODY}/?serverSelectionTimeoutMS=500`,
        database: "kit",
        collection: "x",
      },
      quietMs: QUIET_MS,
    }),
  );
});
