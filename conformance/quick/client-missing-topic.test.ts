// Our client against our broker with auto.create.topics.enable=false: a topic that is missing is a trouble of those who send to it alone.
import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLogger } from "@ottla/base";
import { startBroker } from "@ottla/broker";
import { createClient } from "@ottla/client";

test("a send to a topic that does not exist waits alone, until the topic is made", async () => {
  await using broker = await startBroker({ settings: { "auto.create.topics.enable": "false" }, logger: silentLogger });
  await using client = createClient({ bootstrapServers: broker.bootstrap });
  const admin = client.admin();
  await admin.createTopics([{ name: "orders", partitionCount: 1 }]);
  const producer = client.producer();
  let isTypoSettled = false;
  const typo = producer.send({ topic: "odrers", value: "typo" });
  typo.then(
    () => (isTypoSettled = true),
    () => (isTypoSettled = true),
  );
  const { acknowledged } = await producer.sendBatch(Array.from({ length: 100 }, (_, i) => ({ topic: "orders", value: String(i) })));
  assert.deepEqual([acknowledged, isTypoSettled], [100, false]);
  await admin.createTopics([{ name: "odrers", partitionCount: 1 }]);
  assert.equal((await typo).offset, 0);
});
