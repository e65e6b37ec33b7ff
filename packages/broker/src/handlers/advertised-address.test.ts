import assert from "node:assert/strict";
import { networkInterfaces } from "node:os";
import { test } from "node:test";
import { NIL_UUID } from "@ottla/protocol";
import { describeClusterApi, makeDescribeClusterRequest } from "@ottla/protocol/apis/describe-cluster";
import {
  describeQuorumApi,
  makeDescribeQuorumRequest,
  makeDescribeQuorumRequestPartitionData,
  makeDescribeQuorumRequestTopicData,
} from "@ottla/protocol/apis/describe-quorum";
import { fetchApi, makeFetchPartition, makeFetchRequest, makeFetchTopic } from "@ottla/protocol/apis/fetch";
import { findCoordinatorApi, makeFindCoordinatorRequest } from "@ottla/protocol/apis/find-coordinator";
import { makeMetadataRequest, makeMetadataRequestTopic, metadataApi } from "@ottla/protocol/apis/metadata";
import { createTopic } from "../testing/data-path.ts";
import { TestBroker } from "../testing/test-broker.ts";

const hasIpv6 = Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === "::1"));
/** Addresses of this machine that every system of the kind answers at. */
const addresses = ["127.0.0.1", ...(process.platform === "linux" ? ["127.0.0.2"] : []), ...(hasIpv6 ? ["::1"] : [])];

/** Every host that an answer names, of the calls that name one. */
async function hostsTold(broker: TestBroker, host: string): Promise<Readonly<Record<string, readonly string[]>>> {
  const topics = [makeMetadataRequestTopic({ name: "t" })];
  const metadata = await broker.send(metadataApi, 13, makeMetadataRequest({ topics }), 1, host);
  const cluster = await broker.send(describeClusterApi, 2, makeDescribeClusterRequest({ endpointType: 1 }), 2, host);
  const coordinator = await broker.send(findCoordinatorApi, 6, makeFindCoordinatorRequest({ coordinatorKeys: ["g"] }), 1, host);
  const quorumPartitions = [makeDescribeQuorumRequestPartitionData({ partitionIndex: 0 })];
  const quorumTopics = [makeDescribeQuorumRequestTopicData({ topicName: "__cluster_metadata", partitions: quorumPartitions })];
  const quorum = await broker.send(describeQuorumApi, 2, makeDescribeQuorumRequest({ topics: quorumTopics }), 1, host);
  const topicId = metadata.topics[0]?.topicId ?? NIL_UUID;
  const leader = broker.running.state.metadata.topic("t")!.partitions[0]!.leader;
  const fetched = [
    makeFetchTopic({ topicId, partitions: [makeFetchPartition({ partition: 0, fetchOffset: 0, partitionMaxBytes: 1000 })] }),
  ];
  const elsewhere = await broker.send(fetchApi, 17, makeFetchRequest({ topics: fetched }), leader === 1 ? 2 : 1, host);
  const hosts = (named: readonly { readonly host: string }[]) => named.map((one) => one.host);
  return {
    metadata: hosts(metadata.brokers),
    cluster: hosts(cluster.brokers),
    coordinator: hosts(coordinator.coordinators),
    quorum: hosts(quorum.nodes.flatMap(({ listeners }) => listeners)),
    leaderHint: hosts(elsewhere.nodeEndpoints),
  };
}

test("behind a listener on every interface each client is told the address it came to, by every call that names one", async () => {
  await using broker = await TestBroker.start({ brokers: 2, settings: { listeners: "PLAINTEXT://:0" } });
  await createTopic(broker, "t");
  for (const host of addresses)
    assert.deepEqual(await hostsTold(broker, host), {
      metadata: [host, host],
      cluster: [host, host],
      coordinator: [host],
      quorum: [host],
      leaderHint: [host],
    });
});

test("what is advertised is told to everyone, whatever they came to", async () => {
  const settings = { listeners: "PLAINTEXT://0.0.0.0:0", "advertised.listeners": "PLAINTEXT://broker.example.com:0" };
  await using broker = await TestBroker.start({ settings });
  const { port } = broker.address();
  assert.equal(broker.running.bootstrap, `broker.example.com:${port}`);
});
