import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { SimulatedClock } from "../simulated/simulated-clock.ts";
import { closeServer } from "./close-server.ts";

test("a server that is closed lets a request end, and cuts one that does not after a second", async () => {
  const clock = new SimulatedClock();
  const server = createServer((_request, response) => void response.write("begun"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const asked = request({ port, host: "127.0.0.1" }).end();
  const cut = once(asked, "error").catch(() => {});
  const [response] = (await once(asked, "response")) as [NodeJS.ReadableStream];
  const aborted = once(response, "error");
  response.resume();
  let isClosed = false;
  const closing = closeServer(server, clock).then(() => (isClosed = true));
  clock.advance(999);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(isClosed, false);
  clock.advance(1);
  await Promise.all([closing, aborted]);
  asked.destroy();
  void cut;
});

test("a server without requests is closed at once", async () => {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  await closeServer(server, new SimulatedClock());
});
