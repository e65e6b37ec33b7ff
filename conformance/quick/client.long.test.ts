// Our client against one broker of ours in this process: the cases that `client.test.ts` runs with three.
import { after, before, describe } from "node:test";
import { silentLogger } from "@ottla/base";
import { type RunningBroker, startBroker } from "@ottla/broker";
import { defineAdminCases } from "../src/client-cases/admin-cases.ts";
import { defineConsumeCases } from "../src/client-cases/consume-cases.ts";
import { defineProduceCases } from "../src/client-cases/produce-cases.ts";
import { testProfile } from "../src/target.ts";

describe("the client against 1 of our broker", () => {
  let broker: RunningBroker;
  before(async () => {
    broker = await startBroker({ brokers: 1, settings: testProfile, defaults: "kafka", logger: silentLogger });
  });
  after(() => broker.stop());
  const target = () => ({ kind: "ottla" as const, brokers: 1, bootstrap: broker.bootstrap });
  defineProduceCases(target);
  defineConsumeCases(target);
  defineAdminCases(target);
});
