import { test } from "node:test";
import { hdfsSink } from "@ottla/connect/hdfs";
import { sinkChecks } from "@ottla/connect/testing";
import { startFakeHdfs } from "../../../src/connect/hdfs/fake-hdfs.ts";

for (const { name, run } of sinkChecks({
  plugin: hdfsSink,
  async makeStage() {
    const server = await startFakeHdfs();
    return {
      properties: { "hdfs.url": server.url, "format.class": "json", "flush.size": "5" },
      stored: async () =>
        [...server.files]
          .filter(([path]) => !path.includes("/+tmp/"))
          .flatMap(([, body]) => body.toString().split("\n").slice(0, -1))
          .map((line) => (JSON.parse(line) as { readonly id: number }).id),
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  },
  recordOf: (id) => ({ key: null, value: { id } }),
  unusable: { "hdfs.url": "http://127.0.0.1:1", "format.class": "json", "flush.size": "1" },
  exactlyOnce: true,
}))
  test(name, run);
