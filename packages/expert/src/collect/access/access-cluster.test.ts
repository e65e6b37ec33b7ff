import assert from "node:assert/strict";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { test } from "node:test";
import { systemClock } from "@ottla/base/node";
import { SimulatedDisk } from "@ottla/base/simulated";
import { createClient } from "@ottla/client";
import { ClientClusterAccess } from "./access-cluster.ts";

test("who gives up does not wait for a cluster that does not answer, and others go on waiting", async () => {
  const sockets: Socket[] = [];
  const silent = createServer((socket) => void sockets.push(socket.on("error", () => {})));
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const client = createClient({ bootstrapServers: `127.0.0.1:${(silent.address() as AddressInfo).port}` });
  const access = new ClientClusterAccess(client, systemClock, { disk: new SimulatedDisk(), folder: "/" });
  try {
    const [impatient, patient] = [new AbortController(), new AbortController()];
    const waiting = access.snapshot(patient.signal).then(
      () => "answered",
      (error: unknown) => (error === patient.signal.reason ? "gave up" : "failed"),
    );
    const given = access.snapshot(impatient.signal);
    impatient.abort(new Error("gone"));
    await assert.rejects(given, /gone/);
    await assert.rejects(access.snapshot(impatient.signal), /gone/);
    patient.abort();
    assert.equal(await waiting, "gave up");
  } finally {
    await client.close();
    for (const socket of sockets) socket.destroy();
    silent.close();
  }
});
