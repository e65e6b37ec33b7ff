import assert from "node:assert/strict";
import { test } from "node:test";
import type { Net, NetSocket } from "../seams/net.ts";
import { Peer } from "./peer.ts";

/** What every {@link Net} promises, to receivers that keep their chunks and to those that borrow them. */
export function testNet(name: string, create: () => Net): void {
  testNetWith(name, create, false);
  testNetWith(`${name}, borrowed chunks`, create, true);
}

function testNetWith(name: string, create: () => Net, borrowsChunks: boolean): void {
  const withConnection = (net: Net, run: RunWithConnection): Promise<void> => connected(net, borrowsChunks, run);

  test(`${name}: bytes arrive whole and in order in both directions`, async () => {
    await withConnection(create(), async (near, far) => {
      const sent = Buffer.concat(Array.from({ length: 2000 }, (_, index) => Buffer.from(`${index};`)));
      near.socket.write([sent.subarray(0, 10), sent.subarray(10, 11), sent.subarray(11)]);
      far.socket.write([Buffer.from("answer")]);
      await far.until(() => far.received.length === sent.length);
      await near.until(() => near.received.length === 6);
      assert.deepEqual(far.received, sent);
      assert.equal(near.received.toString(), "answer");
      assert.equal(near.socket.unsentBytes, 0);
    });
  });

  test(`${name}: end sends what was written, then both ends close once, without error`, async () => {
    await withConnection(create(), async (near, far) => {
      near.socket.write([Buffer.alloc(300_000, "x")]);
      near.socket.end();
      near.socket.end();
      await far.until(() => far.closes.length > 0);
      await near.until(() => near.closes.length > 0);
      near.socket.destroy();
      assert.equal(far.received.length, 300_000);
      assert.deepEqual([near.closes, far.closes], [[undefined], [undefined]]);
      assert.equal(near.socket.write([Buffer.from("too late")]), false);
    });
  });

  test(`${name}: who has ended sending closes once the peer has ended, without error`, async () => {
    await withConnection(create(), async (near, far) => {
      near.socket.write([Buffer.alloc(300_000, "x")]);
      near.socket.endSending();
      assert.equal(near.socket.write([Buffer.from("too late")]), false);
      await near.until(() => near.closes.length > 0);
      await far.until(() => far.closes.length > 0);
      assert.equal(far.received.length, 300_000);
      assert.deepEqual([near.closes, far.closes], [[undefined], [undefined]]);
    });
  });

  test(`${name}: a receiver that pauses stops the sender, which is told when it may go on`, async () => {
    await withConnection(create(), async (near, far) => {
      far.socket.pause();
      let sentBytes = 0;
      // The machine's own buffers take some megabytes before the socket says stop.
      while (sentBytes < 64_000_000 && near.socket.write([Buffer.alloc(1_000_000)])) sentBytes += 1_000_000;
      sentBytes += 1_000_000;
      assert.ok(near.socket.unsentBytes > 0);
      assert.equal(near.drains, 0);
      far.socket.resume();
      await near.until(() => near.drains === 1);
      await far.until(() => far.received.length === sentBytes);
    });
  });

  test(`${name}: who wrote buffers is told once when they may be used again, also when the socket is closed`, async () => {
    await withConnection(create(), async (near, far) => {
      let written = 0;
      await new Promise<void>((resolve) => near.socket.write([Buffer.from("a"), Buffer.alloc(100_000)], () => (written++, resolve())));
      await far.until(() => far.received.length === 100_001);
      near.socket.destroy();
      await near.until(() => near.closes.length === 1);
      await new Promise<void>((resolve) => near.socket.write([Buffer.from("late")], () => (written++, resolve())));
      assert.equal(written, 2);
    });
  });

  test(`${name}: destroy closes at once and the peer hears of it`, async () => {
    await withConnection(create(), async (near, far) => {
      near.socket.destroy();
      await near.until(() => near.closes.length === 1);
      await far.until(() => far.closes.length === 1);
    });
  });

  test(`${name}: a port is taken once, refused when closed, and free again`, async () => {
    const net = create();
    const listener = await net.listen("127.0.0.1", 0, () => {});
    assert.ok(listener.port > 0);
    await assert.rejects(
      net.listen("127.0.0.1", listener.port, () => {}),
      { name: "OttlaError", code: "PORT_IN_USE" },
    );
    await listener.close();
    await assert.rejects(net.connect("127.0.0.1", listener.port, 5000), { code: "CONNECT_REFUSED" });
    await (await net.listen("127.0.0.1", listener.port, () => {})).close();
  });

  test(`${name}: a caller that gives up does not wait for a connection, and none is left open`, async () => {
    const net = create();
    const accepted: NetSocket[] = [];
    const listener = await net.listen("127.0.0.1", 0, (socket) => void accepted.push(socket));
    await assert.rejects(net.connect("127.0.0.1", listener.port, 5000, AbortSignal.abort()), { code: "CONNECT_ABORTED" });
    const caller = new AbortController();
    const connecting = net.connect("127.0.0.1", listener.port, 5000, caller.signal);
    caller.abort();
    await assert.rejects(connecting, { code: "CONNECT_ABORTED" });
    for (const socket of accepted) socket.destroy();
    await listener.close();
  });

  test(`${name}: a closed listener leaves its connections open`, async () => {
    await withConnection(create(), async (near, far, listener) => {
      await listener.close();
      near.socket.write([Buffer.from("still here")]);
      await far.until(() => far.received.length === 10);
    });
  });
}

type RunWithConnection = (near: Peer, far: Peer, listener: { close(): Promise<void> }) => Promise<void>;

async function connected(net: Net, borrowsChunks: boolean, run: RunWithConnection): Promise<void> {
  const accepted = Promise.withResolvers<Peer>();
  // Events are set while the connection is handed over, as the broker does.
  const listener = await net.listen("127.0.0.1", 0, (socket) => accepted.resolve(new Peer(socket, borrowsChunks)));
  const near = new Peer(await net.connect("127.0.0.1", listener.port, 5000), borrowsChunks);
  const far = await accepted.promise;
  try {
    await run(near, far, listener);
  } finally {
    near.socket.destroy();
    far.socket.destroy();
    await listener.close();
  }
}
