// What the broker says of idempotent producers, of transactional ids, and of the features it serves.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ErrorCode } from "@ottla/protocol";
import { apiVersionsApi, makeApiVersionsRequest } from "@ottla/protocol/apis/api-versions";
import { describeProducersApi, makeDescribeProducersRequest, makeTopicRequest } from "@ottla/protocol/apis/describe-producers";
import { initProducerIdApi, makeInitProducerIdRequest } from "@ottla/protocol/apis/init-producer-id";
import { makeFeatureUpdateKey, makeUpdateFeaturesRequest, updateFeaturesApi } from "@ottla/protocol/apis/update-features";
import { createTopic, produce } from "../testing/data-path.ts";
import { sampleBatch } from "../testing/sample-batches.ts";
import { TestBroker } from "../testing/test-broker.ts";

async function producersOf(broker: TestBroker, partitionIndexes: readonly number[], name = "t") {
  const topics = [makeTopicRequest({ name, partitionIndexes: [...partitionIndexes] })];
  const answer = await broker.send(describeProducersApi, 0, makeDescribeProducersRequest({ topics }));
  return answer.topics[0]!.partitions.map(({ partitionIndex, errorCode, activeProducers }) => [
    partitionIndex,
    errorCode,
    activeProducers.map(({ producerId, producerEpoch, lastSequence, coordinatorEpoch, currentTxnStartOffset }) => [
      producerId,
      producerEpoch,
      lastSequence,
      coordinatorEpoch,
      currentTxnStartOffset,
    ]),
  ]);
}

test("DescribeProducers tells what each partition remembers of its producers, once each, also after a restart", async () => {
  const before = await TestBroker.start();
  await createTopic(before, "t", {}, { numPartitions: 2 });
  const send = (id: number, epoch: number, sequence: number, values: readonly string[]) =>
    produce(before, "t", sampleBatch(values, { producer: { id, epoch, sequence } }));
  await send(7, 0, 0, ["a", "b"]);
  await send(9, 0, 0, ["c"]);
  await send(7, 0, 2, ["d"]);
  await send(9, 1, 0, ["e", "f", "g"]);
  await produce(before, "t", sampleBatch(["no producer"]));
  const expected = [
    [
      0,
      ErrorCode.NONE,
      [
        [7, 0, 2, -1, -1],
        [9, 1, 2, -1, -1],
      ],
    ],
    [1, ErrorCode.NONE, []],
    [5, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, []],
  ];
  assert.deepEqual(await producersOf(before, [0, 1, 0, 5]), expected);
  assert.deepEqual(await producersOf(before, [0], "nowhere"), [[0, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, []]]);
  await before.stop();
  await using broker = await TestBroker.start({ disk: before.disk });
  assert.deepEqual(await producersOf(broker, [0, 1, 5]), expected);
});

test("DescribeProducers is the leader's to answer", async () => {
  await using broker = await TestBroker.start({ brokers: 2 });
  await createTopic(broker, "t");
  const leader = broker.running.state.metadata.topic("t")!.partitions[0]!.leader;
  const topics = [makeTopicRequest({ name: "t", partitionIndexes: [0] })];
  const answer = await broker.send(describeProducersApi, 0, makeDescribeProducersRequest({ topics }), 3 - leader);
  assert.equal(answer.topics[0]!.partitions[0]!.errorCode, ErrorCode.NOT_LEADER_OR_FOLLOWER);
});

test("InitProducerId without a transactional id gives a new producer id, and is refused who names half a producer", async () => {
  await using broker = await TestBroker.start();
  for (let version = 0; version <= 5; version++) {
    const ask = async (given: Parameters<typeof makeInitProducerIdRequest>[0]) =>
      broker.send(initProducerIdApi, version, makeInitProducerIdRequest({ transactionalId: null, transactionTimeoutMs: 1000, ...given }));
    const first = await ask({});
    const second = await ask({});
    assert.deepEqual([first.errorCode, first.producerEpoch, second.producerId], [ErrorCode.NONE, 0, first.producerId + 1]);
    assert.equal((await ask({ transactionalId: "" })).errorCode, ErrorCode.INVALID_REQUEST);
    if (version < 3) continue;
    for (const half of [{ producerId: 7 }, { producerEpoch: 7 }]) {
      const { errorCode, producerId, producerEpoch } = await ask(half);
      assert.deepEqual([errorCode, producerId, producerEpoch], [ErrorCode.INVALID_REQUEST, -1, -1]);
    }
  }
});

test("ApiVersions names the features that are served, at their levels, and to version 3 none that may be off", async () => {
  await using broker = await TestBroker.start();
  const ask = async (version: number) => {
    const request = makeApiVersionsRequest({ clientSoftwareName: "test", clientSoftwareVersion: "1" });
    const { supportedFeatures, finalizedFeatures, finalizedFeaturesEpoch } = await broker.send(apiVersionsApi, version, request);
    return {
      supported: supportedFeatures.map(({ name, minVersion, maxVersion }) => [name, minVersion, maxVersion]),
      finalized: finalizedFeatures.map(({ name, minVersionLevel, maxVersionLevel }) => [name, minVersionLevel, maxVersionLevel]),
      epoch: finalizedFeaturesEpoch,
    };
  };
  const finalized = [
    ["group.version", 1, 1],
    ["metadata.version", 33, 33],
    ["streams.version", 1, 1],
    ["transaction.version", 2, 2],
  ];
  for (const version of [4, 5]) {
    const { supported, ...rest } = await ask(version);
    assert.deepEqual(supported, [
      ["group.version", 0, 1],
      ["kraft.version", 0, 0],
      ["metadata.version", 33, 33],
      ["streams.version", 0, 1],
      ["transaction.version", 0, 2],
    ]);
    assert.deepEqual(rest, { finalized, epoch: 0 });
  }
  assert.deepEqual(await ask(3), { supported: [["metadata.version", 33, 33]], finalized, epoch: 0 });
  assert.deepEqual(await ask(2), { supported: [], finalized: [], epoch: -1 });
});

test("UpdateFeatures refuses a level that a feature cannot have with a text that says why", async () => {
  await using broker = await TestBroker.start();
  const update = async (version: number, feature: string, maxVersionLevel: number) => {
    const featureUpdates = [makeFeatureUpdateKey({ feature, maxVersionLevel })];
    return broker.send(updateFeaturesApi, version, makeUpdateFeaturesRequest({ featureUpdates, timeoutMs: 1000 }));
  };
  for (let version = 0; version <= 2; version++) {
    const same = await update(version, "metadata.version", 33);
    assert.deepEqual(
      [same.errorCode, same.errorMessage, same.results.map(({ feature, errorCode }) => [feature, errorCode])],
      [ErrorCode.NONE, null, version < 2 ? [["metadata.version", ErrorCode.NONE]] : []],
    );
    for (const [feature, level, why] of [
      ["share.version", 1, /does not serve/],
      ["kraft.version", 1, /works at level 0/],
      ["metadata.version", 34, /works at level 33/],
      ["no.such.feature", 0, /does not serve/],
    ] as const) {
      const refused = await update(version, feature, level);
      assert.deepEqual([refused.errorCode, refused.results], [ErrorCode.INVALID_UPDATE_VERSION, []]);
      assert.match(refused.errorMessage ?? "", why);
    }
  }
});

test("transaction.version goes down only if that is meant, all changes of a request or none, and stays over a restart", async () => {
  const before = await TestBroker.start();
  const update = async (broker: TestBroker, changes: readonly (readonly [string, number, number])[], validateOnly = false) => {
    const featureUpdates = changes.map(([feature, maxVersionLevel, upgradeType]) =>
      makeFeatureUpdateKey({ feature, maxVersionLevel, upgradeType }),
    );
    return (await broker.send(updateFeaturesApi, 2, makeUpdateFeaturesRequest({ featureUpdates, validateOnly, timeoutMs: 1000 })))
      .errorCode;
  };
  const now = async (broker: TestBroker) => {
    const request = makeApiVersionsRequest({ clientSoftwareName: "test", clientSoftwareVersion: "1" });
    const { finalizedFeatures, finalizedFeaturesEpoch } = await broker.send(apiVersionsApi, 4, request);
    return [finalizedFeatures.find(({ name }) => name === "transaction.version")?.maxVersionLevel, finalizedFeaturesEpoch];
  };
  assert.equal(await update(before, [["transaction.version", 1, 1]]), ErrorCode.INVALID_UPDATE_VERSION);
  assert.equal(await update(before, [["transaction.version", 3, 1]]), ErrorCode.INVALID_UPDATE_VERSION);
  assert.equal(await update(before, [["transaction.version", 1, 0]]), ErrorCode.INVALID_UPDATE_VERSION);
  assert.equal(
    await update(before, [
      ["transaction.version", 1, 2],
      ["kraft.version", 1, 1],
    ]),
    ErrorCode.INVALID_UPDATE_VERSION,
  );
  assert.equal(await update(before, [["transaction.version", 1, 2]], true), ErrorCode.NONE);
  assert.deepEqual(await now(before), [2, 0]);
  assert.equal(await update(before, [["transaction.version", 0, 2]]), ErrorCode.NONE);
  assert.deepEqual(await now(before), [undefined, 1]);
  assert.equal(await update(before, [["transaction.version", 1, 3]]), ErrorCode.INVALID_UPDATE_VERSION, "a downgrade does not raise it");
  assert.equal(await update(before, [["transaction.version", 1, 1]]), ErrorCode.NONE);
  await before.stop();
  await using broker = await TestBroker.start({ disk: before.disk });
  assert.deepEqual(await now(broker), [1, 2]);
});
