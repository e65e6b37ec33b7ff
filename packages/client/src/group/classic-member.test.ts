import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ErrorCode } from "@ottla/protocol";
import { heartbeatApi, makeHeartbeatResponse } from "@ottla/protocol/apis/heartbeat";
import {
  makeOffsetCommitResponse,
  makeOffsetCommitResponsePartition,
  makeOffsetCommitResponseTopic,
  offsetCommitApi,
} from "@ottla/protocol/apis/offset-commit";
import { joinGroupApi, makeJoinGroupResponse, makeJoinGroupResponseMember } from "@ottla/protocol/apis/join-group";
import { makeSyncGroupResponse, syncGroupApi } from "@ottla/protocol/apis/sync-group";
import { ClientError } from "../client-error.ts";
import type { ConsumerOptions } from "../consumer/consumer-types.ts";
import { startObliging } from "../testing/obliging-broker.ts";
import { HANG_UP } from "../testing/scripted-broker.ts";

const SECOND_MS = 1000;

async function member(options: ConsumerOptions = {}) {
  const stage = await startObliging();
  const consumer = stage.client.consumer({ groupId: "g", ...options });
  consumer.subscribe("t");
  return { ...stage, consumer };
}

const isUnreadable = (pattern: RegExp) => (error: unknown) =>
  error instanceof ClientError && error.code === "BAD_RESPONSE" && pattern.test(error.message);

describe("a member of a classic group", () => {
  for (const code of ["MEMBER_ID_REQUIRED", "UNKNOWN_MEMBER_ID", "REBALANCE_IN_PROGRESS", "ILLEGAL_GENERATION"] as const)
    test(`does not join all the time where every join is answered ${code}`, async () => {
      const { world, broker, client, consumer } = await member();
      broker.on(joinGroupApi, () =>
        // Beyond any bound: the test would hang.
        broker.requestsOf(joinGroupApi).length > 5000 ? HANG_UP : makeJoinGroupResponse({ errorCode: ErrorCode[code], memberId: "m" }),
      );
      await world.settle(consumer.poll(10 * SECOND_MS));
      const joins = broker.requestsOf(joinGroupApi).length;
      assert.ok(joins > 10 && joins < 40, `${joins} in ten seconds`);
      await world.settle(client.close());
    });

  test("joins at once, twice or thrice, where the group wants that", async () => {
    const { world, broker, client, consumer } = await member();
    let rounds = 0;
    broker.on(syncGroupApi, ({ assignments, protocolName }) =>
      ++rounds < 3
        ? makeSyncGroupResponse({ errorCode: ErrorCode.REBALANCE_IN_PROGRESS })
        : makeSyncGroupResponse({ protocolType: "consumer", protocolName, assignment: assignments[0]!.assignment }),
    );
    const startedMs = world.clock.monotonicMs();
    assert.equal((await world.settle(consumer.poll(10 * SECOND_MS))).length, 1);
    assert.equal(world.clock.monotonicMs(), startedMs);
    await world.settle(client.close());
  });

  test("names the member whose subscription cannot be read", async () => {
    const { world, broker, client, consumer } = await member();
    broker.on(joinGroupApi, ({ memberId, protocols }) =>
      makeJoinGroupResponse({
        generationId: 1,
        protocolType: "consumer",
        protocolName: protocols[0]!.name,
        leader: "m",
        memberId: memberId || "m",
        members: [
          makeJoinGroupResponseMember({ memberId: "m", metadata: protocols[0]!.metadata }),
          makeJoinGroupResponseMember({ memberId: "stranger", metadata: Buffer.from([0, 1, 127]) }),
        ],
      }),
    );
    const polling = world.settle(consumer.poll(10 * SECOND_MS));
    await assert.rejects(polling, isUnreadable(/^What member "stranger" of group "g" subscribes to cannot be read: .*look for a client/));
    assert.deepEqual([consumer.health().state, consumer.health().isAlive], ["failed", false]);
    await world.settle(client.close());
  });

  test("says so where what it was assigned cannot be read", async () => {
    const { world, broker, client, consumer } = await member();
    broker.on(syncGroupApi, ({ protocolName }) =>
      makeSyncGroupResponse({ protocolType: "consumer", protocolName, assignment: Buffer.from([0, 0, 1]) }),
    );
    await assert.rejects(
      world.settle(consumer.poll(10 * SECOND_MS)),
      isUnreadable(/^What the leader of group "g" assigned cannot be read: /),
    );
    await world.settle(client.close());
  });

  test("is not taken for gone by the late refusal of a commit from before it joined anew, though the group's generations began anew, too", async () => {
    const { world, broker, client, consumer } = await member({ heartbeatIntervalMs: SECOND_MS / 2, enableAutoCommit: false });
    let ids = 0;
    const held: (() => void)[] = [];
    broker.on(joinGroupApi, ({ memberId, protocols }) =>
      memberId === ""
        ? makeJoinGroupResponse({ errorCode: ErrorCode.MEMBER_ID_REQUIRED, memberId: `m${++ids}` })
        : makeJoinGroupResponse({
            generationId: 1,
            protocolType: "consumer",
            protocolName: protocols[0]!.name,
            leader: memberId,
            memberId,
            members: [makeJoinGroupResponseMember({ memberId, metadata: protocols[0]!.metadata })],
          }),
    );
    const unknown = ErrorCode.UNKNOWN_MEMBER_ID;
    const refuseLater = (): Promise<void> => new Promise((resolve) => void held.push(resolve));
    broker.on(offsetCommitApi, async ({ topics, memberId }) => {
      if (memberId === "m1") await refuseLater();
      return makeOffsetCommitResponse({
        topics: topics.map(({ name, topicId, partitions }) =>
          makeOffsetCommitResponseTopic({
            name,
            topicId,
            partitions: partitions.map(({ partitionIndex }) =>
              makeOffsetCommitResponsePartition({ partitionIndex, errorCode: memberId === "m1" ? unknown : ErrorCode.NONE }),
            ),
          }),
        ),
      });
    });
    broker.on(heartbeatApi, ({ memberId }) => makeHeartbeatResponse({ errorCode: memberId === "m1" ? unknown : ErrorCode.NONE }));
    await world.settle(consumer.poll(SECOND_MS));
    const committing = consumer.commit();
    committing.catch(() => {});
    for (let turn = 0; turn < 100 && consumer.groupMetadata()?.memberId !== "m2"; turn++) {
      await world.pass(SECOND_MS / 10);
      await world.settle(consumer.poll(0));
    }
    await world.settle(consumer.poll(SECOND_MS));
    assert.deepEqual([held.length, consumer.assignment().length], [1, 1]);
    for (const go of held) go();
    await assert.rejects(world.settle(committing), { code: "COMMIT_FAILED" });
    for (let second = 0; second < 10; second++) {
      await world.pass(SECOND_MS);
      await world.settle(consumer.poll(0));
    }
    assert.deepEqual([consumer.groupMetadata()?.memberId, ids], ["m2", 2]);
    await world.settle(client.close());
  });
});
