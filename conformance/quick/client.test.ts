// Our client against our broker in this process: the cases that `npm run test:kafka` runs against Apache Kafka. Here each set of cases once, with one broker or three; `client.long.test.ts` has the others.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { silentLogger } from "@ottla/base";
import { type RunningBroker, startBroker } from "@ottla/broker";
import { defineAdminCases } from "../src/client-cases/admin-cases.ts";
import { defineConsumeCases } from "../src/client-cases/consume-cases.ts";
import { defineConsumedCases } from "../src/client-cases/consumed-cases.ts";
import { defineGroupCases } from "../src/client-cases/group-cases.ts";
import { defineProduceCases } from "../src/client-cases/produce-cases.ts";
import { defineTypedTopicCases } from "../src/client-cases/typed-topic-cases.ts";
import { testProfile } from "../src/target.ts";

const warnings: Error[] = [];
process.on("warning", (warning) => warnings.push(warning));

for (const brokers of [1, 3] as const) {
  describe(`the client against ${brokers} of our broker`, () => {
    let broker: RunningBroker;
    before(async () => {
      broker = await startBroker({ brokers, settings: testProfile, defaults: "kafka", logger: silentLogger });
    });
    after(() => broker.stop());
    const target = () => ({ kind: "ottla" as const, brokers, bootstrap: broker.bootstrap });
    if (brokers === 1) defineConsumedCases(target);
    if (brokers === 1) defineGroupCases(target);
    if (brokers === 1) defineTypedTopicCases(target);
    if (brokers === 3) defineProduceCases(target);
    if (brokers === 3) defineConsumeCases(target);
    if (brokers === 3) defineAdminCases(target);
  });
}

test("peers' defect, timers that Node warns of: nothing of all this made it warn", () => {
  assert.deepEqual(warnings, []);
});
