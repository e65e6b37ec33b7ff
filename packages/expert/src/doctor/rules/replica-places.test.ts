import assert from "node:assert/strict";
import { test } from "node:test";
import { ClusterView } from "../cluster-view.ts";
import { examplePartition, exampleTopic, look } from "../example-cluster.ts";
import { ReplicaPlaces } from "./replica-places.ts";

/** Brokers 1, 2, 3 … in these racks, and partitions with these replicas. */
function places(racks: readonly (string | undefined)[], ...replicas: readonly (readonly number[])[]): ReplicaPlaces {
  const [broker] = look().snapshot.brokers;
  const brokers = racks.map((rack, i) => ({ ...broker!, nodeId: i + 1, rack }));
  const only = [
    exampleTopic(
      "orders",
      replicas.map((each, partition) => examplePartition(partition, { replicas: each })),
    ),
  ];
  return new ReplicaPlaces(new ClusterView(look({ brokers, only }), "prod"));
}

test("one more replica stands in a rack without one, where the fewest are, and those that were placed count", () => {
  const some = places(["a", "a", "b", "b"], [1, 2], [3, 1]);
  assert.deepEqual([some.next([1]), some.next([1]), some.next([1, 4]), some.next([1, 2, 3, 4])], [4, 3, 2, undefined]);
});

test("brokers that say no rack are each one of their own", () => {
  assert.equal(places([undefined, undefined, undefined], [1, 2]).next([1, 2]), 3);
});

test("replicas over the racks: the preferred leader and the first of each rack stay, and as many are there as were", () => {
  for (const [racks, replicas, wanted] of [
    [
      ["a", "a", "b"],
      [1, 2],
      [1, 3],
    ],
    [
      ["a", "a", "b"],
      [2, 1],
      [2, 3],
    ],
    [
      ["a", "a", "b", "b"],
      [1, 2, 3],
      [1, 3, 2],
    ],
    [
      ["a", "a", "a", "b"],
      [1, 2, 3],
      [1, 4, 2],
    ],
    [
      ["a", "a", "b", "c"],
      [1, 2, 3],
      [1, 3, 4],
    ],
    [
      ["a", "b", "c"],
      [3, 1, 2],
      [3, 1, 2],
    ],
    [
      ["a", "a", "a"],
      [1, 2],
      [1, 2],
    ],
  ] as const)
    assert.deepEqual(places(racks, replicas).overRacks(replicas), wanted, `${racks.join()} ${replicas.join()}`);
});

test("many moves over the racks are spread over the brokers", () => {
  const some = places(["a", "a", "b", "b"], ...Array.from({ length: 4 }, () => [1, 2]));
  const moved = Array.from({ length: 4 }, () => some.overRacks([1, 2])[1]);
  assert.deepEqual(moved, [3, 4, 3, 4]);
});
