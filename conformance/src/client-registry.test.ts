// Several registries over one topic of the cluster, in whichever of the runners: nothing of it is our broker's own.
import { randomUUID } from "node:crypto";
import assert from "node:assert/strict";
import { test } from "node:test";
import { createClient } from "@ottla/client";
import { registryInstancesHold, topicMadeAnew } from "./registry/instances.ts";
import { registryRacesHold } from "./registry/races.ts";
import { requireTarget } from "./target.ts";

const { bootstrap, brokers } = requireTarget();

test("three registries over one topic: any takes a write, and losing any loses nothing", async () => {
  const topic = `_schemas-${randomUUID()}`;
  await registryInstancesHold(bootstrap, topic);
  await using client = createClient({ bootstrapServers: bootstrap });
  const [described] = await client.admin().describeTopics([topic]);
  assert.equal(described?.value?.partitions[0]?.replicas.length, brokers, "as many replicas as brokers, at most three");
});

test("a topic that is deleted while a registry runs is made again as it must be", () =>
  topicMadeAnew(bootstrap, `_schemas-${randomUUID()}`));

for (const seed of [11, 12]) {
  test(`deletions, modes and levels race with registrations and checks at two instances (seed ${seed})`, () =>
    registryRacesHold(bootstrap, `_schemas-${randomUUID()}`, seed));
}
