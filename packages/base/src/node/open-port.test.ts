import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { connect, createServer } from "node:net";
import { test } from "node:test";
import { OpenPort } from "./open-port.ts";

const open = (port = 0): Promise<OpenPort> => OpenPort.open({ what: "The thing", host: "127.0.0.1", port });
const portOf = ({ authority }: OpenPort): number => Number(authority.split(":")[1]);

test("who connects before there is a server is answered by it, in whole, and so is who comes later", async () => {
  const opened = await open();
  const asked = Array.from({ length: 20 }, (_each, index) => fetch(`http://${opened.authority}/${index}`));
  const gone = connect(portOf(opened), "127.0.0.1");
  await once(gone, "connect");
  gone.resetAndDestroy();
  const server = createHttpServer((request, response) => response.end(request.url));
  await opened.handTo(server);
  const answers = await Promise.all(asked.map(async (answer) => (await answer).text()));
  assert.deepEqual(
    answers,
    asked.map((_each, index) => `/${index}`),
  );
  assert.equal(await (await fetch(`http://${opened.authority}/late`)).text(), "/late");
  const authority = opened.authority;
  server.closeAllConnections();
  await new Promise((closed) => void server.close(closed));
  await assert.rejects(fetch(`http://${authority}/gone`));
});

test("a port that is closed without a server lets go of who waits there", async () => {
  const opened = await open();
  const waiting = connect(portOf(opened), "127.0.0.1");
  await once(waiting, "connect");
  const closed = once(waiting, "close");
  await opened.close();
  await closed;
});

test("a taken port is told", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const address = taken.address();
  assert.ok(address !== null && typeof address === "object");
  await assert.rejects(open(address.port), {
    code: "PORT_IN_USE",
    message: /^The thing cannot be served at 127\.0\.0\.1:\d+: .*EADDRINUSE/,
  });
  taken.close();
});

test("more than a thousand that wait are sent away", async () => {
  const opened = await open();
  const sockets = Array.from({ length: 1_001 }, () => connect(portOf(opened), "127.0.0.1").on("error", () => {}));
  await Promise.race(sockets.map((socket) => once(socket, "close")));
  await opened.close();
  await Promise.all(sockets.filter(({ closed }) => !closed).map((socket) => once(socket, "close")));
});
