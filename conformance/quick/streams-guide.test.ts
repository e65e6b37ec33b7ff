// The code of the guide to topologies, run as it stands.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { type StreamsApplication, type Topology, streams } from "@ottla/streams";
import { startKafka } from "@ottla/testing";
import { nodeBinary, repositoryRoot } from "../src/paths.ts";

test("the guide's topology passes the guide's tests, and describes itself", async () => {
  const guide = readFileSync(`${repositoryRoot}docs/guides/streams.md`, "utf8");
  const folder = mkdtempSync(new URL("streams-guide.tmp-", import.meta.url).pathname);
  try {
    const files = [...guide.matchAll(/```ts\n\/\/ (\S+)\n([\s\S]*?)```/g)].map(([, name = "", code = ""]) => [name, code] as const);
    assert.deepEqual(
      files.map(([name]) => name),
      [
        "paid-orders.ts",
        "paid-orders.test.ts",
        "rated-orders.ts",
        "rated-orders.test.ts",
        "look.ts",
        "why.ts",
        "failures.test.ts",
        "run.ts",
        "run-in-streams-group.ts",
        "watch.ts",
        "traced.ts",
        "asking.ts",
      ],
    );
    for (const [name, code] of files) writeFileSync(join(folder, name), code);
    const run = (...words: string[]) => promisify(execFile)(nodeBinary, ["--conditions=source", ...words], { timeout: 100_000 });
    const tests = files.flatMap(([name]) => (name.endsWith(".test.ts") ? [join(folder, name)] : []));
    const { stdout } = await run("--test", "--test-isolation=none", "--test-reporter=tap", ...tests);
    assert.match(stdout, /^# pass 6$/m);
    const shown = /```text\n(orders-0[^]*?)```/.exec(guide)?.[1];
    assert.equal((await run(join(folder, "why.ts"))).stdout, shown);
    assert.match((await run(join(folder, "look.ts"))).stdout, /^Topologies:\n {3}Sub-topology: 0/);
    await watched(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** The topology runs as the guide says, and is watched as it says. */
async function watched(folder: string): Promise<void> {
  const load = async (name: string): Promise<unknown> => import(pathToFileURL(join(folder, name)).href);
  const { paidOrders } = (await load("paid-orders.ts")) as { paidOrders: () => Topology };
  const { lookAt } = (await load("watch.ts")) as { lookAt: (app: StreamsApplication) => Promise<string[]> };
  await using kafka = await startKafka({ topics: { orders: 1, payments: 1, outcomes: 1, sales: 1 } });
  await using app = streams(paidOrders(), {
    applicationId: "paid-orders",
    bootstrapServers: kafka.bootstrapServers,
    guarantee: "exactlyOnce",
  });
  await app.start();
  const told = await lookAt(app);
  assert.ok(told.includes("INPUT_EMPTY: Topic orders has no records."), told.join("\n"));
  await app.close();
  const { traced } = (await load("traced.ts")) as { traced: (topology: Topology, bootstrapServers: string) => StreamsApplication };
  await using spanned = traced(paidOrders(), kafka.bootstrapServers);
  await spanned.start();
}

test("the guide's questions are answered by whichever instance is asked", async () => {
  const guide = readFileSync(`${repositoryRoot}docs/guides/streams.md`, "utf8");
  const folder = mkdtempSync(new URL("streams-guide.tmp-", import.meta.url).pathname);
  try {
    for (const [, name = "", code = ""] of guide.matchAll(/```ts\n\/\/ (\S+)\n([\s\S]*?)```/g)) writeFileSync(join(folder, name), code);
    const { paidOrders } = (await import(join(folder, "paid-orders.ts"))) as { readonly paidOrders: () => Topology };
    const { salesOf, salesHere } = (await import(join(folder, "asking.ts"))) as {
      readonly salesOf: (app: StreamsApplication, product: string) => Promise<[string, number][]>;
      readonly salesHere: (app: StreamsApplication, product: string) => Promise<number | { readonly askAt: string | undefined }>;
    };
    await using kafka = await startKafka({ topics: { orders: 4, payments: 4, outcomes: 1, sales: 1 } });
    const products = ["tea", "milk", "bread", "salt", "oil", "rice"];
    for (const [index, product] of products.entries()) {
      await kafka.topic("orders").produce([{ key: product, value: JSON.stringify({ product, cents: 500 }), timestamp: 1_000 * index }]);
      await kafka.topic("payments").produce([{ key: product, value: JSON.stringify({ cents: 500 }), timestamp: 1_000 * index + 1 }]);
    }
    const start = async () => {
      const app = streams(paidOrders(), { applicationId: "paid-orders", bootstrapServers: kafka.bootstrapServers, commitIntervalMs: 20 });
      const { authority } = await app.serve();
      await app.start();
      return { app, authority, [Symbol.asyncDispose]: () => app.close() };
    };
    await using first = await start();
    await using second = await start();
    for (const { app } of [first, second]) {
      for (const product of products) {
        const sold = await kafka.until(`sales of ${product}`, async () => {
          const found = await salesOf(app, product).catch(() => []);
          return found.length > 0 ? found : undefined;
        });
        assert.deepEqual(sold, [["00:00", 500]]);
      }
    }
    const places = await Promise.all(products.map((product) => salesHere(first.app, product)));
    assert.ok(
      places.includes(500) && places.some((place) => typeof place === "object" && place.askAt === second.authority),
      JSON.stringify(places),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
