import assert from "node:assert/strict";
import { test } from "node:test";
import type { NetSocket } from "@ottla/base";
import { SeededRandom, SimulatedClock, SimulatedNet } from "@ottla/base/simulated";
import { KeptPorts } from "./kept-ports.ts";

function start() {
  const clock = new SimulatedClock(0);
  const net = new SimulatedNet({ clock, random: new SeededRandom(1) });
  const ports = new KeptPorts(net);
  const connect = async (port: number): Promise<{ socket: NetSocket; isClosed: () => boolean }> => {
    const connecting = net.connect("127.0.0.1", port, 1000);
    await clock.advanceAsync(10);
    const socket = await connecting;
    let isClosed = false;
    socket.listen({ onData() {}, onDrain() {}, onClose: () => (isClosed = true) });
    return { socket, isClosed: () => isClosed };
  };
  return { clock, ports, connect };
}

test("connections to a port that is kept are held, and go to who listens there next", async () => {
  const { clock, ports, connect } = start();
  const first = await ports.listen("127.0.0.1", 9092, () => assert.fail("nobody connects yet"));
  ports.keep();
  await first.close();
  const waiting = await connect(9092);
  await clock.advanceAsync(100);
  assert.equal(waiting.isClosed(), false);
  ports.giveOutAgain();
  const taken: NetSocket[] = [];
  const second = await ports.listen("127.0.0.1", 0, (socket) => taken.push(socket));
  assert.deepEqual([second.port, taken.length], [9092, 1]);
  await ports.release();
});

test("connections that are held are refused when the ports are let go", async () => {
  const { clock, ports, connect } = start();
  const first = await ports.listen("127.0.0.1", 9092, () => {});
  ports.keep();
  await first.close();
  const waiting = await connect(9092);
  await ports.release();
  await clock.advanceAsync(100);
  assert.equal(waiting.isClosed(), true);
});
