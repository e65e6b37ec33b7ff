import assert from "node:assert/strict";
import { test } from "node:test";
import { ClusterMetadata } from "./cluster-metadata.ts";
import type { MetadataRecord } from "./metadata-records.ts";
import { rehome } from "./rehome.ts";

const A = "AAAAAAAAAAAAAAAAAAAAAQ";
const B = "AAAAAAAAAAAAAAAAAAAAAg";

function folded(...records: readonly MetadataRecord[]): ClusterMetadata {
  const metadata = new ClusterMetadata();
  for (const record of records) metadata.apply(record);
  return metadata;
}

const orders: MetadataRecord = {
  kind: "topic",
  name: "orders",
  topicId: A,
  replicas: [[1], [2]],
  configs: { "cleanup.policy": "compact" },
};

test("a topic that is created again has another id, and the old id is unknown", () => {
  const metadata = folded(orders, { kind: "topic-deleted", topicId: A }, { ...orders, topicId: B });
  assert.equal(metadata.topicById(A), undefined);
  assert.equal(metadata.topic("orders")?.topicId, B);
});

test("deleting a topic forgets its configuration", () => {
  const metadata = folded(orders, { kind: "topic-deleted", topicId: A });
  assert.equal(metadata.configs("topic", "orders").size, 0);
});

test("every start raises the leader epoch of the partitions that are there, and a new topic begins at 0", () => {
  const metadata = folded(
    { kind: "started", startEpoch: 1 },
    orders,
    { kind: "started", startEpoch: 2 },
    { kind: "started", startEpoch: 3 },
    { ...orders, name: "new", topicId: B },
  );
  assert.deepEqual(
    metadata.topic("orders")?.partitions.map(({ leaderEpoch }) => leaderEpoch),
    [2, 2],
  );
  assert.deepEqual(
    metadata.topic("new")?.partitions.map(({ leaderEpoch }) => leaderEpoch),
    [0, 0],
  );
});

test("a moved leader has a new epoch", () => {
  const metadata = folded({ ...orders, replicas: [[1, 2]] }, { kind: "leader", topicId: A, partition: 0, leader: 2 });
  assert.deepEqual(metadata.topic("orders")?.partitions[0], { index: 0, replicas: [1, 2], isr: [1, 2], leader: 2, leaderEpoch: 1 });
});

test("a snapshot leads to the same state, leaders and epochs included", () => {
  const metadata = folded(
    { kind: "cluster", clusterId: "c" },
    { kind: "started", startEpoch: 1 },
    {
      ...orders,
      replicas: [
        [1, 2],
        [2, 1],
      ],
    },
    { kind: "leader", topicId: A, partition: 0, leader: 2 },
    { kind: "partitions", topicId: A, replicas: [[1]] },
    { kind: "started", startEpoch: 2 },
    { kind: "configs", resource: "broker", name: "", configs: { "log.retention.ms": "1000" } },
    { kind: "producer-ids", nextProducerId: 3000 },
  );
  const again = folded(...metadata.snapshot());
  assert.deepEqual(again.snapshot(), metadata.snapshot());
  assert.deepEqual([...again.topics()], [...metadata.topics()]);
  assert.equal(again.nextProducerId, 3000);
  assert.deepEqual([...again.configs("broker", "")], [["log.retention.ms", "1000"]]);
});

test("partitions on virtual brokers that are no more get a home and a new epoch", () => {
  const metadata = folded(orders);
  const records = rehome(metadata, [1]);
  assert.deepEqual(records, [{ kind: "assignment", topicId: A, partition: 1, replicas: [1] }]);
  for (const record of records) metadata.apply(record);
  assert.deepEqual(
    metadata.topic("orders")?.partitions.map(({ leader, leaderEpoch }) => [leader, leaderEpoch]),
    [
      [1, 0],
      [1, 1],
    ],
  );
});

test("a name that metric names would confuse with another's is found, whatever came and went", () => {
  const metadata = folded(
    { kind: "topic", name: "a.b", topicId: A, replicas: [[1]], configs: {} },
    { kind: "topic", name: "plain", topicId: B, replicas: [[1]], configs: {} },
  );
  assert.equal(metadata.collidingTopic("a_b"), "a.b");
  assert.equal(metadata.collidingTopic("a.b"), undefined);
  assert.equal(metadata.collidingTopic("plain"), undefined);
  metadata.apply({ kind: "topic-deleted", topicId: A });
  assert.equal(metadata.collidingTopic("a_b"), undefined);
});
