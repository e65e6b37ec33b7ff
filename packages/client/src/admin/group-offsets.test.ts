import assert from "node:assert/strict";
import { test } from "node:test";
import { ErrorCode } from "@ottla/protocol";
import { findCoordinatorApi, makeCoordinator, makeFindCoordinatorResponse } from "@ottla/protocol/apis/find-coordinator";
import {
  makeOffsetFetchResponse,
  makeOffsetFetchResponseGroup,
  makeOffsetFetchResponsePartition,
  makeOffsetFetchResponsePartitions,
  makeOffsetFetchResponseTopic,
  makeOffsetFetchResponseTopics,
  offsetFetchApi,
} from "@ottla/protocol/apis/offset-fetch";
import { createClient } from "../client.ts";
import { HOST, ScriptedBroker } from "../testing/scripted-broker.ts";
import { makeWorld } from "../testing/simulated-world.ts";

const NAMES = Array.from({ length: 60 }, (_, i) => `g${i}`);

test("a coordinator is asked for the offsets of many groups at once, and alone for those that it would not tell of", async () => {
  const world = makeWorld();
  const broker = await ScriptedBroker.start(world.net);
  broker.serveMetadata(() => ({}));
  broker.on(findCoordinatorApi, ({ coordinatorKeys }) =>
    makeFindCoordinatorResponse({
      coordinators: coordinatorKeys.map((key) => {
        const errorCode = key === "g3" && coordinatorKeys.length > 1 ? ErrorCode.COORDINATOR_NOT_AVAILABLE : 0;
        return makeCoordinator({ key, nodeId: 1, host: HOST, port: broker.port, errorCode });
      }),
    }),
  );
  const times = new Map<string, number>();
  broker.on(offsetFetchApi, ({ groups }) =>
    makeOffsetFetchResponse({
      groups: groups.map(({ groupId }) => {
        const asked = (times.get(groupId) ?? 0) + 1;
        times.set(groupId, asked);
        const isHeldBack = groupId === "g7" && asked === 1;
        const partitions = [1, 0].map((partitionIndex) =>
          makeOffsetFetchResponsePartitions({
            partitionIndex,
            committedOffset: Number(groupId.slice(1)) + partitionIndex,
            errorCode: isHeldBack ? ErrorCode.UNSTABLE_OFFSET_COMMIT : 0,
          }),
        );
        const errorCode = groupId === "g9" ? ErrorCode.GROUP_AUTHORIZATION_FAILED : 0;
        return makeOffsetFetchResponseGroup({ groupId, errorCode, topics: [makeOffsetFetchResponseTopics({ name: "t", partitions })] });
      }),
    }),
  );
  const client = createClient({ bootstrapServers: broker.bootstrap }, world);
  const listed = await world.settle(client.admin().listOffsetsOfGroups(NAMES));
  assert.deepEqual(
    listed.map(({ name, value, error }) => [name, error?.code ?? value!.map((each) => each.value?.offset).join(" ")]),
    NAMES.map((name, i) => [name, name === "g9" ? "GROUP_AUTHORIZATION_FAILED" : `${i} ${i + 1}`]),
  );
  const asked = (key: number) => broker.seen.filter((each) => each.key === key).length;
  // All coordinators in one request and the one that was not told alone; 60 groups in three requests, and the two that were left out once more.
  assert.deepEqual([asked(findCoordinatorApi.key), asked(offsetFetchApi.key)], [1 + 1, 3 + 2]);
  await world.settle(client.close());
});

test("a broker that takes one group a request is asked for each", async () => {
  const world = makeWorld();
  const broker = await ScriptedBroker.start(world.net);
  broker.serveMetadata(() => ({}));
  broker.on(findCoordinatorApi, () => makeFindCoordinatorResponse({ nodeId: 1, host: HOST, port: broker.port }), 3);
  broker.on(
    offsetFetchApi,
    ({ groupId }) => {
      const partitions = [makeOffsetFetchResponsePartition({ partitionIndex: 0, committedOffset: Number(groupId.slice(1)) })];
      return makeOffsetFetchResponse({ topics: [makeOffsetFetchResponseTopic({ name: "t", partitions })] });
    },
    7,
  );
  const client = createClient({ bootstrapServers: broker.bootstrap }, world);
  const listed = await world.settle(client.admin().listOffsetsOfGroups(["g1", "g2"]));
  assert.deepEqual(
    listed.map(({ value }) => value?.[0]?.value?.offset),
    [1, 2],
  );
  await world.settle(client.close());
});
