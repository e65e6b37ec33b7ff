import assert from "node:assert/strict";
import { test } from "node:test";
import { ErrorCode } from "@ottla/protocol";
import { addRaftVoterApi, makeAddRaftVoterResponse } from "@ottla/protocol/apis/add-raft-voter";
import { makeRemoveRaftVoterResponse, removeRaftVoterApi } from "@ottla/protocol/apis/remove-raft-voter";
import { makeUnregisterBrokerResponse, unregisterBrokerApi } from "@ottla/protocol/apis/unregister-broker";
import { createClient } from "../client.ts";
import { ScriptedBroker } from "../testing/scripted-broker.ts";
import { makeWorld } from "../testing/simulated-world.ts";

const voter = { nodeId: 3, directoryId: "2n0yXvOSQmmqsLdlrnDGWg" };
const endpoints = [{ listener: "CONTROLLER", host: "c", port: 9093 }];

test("voters go as they were given; what the controller said of them is not asked again, unless it is none any more", async () => {
  const world = makeWorld();
  const broker = await ScriptedBroker.start(world.net);
  broker.serveMetadata(() => ({}));
  const answers = [ErrorCode.NOT_CONTROLLER, ErrorCode.NONE, ErrorCode.REQUEST_TIMED_OUT];
  broker.on(addRaftVoterApi, () => makeAddRaftVoterResponse({ errorCode: answers.shift()! }));
  broker.on(removeRaftVoterApi, () => makeRemoveRaftVoterResponse({ errorCode: ErrorCode.REQUEST_TIMED_OUT }));
  const unregistered = [ErrorCode.REQUEST_TIMED_OUT, ErrorCode.NONE];
  broker.on(unregisterBrokerApi, () => makeUnregisterBrokerResponse({ errorCode: unregistered.shift()! }));
  const client = createClient({ bootstrapServers: broker.bootstrap }, world);
  const admin = client.admin();
  await world.settle(admin.addRaftVoter(voter, endpoints, { clusterId: "here" }));
  await assert.rejects(world.settle(admin.addRaftVoter(voter, endpoints)), { code: "REQUEST_TIMED_OUT" });
  await assert.rejects(world.settle(admin.removeRaftVoter(voter)), { code: "REQUEST_TIMED_OUT" });
  // To forget twice is to forget.
  await world.settle(admin.unregisterBroker(3));
  const seen = (key: number) => broker.seen.filter((each) => each.key === key).map(({ request }) => request as Record<string, unknown>);
  const added = seen(addRaftVoterApi.key).map(({ clusterId, voterId, voterDirectoryId, listeners }) => [
    clusterId,
    voterId,
    voterDirectoryId,
    (listeners as Record<string, unknown>[]).map(({ name, host, port }) => [name, host, port]),
  ]);
  const sent = [3, voter.directoryId, [["CONTROLLER", "c", 9093]]];
  assert.deepEqual(added, [
    ["here", ...sent],
    ["here", ...sent],
    [null, ...sent],
  ]);
  const removed = seen(removeRaftVoterApi.key).map(({ voterId, voterDirectoryId }) => [voterId, voterDirectoryId]);
  assert.deepEqual(removed, [[3, voter.directoryId]]);
  assert.deepEqual(
    seen(unregisterBrokerApi.key).map(({ brokerId }) => brokerId),
    [3, 3],
  );
  await world.settle(client.close());
});
