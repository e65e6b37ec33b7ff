import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { ConsoleFixture } from "./console-fixture.ts";

/** As long as those of Apache Connect get. */
const TRACE = `org.apache.kafka.connect.errors.ConnectException: it failed${"\n\tat a.b.C.d(E.java:1)".repeat(2_000)}\nCaused by: java.sql.SQLException: no such table`;

/** A Connect cluster with one connector whose five hundred tasks all fail. */
async function failingConnect(): Promise<AsyncDisposable & { readonly url: string }> {
  const tasks = Array.from({ length: 500 }, (_, id) => ({ id, state: "FAILED", worker_id: "w", trace: TRACE }));
  const answers: Readonly<Record<string, object>> = {
    config: { "connector.class": "Big" },
    status: { name: "big", type: "sink", connector: { state: "RUNNING", worker_id: "w" }, tasks },
    offsets: { offsets: Array.from({ length: 10_000 }, (_, partition) => ({ partition: { partition }, offset: { offset: 7 } })) },
    topics: { big: { topics: ["orders"] } },
  };
  const server = createServer((request, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(answers[request.url?.split("/").at(-1) ?? ""] ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test("of a connector whose hundreds of tasks fail all are told with why, and the traces of the first", async () => {
  await using connect = await failingConnect();
  await using ottla = await ConsoleFixture.start({}, { services: { connect: connect.url } });
  const { body } = await ottla.get("/connect/connector?name=big");
  const tasks = body.tasks as { readonly trace: string | null; readonly isFailing: boolean; readonly reason: { readonly what: string } }[];
  assert.equal(tasks.length, 500);
  assert.ok(tasks.every(({ isFailing, reason }) => isFailing && reason.what === "no such table"));
  assert.deepEqual(
    tasks.map(({ trace }) => trace?.length ?? 0),
    tasks.map((_, id) => (id < 20 ? 20_000 : 0)),
  );
  assert.deepEqual([body.offsets.value.length, body.offsetCount], [500, 10_000]);
  assert.ok(JSON.stringify(body).length < 600_000);
});
