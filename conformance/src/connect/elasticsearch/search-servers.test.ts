// The Elasticsearch and OpenSearch sink at a real OpenSearch and a real Elasticsearch.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { SeededRandom, testSeed } from "@ottla/base/simulated";
import { decimalSchema, plain, type SinkRecord, struct } from "@ottla/connect";
import { elasticsearchSink } from "@ottla/connect/elasticsearch";
import { sinkChecks } from "@ottla/connect/testing";
import { type RunningSearchServer, startSearchServer } from "../../process/search-server.ts";
import { recordAt } from "../s3/s3-task.ts";
import { SinkRun } from "../sink-run.ts";

const keyed = (offset: number, key: unknown, value: unknown): SinkRecord => ({ ...recordAt(offset, value), key });

for (const kind of ["opensearch", "elasticsearch"] as const)
  describe(`the sink at ${kind}`, () => {
    let server: RunningSearchServer;
    before(async () => {
      server = await startSearchServer(kind);
    });
    after(() => server?.stop());
    let topics = 0;
    const open = (more: Record<string, string> = {}): Promise<SinkRun> =>
      SinkRun.open(elasticsearchSink, { "connection.url": server.url, "retry.backoff.ms": "0", ...more });

    for (const { name, run } of sinkChecks({
      plugin: elasticsearchSink,
      async makeStage() {
        const index = `kit-${topics++}`;
        return {
          properties: {
            "connection.url": server.url,
            "key.ignore": "true",
            "ottla.index.format": index,
            "ottla.api.key": "s3cret-of-nobody",
          },
          stored: async () => Object.values(await server.documents(index)).map((document) => (document as { readonly id: number }).id),
        };
      },
      recordOf: (id) => ({ key: null, value: { id } }),
      bad: { key: null, value: "no document" },
      unusable: {
        "connection.url": "http://127.0.0.1:1",
        "key.ignore": "true",
        "connection.username": "u",
        "connection.password": "s3cret-of-nobody",
      },
      exactlyOnce: true,
    }))
      test(name, run);

    test("an index is what its topic says last, over handing over again, batches that are too large, and kill -9 of the server", async (t) => {
      const seed = testSeed();
      t.diagnostic(`OTTLA_TEST_SEED=${seed}`);
      const random = new SeededRandom(seed);
      const model = new Map<string, unknown>();
      const bad: number[] = [];
      const records = Array.from({ length: 500 }, (_, n) => {
        const key = `k${random.nextInt(25)}`;
        const roll = random.nextInt(10);
        const value =
          n === 0 ? { n } : roll === 0 ? null : { n: roll === 1 ? "none" : n, text: `t${n}`, pad: "x".repeat(random.nextInt(20_000)) };
        return keyed(n, key, value);
      });
      for (const [n, { key, value }] of records.entries()) {
        if (value === null) model.delete(key as string);
        else if (typeof (value as { n: unknown }).n === "number") model.set(key as string, value);
        else bad.push(n);
      }
      const settings = { "behavior.on.null.values": "delete", "batch.size": "200" };
      let run = await open(settings);
      const told = new Set<number>();
      let crashes = 0;
      for (let from = 0; from < records.length; ) {
        // The first document says what the fields are.
        const to = from === 0 ? 1 : Math.min(records.length, from + 1 + random.nextInt(200));
        if (from > 1 && random.nextInt(3) === 0) {
          await run[Symbol.asyncDispose]();
          run = await open(settings);
          from = Math.max(0, from - random.nextInt(60));
        }
        const writing = run.write(
          records.slice(from, to).map((record) => ({ ...record })),
          1_000_000,
        );
        if (crashes === 0 && from > 100) {
          crashes++;
          await server.crash();
        }
        await writing;
        for (const { record } of run.bad) told.add(Number(record.offset));
        from = to;
      }
      await run[Symbol.asyncDispose]();
      assert.deepEqual(await server.documents("orders"), Object.fromEntries([...model].sort(([a], [b]) => (a < b ? -1 : 1))));
      assert.deepEqual(
        [...told].sort((a, b) => a - b),
        bad,
      );
    });

    test("fields change by UPSERT, and places are ids by key.ignore", async () => {
      await using upsert = await open({ "write.method": "upsert", "ottla.index.format": "upserted" });
      await upsert.write([keyed(0, 7, { a: 1, b: 1 }), keyed(1, 7n, { b: 2 })]);
      await using places = await open({ "key.ignore": "true", "ottla.index.format": "by-${topic}" });
      const schema = struct({ price: decimalSchema(2), big: plain("int64") });
      const priced = recordAt(5, { price: { unscaled: 1250n, scale: 2 }, big: 9_007_199_254_740_993n }, { schema, topic: "Orders" });
      await places.write([priced, recordAt(6, '{"text":\n1}', { topic: "Orders" })]);
      await places.write([{ ...priced }]);
      assert.deepEqual(await server.documents("upserted"), { 7: { a: 1, b: 2 } });
      assert.deepEqual(Object.keys(await server.documents("by-orders")).sort(), ["Orders+0+5", "Orders+0+6"]);
      assert.match(
        JSON.stringify(await server.ask("GET", "by-orders/_search?q=big:9007199254740993")),
        /"total":\{"value":1,/,
        "what is beyond 2^53 is found by its last digit",
      );
      assert.deepEqual([upsert.bad, places.bad], [[], []]);
    });

    const noStreams = kind === "elasticsearch" && "the Elasticsearch that is free of its makers' own modules has no data streams";
    test("data streams have each record once with its time", { skip: noStreams }, async () => {
      await server.ask("PUT", "_index_template/logs", { index_patterns: ["logs-app-*"], data_stream: {}, priority: 500 });
      await using stream = await open({
        "data.stream.type": "logs",
        "data.stream.dataset": "app",
        "data.stream.timestamp.field": "x,at",
      });
      const lines = [recordAt(0, { m: "a" }, { timestampMs: 9 }), recordAt(1, { at: "2026-01-01" }), recordAt(2, {}, { timestampMs: 8 })];
      await stream.write(lines);
      await stream.write(lines.map((line) => ({ ...line })));
      assert.deepEqual(await server.documents("logs-app-orders"), {
        "orders+0+0": { "@timestamp": 9, m: "a" },
        "orders+0+1": { "@timestamp": "2026-01-01", at: "2026-01-01" },
        "orders+0+2": { "@timestamp": 8 },
      });
      assert.deepEqual(stream.bad, []);
    });

    test("what the index cannot take is the record's fault, with what the server says of it", async () => {
      await using run = await open({ "ottla.index.format": "strict" });
      await server.ask("PUT", "strict", {
        mappings: { dynamic: "strict", properties: { n: { type: "byte" }, at: { type: "date" }, ip: { type: "ip" } } },
      });
      await run.write([
        keyed(0, "a", { n: 1 }),
        keyed(1, "b", { n: 1000 }),
        keyed(2, "c", { other: 1 }),
        keyed(3, "d", { at: "tomorrow" }),
        keyed(4, "e", { ip: "none" }),
        keyed(5, "k".repeat(512), { n: 2 }),
        keyed(6, "f", { n: { deep: 1 } }),
        keyed(7, "g", { big: "x".repeat(1_100_000) }),
        { ...keyed(8, "h", { n: 3 }), originalOffset: 8n },
      ]);
      assert.deepEqual(
        run.bad.map(({ record }) => Number(record.offset)),
        [1, 2, 3, 4, 6, 7],
      );
      for (const { message } of run.bad)
        assert.match(message, /refused to index the document: (?:strict_dynamic|mapper_parsing|the document is larger)/);
      assert.deepEqual(Object.keys(await server.documents("strict")).sort(), ["a", "h", "k".repeat(512)]);
    });

    test("an index that takes no writes for a while is waited for, and one that is closed says so", async () => {
      await server.ask("PUT", "full", { settings: { "index.blocks.read_only_allow_delete": true } });
      await using run = await open({ "ottla.index.format": "full", "retry.backoff.ms": "20" });
      const writing = run.write([keyed(0, "a", { n: 1 })], 1_000_000);
      await server.ask("PUT", "full/_settings", { "index.blocks.read_only_allow_delete": null });
      await writing;
      assert.deepEqual(await server.documents("full"), { a: { n: 1 } });
      await server.ask("POST", "full/_close");
      await assert.rejects(run.write([keyed(1, "b", { n: 1 })], 1), {
        code: "CONNECT_SINK",
        message: /offset 1: 400 index_closed_exception/,
      });
      for (const index of ["one", "two"]) await server.ask("PUT", index);
      await server.ask("POST", "_aliases", {
        actions: ["one", "two"].map((index) => ({ add: { index, alias: "both" } })),
      });
      await using both = await open({ "ottla.index.format": "both" });
      await assert.rejects(both.write([keyed(2, "c", { n: 1 })], 1), {
        code: "CONNECT_SINK",
        message: /no write index is defined for alias/,
      });
      assert.deepEqual([run.bad, both.bad], [[], []]);
    });
  });
