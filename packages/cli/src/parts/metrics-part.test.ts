import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { test } from "node:test";
import { silentLogger } from "@ottla/base";
import { type BrokerHealth, type RunningBroker, startBroker } from "@ottla/broker";
import { metricsPlan } from "./metrics-part.ts";

interface Served extends AsyncDisposable {
  readonly address: string;
  get(path: string, method?: string): Promise<{ status: number | undefined; type: string | undefined; body: string }>;
}

async function served(broker: () => RunningBroker | undefined, port = 0): Promise<Served> {
  const { part } = metricsPlan(port, broker);
  const started = part.start({ host: "127.0.0.1", port, addresses: {}, settings: {}, logger: silentLogger, out: { write() {} } });
  const { address = "" } = await started.ready;
  return {
    address,
    async get(path, method = "GET") {
      const sent = request(`${address}${path}`, { method }).end();
      const [response] = (await once(sent, "response")) as [import("node:http").IncomingMessage];
      const body = Buffer.concat(await response.toArray()).toString();
      return { status: response.statusCode, type: response.headers["content-type"], body };
    },
    [Symbol.asyncDispose]: () => started.stop(),
  };
}

test("before the broker is there it is healthy and not ready; then both, and its metrics are served", async () => {
  const scene: { broker?: RunningBroker } = {};
  await using endpoint = await served(() => scene.broker);
  assert.deepEqual([(await endpoint.get("/health")).status, (await endpoint.get("/ready")).status], [200, 503]);
  const before = await endpoint.get("/metrics");
  assert.ok(before.body.includes("\nprocess_resident_memory_bytes ") && !before.body.includes("kafka_"));
  await using broker = await startBroker({ memory: true, logger: silentLogger });
  scene.broker = broker;
  const metrics = await endpoint.get("/metrics?from=prometheus");
  assert.deepEqual([metrics.status, metrics.type], [200, "text/plain; version=0.0.4; charset=utf-8"]);
  assert.match(metrics.body, /^kafka_controller_kafkacontroller_activecontrollercount 1$/m);
  assert.match(metrics.body, /^nodejs_eventloop_utilization [01]/m);
  assert.deepEqual([(await endpoint.get("/health")).status, (await endpoint.get("/ready")).status], [200, 200]);
});

test("what is broken for good shows in /health and /ready, what is still done in /ready alone", async () => {
  const health: { -readonly [Key in keyof BrokerHealth]: BrokerHealth[Key] } = { faults: [], waitsFor: ["the groups"] };
  const broker = { health: () => health } as unknown as RunningBroker;
  await using endpoint = await served(() => broker);
  assert.equal((await endpoint.get("/health")).status, 200);
  assert.deepEqual(await endpoint.get("/ready"), {
    status: 503,
    type: "application/json; charset=utf-8",
    body: '{"status":"not ready","waitsFor":["the groups"],"faults":[]}\n',
  });
  health.faults = ["The disk is gone."];
  assert.deepEqual([(await endpoint.get("/health")).status, (await endpoint.get("/ready")).status], [503, 503]);
});

test("other paths and methods are refused with a sentence, and HEAD has no body", async () => {
  await using endpoint = await served(() => undefined);
  assert.equal((await endpoint.get("/")).status, 404);
  assert.equal((await endpoint.get("/metrics", "POST")).status, 405);
  assert.deepEqual((await endpoint.get("/metrics", "HEAD")).body, "");
});

test("a taken port is said to be taken, and stopping ends open connections", async () => {
  const endpoint = await served(() => undefined);
  const { port } = new URL(endpoint.address);
  await assert.rejects(
    served(() => undefined, Number(port)),
    { code: "PORT_IN_USE" },
  );
  const socket = connect(Number(port), "127.0.0.1");
  await once(socket, "connect");
  const closed = once(socket, "close");
  await endpoint[Symbol.asyncDispose]();
  socket.resume();
  await closed;
});
