import assert from "node:assert/strict";
import { test } from "node:test";
import type { GroupMember } from "@ottla/client";
import { StreamsBuilder } from "../../dsl/streams-builder.ts";
import { serdes } from "../../serdes/serdes.ts";
import { planTopology } from "../plan/topology-plan.ts";
import { streamsAssignor } from "./streams-assignor.ts";

const texts = { key: serdes.string, value: serdes.string };

test("a member is given what it subscribes to: what a later version of the topology reads beside it waits for members of that", async () => {
  const b = new StreamsBuilder();
  b.stream(["old", "more"], texts).to("out");
  b.stream("new", texts).to("out");
  const plan = planTopology(b.build().builder, "app");
  const partitionCounts = new Map(["old", "more", "new"].map((name) => [name, 2]));
  const assignor = streamsAssignor(plan, {
    processId: "leader",
    rules: { standbyReplicas: 0, acceptableRecoveryLag: 0, maxWarmupReplicas: 0, rackAwareTags: [] },
    probingRebalanceIntervalMs: 1_000,
    partitionCounts,
    events: {
      held: () => [],
      onRejoin() {},
      nonce: () => 0,
      onStandbys() {},
      onHosts() {},
      onReady() {},
      onFailure() {},
      isShutdownRequested: () => false,
    },
  });
  const member = (memberId: string, topics: readonly string[]): GroupMember => ({
    memberId,
    groupInstanceId: undefined,
    topics,
    userData: null,
    ownedPartitions: [],
    generationId: -1,
    rackId: undefined,
  });
  const topics = new Map([...partitionCounts].map(([name, partitionCount]) => [name, { name, partitionCount, partitionRacks: [] }]));
  const given = await assignor.assign([member("before", ["old"]), member("later", ["old", "more", "new"])], topics);
  const topicsOf = (memberId: string) => [...new Set(given.get(memberId)!.partitions.map(({ topic }) => topic))].sort();
  assert.deepEqual(topicsOf("before"), ["old"]);
  assert.deepEqual(topicsOf("later"), ["more", "new", "old"]);
  assert.equal([...given.values()].flatMap(({ partitions }) => partitions).filter(({ topic }) => topic === "old").length, 2);
});
