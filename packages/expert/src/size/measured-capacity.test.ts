import assert from "node:assert/strict";
import { test } from "node:test";
import { exampleBroker, exampleGroup, examplePartition, exampleTopic, look, looks } from "../doctor/example-cluster.ts";
import { notObserved } from "../snapshot/observed.ts";
import { measureCapacity } from "./measured-capacity.ts";

const LIMITS = { fill: 0.8, replicas: 4000, networkBytesPerS: 1e6 };
const disk = (nodeId: number, totalBytes: number, usableBytes: number, replicaBytes: number) =>
  exampleBroker(nodeId, { logDirs: { value: [{ path: "/d", totalBytes, usableBytes, replicas: 1, replicaBytes, offline: undefined }] } });
const brokers = (usable: number) => [disk(1, 1000, usable, 300), disk(2, 1000, 700, 200), disk(3, 2000, 1200, 400)];
/** Three partitions of 1000 records of 100 bytes, and as many more. */
const written = (more: number) => [
  exampleTopic(
    "orders",
    [0, 1, 2].map((i) => examplePartition(i, { end: 1000 + more, bytes: 100 * (1000 + more) })),
  ),
];

test("what binds is the fullest when the largest broker is lost, and when the first disk is full follows from how it filled", () => {
  const seen = looks(
    10_000,
    { brokers: brokers(650), only: written(0), read: [exampleGroup("billing", "orders")] },
    { brokers: brokers(600), only: written(100), read: [exampleGroup("billing", "orders")] },
  );
  const { dimensions, binding, fullInS, writtenBytesPerS, copies, brokers: count } = measureCapacity(seen, LIMITS);
  assert.deepEqual([count, copies, binding, writtenBytesPerS], [3, 3, "disk", 3000]);
  const [room, replicas, networkIn, networkOut] = dimensions;
  // Broker 1 uses 400 of 800; of the 400 of the largest each of two takes 200.
  assert.deepEqual(room, { name: "disk", broker: 1, used: 400, usedWithoutOne: 600, limit: 800, share: 0.5, shareWithoutOne: 0.75 });
  assert.deepEqual([replicas!.used, replicas!.usedWithoutOne, replicas!.limit], [3, 4.5, 4000]);
  // Each broker gets all three partitions, and sends one to two followers and a group.
  assert.deepEqual([networkIn!.used, networkOut!.used, networkOut!.shareWithoutOne], [3000, 3000, 0.0045]);
  // 600 are free, 200 of them are to stay so; 50 went in 10 s.
  assert.equal(Math.round(fullInS!), 80);
});

test("after one look there are no rates, and what was not seen is told and is no room", () => {
  const blind = exampleBroker(1, { logDirs: notObserved("refused", "No.") });
  const { dimensions, binding, fullInS, writtenBytesPerS, notSeen } = measureCapacity(look({ brokers: [blind] }), {
    ...LIMITS,
    networkBytesPerS: undefined,
  });
  assert.deepEqual([binding, fullInS, writtenBytesPerS], ["replicas", undefined, undefined]);
  assert.deepEqual(
    dimensions.map(({ name, used, shareWithoutOne }) => [name, used, shareWithoutOne]),
    [
      ["disk", undefined, undefined],
      ["replicas", 3, undefined],
      ["networkIn", undefined, undefined],
      ["networkOut", undefined, undefined],
    ],
  );
  assert.match(notSeen.join(" "), /Disks of broker 1 were not seen\. .*--network 10Gb\/s\. .*--for 60/);
});
