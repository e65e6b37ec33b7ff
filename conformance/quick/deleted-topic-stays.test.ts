import assert from "node:assert/strict";
import { test } from "node:test";
import { startKafka } from "@ottla/testing";

test("a topic that was written to and deleted is not made again by what the client asks of others", async () => {
  await using kafka = await startKafka();
  const client = kafka.client();
  const producer = client.producer();
  await producer.send({ topic: "gone", value: "1" });
  await client.admin().deleteTopics(["gone"]);
  // Its brokers are asked about all topics of the last minutes.
  await producer.send({ topic: "other", value: "1" });
  const [described] = await client.admin().describeTopics(["gone"]);
  assert.equal(described?.error?.code, "UNKNOWN_TOPIC_OR_PARTITION");
  // Who writes to it again has it made again.
  await producer.send({ topic: "gone", value: "2" });
  assert.equal((await client.admin().describeTopics(["gone"]))[0]?.error, undefined);
});
