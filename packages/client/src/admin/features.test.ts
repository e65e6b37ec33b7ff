import assert from "node:assert/strict";
import { test } from "node:test";
import { apiVersionsApi, makeFinalizedFeatureKey, makeSupportedFeatureKey } from "@ottla/protocol/apis/api-versions";
import { createClient } from "../client.ts";
import { ScriptedBroker } from "../testing/scripted-broker.ts";
import { makeWorld } from "../testing/simulated-world.ts";

test("a feature's level is what the cluster has agreed on by now, not what it was when the connection was made", async () => {
  const world = makeWorld();
  const broker = await ScriptedBroker.start(world.net);
  broker.serveMetadata(() => ({}));
  let level = 1;
  broker.on(apiVersionsApi, () => ({
    ...broker.versions(),
    supportedFeatures: [makeSupportedFeatureKey({ name: "f", minVersion: 0, maxVersion: 2 })],
    finalizedFeatures: [makeFinalizedFeatureKey({ name: "f", maxVersionLevel: level, minVersionLevel: level })],
  }));
  const client = createClient({ bootstrapServers: broker.bootstrap }, world);
  const admin = client.admin();
  const seen = async () => [
    (await world.settle(admin.describeFeatures())).finalized.get("f"),
    (await world.settle(admin.apiVersions()))[0]?.value?.features.map(({ finalizedLevel }) => finalizedLevel),
  ];
  assert.deepEqual(await seen(), [1, [1]]);
  level = 2;
  assert.deepEqual(await seen(), [2, [2]]);
  await world.settle(client.close());
});
