import assert from "node:assert/strict";
import { test } from "node:test";
import { startKafka } from "@ottla/testing";

for (const groupProtocol of ["classic", "consumer"] as const) {
  test(`a transaction commits no offsets of a consumer that its group has gone on without, though nobody else is in it: ${groupProtocol}`, async () => {
    const settings = { "group.consumer.min.heartbeat.interval.ms": "50", "group.consumer.heartbeat.interval.ms": "50" };
    await using kafka = await startKafka({ topics: { in: 1, out: 1 }, settings });
    await kafka.topic("in").produce(["a", "b"]);
    await using client = kafka.client();
    const consumer = client.consumer({
      groupId: "g",
      groupProtocol,
      autoOffsetReset: "earliest",
      enableAutoCommit: false,
      ...(groupProtocol === "classic" && { heartbeatIntervalMs: 50, sessionTimeoutMs: 6_000 }),
    });
    consumer.subscribe(["in"]);
    await kafka.until("a record", async () => (await consumer.poll(200)).length > 0);
    const producer = client.producer({ transactionalId: "tx" });
    await producer.begin();
    await producer.send({ topic: "out", value: "made of a" });
    const memberId = consumer.groupMetadata()!.memberId;
    assert.notEqual(memberId, "");
    // It was silent for too long, is told so, and has not asked for records since.
    kafka.fault({ api: groupProtocol === "classic" ? "Heartbeat" : "ConsumerGroupHeartbeat", reply: "UNKNOWN_MEMBER_ID", times: "always" });
    await kafka
      .client()
      .admin()
      .removeGroupMembers("g", [{ memberId }])
      .catch(() => {});
    await kafka.until("it knows", () => consumer.membershipLeftMs() === -1);
    await assert.rejects(async () => {
      await producer.sendOffsets([{ topic: "in", partition: 0, offset: 2 }], consumer.groupMetadata());
      await producer.commit();
    }, /UNKNOWN_MEMBER_ID|does not know this member|ILLEGAL_GENERATION|STALE_MEMBER_EPOCH/);
    await producer.abort();
  });
}
