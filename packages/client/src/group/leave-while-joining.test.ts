// A broker answers a connection in order, and a join waits until all others have joined or are given up: whoever leaves meanwhile must not wait behind its own join.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { joinGroupApi, makeJoinGroupResponse } from "@ottla/protocol/apis/join-group";
import { leaveGroupApi } from "@ottla/protocol/apis/leave-group";
import { type makeSyncGroupResponse, syncGroupApi } from "@ottla/protocol/apis/sync-group";
import { type Api, ErrorCode } from "@ottla/protocol";
import { consumerGroupHeartbeatApi, makeConsumerGroupHeartbeatResponse } from "@ottla/protocol/apis/consumer-group-heartbeat";
import { findCoordinatorApi, makeCoordinator, makeFindCoordinatorResponse } from "@ottla/protocol/apis/find-coordinator";
import type { ConsumerOptions } from "../consumer/consumer-types.ts";
import { startObliging } from "../testing/obliging-broker.ts";
import { HOST, type ScriptedBroker } from "../testing/scripted-broker.ts";

const SOON_MS = 100;
/** Of the stage's client. */
const REQUEST_TIMEOUT_MS = 2000;

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

describe("a member that leaves during its very first join leaves no ghost", () => {
  /** The consumer has asked to join and closes; the answer comes then. */
  async function closeWhileJoining<Request, Response>(
    api: Api<Request, Response>,
    answer: (request: Request, version: number) => Response,
    { maxVersion, ...options }: Partial<ConsumerOptions> & { readonly maxVersion?: number } = {},
  ) {
    const stage = await startObliging();
    const { world, broker, client } = stage;
    const gate = Promise.withResolvers<void>();
    let joins = 0;
    broker.on(
      api,
      async (request, version) => {
        if (joins++ === 0) await gate.promise;
        return answer(request, version);
      },
      maxVersion,
    );
    const consumer = client.consumer({ groupId: "g", ...options });
    consumer.subscribe("t");
    consumer.poll(60_000).catch(() => {});
    await world.until("it joins", () => joins === 1);
    const closing = consumer.close();
    await world.pass(700);
    gate.resolve();
    const answeredMs = world.clock.monotonicMs();
    await world.settle(closing);
    assert.ok(world.clock.monotonicMs() - answeredMs < SOON_MS, `closed ${world.clock.monotonicMs() - answeredMs} ms after the answer`);
    await world.settle(client.close());
    assert.equal(world.net.sockets.size, 0, "a connection is left");
    return { broker, joins };
  }

  const leftAs = (broker: ScriptedBroker) =>
    broker.requestsOf(leaveGroupApi).map(({ memberId, members }) => members.map((each) => each.memberId).join() || memberId);

  test("the coordinator gives an id and wants it back (KIP-394): it leaves by that id, and joins no more", async () => {
    const { broker, joins } = await closeWhileJoining(joinGroupApi, () =>
      makeJoinGroupResponse({ errorCode: ErrorCode.MEMBER_ID_REQUIRED, memberId: "given" }),
    );
    assert.deepEqual([leftAs(broker), joins], [["given"], 1]);
  });

  test("an older one answers when all have joined: it leaves by the id of that answer, and asks for no assignment", async () => {
    const { broker, joins } = await closeWhileJoining(
      joinGroupApi,
      ({ protocols }) => makeJoinGroupResponse({ generationId: 3, protocolName: protocols[0]!.name, leader: "given", memberId: "given" }),
      { maxVersion: 3 },
    );
    assert.deepEqual([leftAs(broker), joins, broker.requestsOf(syncGroupApi)], [["given"], 1, []]);
  });

  test("a refusal names nobody", async () => {
    const { broker, joins } = await closeWhileJoining(joinGroupApi, () =>
      makeJoinGroupResponse({ errorCode: ErrorCode.COORDINATOR_LOAD_IN_PROGRESS }),
    );
    assert.deepEqual([leftAs(broker), joins], [[], 1]);
  });

  test("under KIP-848 the id is its own, or in version 0 that of the answer", async () => {
    for (const maxVersion of [0, 1]) {
      const { broker } = await closeWhileJoining(
        consumerGroupHeartbeatApi,
        ({ memberId, memberEpoch }, version) =>
          makeConsumerGroupHeartbeatResponse({
            memberId: version === 0 && memberEpoch === 0 ? "given" : memberId,
            memberEpoch: memberEpoch < 0 ? memberEpoch : 1,
            heartbeatIntervalMs: 1000,
          }),
        { groupProtocol: "consumer", maxVersion },
      );
      const told = broker.requestsOf(consumerGroupHeartbeatApi).map(({ memberId, memberEpoch }) => [memberId, memberEpoch] as const);
      const [[joinedAs]] = told as [(typeof told)[number]];
      assert.deepEqual(told, [[joinedAs, 0], maxVersion === 0 ? ["given", -1] : [joinedAs, -1]]);
      assert.equal(joinedAs === "", maxVersion === 0);
    }
  });

  test("a join that nobody answers holds a close up to its deadline, and unsubscribe as long as a request may take", async () => {
    for (const end of ["close", "unsubscribe"] as const) {
      const { world, broker, client } = await startObliging();
      let isWaiting = false;
      broker.on(joinGroupApi, () => {
        isWaiting = true;
        return new Promise<never>(() => {});
      });
      const consumer = client.consumer({ groupId: "g" });
      consumer.subscribe("t");
      consumer.poll(60_000).catch(() => {});
      await world.until("it joins", () => isWaiting);
      const startedMs = world.clock.monotonicMs();
      await world.settle(end === "close" ? consumer.close({ timeoutMs: 1000 }) : consumer.unsubscribe());
      const tookMs = world.clock.monotonicMs() - startedMs;
      assert.ok(Math.abs(tookMs - (end === "close" ? 1000 : REQUEST_TIMEOUT_MS)) < 100, `${end} took ${tookMs} ms`);
      assert.deepEqual(leftAs(broker), []);
      await world.settle(client.close());
      assert.equal(world.clock.pendingTimers, 0);
    }
  });

  test("one that is still looking for its coordinator closes at once, and joins no more", async () => {
    const { world, broker, client } = await startObliging();
    const found = Promise.withResolvers<void>();
    let isAsked = false;
    broker.on(findCoordinatorApi, async ({ coordinatorKeys }) => {
      isAsked = true;
      await found.promise;
      const { nodeId, port } = broker;
      return makeFindCoordinatorResponse({
        coordinators: coordinatorKeys.map((key) => makeCoordinator({ key, nodeId, host: HOST, port })),
      });
    });
    const consumer = client.consumer({ groupId: "g" });
    consumer.subscribe("t");
    consumer.poll(60_000).catch(() => {});
    await world.until("it looks", () => isAsked);
    const startedMs = world.clock.monotonicMs();
    await world.settle(consumer.unsubscribe());
    assert.ok(world.clock.monotonicMs() - startedMs < SOON_MS);
    found.resolve();
    await world.pass(5000);
    assert.deepEqual(broker.requestsOf(joinGroupApi), []);
    await world.settle(client.close());
  });
});
