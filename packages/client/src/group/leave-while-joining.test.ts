// A broker answers a connection in order, and a join waits until all others have joined or are given up: whoever leaves meanwhile must not wait behind its own join.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { joinGroupApi, makeJoinGroupResponse } from "@ottla/protocol/apis/join-group";
import { leaveGroupApi } from "@ottla/protocol/apis/leave-group";
import { type makeSyncGroupResponse, syncGroupApi } from "@ottla/protocol/apis/sync-group";
import { ErrorCode } from "@ottla/protocol";
import { startObliging } from "../testing/obliging-broker.ts";

const SOON_MS = 1000;

describe("a member that leaves while the group rebalances", () => {
  for (const waits of ["join", "sync"] as const)
    test(`leaves at once, not when its ${waits} is answered`, async () => {
      const { world, broker, client } = await startObliging();
      const never = new Promise<never>(() => {});
      let isWaiting = false;
      const wait = (): Promise<never> => {
        isWaiting = true;
        return never;
      };
      broker.on(joinGroupApi, ({ memberId, protocols }) => {
        if (memberId === "") return makeJoinGroupResponse({ errorCode: ErrorCode.MEMBER_ID_REQUIRED, memberId: "m" });
        if (waits === "join") return wait();
        return makeJoinGroupResponse({
          generationId: 1,
          protocolType: "consumer",
          protocolName: protocols[0]!.name,
          leader: "other",
          memberId,
        });
      });
      if (waits === "sync") broker.on(syncGroupApi, () => wait() as Promise<ReturnType<typeof makeSyncGroupResponse>>);
      const consumer = client.consumer({ groupId: "g", sessionTimeoutMs: 45_000 });
      consumer.subscribe("t");
      const poll = consumer.poll(60_000);
      poll.catch(() => {});
      await world.until("the member waits for the others", () => isWaiting);
      const startedMs = world.clock.monotonicMs();
      await world.settle(consumer.close());
      assert.ok(world.clock.monotonicMs() - startedMs < SOON_MS, `after ${world.clock.monotonicMs() - startedMs} ms`);
      assert.deepEqual(
        broker.requestsOf(leaveGroupApi).map(({ members }) => members.map(({ memberId }) => memberId)),
        [["m"]],
      );
      await assert.rejects(world.settle(poll), { code: "CLIENT_CLOSED" });
      await world.pass(0);
      // The client's own stays, with both of its ends.
      assert.ok(world.net.sockets.size <= 2, `${world.net.sockets.size} ends of connections are left`);
      await world.settle(client.close());
      assert.equal(world.net.sockets.size, 0, "a connection is left");
    });
});
