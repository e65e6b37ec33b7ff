// MongoDB's sink at FerretDB and its source at a server in Java: there is no MongoDB to be had here, and each knows a part of what one does.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { testSeed } from "@ottla/base/simulated";
import { MemoryOffsetStore, startInProcessWorker } from "@ottla/connect/worker";
import { startKafka } from "@ottla/testing";
import { type Collection, type Document, Long, MongoClient } from "mongodb";
import { liveThrough } from "../bad-days/sink-day.ts";
import { type ChangingMongoServer, startChangingMongoServer } from "../../process/changing-mongo.ts";
import { type RunningFerretdb, startFerretdb } from "../../process/ferretdb.ts";

const QUICK = { "offset.flush.interval.ms": "100" };
const STRINGS = { "key.converter": "string", "value.converter": "string" };
const JSONS = { "key.converter": "string", "value.converter": "json", "value.converter.schemas.enable": "false" };

describe("MongoDB's sink at FerretDB", () => {
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
  const collection = (name: string): Collection => foreign.db("shop").collection(name);
  const sink = (topics: string, rest: Readonly<Record<string, string>> = {}): Record<string, string> => ({
    "connector.class": "com.mongodb.kafka.connect.MongoSinkConnector",
    topics,
    "connection.uri": server.uri,
    database: "shop",
    ...JSONS,
    ...rest,
  });

  test("records are documents by their key, a record without a value deletes, and what cannot be written is its record's fault alone", async () => {
    await using kafka = await startKafka();
    await kafka.topic("orders").create();
    const worker = await startInProcessWorker({ client: kafka.client(), properties: QUICK });
    await worker.putConfig(
      "orders",
      sink("orders", {
        "document.id.strategy": "com.mongodb.kafka.connect.sink.processor.id.strategy.FullKeyStrategy",
        "delete.on.null.values": "true",
        "errors.tolerance": "all",
        "errors.deadletterqueue.topic.name": "bad",
        "errors.deadletterqueue.context.headers.enable": "true",
      }),
    );
    await kafka.topic("orders").produce([
      { key: "a", value: '{"n":1,"large":9007199254740993,"part":1.5,"deep":{"list":[1,null,"x"]}}' },
      { key: "b", value: '{"n":2}' },
      { key: "c", value: '{"$set":{"n":3}}' },
      { key: "d", value: '"a text"' },
      { key: '{"$gt":""}', value: null },
      { key: "b", value: null },
      { key: "e", value: '{"__proto__":{"n":5},"constructor":6}' },
    ]);
    const bad = await kafka.topic("bad").has([{ key: "c" }, { key: "d" }]);
    const messages = bad.map(({ headers }) => String(headers["__connect.errors.exception.message"])).sort();
    assert.match(messages.join("\n"), /the value is no document but the text|a text/);
    assert.match(messages.join("\n"), /begins with \$, which is kept for MongoDB's operators/);
    await kafka.until("all are written", async () => (await collection("orders").countDocuments()) === 2);
    const documents = await collection("orders")
      .find({}, { promoteValues: false, sort: { _id: 1 } })
      .toArray();
    assert.deepEqual(documents[0]?.["large"], Long.fromString("9007199254740993"));
    const [first, last] = await collection("orders")
      .find({}, { sort: { _id: 1 } })
      .toArray();
    assert.deepEqual({ ...first, large: undefined }, { _id: "a", n: 1, large: undefined, part: 1.5, deep: { list: [1, null, "x"] } });
    assert.deepEqual(Object.keys(last ?? {}), ["_id", "__proto__", "constructor"]);
    await worker.stop();
  });

  test("changes that Debezium tells of a table are its rows", async () => {
    await using kafka = await startKafka();
    await kafka.topic("cdc").create();
    const worker = await startInProcessWorker({ client: kafka.client(), properties: QUICK });
    await worker.putConfig(
      "cdc",
      sink("cdc", {
        collection: "rows",
        "change.data.capture.handler": "com.mongodb.kafka.connect.sink.cdc.debezium.rdbms.postgres.PostgresHandler",
        ...{ "key.converter": "json", "key.converter.schemas.enable": "false" },
      }),
    );
    const change = (id: number, op: string, after: object | null): { key: string; value: string } => ({
      key: JSON.stringify({ id }),
      value: JSON.stringify({ before: null, after, op, source: {} }),
    });
    await kafka
      .topic("cdc")
      .produce([
        change(1, "r", { id: 1, name: "one" }),
        change(2, "c", { id: 2, name: "two" }),
        change(1, "u", { id: 1, name: "uno" }),
        change(2, "d", null),
        { key: '{"id":2}', value: null },
        change(3, "c", { id: 3, name: "three" }),
      ]);
    await kafka.until("the last is there", async () => (await collection("rows").countDocuments({ name: "three" })) === 1);
    assert.deepEqual((await collection("rows").find().toArray()).map(({ name }) => name as string).sort(), ["three", "uno"]);
    await worker.stop();
  });

  for (const strategy of ["DefaultWriteModelStrategy", "InsertOneDefaultStrategy"])
    test(`each record is one document over kill -9 of worker, broker and FerretDB, by ${strategy}`, { timeout: 300_000 }, async (t) => {
      const records = 3_000;
      const name = strategy.slice(0, 6);
      const told = await liveThrough({
        seed: testSeed(),
        topic: "day",
        partitions: 3,
        records,
        config: sink("day", { collection: name, "writemodel.strategy": strategy, "max.batch.size": "50", ...STRINGS }),
        recordOf: (number) => ({ key: String(number), value: `{"number":${number}}` }),
        crash: () => server.crash(),
        isDone: async () =>
          (await collection(name)
            .countDocuments()
            .catch(() => 0)) >= records,
      });
      t.diagnostic(told);
      const numbers = (await collection(name).find().toArray()).map(({ number }) => number as number).sort((a, b) => a - b);
      assert.deepEqual(
        numbers,
        Array.from({ length: records }, (_, i) => i),
      );
    });
});

describe("MongoDB's source at a server in Java", () => {
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
  const source = (collection: string, rest: Readonly<Record<string, string>> = {}): Record<string, string> => ({
    "connector.class": "com.mongodb.kafka.connect.MongoSourceConnector",
    "connection.uri": server.uri,
    database: "shop",
    collection,
    "topic.prefix": "m",
    "poll.await.time.ms": "100",
    "ottla.reconnect.max.ms": "200",
    ...STRINGS,
    ...rest,
  });
  const numbered = (from: number, to: number): Document[] => Array.from({ length: to - from }, (_, i) => ({ _id: from + i, n: from + i }));

  test("what is there is copied, and what changes comes behind it, over stops and cut connections", async () => {
    await using kafka = await startKafka();
    const offsets = new MemoryOffsetStore();
    const orders = foreign.db("shop").collection("orders");
    await orders.insertMany(numbered(0, 500));
    const config = source("orders", { "startup.mode": "copy_existing", "publish.full.document.only": "true", "poll.max.batch.size": "50" });
    const ids = async (): Promise<number[]> =>
      (await kafka.topic("m.shop.orders").records({ value: "json" })).map(({ value }) => (value as { _id: number })._id);
    const first = await startInProcessWorker({ client: kafka.client(), offsets, properties: QUICK });
    await first.putConfig("in", config);
    await kafka.until("the copy has begun", async () => (await ids()).length > 0);
    server.cut();
    await first.stop();
    await orders.insertMany(numbered(500, 600));
    const second = await startInProcessWorker({ client: kafka.client(), offsets, properties: QUICK });
    await second.putConfig("in", config);
    await kafka.until("changes come", async () => new Set(await ids()).size === 600);
    for (let from = 600; from < 900; from += 50) {
      const inserted = orders.insertMany(numbered(from, from + 50));
      server.cut();
      await inserted;
      await kafka.until("changes go on", async () => (await ids()).some((id) => id >= from));
      server.cut();
    }
    await kafka.until("all come", async () => new Set(await ids()).size === 900);
    await second.stop();
  });

  test("changes come once each over stops of the worker, keys are the documents'", async () => {
    await using kafka = await startKafka();
    const offsets = new MemoryOffsetStore();
    const items = foreign.db("shop").collection("items");
    await items.insertOne({ _id: -1 } as Document);
    const values = async (): Promise<{ key: string; type: string }[]> =>
      (await kafka.topic("m.shop.items").records({ key: "json", value: "json" })).map(({ key, value }) => ({
        key: JSON.stringify(key),
        type: (value as { operationType: string }).operationType,
      }));
    const run = async (until: number): Promise<void> => {
      const worker = await startInProcessWorker({ client: kafka.client(), offsets, properties: QUICK });
      await worker.putConfig("in", source("items"));
      await kafka.until("it runs", () => worker.statuses.get({ connector: "in", task: 0 })?.state === "RUNNING");
      await kafka.until("it says where it begins", async () => (await offsets.list("in")).length > 0);
      await items.insertMany(numbered(until - 20, until));
      await items.deleteOne({ _id: until - 1 } as Document);
      await kafka.until("they come", async () => (await values()).length >= (until / 20) * 21);
      await worker.stop();
    };
    for (const until of [20, 40, 60]) await run(until);
    // This server tells its time in seconds alone, so that what was just before comes too.
    const got = (await values()).filter(({ key }) => key !== '{"_id":-1}');
    assert.equal(got.length, 63);
    assert.deepEqual(got[0], { key: '{"_id":0}', type: "insert" });
    assert.deepEqual(got[20], { key: '{"_id":19}', type: "delete" });
    assert.equal(new Set(got.filter(({ type }) => type === "insert").map(({ key }) => key)).size, 60);
  });

  test("what a server cannot do, an address that is none and settings that cannot be are told with what to do, and without the password", async () => {
    await using kafka = await startKafka();
    const worker = await startInProcessWorker({ client: kafka.client(), properties: QUICK });
    // Changes of all databases are unknown to this server.
    await worker.putConfig("all", { ...source("", { "ottla.restart.max": "0" }), database: "" });
    const status = () => worker.statuses.get({ connector: "all", task: 0 });
    await kafka.until("it fails", () => status()?.state === "FAILED");
    assert.match(status()?.trace ?? "", /MongoDB at 127\.0\.0\.1:\d+: no such command: 'aggregate'/);
    await assert.rejects(worker.putConfig("none", source("x", { "connection.uri": "mongodb://me:s3cret@[::1:1/" })), (error: Error) => {
      assert.match(error.message, /connection\.uri/);
      assert.doesNotMatch(error.message, /s3cret/);
      return true;
    });
    for (const [name, value, told] of [
      ["pipeline", "{}", /pipeline is a list of stages/],
      ["topic.namespace.map", "[1]", /topic\.namespace\.map is an object/],
      ["output.json.formatter", "com.acme.Mine", /Mine is not known/],
      ["startup.mode.copy.existing.namespace.regex", "(", /no regular expression/],
    ] as const)
      await assert.rejects(worker.putConfig("none", source("x", { [name]: value })), told);
    await assert.rejects(
      worker.putConfig("none", source("x", { "startup.mode": "timestamp", "startup.mode.timestamp.start.at.operation.time": "yesterday" })),
      /says where to begin/,
    );
    await worker.stop();
  });
});
