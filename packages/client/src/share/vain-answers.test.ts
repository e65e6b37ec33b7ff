import assert from "node:assert/strict";
import { test } from "node:test";
import { makeShareFetchResponse, shareFetchApi } from "@ottla/protocol/apis/share-fetch";
import { createClient } from "../client.ts";
import { HANG_UP } from "../testing/scripted-broker.ts";
import { ShareBroker } from "../testing/share-broker.ts";
import { makeWorld } from "../testing/simulated-world.ts";

test("a broker that answers share fetches at once and in vain is asked after a pause", async () => {
  const world = makeWorld();
  const { broker } = await ShareBroker.start(world);
  // Beyond any bound: the test would hang.
  broker.on(shareFetchApi, () => (broker.requestsOf(shareFetchApi).length > 5000 ? HANG_UP : makeShareFetchResponse({})));
  const client = createClient({ bootstrapServers: broker.bootstrap }, world);
  const consumer = client.shareConsumer({ groupId: "g", topics: ["t"] });
  assert.deepEqual(await world.settle(consumer.poll(10_000)), []);
  const asked = broker.requestsOf(shareFetchApi).length;
  assert.ok(asked > 20 && asked < 200, `${asked} requests in ten seconds`);
  await world.settle(client.close());
});
