// Our client against our broker in this process: the cases that `npm run test:kafka` runs against Apache Kafka.
import { after, before, describe } from "node:test";
import { silentLogger } from "@ottla/base";
import { nodeNet, systemClock, systemRandom } from "@ottla/base/node";
import { MemoryDisk } from "@ottla/base/simulated";
import { type RunningBroker, startBroker } from "@ottla/broker";
import { defineAdminCases } from "../src/client-cases/admin-cases.ts";
import { defineConsumeCases } from "../src/client-cases/consume-cases.ts";
import { defineGroupCases } from "../src/client-cases/group-cases.ts";
import { defineProduceCases } from "../src/client-cases/produce-cases.ts";
import { testProfile } from "../src/target.ts";

for (const brokers of [1, 3] as const) {
  describe(`the client against ${brokers} of our broker`, () => {
    let broker: RunningBroker;
    before(async () => {
      const settings = new Map(Object.entries({ ...testProfile, listeners: "PLAINTEXT://127.0.0.1:0" }));
      broker = await startBroker(
        { clock: systemClock, disk: new MemoryDisk(), net: nodeNet, random: systemRandom, logger: silentLogger },
        { dataDirectory: "/data", settings, brokers },
      );
    });
    after(() => broker.stop());
    const target = () => ({ kind: "ottla" as const, brokers, bootstrap: broker.bootstrap });
    defineProduceCases(target);
    defineConsumeCases(target);
    if (brokers === 1) defineGroupCases(target);
    defineAdminCases(target);
  });
}
