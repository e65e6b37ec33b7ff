import assert from "node:assert/strict";
import { test } from "node:test";
import { apiVersionsApi } from "@ottla/protocol/apis/api-versions";
import { consumerGroupHeartbeatApi } from "@ottla/protocol/apis/consumer-group-heartbeat";
import { startObliging } from "../../testing/obliging-broker.ts";

for (const { wanted, newest, says } of [
  { wanted: "t", newest: -1, says: /^This cluster has no groups of the consumer protocol \(KIP-848\)\. .* use groupProtocol "classic"/ },
  { wanted: { pattern: "t.*" }, newest: 0, says: /^This cluster matches no patterns .* use groupProtocol "classic"/ },
])
  test(`a cluster whose ConsumerGroupHeartbeat ends at version ${newest} is named, and what to do instead`, async () => {
    const { world, broker, client } = await startObliging();
    broker.on(apiVersionsApi, () => {
      const versions = broker.versions();
      const apiKeys = versions.apiKeys.map((each) =>
        each.apiKey === consumerGroupHeartbeatApi.key ? { ...each, maxVersion: newest } : each,
      );
      return { ...versions, apiKeys: apiKeys.filter(({ maxVersion }) => maxVersion >= 0) };
    });
    const consumer = client.consumer({ groupId: "g", groupProtocol: "consumer" });
    consumer.subscribe(wanted);
    await assert.rejects(world.settle(consumer.poll(1000)), { code: "UNSUPPORTED", retriable: false, message: says });
    assert.deepEqual([consumer.health().state, consumer.health().isAlive], ["failed", false]);
    await world.settle(client.close());
  });
