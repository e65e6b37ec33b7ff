// Two registries over one topic of our broker, changed at both at once.
import { test } from "node:test";
import { silentLogger } from "@ottla/base";
import { startBroker } from "@ottla/broker";
import { registryRacesHold } from "../src/registry/races.ts";

for (const seed of [1]) {
  test(`deletions, modes and levels race with registrations and checks at two instances (seed ${seed})`, async () => {
    await using broker = await startBroker({ logger: silentLogger });
    await registryRacesHold(broker.bootstrap, "_schemas-races", seed);
  });
}
