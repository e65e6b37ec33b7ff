import assert from "node:assert/strict";
import { test } from "node:test";
import { testNet } from "../contracts/net-contract.ts";
import { nodeNet } from "./node-net.ts";

testNet("node net", () => nodeNet);

test("node net: an address the machine lacks and a name nobody knows are refused in one sentence", async () => {
  await assert.rejects(
    nodeNet.listen("192.0.2.1", 0, () => {}),
    { code: "ADDRESS_UNAVAILABLE", message: /^Cannot listen on 192\.0\.2\.1:0: this machine has no such address/ },
  );
  await assert.rejects(
    nodeNet.listen("no-such-host.invalid", 0, () => {}),
    { code: "ADDRESS_UNAVAILABLE" },
  );
  await assert.rejects(nodeNet.connect("no-such-host.invalid", 9092, 5000), { code: "CONNECT_FAILED", message: /cannot be resolved/ });
});

test("node net: a listener on localhost is reached by IPv4, and a peer's address is plain", async () => {
  for (const host of ["localhost", ""]) {
    const remoteHosts: string[] = [];
    const listener = await nodeNet.listen(host, 0, (socket) => {
      remoteHosts.push(socket.remoteHost);
      socket.destroy();
    });
    const socket = await nodeNet.connect("127.0.0.1", listener.port, 5000);
    await new Promise<void>((resolve) => socket.listen({ onData() {}, onDrain() {}, onClose: () => resolve() }));
    await listener.close();
    assert.deepEqual(remoteHosts, ["127.0.0.1"]);
  }
});
