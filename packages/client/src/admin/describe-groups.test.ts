import assert from "node:assert/strict";
import { test } from "node:test";
import { ErrorCode } from "@ottla/protocol";
import {
  consumerGroupDescribeApi,
  makeConsumerGroupDescribeResponse,
  makeDescribedGroup as makeConsumerGroup,
} from "@ottla/protocol/apis/consumer-group-describe";
import {
  describeGroupsApi,
  makeDescribedGroup as makeClassicGroup,
  makeDescribeGroupsResponse,
} from "@ottla/protocol/apis/describe-groups";
import { findCoordinatorApi, makeCoordinator, makeFindCoordinatorResponse } from "@ottla/protocol/apis/find-coordinator";
import { createClient } from "../client.ts";
import { HOST, ScriptedBroker } from "../testing/scripted-broker.ts";
import { makeWorld } from "../testing/simulated-world.ts";

const NAMES = Array.from({ length: 250 }, (_, i) => `${i % 2 === 0 ? "classic" : "new"}-${i}`);

test("a coordinator is asked for all of its groups at once, and alone for one that it would not tell of", async () => {
  const world = makeWorld();
  const broker = await ScriptedBroker.start(world.net);
  broker.serveMetadata(() => ({}));
  broker.on(findCoordinatorApi, ({ coordinatorKeys }) =>
    makeFindCoordinatorResponse({
      coordinators: coordinatorKeys.map((key) => makeCoordinator({ key, nodeId: 1, host: HOST, port: broker.port })),
    }),
  );
  broker.on(consumerGroupDescribeApi, ({ groupIds }) =>
    makeConsumerGroupDescribeResponse({
      groups: groupIds.map((groupId) => {
        if (groupId.startsWith("classic")) return makeConsumerGroup({ groupId, errorCode: ErrorCode.GROUP_ID_NOT_FOUND });
        const isLoading = groupId === "new-5" && groupIds.length > 1;
        return makeConsumerGroup({
          groupId,
          groupState: "Stable",
          errorCode: isLoading ? ErrorCode.COORDINATOR_LOAD_IN_PROGRESS : ErrorCode.NONE,
        });
      }),
    }),
  );
  broker.on(describeGroupsApi, ({ groups }) =>
    makeDescribeGroupsResponse({
      groups: groups.map((groupId) =>
        makeClassicGroup({ groupId, groupState: "Empty", errorCode: groupId === "classic-8" ? ErrorCode.GROUP_AUTHORIZATION_FAILED : 0 }),
      ),
    }),
  );
  const client = createClient({ bootstrapServers: broker.bootstrap }, world);
  const described = await world.settle(client.admin().describeGroups(NAMES));
  assert.deepEqual(
    described.map(({ name }) => name),
    NAMES,
  );
  const states = Map.groupBy(described, ({ value, error }) => error?.code ?? `${value!.type} ${value!.state}`);
  assert.deepEqual(
    [...states].map(([state, of]) => [state, of.length]),
    [
      ["classic Empty", 124],
      ["consumer Stable", 125],
      ["GROUP_AUTHORIZATION_FAILED", 1],
    ],
  );
  const asked = (key: number) => broker.seen.filter((each) => each.key === key).length;
  // 250 groups in three requests of each kind, and those that were left out once more, alone.
  assert.deepEqual([asked(consumerGroupDescribeApi.key), asked(describeGroupsApi.key)], [3 + 2, 3 + 1]);
  await world.settle(client.close());
});
