import assert from "node:assert/strict";
import { connect as connectPlain, type Socket } from "node:net";
import { test } from "node:test";
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from "node:tls";
import { testNet } from "../contracts/net-contract.ts";
import { OttlaError } from "../errors.ts";
import type { AcceptedTls, Net, NetSocket } from "../seams/net.ts";
import type { TlsAcceptOptions, TlsServerMaterial } from "../seams/tls.ts";
import { nodeNet } from "./node-net.ts";
import { NodeSocket } from "./node-socket.ts";
import { authority, client, expired, server, stranger } from "./testing/tls-fixture.ts";

const MATERIAL: TlsServerMaterial = {
  certificateChain: server.certificate,
  privateKey: server.privateKey,
  trustedCertificates: [authority],
  clientAuth: "none",
  minVersion: "TLSv1.2",
  maxVersion: "TLSv1.3",
  cipherSuites: [],
};

/** A net whose every connection is encrypted. */
const encryptedNet: Net = {
  ...nodeNet,
  listen: (host, port, onSocket) => {
    const tls = nodeNet.tlsServer(MATERIAL);
    return nodeNet.listen(host, port, (socket) => {
      socket.acceptTls(tls, { timeoutMs: 5000 }).then(
        (accepted) => onSocket(accepted.socket),
        () => {},
      );
    });
  },
  connect: async (host, port, timeoutMs, signal) => {
    // For its errors.
    (await nodeNet.connect(host, port, timeoutMs, signal)).destroy();
    return new Promise((resolve, reject) => {
      const socket = connectTls({ host, port, ca: authority });
      socket.once("error", reject);
      socket.once("secureConnect", () => {
        socket.off("error", reject);
        resolve(new NodeSocket(socket));
      });
    });
  },
};

testNet("node net, TLS", () => encryptedNet);

interface Scene extends AsyncDisposable {
  readonly port: number;
  /** How the next connection fares. */
  next(): Promise<AcceptedTls>;
}

async function sceneOf(material: Partial<TlsServerMaterial> = {}, options: Partial<TlsAcceptOptions> = {}): Promise<Scene> {
  const tls = nodeNet.tlsServer({ ...MATERIAL, ...material });
  const waiting: ((accepted: Promise<AcceptedTls>) => void)[] = [];
  const sockets: NetSocket[] = [];
  const listener = await nodeNet.listen("127.0.0.1", 0, (socket) => {
    sockets.push(socket);
    const accepted = socket.acceptTls(tls, { timeoutMs: 5000, ...options });
    accepted.then(
      (own) => sockets.push(own.socket),
      () => {},
    );
    waiting.shift()?.(accepted);
  });
  return {
    port: listener.port,
    next: () => new Promise((resolve, reject) => waiting.push((accepted) => void accepted.then(resolve, reject))),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await listener.close();
    },
  };
}

function tlsClient(scene: Scene, options: ConnectionOptions = {}): TLSSocket {
  const socket = connectTls({ host: "127.0.0.1", port: scene.port, ca: authority, ...options });
  socket.on("error", () => {});
  return socket;
}

function plainClient(scene: Scene): Socket {
  const socket = connectPlain({ host: "127.0.0.1", port: scene.port });
  socket.on("error", () => {});
  return socket;
}

const fails = (accepted: Promise<unknown>, code: string, message: RegExp): Promise<void> => assert.rejects(accepted, { code, message });

test("a client's certificate is asked for where that is wished, and its subject is told as Java tells it", async () => {
  for (const [clientAuth, shown, subject] of [
    ["none", client, undefined],
    ["requested", undefined, undefined],
    ["requested", client, "OU=a+CN=Jörg \\<x\\>,O=Ottla\\, Inc.,C=DE"],
    ["required", client, "OU=a+CN=Jörg \\<x\\>,O=Ottla\\, Inc.,C=DE"],
  ] as const) {
    await using scene = await sceneOf({ clientAuth });
    const accepted = scene.next();
    const socket = tlsClient(scene, shown && { cert: shown.certificate, key: shown.privateKey });
    const { peer } = await accepted;
    assert.deepEqual(peer, { subject, protocol: "TLSv1.3", cipherSuite: "TLS_AES_256_GCM_SHA384" });
    socket.destroy();
  }
});

test("certificates that are missing, expired or of strangers are refused in one sentence, also where they need not be shown", async () => {
  for (const [clientAuth, shown, message] of [
    ["required", undefined, /showed no certificate/],
    ["required", expired, /has expired/],
    ["requested", expired, /has expired/],
    ["required", stranger, /not issued by anyone in the trust store/],
    ["requested", stranger, /not issued by anyone in the trust store/],
  ] as const) {
    await using scene = await sceneOf({ clientAuth });
    const accepted = scene.next();
    const socket = tlsClient(scene, shown && { cert: shown.certificate, key: shown.privateKey });
    await fails(accepted, "TLS_CLIENT_CERTIFICATE", message);
    socket.destroy();
  }
});

test("a client that speaks plaintext, too old a TLS, or does not trust the server is named as such", async () => {
  await using scene = await sceneOf({ minVersion: "TLSv1.3" });
  let accepted = scene.next();
  plainClient(scene).write(Buffer.from([0, 0, 0, 40, 0, 18]));
  await fails(accepted, "TLS_PLAINTEXT_PEER", /speaks plaintext.*security\.protocol/);
  accepted = scene.next();
  tlsClient(scene, { maxVersion: "TLSv1.2" });
  await fails(accepted, "TLS_HANDSHAKE_FAILED", /no TLS version that ssl\.enabled\.protocols allows/);
  accepted = scene.next();
  const wary = tlsClient(scene, { ca: [] });
  // In TLS 1.3 the server is done before the client has judged it; either way nothing is left open.
  await Promise.race([
    accepted.then(
      () => {},
      () => {},
    ),
    new Promise((resolve) => wary.once("close", resolve)),
  ]);
});

test("a client that sends nothing, or a part of its hello, is let go after its time; one that leaves is not waited for", async () => {
  await using scene = await sceneOf({}, { timeoutMs: 30 });
  let accepted = scene.next();
  plainClient(scene);
  await fails(accepted, "TLS_TIMEOUT", /30 ms/);
  accepted = scene.next();
  plainClient(scene).write(Buffer.from([0x16, 3, 1, 2, 0, 1]));
  await fails(accepted, "TLS_TIMEOUT", /30 ms/);
  await using patient = await sceneOf();
  accepted = patient.next();
  plainClient(patient).end(Buffer.from([0x16, 3, 1]));
  await fails(accepted, "TLS_PEER_GONE", /left/);
});

test("a hello that is cut at any byte, or is noise, ends its connection and nothing else", async () => {
  const hello = await recordedHello();
  for (let cut = 1; cut < hello.length; cut += 97) {
    await using scene = await sceneOf();
    const accepted = scene.next();
    const socket = plainClient(scene);
    socket.write(hello.subarray(0, cut));
    socket.end();
    await assert.rejects(accepted, OttlaError);
  }
  await using scene = await sceneOf();
  const accepted = scene.next();
  plainClient(scene).write(Buffer.concat([Buffer.from([0x16, 3, 1, 0, 200]), Buffer.alloc(200, 0x55)]));
  await fails(accepted, "TLS_HANDSHAKE_FAILED", /The TLS handshake failed/);
});

test("a hello is refused with its head where it announces more than 6 KiB, or does not say how much it will be", async () => {
  const record = (body: Buffer): Buffer => Buffer.concat([Buffer.from([0x16, 3, 1, body.length >> 8, body.length & 0xff]), body]);
  const announcing = (byteLength: number): Buffer =>
    Buffer.concat([Buffer.from([1, 0, (byteLength - 4) >> 8, (byteLength - 4) & 0xff]), Buffer.alloc(96)]);
  const most = 6 * 1024;
  for (const [body, why] of [
    [announcing(most + 1), /first message has 6145 bytes/],
    [Buffer.from([1, 2, 0, 0, 3]), /first message has 131076 bytes/],
    [Buffer.from([1, 0, 0]), /pieces of less than 4 bytes/],
  ] as const) {
    await using scene = await sceneOf();
    const accepted = scene.next();
    const socket = plainClient(scene);
    const answered = new Promise<Buffer>((resolve) => socket.once("data", resolve));
    socket.write(record(body));
    await fails(accepted, "TLS_HANDSHAKE_FAILED", why);
    assert.equal((await answered)[0], 0x15, "an alert");
  }
  // As large as it may be it is waited for.
  await using scene = await sceneOf({}, { timeoutMs: 30 });
  const accepted = scene.next();
  plainClient(scene).write(record(announcing(most)));
  await fails(accepted, "TLS_TIMEOUT", /30 ms/);
});

/** The random of a ServerHello that asks for a second hello (RFC 8446, 4.1.3). */
const RETRY_RANDOM = Buffer.from("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c", "hex");

test("nobody is asked for a second hello: whoever began with a key that is taken goes on with that, whatever else both like better", async () => {
  for (const ecdhCurve of [
    "X25519MLKEM768:P-256",
    "SecP256r1MLKEM768",
    "P-256:X25519",
    "P-384",
    "P-521:X25519",
    "X448:P-256",
    "ffdhe3072:X25519",
  ]) {
    await using scene = await sceneOf();
    const accepted = scene.next();
    const hello = await recordedHello({ ecdhCurve });
    const raw = plainClient(scene);
    raw.write(hello);
    const answer = await new Promise<Buffer>((resolve) => raw.once("data", resolve));
    assert.deepEqual([answer[0], answer[5]], [0x16, 2], `a ServerHello for ${ecdhCurve}`);
    assert.equal(answer.indexOf(RETRY_RANDOM), -1, ecdhCurve);
    raw.destroy();
    await assert.rejects(accepted, { code: "TLS_PEER_GONE" });
    const friend = scene.next();
    const client = tlsClient(scene, { ecdhCurve });
    assert.equal((await friend).peer.protocol, "TLSv1.3", ecdhCurve);
    client.destroy();
  }
});

test("a client that began with keys of another kind is served with TLS 1.2 where both take that, and refused by name where not", async () => {
  const strange = "brainpoolP256r1tls13:P-256";
  await using scene = await sceneOf();
  let accepted = scene.next();
  tlsClient(scene, { ecdhCurve: strange });
  const { peer, socket } = await accepted;
  assert.equal(peer.protocol, "TLSv1.2");
  socket.destroy();
  for (const [material, options] of [
    [{ minVersion: "TLSv1.3" }, {}],
    [{}, { minVersion: "TLSv1.3" }],
  ] as const) {
    await using strict = await sceneOf(material);
    accepted = strict.next();
    const client = tlsClient(strict, { ecdhCurve: strange, ...options });
    const alert = new Promise<Error>((resolve) => client.once("error", resolve));
    await fails(accepted, "TLS_HANDSHAKE_FAILED", /no kind of key that is taken here.*X25519/);
    assert.match((await alert).message, /handshake failure/);
  }
  await using older = await sceneOf({ maxVersion: "TLSv1.2" });
  accepted = older.next();
  const client = tlsClient(older, { ecdhCurve: strange });
  assert.equal((await accepted).peer.protocol, "TLSv1.2");
  client.destroy();
});

test("a hello that breaks off within itself is refused before OpenSSL sees it", async () => {
  const broken = await recordedHello();
  // Its session says to be longer than what is left.
  broken[5 + 4 + 2 + 32] = 255;
  broken.fill(255, 5 + 4 + 2 + 32 + 1, 5 + 4 + 2 + 32 + 1 + 258);
  await using scene = await sceneOf();
  const accepted = scene.next();
  plainClient(scene).write(broken);
  await fails(accepted, "TLS_HANDSHAKE_FAILED", /not written as TLS wants it/);
});

test("a hello that comes byte by byte is taken, and the costly part waits for its turn", async () => {
  const turns: (() => void)[] = [];
  await using scene = await sceneOf({}, { turn: (work) => void turns.push(work) });
  let isDone = false;
  const accepted = scene.next();
  accepted.then(
    () => (isDone = true),
    () => {},
  );
  const inner = plainClient(scene);
  const hello = await recordedHello();
  for (const byte of hello.subarray(0, 20)) inner.write(Buffer.from([byte]));
  inner.write(hello.subarray(20));
  while (turns.length === 0) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(isDone, false);
  turns[0]!();
  inner.destroy();
  await assert.rejects(accepted, { code: "TLS_PEER_GONE" });
});

test("certificates and keys that do not fit, ciphers that nobody knows: one sentence each, and none of the key in it", () => {
  const make = (material: Partial<TlsServerMaterial>) => () => nodeNet.tlsServer({ ...MATERIAL, ...material });
  assert.throws(make({ privateKey: client.privateKey }), { code: "TLS_MATERIAL", message: /does not belong to the certificate/ });
  assert.throws(make({ certificateChain: server.privateKey }), { code: "TLS_MATERIAL", message: /BEGIN/ });
  assert.throws(make({ cipherSuites: ["TLS_NO_SUCH"] }), { code: "TLS_MATERIAL", message: /ssl\.cipher\.suites/ });
  make({ cipherSuites: ["TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256"] })();
});

test("a session may be resumed where no certificates are asked for; elsewhere each connection shows its own, and none comes back with a hello of more bytes", async () => {
  for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
    for (const clientAuth of ["none", "requested", "required"] as const) {
      await using scene = await sceneOf({ clientAuth, maxVersion });
      let session: Buffer | undefined;
      for (let i = 0; i < 2; i++) {
        const accepted = scene.next();
        const socket = tlsClient(scene, { cert: client.certificate, key: client.privateKey, ...(session && { session }) });
        socket.on("session", (told: Buffer) => (session = told));
        const { peer, socket: own } = await accepted;
        own.listen({ onData() {}, onDrain() {}, onClose() {} });
        own.write([Buffer.from("x")]);
        await new Promise((resolve) => socket.once("data", resolve));
        while (clientAuth === "none" && session === undefined) await new Promise((resolve) => setImmediate(resolve));
        assert.equal(peer.subject === undefined, clientAuth === "none");
        assert.equal(socket.isSessionReused(), i === 1 && clientAuth === "none", `${maxVersion}, ${clientAuth}`);
        assert.ok(clientAuth === "none" || (socket.getTLSTicket()?.length ?? 0) <= 32, "a ticket that holds no certificate");
        socket.destroy();
      }
    }
  }
});

async function recordedHello(options: ConnectionOptions = {}): Promise<Buffer> {
  let hello: Buffer | undefined;
  const listener = await nodeNet.listen("127.0.0.1", 0, (socket) => {
    socket.listen({ onData: (chunk) => ((hello = Buffer.from(chunk)), socket.destroy()), onDrain() {}, onClose() {} });
  });
  const socket = connectTls({ host: "127.0.0.1", port: listener.port, ca: authority, ...options });
  await new Promise((resolve) => socket.once("error", resolve));
  await listener.close();
  return hello!;
}
