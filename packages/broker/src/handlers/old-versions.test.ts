import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ErrorCode } from "@ottla/protocol";
import { fetchApi, makeFetchPartition, makeFetchRequest, makeFetchTopic } from "@ottla/protocol/apis/fetch";
import { makeMetadataRequest, makeMetadataRequestTopic, metadataApi } from "@ottla/protocol/apis/metadata";
import { makePartitionProduceData, makeProduceRequest, makeTopicProduceData, produceApi } from "@ottla/protocol/apis/produce";
import { RecordBatchBuilder } from "@ottla/protocol/records";
import { createTopic } from "../testing/data-path.ts";
import { TestBroker } from "../testing/test-broker.ts";

const topic = "flights";

async function topicOf(broker: TestBroker) {
  await createTopic(broker, topic);
  const { topics } = await broker.send(metadataApi, 12, makeMetadataRequest({ topics: [makeMetadataRequestTopic({ name: topic })] }));
  const { topicId, partitions } = topics[0]!;
  const { partitionIndex, leaderId } = partitions[0]!;
  const other = broker.running.state.metadata.nodes.find(({ nodeId }) => nodeId !== leaderId)!.nodeId;
  return { topicId, partitionIndex, leaderId, other };
}

describe("an answer in an old version", () => {
  it("says NOT_LEADER without naming the leader where it cannot", async () => {
    await using broker = await TestBroker.start({ brokers: 3 });
    const { topicId, partitionIndex, leaderId, other } = await topicOf(broker);
    const batch = new RecordBatchBuilder({ limitBytes: 1000 });
    batch.append(null, Buffer.from("value"), [], 0);
    const data = makeTopicProduceData({
      name: topic,
      partitionData: [makePartitionProduceData({ index: partitionIndex, records: batch.close("none") })],
    });
    for (const version of [3, 7, 9, 10, 12]) {
      const { responses, nodeEndpoints } = await broker.send(
        produceApi,
        version,
        makeProduceRequest({ acks: -1, topicData: [data] }),
        other,
      );
      const { errorCode, currentLeader } = responses[0]!.partitionResponses[0]!;
      assert.deepEqual(
        [errorCode, currentLeader.leaderId, nodeEndpoints.length],
        [ErrorCode.NOT_LEADER_OR_FOLLOWER, version < 10 ? -1 : leaderId, version < 10 ? 0 : 1],
        `Produce ${version}`,
      );
    }
    for (const version of [4, 11, 12, 15, 16, 18]) {
      const asked = makeFetchTopic({
        topic,
        topicId,
        partitions: [makeFetchPartition({ partition: partitionIndex, partitionMaxBytes: 1000 })],
      });
      const { responses, nodeEndpoints } = await broker.send(fetchApi, version, makeFetchRequest({ topics: [asked] }), other);
      const { errorCode, currentLeader } = responses[0]!.partitions[0]!;
      assert.deepEqual(
        [errorCode, currentLeader.leaderId, nodeEndpoints.length],
        [ErrorCode.NOT_LEADER_OR_FOLLOWER, version < 16 ? -1 : leaderId, version < 16 ? 0 : 1],
        `Fetch ${version}`,
      );
    }
  });

  it("refuses a look-up by topic id before Metadata 12", async () => {
    await using broker = await TestBroker.start({ brokers: 3 });
    const { topicId } = await topicOf(broker);
    for (const version of [10, 11]) {
      const { topics } = await broker.send(
        metadataApi,
        version,
        makeMetadataRequest({ topics: [makeMetadataRequestTopic({ name: null, topicId })] }),
      );
      assert.deepEqual(
        topics.map(({ errorCode, name }) => [errorCode, name]),
        [[ErrorCode.INVALID_REQUEST, ""]],
        `Metadata ${version}`,
      );
    }
    const { topics } = await broker.send(
      metadataApi,
      12,
      makeMetadataRequest({ topics: [makeMetadataRequestTopic({ name: null, topicId })] }),
    );
    assert.deepEqual(
      topics.map(({ errorCode, name }) => [errorCode, name]),
      [[ErrorCode.NONE, topic]],
    );
  });
});
