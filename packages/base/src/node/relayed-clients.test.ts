import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { createServer as createSecureServer, get } from "node:https";
import { connect, createServer as createDoor, type AddressInfo, type Server } from "node:net";
import { test } from "node:test";
import { OpenPort } from "./open-port.ts";
import { RelayedClients, relayLine, relaySecret } from "./relayed-clients.ts";
import * as tls from "./testing/tls-fixture.ts";

const secret = relaySecret();

async function portOf(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** Says what it is told, and waits for the end. */
function said(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    let answer = "";
    socket.on("data", (piece: Buffer) => (answer += piece.toString()));
    socket.on("error", () => {});
    socket.on("close", () => resolve(answer));
  });
}

test("a server behind a door knows where its clients come from, and serves nobody who comes past the door", async () => {
  const clients = new RelayedClients(secret);
  const server = createServer((incoming, response) => response.end(`${clients.addressOf(incoming.socket)} ${incoming.url}`));
  clients.attach(server);
  const opened = await OpenPort.open({ what: "It", host: "127.0.0.1", port: 0 });
  const port = Number(new URL(`http://${opened.authority}`).port);
  const asked = "GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  // One comes before there is a server.
  const early = said(port, relayLine(secret, "10.1.2.3") + asked);
  await opened.handTo(server);
  assert.match(await early, /\r\n\r\n10\.1\.2\.3 \/a$/);
  assert.match(await said(port, relayLine(secret, "fe80::1%eth0") + asked), /fe80::1%eth0 \/a$/);
  for (const forged of [asked, relayLine("00".repeat(32), "10.1.2.3") + asked, relayLine(secret, "10.1.2.3 x") + asked, "x".repeat(1_000)])
    assert.equal(await said(port, forged), "", forged.slice(0, 40));
  await new Promise((resolve) => server.close(resolve));
});

test("TLS goes on behind the first line, also where the line comes byte by byte", async () => {
  const clients = new RelayedClients(secret);
  const server = createSecureServer({ key: tls.server.privateKey, cert: tls.server.certificate }, (incoming, response) =>
    response.end(clients.addressOf(incoming.socket)),
  );
  clients.attach(server);
  const port = await portOf(server);
  const door = createDoor((socket) => {
    const inner = connect({ port, host: "127.0.0.1", noDelay: true });
    const begin = async (): Promise<void> => {
      for (const sign of relayLine(secret, "192.0.2.7")) {
        inner.write(sign);
        await new Promise(setImmediate);
      }
      socket.pipe(inner).pipe(socket);
    };
    inner.once("connect", () => void begin());
    for (const each of [socket, inner]) each.on("error", () => {});
  });
  const doorPort = await portOf(door);
  const answer = await new Promise<string>((resolve, reject) => {
    get({ port: doorPort, host: "127.0.0.1", rejectUnauthorized: false, agent: false }, (response) => {
      let text = "";
      response.on("data", (piece: Buffer) => (text += piece.toString()));
      response.on("end", () => resolve(text));
    }).on("error", reject);
  });
  assert.equal(answer, "192.0.2.7");
  door.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
