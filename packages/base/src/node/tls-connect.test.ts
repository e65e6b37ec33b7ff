import assert from "node:assert/strict";
import { type AddressInfo, createServer } from "node:net";
import { describe, test } from "node:test";
import { OttlaError } from "../errors.ts";
import type { NetListener, NetSocket } from "../seams/net.ts";
import type { TlsClientMaterial, TlsServerMaterial, TlsStartOptions } from "../seams/tls.ts";
import { nodeNet } from "./node-net.ts";
import { authority, client, expired, server, stranger } from "./testing/tls-fixture.ts";

const TIMEOUT_MS = 10_000;

const served = (more: Partial<TlsServerMaterial> = {}): TlsServerMaterial => ({
  certificateChain: server.certificate,
  privateKey: server.privateKey,
  trustedCertificates: [authority],
  clientAuth: "none",
  minVersion: "TLSv1.2",
  maxVersion: "TLSv1.3",
  cipherSuites: [],
  ...more,
});
const trusting = (more: Partial<TlsClientMaterial> = {}): TlsClientMaterial => ({
  trustedCertificates: [authority],
  minVersion: "TLSv1.2",
  maxVersion: "TLSv1.3",
  cipherSuites: [],
  ...more,
});
const wish = (more: Partial<TlsStartOptions> = {}): TlsStartOptions => ({
  host: "localhost",
  verifiesHost: true,
  timeoutMs: TIMEOUT_MS,
  ...more,
});

/** Echoes what it hears, encrypted. */
async function withServer<T>(material: TlsServerMaterial, use: (port: number) => Promise<T>): Promise<T> {
  const sockets = new Set<NetSocket>();
  const tls = nodeNet.tlsServer(material);
  const listener: NetListener = await nodeNet.listen("127.0.0.1", 0, (socket) => {
    sockets.add(socket);
    socket.acceptTls(tls, { timeoutMs: TIMEOUT_MS }).then(
      ({ socket: secured }) => {
        sockets.add(secured);
        secured.listen({ onData: (chunk) => void secured.write([Buffer.from(chunk)]), onDrain() {}, onClose() {} });
      },
      () => {},
    );
  });
  try {
    return await use(listener.port);
  } finally {
    for (const socket of sockets) socket.destroy();
    await listener.close();
  }
}

async function secured(port: number, material: TlsClientMaterial, options: TlsStartOptions): Promise<NetSocket> {
  const socket = await nodeNet.connect("127.0.0.1", port, TIMEOUT_MS);
  return socket.startTls(nodeNet.tlsClient(material), options);
}

/** What the socket hears first, or why it closed. */
function heard(socket: NetSocket, said: string): Promise<string | Error | undefined> {
  return new Promise((resolve) => {
    socket.listen({ onData: (chunk) => resolve(chunk.toString()), onDrain() {}, onClose: (error) => resolve(error) });
    socket.write([Buffer.from(said)]);
  });
}

const failsWith = (code: string, message: RegExp) => (error: unknown) =>
  error instanceof OttlaError && error.code === code && message.test(error.message);

describe("a client's side of TLS", () => {
  test("talks with a server whom it trusts, by name and by address, in both versions", async () => {
    await withServer(served(), async (port) => {
      for (const host of ["localhost", "127.0.0.1"])
        for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
          const socket = await secured(port, trusting({ minVersion: version, maxVersion: version }), wish({ host }));
          assert.equal(await heard(socket, "hello"), "hello");
          socket.destroy();
        }
    });
  });

  test("carries megabytes both ways", async () => {
    await withServer(served(), async (port) => {
      const socket = await secured(port, trusting(), wish());
      const bytes = Buffer.alloc(5_000_000, "abcdefgh");
      const pieces: Buffer[] = [];
      let byteLength = 0;
      await new Promise<void>((resolve) => {
        socket.listen(
          {
            onData(chunk) {
              pieces.push(Buffer.from(chunk));
              byteLength += chunk.length;
              if (byteLength === bytes.length) resolve();
            },
            onDrain() {},
            onClose: () => resolve(),
          },
          { borrowsChunks: true },
        );
        socket.write([bytes.subarray(0, 7), bytes.subarray(7)]);
      });
      assert.ok(Buffer.concat(pieces).equals(bytes));
      socket.destroy();
    });
  });

  test("refuses certificates of other hosts, of strangers, and old ones, each in one sentence", async () => {
    await withServer(served(), async (port) => {
      await assert.rejects(
        secured(port, trusting(), wish({ host: "kafka.example.com" })),
        failsWith("TLS_SERVER_CERTIFICATE", /is for another host/),
      );
      const socket = await secured(port, trusting(), wish({ host: "kafka.example.com", verifiesHost: false }));
      assert.equal(await heard(socket, "x"), "x");
      socket.destroy();
      await assert.rejects(
        secured(port, trusting({ trustedCertificates: [] }), wish()),
        failsWith("TLS_SERVER_CERTIFICATE", /not issued by anyone whom this client trusts.*ssl\.truststore/),
      );
    });
    const old = served({ certificateChain: expired.certificate, privateKey: expired.privateKey });
    await withServer(old, (port) =>
      assert.rejects(secured(port, trusting(), wish({ verifiesHost: false })), failsWith("TLS_SERVER_CERTIFICATE", /has expired/)),
    );
    const alien = served({ certificateChain: stranger.certificate, privateKey: stranger.privateKey });
    await withServer(alien, (port) =>
      assert.rejects(secured(port, trusting(), wish({ verifiesHost: false })), failsWith("TLS_SERVER_CERTIFICATE", /trusts/)),
    );
  });

  test("shows its own certificate; one that is missing or a stranger's is told as such, also when that comes late", async () => {
    await withServer(served({ clientAuth: "required" }), async (port) => {
      const good = await secured(port, trusting({ certificateChain: client.certificate, privateKey: client.privateKey }), wish());
      assert.equal(await heard(good, "x"), "x");
      good.destroy();
      for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
        const outcome = await secured(port, trusting({ minVersion: version, maxVersion: version }), wish()).then(
          (socket) => heard(socket, "x"),
          (error: unknown) => error,
        );
        assert.ok(failsWith("TLS_REFUSED_BY_PEER", /may ask for a certificate of this client/)(outcome), String(outcome));
      }
    });
  });

  test("says so when the other side does not speak TLS, leaves, or says nothing; and can be given up", async () => {
    const listening = async (onConnection: (socket: import("node:net").Socket) => void, use: (port: number) => Promise<void>) => {
      const plain = createServer((socket) => {
        socket.on("error", () => {});
        onConnection(socket);
      }).listen(0, "127.0.0.1");
      await new Promise((resolve) => plain.once("listening", resolve));
      await use((plain.address() as AddressInfo).port);
      plain.close();
    };
    await listening(
      (socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"),
      (port) => assert.rejects(secured(port, trusting(), wish()), failsWith("TLS_PLAINTEXT_PEER", /does not speak TLS at this port/)),
    );
    await listening(
      (socket) => socket.destroy(),
      (port) => assert.rejects(secured(port, trusting(), wish()), failsWith("TLS_PEER_GONE", /closed the connection in the TLS handshake/)),
    );
    const silent: import("node:net").Socket[] = [];
    await listening(
      (socket) => void silent.push(socket),
      async (port) => {
        await assert.rejects(secured(port, trusting(), wish({ timeoutMs: 50 })), failsWith("TLS_TIMEOUT", /not done within 50 ms/));
        const controller = new AbortController();
        const raw = await nodeNet.connect("127.0.0.1", port, TIMEOUT_MS);
        const waiting = raw.startTls(nodeNet.tlsClient(trusting()), wish({ signal: controller.signal }));
        controller.abort();
        await assert.rejects(waiting, { code: "CONNECT_ABORTED" });
        await assert.rejects(secured(port, trusting(), wish({ signal: controller.signal })), { code: "CONNECT_ABORTED" });
        for (const socket of silent) socket.destroy();
      },
    );
  });

  test("refuses material that OpenSSL cannot use, without showing it", () => {
    const wrong = trusting({ certificateChain: client.certificate, privateKey: server.privateKey });
    assert.throws(() => nodeNet.tlsClient(wrong), failsWith("TLS_MATERIAL", /does not belong to the certificate/));
  });
});
