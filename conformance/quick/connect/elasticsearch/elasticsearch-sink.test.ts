import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLogger } from "@ottla/base";
import { SeededRandom, testSeed } from "@ottla/base/simulated";
import { decimalSchema, plain, type SinkRecord, struct } from "@ottla/connect";
import { elasticsearchSink } from "@ottla/connect/elasticsearch";
import { type FakeAnswer, startFakeHttp } from "../../../src/connect/fake-http.ts";
import { type FakeElasticsearch, startFakeElasticsearch } from "../../../src/connect/elasticsearch/fake-elasticsearch.ts";
import { configValues } from "../../../src/connect/postgres/source-config.ts";
import { recordAt } from "../../../src/connect/s3/s3-task.ts";
import { SinkRun } from "../../../src/connect/sink-run.ts";

const keyed = (offset: number, key: unknown, value: unknown): SinkRecord => ({ ...recordAt(offset, value), key });
const open = ({ url }: FakeElasticsearch, more: Record<string, string> = {}): Promise<SinkRun> =>
  SinkRun.open(elasticsearchSink, { "connection.url": url, "retry.backoff.ms": "0", ...more });

test("an index is what its topic says last, whatever the server answers and whatever comes again", async (t) => {
  const seed = testSeed();
  t.diagnostic(`OTTLA_TEST_SEED=${seed}`);
  const random = new SeededRandom(seed);
  // The first document says what the fields are: which of the others are bad is known from then on.
  let hasMapping = false;
  await using server = await startFakeElasticsearch({
    request: () => {
      const roll = random.nextInt(10);
      return roll === 0
        ? { status: 503 }
        : roll === 1
          ? { status: 429, headers: { "retry-after": "0" } }
          : roll === 2
            ? { cut: "before" }
            : undefined;
    },
    item: () => (hasMapping && random.nextInt(8) === 0 ? 429 : undefined),
    bytesMax: 3_000,
  });
  const model = new Map<string, unknown>();
  const bad: number[] = [];
  const records = Array.from({ length: 400 }, (_, n) => {
    const key = `k${random.nextInt(25)}`;
    const roll = random.nextInt(10);
    const value = roll === 0 ? null : { n: roll === 1 ? "none" : n, text: `t${n}` };
    return keyed(n, key, value);
  });
  records[0] = keyed(0, "first", { n: 0 });
  model.clear();
  bad.length = 0;
  for (const [n, { key, value }] of records.entries()) {
    if (value === null) model.delete(key as string);
    else if (typeof (value as { n: unknown }).n === "number") model.set(key as string, value);
    else bad.push(n);
  }
  let run = await open(server, { "behavior.on.null.values": "delete", "batch.size": "50" });
  await run.write(records.slice(0, 1), 1000);
  hasMapping = true;
  const told = new Set<number>();
  for (let from = 0; from < records.length; ) {
    const to = Math.min(records.length, from + 1 + random.nextInt(80));
    // A worker that dies hands over again, as other objects, from what was committed.
    const isAgain = random.nextInt(3) === 0;
    if (isAgain) {
      await run[Symbol.asyncDispose]();
      run = await open(server, { "behavior.on.null.values": "delete", "batch.size": "50" });
      from = Math.max(0, from - random.nextInt(60));
    }
    await run.write(
      records.slice(from, to).map((record) => ({ ...record })),
      1000,
    );
    for (const { record } of run.bad) told.add(Number(record.offset));
    from = to;
  }
  await run[Symbol.asyncDispose]();
  assert.deepEqual(server.documents("orders"), Object.fromEntries([...model].sort(([a], [b]) => (a < b ? -1 : 1))));
  // A bad record that waited and was overtaken by its key's next one is nobody's matter any more.
  const isOvertaken = (n: number): boolean => records.some(({ offset, key }) => offset > n && key === records[n]?.key);
  assert.deepEqual(
    bad.filter((n) => told.has(n) || !isOvertaken(n)),
    [...told].sort((a, b) => a - b),
  );
});

test("fields change by UPSERT, places are ids by key.ignore, data streams have each record once with its time", async () => {
  await using server = await startFakeElasticsearch();
  await using upsert = await open(server, { "write.method": "upsert" });
  await upsert.write([keyed(0, 7, { a: 1, b: 1 }), keyed(1, 7n, { b: 2 })]);
  await using places = await open(server, { "key.ignore": "true", "ottla.index.format": "by-${topic}" });
  const schema = struct({ price: decimalSchema(2), big: plain("int64") });
  const priced = recordAt(5, { price: { unscaled: 1250n, scale: 2 }, big: 5n }, { schema, topic: "Orders" });
  await places.write([priced, recordAt(6, '{"text":\n1}', { topic: "Orders" })]);
  await places.write([{ ...priced }]);
  await using stream = await open(server, {
    "data.stream.type": "logs",
    "data.stream.dataset": "app",
    "data.stream.timestamp.field": "x,at",
  });
  const lines = [recordAt(0, { m: "a" }, { timestampMs: 9 }), recordAt(1, { at: "2026-01-01" }), recordAt(2, {}, { timestampMs: 8 })];
  await stream.write(lines);
  await stream.write(lines.map((line) => ({ ...line })));
  assert.deepEqual(server.documents("orders"), { 7: { a: 1, b: 2 } });
  assert.deepEqual(server.documents("by-orders"), { "Orders+0+5": { price: 12.5, big: 5 }, "Orders+0+6": { text: 1 } });
  assert.deepEqual(server.documents("logs-app-orders"), {
    "orders+0+0": { "@timestamp": 9, m: "a" },
    "orders+0+1": { "@timestamp": "2026-01-01", at: "2026-01-01" },
    "orders+0+2": { "@timestamp": 8 },
  });
});

test("fields change in their order though an earlier change waits", async () => {
  const statuses = [429, undefined];
  await using server = await startFakeElasticsearch({ item: () => statuses.shift() });
  await using run = await open(server, { "write.method": "UPSERT" });
  await run.write([keyed(0, "a", { n: 1, first: 1 }), keyed(1, "a", { n: 2 }), keyed(2, "b", { n: 3 })]);
  assert.deepEqual(server.documents("orders"), { a: { n: 2, first: 1 }, b: { n: 3 } });
  assert.equal(run.waits.length, 1);
});

test("what is no document, no id or no index is the record's fault; what the server or the settings refuse is told", async () => {
  await using server = await startFakeElasticsearch({ bytesMax: 500 });
  await using run = await open(server);
  await run.write([
    keyed(0, "a", "text"),
    keyed(1, { id: 1 }, {}),
    keyed(2, "k".repeat(600), {}),
    keyed(3, "a", null),
    keyed(4, "a", { big: "x".repeat(600) }),
    { ...keyed(5, "a", {}), topic: "_odd" },
  ]);
  const messages = run.bad.map(({ message }) => message).join("\n");
  for (const expected of [
    /no JSON/,
    /an object; ExtractField\$Key/,
    /at most 512 bytes/,
    /behavior\.on\.null\.values=DELETE/,
    /larger than the server takes/,
    /"_odd" is no name of an index/,
  ])
    assert.match(messages, expected);
  await using quiet = await open(server, { "behavior.on.malformed.documents": "ignore" });
  await quiet.write([keyed(0, "m", { n: 1 }), keyed(1, "m", { n: "x" })]);
  assert.deepEqual([quiet.bad, server.documents("orders")], [[], { m: { n: 1 } }]);
  for (const [answer, expected] of [
    [{ status: 401, body: "who?" }, /answered 401: who\?; see to connection\.username/],
    [{ body: { items: [] } }, /is it Elasticsearch or OpenSearch\?/],
  ] as const) {
    await using other = await startFakeElasticsearch({ request: () => answer });
    await using failing = await open(other);
    await assert.rejects(failing.write([keyed(0, "a", {})]), expected);
  }
  await using down = await SinkRun.open(elasticsearchSink, {
    "connection.url": `http://127.0.0.1:1,${server.url}`,
    "retry.backoff.ms": "0",
  });
  await down.write([keyed(0, "next node", {})]);
  assert.ok("next node" in server.documents("orders"));
  const context = { signal: new AbortController().signal, log: silentLogger };
  for (const settings of [
    { "connection.url": "here" },
    { "connection.url": server.url, "data.stream.type": "logs" },
    { "connection.url": server.url, "data.stream.type": "logs", "data.stream.dataset": "d", "write.method": "UPSERT" },
    { "connection.url": server.url, "key.ignore": "true", "behavior.on.null.values": "DELETE" },
  ]) {
    const findings = await elasticsearchSink.check!(configValues(elasticsearchSink.config, settings), context);
    assert.equal(findings.length, 1, JSON.stringify(settings));
  }
});

test("an index that takes no document at all is no fault of its records", async () => {
  // As OpenSearch 2.19 answers, with the status of a bad document.
  for (const item of [
    { status: 400, type: "index_closed_exception", reason: "closed" },
    {
      status: 400,
      type: "illegal_argument_exception",
      reason: "no write index is defined for alias [orders]. The write index may be explicitly disabled using is_write_index=false",
    },
  ]) {
    await using server = await startFakeElasticsearch({ item: () => item });
    await using run = await open(server, { "behavior.on.malformed.documents": "ignore" });
    await assert.rejects(run.write([keyed(0, "a", {})]), {
      code: "CONNECT_SINK",
      message: new RegExp(`${item.type}: ${item.reason.slice(0, 20)}`),
    });
    assert.deepEqual(run.bad, []);
  }
});

test("a dry run looks whether a node is there and takes the login, and a user who may not look may write", async () => {
  const context = { signal: new AbortController().signal, log: silentLogger };
  let answer: FakeAnswer = { status: 200 };
  await using server = await startFakeHttp(() => answer);
  const check = async (url: string): Promise<readonly unknown[]> => {
    const settings = { "connection.url": url, "connection.username": "u", "connection.password": "s3cret" };
    return (await elasticsearchSink.check!(configValues(elasticsearchSink.config, settings), context)).map(({ key, message }) => [
      key,
      message.replaceAll(server.url, "NODE"),
    ]);
  };
  assert.deepEqual(await check(`${server.url}/behind/a/proxy`), []);
  assert.deepEqual(
    server.requests.map(({ method, url, headers }) => [method, url, headers.authorization]),
    [["GET", "/behind/a/proxy/", `Basic ${Buffer.from("u:s3cret").toString("base64")}`]],
  );
  answer = { status: 403 };
  assert.deepEqual(await check(server.url), []);
  answer = { status: 401, body: "who?" };
  assert.deepEqual(await check(server.url), [["connection.username", "NODE answered 401: who?."]]);
  answer = { status: 503 };
  const [[key, message] = []] = (await check(`http://127.0.0.1:1,${server.url}`)) as readonly string[][];
  assert.equal(key, "connection.url");
  assert.match(message ?? "", /^http:\/\/127\.0\.0\.1:1 cannot be reached: .*ECONNREFUSED/);
  answer = { status: 200 };
  assert.deepEqual(await check(`http://127.0.0.1:1,${server.url}`), []);
});
