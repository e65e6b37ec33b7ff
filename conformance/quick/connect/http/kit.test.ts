import { test } from "node:test";
import { httpSink, httpSource } from "@ottla/connect/http";
import { sinkChecks, sourceChecks } from "@ottla/connect/testing";
import { startFakeHttp } from "../../../src/connect/fake-http.ts";

const PAGE = 20;

for (const { name, run } of sourceChecks({
  plugin: httpSource,
  async makeStage() {
    const list: { readonly n: number }[] = [];
    let served = 0;
    const server = await startFakeHttp(({ url }) => {
      const at = Number(new URL(url, "http://x").searchParams.get("at"));
      const page = list.slice(at, at + PAGE);
      served += page.length;
      return { body: page };
    });
    return {
      properties: {
        url: `${server.url}/?at=\${offset}`,
        "topic.name.pattern": "things",
        "request.interval.ms": "20",
        "http.authorization.type": "static",
        "http.headers.authorization": "s3cret-of-nobody",
      },
      async add(count) {
        const added = Array.from({ length: count }, (_, at) => ({ n: list.length + at + 1 }));
        list.push(...added);
        return added.map(({ n }) => String(n));
      },
      handedOut: () => served,
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  },
  identityOf: ({ value }) => String((value as { readonly n: number }).n),
  unusable: {
    url: "http://127.0.0.1:1/",
    "topic.name.pattern": "things",
    "max.retries": "0",
    "http.authorization.type": "static",
    "http.headers.authorization": "s3cret-of-nobody",
  },
  quietMs: 200,
}))
  test(name, run);

for (const { name, run } of sinkChecks({
  plugin: httpSink,
  async makeStage() {
    const server = await startFakeHttp(() => ({ status: 200 }));
    return {
      properties: {
        "http.url": `${server.url}/\${key.id}`,
        "http.authorization.type": "static",
        "http.headers.authorization": "s3cret-of-nobody",
      },
      stored: async () => server.requests.map(({ body }) => (JSON.parse(body) as { readonly id: number }).id),
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  },
  recordOf: (id) => ({ key: { id }, value: { id } }),
  bad: { key: null, value: { id: 3 } },
  unusable: {
    "http.url": "http://127.0.0.1:1/",
    "max.retries": "0",
    "http.authorization.type": "static",
    "http.headers.authorization": "s3cret-of-nobody",
  },
}))
  test(name, run);
