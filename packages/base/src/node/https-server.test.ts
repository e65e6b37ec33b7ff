import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import type { RequestListener } from "node:http";
import { type AddressInfo, connect as connectPlain, createServer, type Socket } from "node:net";
import { test } from "node:test";
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from "node:tls";
import { HttpsServer, peerSubjectOf, plainMaterial } from "./https-server.ts";
import { closeServer } from "./close-server.ts";
import { systemClock } from "./system-clock.ts";
import { authority, client, expired, server as own, stranger } from "./testing/tls-fixture.ts";

const MATERIAL = plainMaterial({ key: own.privateKey, cert: own.certificate });
/** One more than may be in the middle of a handshake at once. */
const CROWD = 65;

/** Tells who asks. */
const telling: RequestListener = (request, response) => response.end(`${request.url} ${peerSubjectOf(request.socket) ?? "nobody"}`);

class Door implements AsyncDisposable {
  readonly server: HttpsServer;
  readonly #sockets: Socket[] = [];

  constructor(material = MATERIAL) {
    this.server = new HttpsServer(material, {}, telling);
  }

  async open(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return this;
  }

  plain(): Socket {
    const socket = connectPlain((this.server.address() as AddressInfo).port, "127.0.0.1");
    this.#sockets.push(socket.on("error", () => {}));
    return socket;
  }

  encrypted(options: ConnectionOptions = {}): TLSSocket {
    const socket = connectTls({ port: (this.server.address() as AddressInfo).port, host: "127.0.0.1", ca: authority, ...options });
    this.#sockets.push(socket.on("error", () => {}));
    return socket;
  }

  /** The answer, or "" where the connection is closed without one. */
  async ask(options: ConnectionOptions = {}): Promise<string> {
    const socket = this.encrypted(options);
    socket.end("GET /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    let text = "";
    socket.setEncoding("latin1").on("data", (piece: unknown) => (text += String(piece)));
    await closed(socket);
    return text.split("\r\n\r\n")[1]?.match(/\/x \S+/)?.[0] ?? "";
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await closeServer(this.server, systemClock);
  }
}

test("requests behind TLS are answered, by HTTP/1.1, and who showed a certificate is known by it", async () => {
  await using door = await new Door({ ...MATERIAL, trustedCertificates: [authority], clientAuth: "requested" }).open();
  assert.equal(await door.ask(), "/x nobody");
  assert.match(await door.ask({ cert: client.certificate, key: client.privateKey }), /^\/x OU=a\+CN=J/);
  for (const { certificate, privateKey } of [stranger, expired]) assert.equal(await door.ask({ cert: certificate, key: privateKey }), "");
  const socket = door.encrypted({ ALPNProtocols: ["h2", "http/1.1"] });
  await once(socket, "secureConnect");
  assert.equal(socket.alpnProtocol, "http/1.1");
});

test("new connections are served with a renewed certificate; one that is none changes nothing", async () => {
  await using door = await new Door().open();
  assert.throws(() => door.server.renew({ ...MATERIAL, privateKey: client.privateKey }), { code: "TLS_MATERIAL" });
  assert.equal(await door.ask(), "/x nobody");
  door.server.renew(plainMaterial({ key: stranger.privateKey, cert: stranger.certificate }));
  const socket = door.encrypted({ rejectUnauthorized: false });
  await once(socket, "secureConnect");
  assert.equal(socket.getPeerX509Certificate()?.fingerprint256, new X509Certificate(stranger.certificate).fingerprint256);
});

test("plaintext is refused with an alert, and noise closes its connection and nothing else", async () => {
  await using door = await new Door().open();
  for (const bytes of [
    Buffer.from("GET / HTTP/1.1\r\n\r\n"),
    Buffer.concat([Buffer.from([0x16, 3, 1, 0, 200]), Buffer.alloc(200, 0x55)]),
  ]) {
    const socket = door.plain();
    socket.write(bytes);
    const [answer] = (await once(socket, "data")) as [Buffer];
    assert.equal(answer[0], 0x15);
    await closed(socket.resume());
  }
  assert.equal(await door.ask(), "/x nobody");
});

test("who ends its connection in the middle of a handshake is not waited for", { timeout: 8_000 }, async () => {
  await using door = await new Door().open();
  const hello = await helloOf(door);
  for (const bytes of [Buffer.alloc(0), hello.subarray(0, 3), hello]) {
    const socket = door.plain().resume();
    socket.end(bytes);
    await closed(socket);
  }
});

test("strangers who stand still in their handshakes have so many places and no more, and give them up to who comes", {
  timeout: 60_000,
}, async () => {
  await using door = await new Door().open();
  const hello = await helloOf(door);
  const strangers = Array.from({ length: CROWD }, () => door.plain());
  let answered = 0;
  for (const socket of strangers) socket.once("data", () => answered++).write(hello);
  while (answered < CROWD - 1) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(answered, CROWD - 1, "one waits");
  assert.equal(await door.ask(), "/x nobody");
  assert.ok(strangers.some(({ destroyed, readableEnded }) => destroyed || readableEnded));
});

test("a server that closes does not wait for who is in the middle of a handshake", { timeout: 60_000 }, async () => {
  const door = await new Door().open();
  const [silent, begun] = [door.plain(), door.plain()];
  const hello = await helloOf(door);
  begun.write(hello);
  await once(begun, "data");
  const gone = [silent, begun].map((socket) => closed(socket.resume()));
  await closeServer(door.server, systemClock);
  await Promise.all(gone);
});

/** However it comes to its end. */
function closed(socket: Socket): Promise<unknown> {
  return new Promise((resolve) => socket.once("close", resolve));
}

/** What a client begins with. */
async function helloOf(door: Door): Promise<Buffer> {
  const relay = createServer();
  await new Promise<void>((resolve) => relay.listen(0, "127.0.0.1", resolve));
  const hello = once(relay, "connection").then(async ([socket]) => {
    const [chunk] = (await once(socket as Socket, "data")) as [Buffer];
    (socket as Socket).destroy();
    return chunk;
  });
  door.encrypted({ port: (relay.address() as AddressInfo).port });
  const bytes = await hello;
  relay.close();
  return bytes;
}
