import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ErrorCode } from "@ottla/protocol";
import { heartbeatApi, makeHeartbeatResponse } from "@ottla/protocol/apis/heartbeat";
import { joinGroupApi, makeJoinGroupResponse } from "@ottla/protocol/apis/join-group";
import { startObliging } from "../testing/obliging-broker.ts";
import { SILENCE } from "../testing/scripted-broker.ts";
import { record, start } from "../testing/producer-stage.ts";
import type { Consumer } from "./consumer-types.ts";

const SESSION_MS = 10_000;
const HEARTBEAT_MS = 1_000;

async function joined() {
  const stage = await startObliging();
  const consumer: Consumer = stage.client.consumer({ groupId: "g", sessionTimeoutMs: SESSION_MS, heartbeatIntervalMs: HEARTBEAT_MS });
  assert.equal(consumer.membershipLeftMs(), undefined);
  const assigned = Promise.withResolvers<void>();
  consumer.subscribe(["t"], { onAssigned: () => assigned.resolve() });
  assert.equal(consumer.membershipLeftMs(), -1);
  await stage.world.settle(Promise.race([consumer.poll(60_000), assigned.promise]));
  return { ...stage, consumer };
}

describe("how long a group surely keeps a member", () => {
  test("counts from when the last heartbeat was sent that was answered", async () => {
    const { world, broker, consumer } = await joined();
    await world.pass(3 * HEARTBEAT_MS);
    const leftMs = consumer.membershipLeftMs()!;
    assert.ok(leftMs > SESSION_MS - 2 * HEARTBEAT_MS && leftMs <= SESSION_MS, `${leftMs}`);
    broker.on(heartbeatApi, () => SILENCE);
    await world.pass(4 * HEARTBEAT_MS);
    assert.equal(consumer.membershipLeftMs(), leftMs - 4 * HEARTBEAT_MS);
    // Nobody looked for so long: the process stood still.
    world.clock.standStill(SESSION_MS);
    assert.equal(consumer.membershipLeftMs(), 0);
  });

  test("is over when the group says so", async () => {
    const { world, broker, consumer } = await joined();
    broker.on(heartbeatApi, () => makeHeartbeatResponse({ errorCode: ErrorCode.UNKNOWN_MEMBER_ID }));
    const before = consumer.groupMetadata();
    await world.pass(2 * HEARTBEAT_MS);
    assert.equal(consumer.membershipLeftMs(), -1);
    // Who it was when it read what it may be about to commit: nobody takes that from it any more.
    assert.deepEqual(consumer.groupMetadata(), before);
    assert.equal(before?.generationId, 1);
  });

  test("goes on while a join waits at the coordinator, but not over a standstill", async () => {
    const { world, broker, consumer } = await joined();
    broker.on(joinGroupApi, () => SILENCE);
    consumer.enforceRebalance();
    void consumer.poll(120_000).catch(() => {});
    await world.pass(2 * SESSION_MS);
    const leftMs = consumer.membershipLeftMs()!;
    assert.ok(leftMs >= SESSION_MS - 2 * HEARTBEAT_MS, `${leftMs}`);
    world.clock.standStill(SESSION_MS + HEARTBEAT_MS);
    assert.equal(consumer.membershipLeftMs(), 0);
    world.clock.advance(0);
    assert.equal(consumer.membershipLeftMs(), 0);
    broker.on(joinGroupApi, () => makeJoinGroupResponse({ errorCode: ErrorCode.UNKNOWN_MEMBER_ID }));
  });
});

describe("a producer that may not write", () => {
  test("holds records back until it may", async () => {
    const { world, client, sent } = await start();
    let mayWrite = true;
    const producer = client.producer({ mayWrite: () => mayWrite });
    await world.settle(producer.send(record("first")));
    mayWrite = false;
    const second = producer.send(record("second"));
    const flushed = producer.flush();
    await world.pass(5_000);
    assert.deepEqual(
      sent().flatMap(({ values }) => values),
      ["first"],
    );
    mayWrite = true;
    await world.settle(second);
    await world.settle(flushed);
    assert.deepEqual(
      sent().flatMap(({ values }) => values),
      ["first", "second"],
    );
  });

  test("gives up what waits when it never may, and writes again what comes when it may", async () => {
    const { world, client, sent } = await start();
    let mayWrite: boolean | Error = false;
    const producer = client.producer({ mayWrite: () => mayWrite });
    const first = producer.send(record("first"));
    first.catch(() => {});
    await world.pass(1_000);
    mayWrite = new Error("somebody else does");
    await assert.rejects(world.settle(first), /somebody else does/);
    await world.settle(producer.flush());
    mayWrite = true;
    await world.settle(producer.send(record("second")));
    assert.deepEqual(
      sent().flatMap(({ values }) => values),
      ["second"],
    );
  });
});
