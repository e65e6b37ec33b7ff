// More TLS handshakes than there are places for: those who stand still do not keep others out, and have nothing made for them but their first message.
import assert from "node:assert/strict";
import { connect as connectPlain, type Socket } from "node:net";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { type HandshakeGuest, HandshakeRoom, silentLogger, type TlsClientAuth } from "@ottla/base";
import { nodeNet, systemClock } from "@ottla/base/node";
import { ControlledClock } from "@ottla/base/simulated";
import { clientHello } from "../testing/client-hello.ts";
import { createAuthority, issueCertificate } from "../../certificates/index.ts";
import { ClientMemory } from "../../net/client-memory.ts";
import { FairTurns } from "../../net/fair-turns.ts";
import { BrokerListener } from "../../net/listener.ts";
import { RefusalLog } from "../../net/refusal-log.ts";

const HOUR_MS = 3_600_000;
const validity = { notBefore: new Date(Date.now() - HOUR_MS), notAfter: new Date(Date.now() + 24 * HOUR_MS) };
const authority = await createAuthority({ subject: "CN=CA", ...validity });
const own = await issueCertificate(authority, { subject: "CN=broker", hosts: ["127.0.0.1"], ...validity });

/** Tells how many came, and of how many it is the client that is waited for. */
class WatchedRoom extends HandshakeRoom {
  entered = 0;
  begun = 0;
  override enter(guest: HandshakeGuest): void {
    this.entered++;
    super.enter(guest);
  }
  override started(guest: HandshakeGuest): void {
    this.begun++;
    super.started(guest);
  }
}

class CrowdScene implements AsyncDisposable {
  readonly clock = new ControlledClock(systemClock);
  readonly room: WatchedRoom;
  readonly reasons: unknown[] = [];
  readonly #sockets: Socket[] = [];
  readonly #listener: BrokerListener;
  #port = 0;

  constructor(places: number, clientAuth: TlsClientAuth = "none") {
    const { clock } = this;
    this.room = new WatchedRoom(clock, places);
    const logger = { ...silentLogger, warn: (_: string, fields = {}) => void this.reasons.push(fields["reason" as never]) };
    const tls = nodeNet.tlsServer({
      certificateChain: own.certificate,
      privateKey: own.privateKey,
      trustedCertificates: [],
      clientAuth,
      minVersion: "TLSv1.2",
      maxVersion: "TLSv1.3",
      cipherSuites: [],
    });
    this.#listener = new BrokerListener(
      {
        clock,
        logger,
        net: nodeNet,
        memory: new ClientMemory(clock, 1 << 20),
        turns: new FairTurns(clock),
        refusals: new RefusalLog(clock, logger),
        handshakeRoom: this.room,
        counts: { total: 0, add: () => undefined, remove() {} },
        tlsServer: () => tls,
      },
      -1,
      () => 1,
      () => ({
        maxFrameBytes: () => 100,
        describeViolation: ({ kind }) => kind,
        receive: () => ({ outcome: { kind: "silence" }, overlaps: false }),
      }),
    );
  }

  async open(): Promise<this> {
    this.#port = await this.#listener.open("127.0.0.1", 0);
    return this;
  }

  /** Connections that send these bytes and say nothing more. */
  strangers(count: number, says: Uint8Array): readonly Socket[] {
    const sockets = Array.from({ length: count }, () => {
      const socket = connectPlain(this.#port, "127.0.0.1", () => socket.write(says));
      return socket.on("error", () => {}).resume();
    });
    this.#sockets.push(...sockets);
    return sockets;
  }

  client(): TLSSocket {
    const socket = connectTls({ port: this.#port, host: "127.0.0.1", ca: authority.certificate });
    socket.on("error", () => {});
    this.#sockets.push(socket);
    return socket;
  }

  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await turn();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await this.#listener.close(0);
  }
}

test("strangers who stand still in their handshakes give their places up to a client that comes; each is told of as such", {
  timeout: 60_000,
}, async () => {
  await using scene = await new CrowdScene(2).open();
  const strangers = scene.strangers(2, await clientHello());
  await scene.until(() => scene.room.begun === 2);
  const client = scene.client();
  await scene.until(() => scene.room.entered === 3);
  assert.equal(scene.room.begun, 2, "it waits");
  scene.clock.advance(5000);
  await new Promise((resolve) => client.once("secureConnect", resolve));
  await scene.until(() => strangers.filter(({ destroyed }) => destroyed).length === 1);
  assert.match(String(scene.reasons), /^It stood still in its TLS handshake while others waited/);
});

test("whoever has not sent its whole first message has no place, nor has who was let in or has left", { timeout: 60_000 }, async () => {
  await using scene = await new CrowdScene(1).open();
  const hello = await clientHello();
  scene.strangers(20, hello.subarray(0, -1));
  const [leaving] = scene.strangers(1, hello);
  await scene.until(() => scene.room.begun === 1);
  leaving!.destroy();
  for (let i = 1; i <= 3; i++) {
    const client = scene.client();
    await new Promise((resolve) => client.once("secureConnect", resolve));
    assert.equal(scene.room.entered, 1 + i);
  }
  assert.deepEqual(scene.reasons, []);
});

test("where certificates are asked for, a handshake takes the places of three", { timeout: 60_000 }, async () => {
  for (const [clientAuth, begun] of [
    ["none", 7],
    ["requested", 2],
    ["required", 2],
  ] as const) {
    await using scene = await new CrowdScene(8, clientAuth).open();
    scene.strangers(7, await clientHello());
    await scene.until(() => scene.room.entered === 7 && scene.room.begun >= begun);
    assert.equal(scene.room.begun, begun, clientAuth);
  }
});
