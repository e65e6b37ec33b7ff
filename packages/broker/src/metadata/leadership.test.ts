import assert from "node:assert/strict";
import { test } from "node:test";
import { ClusterMetadata, offlineReplicas } from "./cluster-metadata.ts";
import { leaderMovedTo, leadersWith, leadersWithout } from "./leadership.ts";
import { rehome } from "./rehome.ts";

const A = "AAAAAAAAAAAAAAAAAAAAAQ";

function clusterOf(nodeIds: readonly number[], replicas: readonly (readonly number[])[]): ClusterMetadata {
  const metadata = new ClusterMetadata();
  setUp(metadata, nodeIds);
  metadata.apply({ kind: "topic", name: "t", topicId: A, replicas, configs: {} });
  return metadata;
}

function setUp(metadata: ClusterMetadata, nodeIds: readonly number[]): void {
  metadata.setNodes(nodeIds.map((nodeId) => ({ nodeId, rack: null, endpoints: new Map() })));
}

const partitionsOf = (metadata: ClusterMetadata) =>
  metadata.topic("t")!.partitions.map((partition) => ({
    leader: partition.leader,
    isr: partition.isr,
    offline: offlineReplicas(partition),
    epoch: partition.leaderEpoch,
  }));

test("what a node led that goes down is led by another replica, or by nobody, and by the node again when it comes back", () => {
  const metadata = clusterOf([1, 2, 3], [[1, 2], [2, 1], [1]]);
  for (const record of leadersWithout(metadata, 1)) metadata.apply(record);
  setUp(metadata, [2, 3]);
  assert.deepEqual(partitionsOf(metadata), [
    { leader: 2, isr: [2], offline: [1], epoch: 1 },
    { leader: 2, isr: [2], offline: [1], epoch: 0 },
    { leader: -1, isr: [1], offline: [1], epoch: 1 },
  ]);
  assert.deepEqual(leadersWithout(metadata, 2).length, 2, "nobody else is up");
  setUp(metadata, [1, 2, 3]);
  for (const record of leadersWith(metadata, 1)) metadata.apply(record);
  assert.deepEqual(partitionsOf(metadata), [
    { leader: 2, isr: [1, 2], offline: [], epoch: 1 },
    { leader: 2, isr: [2, 1], offline: [], epoch: 0 },
    { leader: 1, isr: [1], offline: [], epoch: 2 },
  ]);
});

test("a partition's leader can be any node, with as many replicas as before", () => {
  for (const [replicas, nodeId, expected] of [
    [[1, 2], 2, { replicas: [1, 2], leader: 2 }],
    [[1, 2], 3, { replicas: [3, 1], leader: 3 }],
    [[1], 3, { replicas: [3], leader: 3 }],
    [[1, 2], 1, { replicas: [1, 2], leader: 1 }],
  ] as const) {
    const metadata = clusterOf([1, 2, 3], [replicas]);
    const [before] = metadata.topic("t")!.partitions;
    for (const record of leaderMovedTo(A, before!, nodeId)) metadata.apply(record);
    const { leader, replicas: now, leaderEpoch } = metadata.topic("t")!.partitions[0]!;
    assert.deepEqual({ replicas: now, leader }, expected);
    assert.equal(leaderEpoch, nodeId === 1 ? 0 : 1);
  }
});

test("a start finds a leader for what was left without one", () => {
  const metadata = clusterOf([1, 2], [[2, 1]]);
  metadata.apply({ kind: "leader", topicId: A, partition: 0, leader: -1 });
  assert.deepEqual(rehome(metadata, [1, 2]), [{ kind: "leader", topicId: A, partition: 0, leader: 2 }]);
});
