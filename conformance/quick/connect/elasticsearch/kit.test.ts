import { test } from "node:test";
import { elasticsearchSink } from "@ottla/connect/elasticsearch";
import { sinkChecks } from "@ottla/connect/testing";
import { startFakeElasticsearch } from "../../../src/connect/elasticsearch/fake-elasticsearch.ts";

for (const { name, run } of sinkChecks({
  plugin: elasticsearchSink,
  async makeStage() {
    const server = await startFakeElasticsearch();
    return {
      properties: { "connection.url": server.url, "key.ignore": "true", "ottla.api.key": "s3cret-of-nobody" },
      stored: async () => Object.values(server.documents("checked")).map((document) => (document as { readonly id: number }).id),
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
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
