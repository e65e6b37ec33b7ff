// Three registries over one topic of our broker, each served over HTTP.
import { test } from "node:test";
import { silentLogger } from "@ottla/base";
import { startBroker } from "@ottla/broker";
import { registryInstancesHold, topicMadeAnew } from "../src/registry/instances.ts";

test("any takes a write, one id for each schema, and losing any loses nothing", async () => {
  await using broker = await startBroker({ logger: silentLogger });
  await registryInstancesHold(broker.bootstrap, "_schemas-instances");
});

test("a topic that is deleted while a registry runs is made again as it must be, and not by the broker", async () => {
  await using broker = await startBroker({ logger: silentLogger });
  await topicMadeAnew(broker.bootstrap, "_schemas-gone");
});
