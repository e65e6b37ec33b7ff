// Redis's source and sink at Debian's redis-server, over kill -9 of worker, broker and Redis.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { testSeed } from "@ottla/base/simulated";
import { silentLogger } from "@ottla/base";
import type { SeededRandom } from "@ottla/base/simulated";
import { redisSink } from "@ottla/connect/redis-sink";
import { MemoryOffsetStore, startInProcessWorker } from "@ottla/connect/worker";
import { type Kafka, startKafka } from "@ottla/testing";
import { Redis } from "ioredis";
import { configValues } from "../postgres/source-config.ts";
import { recordAt } from "../s3/s3-task.ts";
import { type RunningRedis, startRedis } from "../../process/redis.ts";
import { liveThrough } from "../bad-days/sink-day.ts";
import { liveThroughSource } from "../bad-days/source-day.ts";

const QUICK = { "offset.flush.interval.ms": "100" };
const STRINGS = { "key.converter": "string", "value.converter": "string" };
const JSONS = { "key.converter": "string", "value.converter": "json", "value.converter.schemas.enable": "false" };

describe("Redis", () => {
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
  beforeEach(() => foreign.flushall());
  const uri = (): string => `redis://127.0.0.1:${server.port}`;

  test("entries come once each over restarts and over Redis's own death, and are acknowledged", async () => {
    await using kafka = await startKafka();
    const config = {
      "connector.class": "redis-stream-source",
      "redis.uri": uri(),
      "redis.stream.name": "orders",
      "redis.reconnect.max.ms": "200",
      ...JSONS,
    };
    const offsets = new MemoryOffsetStore();
    for (let i = 0; i < 300; i++) await foreign.xadd("orders", "*", "n", String(i));
    const first = await startInProcessWorker({ client: kafka.client(), offsets, properties: QUICK });
    await first.putConfig("in", { ...config, "tasks.max": "3" });
    const numbers = async (): Promise<number[]> =>
      (await kafka.topic("orders").records({ value: "json" })).map(({ value }) => Number((value as { n: string }).n)).sort((a, b) => a - b);
    await kafka.until("they come", async () => (await numbers()).length >= 300);
    await server.crash();
    for (let i = 300; i < 400; i++) await foreign.xadd("orders", "*", "n", String(i));
    await kafka.until("what came after Redis's death comes", async () => (await numbers()).length >= 400);
    await first.stop();
    // One task reads on for three.
    const second = await startInProcessWorker({ client: kafka.client(), offsets, properties: QUICK });
    await second.putConfig("in", config);
    await foreign.xreadgroup("GROUP", "kafka-consumer-group", "consumer-2", "COUNT", 1, "STREAMS", "orders", ">").catch(() => null);
    for (let i = 400; i < 420; i++) await foreign.xadd("orders", "*", "n", String(i));
    await kafka.until("the rest comes", async () => (await numbers()).length >= 420);
    assert.deepEqual(
      await numbers(),
      Array.from({ length: 420 }, (_, i) => i),
    );
    await kafka.until(
      "all are acknowledged",
      async () => ((await foreign.xpending("orders", "kafka-consumer-group")) as [number])[0] === 0,
    );
    await second.stop();
  });

  test("what a task that is no more was given and did not acknowledge is read in its name", async () => {
    await using kafka = await startKafka();
    await foreign.xgroup("CREATE", "left", "kafka-consumer-group", "0", "MKSTREAM");
    await foreign.xadd("left", "*", "n", "1");
    await foreign.xreadgroup("GROUP", "kafka-consumer-group", "consumer-5", "STREAMS", "left", ">");
    const worker = await startInProcessWorker({ client: kafka.client(), properties: QUICK });
    await worker.putConfig("left", { "connector.class": "redis-stream-source", "redis.uri": uri(), "redis.stream.name": "left", ...JSONS });
    await kafka.topic("left").has([{ value: '{"n":"1"}' }]);
    await worker.stop();
  });

  test("an entry that is given out again behind the offset is known: it does not come again, and is acknowledged", async () => {
    await using kafka = await startKafka();
    const offsets = new MemoryOffsetStore();
    await foreign.xgroup("CREATE", "again", "kafka-consumer-group", "0", "MKSTREAM");
    for (const id of ["9-1", "10-1", "10-2"]) await foreign.xadd("again", id, "n", id);
    await foreign.xreadgroup("GROUP", "kafka-consumer-group", "consumer-0", "STREAMS", "again", ">");
    await offsets.put("again", [{ partition: { consumer: "consumer-0", stream: "again" }, offset: { id: "10-1" } }]);
    const worker = await startInProcessWorker({ client: kafka.client(), offsets, properties: QUICK });
    await worker.putConfig("again", {
      "connector.class": "redis-stream-source",
      "redis.uri": uri(),
      "redis.stream.name": "again",
      ...JSONS,
    });
    await kafka.until("all are acknowledged", async () => ((await foreign.xpending("again", "kafka-consumer-group")) as [number])[0] === 0);
    await kafka.topic("again").has([{ key: "10-2" }]);
    await worker.stop();
  });

  test("a batch that comes again is written once, whoever brings it, and a task reads on behind what Redis has", async () => {
    const seeks: string[] = [];
    const open = () =>
      redisSink.open(configValues(redisSink.config, { "redis.uri": uri(), "redis.type": "LIST" }), {
        connector: "twice",
        taskNumber: 0,
        signal: new AbortController().signal,
        log: silentLogger,
        seek: ({ topic, partition }, offset) => seeks.push(`${topic}-${partition} ${offset}`),
      });
    const context = { signal: new AbortController().signal, reportBad: (_: unknown, error: unknown): void => assert.fail(String(error)) };
    const [first, second] = [await open(), await open()];
    const batch = [0, 1, 2].map((offset) => recordAt(offset, `value ${offset}`));
    await first.write(batch.slice(0, 2), context);
    await first.write(batch, context);
    await second.assigned?.([
      { topic: "orders", partition: 0 },
      { topic: "orders", partition: 1 },
    ]);
    await second.write(batch, context);
    assert.deepEqual(await foreign.lrange("orders", 0, -1), ["value 0", "value 1", "value 2"]);
    assert.deepEqual(seeks, ["orders-0 3"]);
    await foreign.del("ottla:offsets:twice");
    await assert.rejects(
      first.write([recordAt(3, "value 3")], context),
      /Redis has forgotten records of orders-0: they were written up to offset 3, and ottla:offsets:twice says 0/,
    );
    await first.close?.();
    await second.close?.();
  });

  test("bytes that are no text fail the task and name stream, entry and field", async () => {
    await using kafka = await startKafka();
    await foreign.xadd("raw", "7-1", "ok", "a", "blob", Buffer.from([0xff, 0xfe]));
    const worker = await startInProcessWorker({ client: kafka.client(), properties: QUICK });
    await worker.putConfig("raw", {
      "connector.class": "redis-stream-source",
      "redis.uri": uri(),
      "redis.stream.name": "raw",
      "ottla.restart.max": "0",
      ...JSONS,
    });
    const status = () => worker.statuses.get({ connector: "raw", task: 0 });
    await kafka.until("it fails", () => status()?.state === "FAILED");
    assert.match(
      status()?.trace ?? "",
      /Connector "raw", task 0, TASK_POLL, field blob: The entry 7-1 of the stream raw has bytes in "blob" that are no text \(fffe…\)\. Remove the entry/,
    );
    await worker.stop();
  });

  test("records are strings, hashes, list items, entries and messages; what Redis refuses is the record's fault alone", async () => {
    await using kafka = await startKafka();
    await kafka.topic("t").create();
    const heard: string[] = [];
    const listener = new Redis(server.port, "127.0.0.1");
    listener.on("message", (_channel, text) => heard.push(text));
    await listener.subscribe("t");
    await foreign.set("t:2", "a string");
    const worker = await startInProcessWorker({ client: kafka.client(), properties: QUICK });
    const base = { "connector.class": "com.redis.kafka.connect.RedisSinkConnector", topics: "t", "redis.uri": uri(), ...JSONS };
    await worker.putConfig("strings", { ...base, "redis.type": "STRING", "redis.key": "s:${key}" });
    await worker.putConfig("list", { ...base, "redis.type": "LIST", "redis.key": "list" });
    await worker.putConfig("stream", { ...base, "redis.type": "STREAM", "redis.key": "stream-${partition}" });
    await worker.putConfig("news", { ...base, "redis.type": "PUBSUB" });
    await worker.putConfig("hashes", {
      ...base,
      "redis.type": "HASH",
      "errors.tolerance": "all",
      "errors.deadletterqueue.topic.name": "bad",
      "errors.deadletterqueue.context.headers.enable": "true",
    });
    await kafka.topic("t").produce([
      { key: "1", value: '{"a":1,"b":{"c":[2]},"d":null}' },
      { key: "2", value: '{"a":2}' },
      { key: "3", value: '"text"' },
      { key: "4", value: '{"a":4}' },
      { key: "4", value: null },
    ]);
    const [refused, formless] = await kafka
      .topic("bad")
      .has([{ key: "2" }, { key: "3" }])
      .then((records) => [...records].sort((a, b) => a.offset - b.offset));
    assert.match(
      String(refused?.headers["__connect.errors.exception.message"]),
      /Connector "hashes", task 0, TASK_PUT, topic t, partition 0, offset [12].*/,
    );
    assert.ok(formless !== undefined);
    assert.deepEqual(await foreign.hgetall("t:1"), { a: "1", b: '{"c":[2]}' });
    assert.equal(await foreign.exists("t:4"), 0);
    await kafka.until(
      "all have written",
      async () =>
        heard.length === 4 &&
        (await foreign.llen("list")) === 4 &&
        (await foreign.xlen("stream-0")) === 5 &&
        (await foreign.exists("s:1", "s:2", "s:3", "s:4")) === 3,
    );
    assert.deepEqual(await foreign.lrange("list", 0, -1), ['{"a":1,"b":{"c":[2]},"d":null}', '{"a":2}', "text", '{"a":4}']);
    listener.disconnect();
    await worker.stop();
  });

  const listed = (kafka: Kafka) => async (): Promise<string[]> => (await kafka.topic("jobs").records()).map(({ value }) => String(value));
  const LIST = { "connector.class": "redis-list-source", "redis.list.name": "jobs", "redis.reconnect.max.ms": "200", ...STRINGS };

  test("items of a list come once each and in order over restarts and Redis's own death, are let go of when they are durable, and not before", async () => {
    await using kafka = await startKafka({ topics: { jobs: 1 } });
    const values = listed(kafka);
    const offsets = new MemoryOffsetStore();
    const config = { ...LIST, "redis.uri": uri(), "batch.size": "7" };
    const jobs = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, i) => `job ${from + i}`);
    await foreign.rpush("jobs", ...jobs(0, 100), "job 5");
    const first = await startInProcessWorker({ client: kafka.client(), offsets, properties: QUICK });
    await first.putConfig("in", config);
    await kafka.until("they come", async () => (await values()).length >= 101);
    await server.crash();
    await foreign.rpush("jobs", ...jobs(101, 150));
    await kafka.until("what came after Redis's death comes", async () => (await values()).length >= 150);
    await kafka.until("all are let go of", async () => (await foreign.llen("jobs:pending:in-0")) === 0);
    // A cluster that takes nothing: what was taken of the list is kept beside it.
    const held = kafka.fault({ api: "Produce", topic: "jobs", hold: true, times: "always" });
    await foreign.rpush("jobs", ...jobs(150, 160));
    await kafka.until("they are taken", async () => (await foreign.llen("jobs:pending:in-0")) === 10);
    const stopping = first.stop();
    held.remove();
    await stopping;
    const second = await startInProcessWorker({ client: kafka.client(), offsets, properties: QUICK });
    await second.putConfig("in", config);
    await foreign.rpush("jobs", "last");
    await kafka.until("the last is there", async () => (await values()).includes("last"));
    assert.deepEqual([...new Set(await values())], [...jobs(0, 100), ...jobs(101, 160), "last"]);
    assert.equal((await values()).filter((value) => value === "job 5").length, 2);
    await kafka.until("all are let go of", async () => (await foreign.llen("jobs:pending:in-0")) === 0);
    assert.equal(await foreign.get("jobs:pending:in-0:done"), "161");
    await second.stop();
  });

  test("what is durable and was not let go of does not come again, what is not comes, and that of a task that is no more, too", async () => {
    await using kafka = await startKafka({ topics: { jobs: 1 } });
    const offsets = new MemoryOffsetStore();
    await foreign.rpush("jobs:pending:in-0", "a", "b", "c");
    await foreign.set("jobs:pending:in-0:done", "4");
    await foreign.rpush("jobs:pending:in-3", "of three");
    await offsets.put("in", [{ partition: { list: "jobs", pending: "jobs:pending:in-0" }, offset: { count: 6 } }]);
    // A server that forgot: what it has now are others, whatever their numbers.
    await offsets.put("in", [{ partition: { list: "jobs", pending: "jobs:pending:in-3" }, offset: { count: 0 } }]);
    const worker = await startInProcessWorker({ client: kafka.client(), offsets, properties: QUICK });
    await worker.putConfig("in", { ...LIST, "redis.uri": uri() });
    await kafka.until("they come", async () => (await listed(kafka)()).length === 2);
    assert.deepEqual(await listed(kafka)(), ["c", "of three"]);
    await kafka.until("all are let go of", async () => (await foreign.exists("jobs:pending:in-0", "jobs:pending:in-3")) === 0);
    await foreign.rpush("jobs", Buffer.from([0xff, 0xfe]));
    await kafka.until("it says so", () => worker.statuses.get({ connector: "in", task: 0 })?.trace !== undefined);
    assert.match(
      worker.statuses.get({ connector: "in", task: 0 })?.trace ?? "",
      /An item of the list jobs has bytes that are no text \(fffe…\); redis\.value=bytes/,
    );
    assert.equal(await foreign.llen("jobs:pending:in-0"), 1, "it is not lost");
    await worker.stop();
  });

  test("messages of channels and patterns come while they are heard, and again once a lost server is back", async () => {
    await using kafka = await startKafka({ topics: { heard: 1 } });
    const worker = await startInProcessWorker({ client: kafka.client(), properties: QUICK });
    await worker.putConfig("ears", {
      "connector.class": "redis-pubsub-source",
      "redis.uri": uri(),
      "redis.channels": "news",
      "redis.patterns": "plant.*",
      "redis.reconnect.max.ms": "100",
      topic: "heard",
      ...STRINGS,
    });
    const heard = async (channel: string, message: string): Promise<void> => {
      await kafka.until(`somebody hears ${channel}`, async () => (await foreign.publish(channel, message)) > 0);
    };
    await heard("news", "one");
    await heard("plant.7", "two");
    await foreign.publish("other", "nobody");
    await server.crash();
    await kafka.until("Redis is back", () => foreign.status === "ready");
    await heard("news", "three");
    await kafka.until("all are there", async () => (await kafka.topic("heard").records()).length === 3);
    assert.deepEqual(
      (await kafka.topic("heard").records()).map(({ key, value }) => `${String(key)} ${String(value)}`),
      ["news one", "plant.7 two", "news three"],
    );
    await worker.stop();
  });

  test("records are members of sets and sorted sets, and go with a record without a value", async () => {
    const bad: string[] = [];
    const context = {
      signal: new AbortController().signal,
      reportBad: (_: unknown, error: unknown): void => void bad.push((error as Error).message),
    };
    const write = async (settings: Record<string, string>, ...records: ReturnType<typeof recordAt>[]): Promise<void> => {
      const task = await redisSink.open(configValues(redisSink.config, { "redis.uri": uri(), "ottla.offsets.key": "", ...settings }), {
        connector: "sets",
        taskNumber: 0,
        signal: new AbortController().signal,
        log: silentLogger,
        seek: () => {},
      });
      await task.write(records, context);
      await task.close?.();
    };
    await write(
      { "redis.type": "SET", "redis.key": "tags" },
      recordAt(0, "red"),
      recordAt(1, "blue"),
      recordAt(2, "red"),
      recordAt(3, 7, { key: "k" }),
      recordAt(4, null, { key: "k" }),
    );
    assert.deepEqual((await foreign.smembers("tags")).sort(), ["blue", "red"]);
    const score = (offset: number, key: string | null, value: unknown) => recordAt(offset, value, { key, timestampMs: 1000 + offset });
    await write(
      { "redis.type": "ZSET", "redis.key": "board", "redis.score": "points" },
      score(0, "ann", { points: 3 }),
      score(1, "bob", { points: 2.5 }),
      score(2, "ann", { points: 1 }),
      score(3, "bob", null),
      score(4, "cid", { points: "x" }),
      score(5, null, { points: 1 }),
      score(6, "dee", { points: 2n ** 60n + 1n }),
    );
    assert.deepEqual(await foreign.zrange("board", "0", "-1", "WITHSCORES"), ["ann", "1"]);
    await write({ "redis.type": "ZSET", "redis.key": "seen", "redis.member": "who" }, score(9, null, { who: "ann" }), score(10, null, {}));
    assert.deepEqual(await foreign.zrange("seen", "0", "-1", "WITHSCORES"), ["ann", "1009"]);
    assert.match(
      bad.join("\n"),
      /points: the score.*is no number.*\n.*no key, which is the member.*redis\.member.*\n.*1152921504606846977 has more digits.*\n.*who: the member.*is null/,
    );
  });

  test("a login that is refused is told by its setting, and a wrong address", async () => {
    await using kafka = await startKafka();
    const worker = await startInProcessWorker({ client: kafka.client() });
    const config = { "connector.class": "redis-sink", topics: "t", ...STRINGS };
    await assert.rejects(
      worker.putConfig("x", { ...config, "redis.uri": uri(), "redis.username": "nobody", "redis.password": "wrong" }),
      /WRONGPASS.*Look at redis\.username/s,
    );
    await assert.rejects(worker.putConfig("x", { ...config, "redis.uri": "http://127.0.0.1" }), /redis\.uri is redis:\/\/host:port/);
    await worker.stop();
  });

  test("items of a list come once each over kill -9 of worker, broker and Redis", async (t) => {
    const seed = testSeed();
    t.diagnostic(`OTTLA_TEST_SEED=${seed}`);
    const total = 2000;
    const told = await liveThroughSource({
      seed,
      topic: "jobs",
      config: { ...LIST, "redis.uri": uri(), "batch.size": "50" },
      async write(random) {
        for (let n = 0; n < total; ) {
          const until = Math.min(total, n + 1 + random.nextInt(80));
          // What became of a push whose answer did not come the list's counter says.
          const push =
            "if (redis.call('GET', 'pushed') or '0') == ARGV[1] then for i = ARGV[1], ARGV[2] - 1 do redis.call('RPUSH', 'jobs', string.format('%d', i)) end redis.call('SET', 'pushed', ARGV[2]) end return redis.call('GET', 'pushed')";
          try {
            n = Number(await foreign.eval(push, 0, String(n), String(until)));
          } catch {
            await sleep(50);
          }
          await sleep(random.nextInt(120));
        }
      },
      crash: () => server.crash(),
      isDone: (values) => {
        assert.equal(new Set(values).size, values.length, "an item came twice");
        return values.length >= total;
      },
    });
    t.diagnostic(told);
  });

  test("a sink has each record once over kill -9 of worker, broker and Redis", async (t) => {
    const seed = testSeed();
    const records = Number(process.env["OTTLA_REDIS_RECORDS"] ?? 400);
    const told = await liveThrough({
      seed,
      topic: "day",
      partitions: 2,
      records,
      config: { "connector.class": "redis-sink", "redis.uri": uri(), "redis.type": "LIST", "redis.key": "day:${partition}", ...STRINGS },
      recordOf: (n) => ({ key: String(n), value: String(n) }),
      crash: async (random: SeededRandom) => {
        await server.crash();
        await sleep(random.nextInt(100));
      },
      isDone: async () => (await foreign.llen("day:0").catch(() => 0)) + (await foreign.llen("day:1").catch(() => 0)) >= records,
    });
    t.diagnostic(`OTTLA_TEST_SEED=${seed}: ${told}`);
    for (const partition of [0, 1])
      assert.deepEqual(
        (await foreign.lrange(`day:${partition}`, 0, -1)).map(Number),
        Array.from({ length: records / 2 }, (_, i) => i * 2 + partition),
        `seed ${seed}`,
      );
  });
});
