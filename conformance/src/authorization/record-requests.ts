import * as deleteRecords from "@ottla/protocol/apis/delete-records";
import * as fetch from "@ottla/protocol/apis/fetch";
import * as listOffsets from "@ottla/protocol/apis/list-offsets";
import * as leaderEpoch from "@ottla/protocol/apis/offset-for-leader-epoch";
import * as produce from "@ottla/protocol/apis/produce";
import { batch } from "../answers/probe.ts";
import { type GuardedRequest, ID, request, topicsOf, transactional } from "./guarded-request.ts";

/** Requests about records. */
export const recordRequests: readonly GuardedRequest[] = [
  request("Produce 9", (probe) =>
    probe.ask(
      produce.produceApi,
      9,
      produce.makeProduceRequest({
        acks: 1,
        timeoutMs: 5000,
        topicData: topicsOf(probe).map((name) =>
          produce.makeTopicProduceData({ name, partitionData: [produce.makePartitionProduceData({ index: 7, records: batch(["a"]) })] }),
        ),
      }),
    ),
  ),
  request("Produce 13, by id", (probe) =>
    probe.ask(
      produce.produceApi,
      13,
      produce.makeProduceRequest({
        acks: 1,
        timeoutMs: 5000,
        topicData: [probe.topicId("seen"), probe.topicId("other"), "AAAAAAAAAAAAAAAAAAAAAQ"].map((topicId) =>
          produce.makeTopicProduceData({ topicId, partitionData: [produce.makePartitionProduceData({ index: 7, records: batch(["a"]) })] }),
        ),
      }),
    ),
  ),
  request("Produce 9, of a transaction", (probe) =>
    probe.ask(
      produce.produceApi,
      9,
      produce.makeProduceRequest({
        acks: 1,
        timeoutMs: 5000,
        transactionalId: probe.named(ID),
        topicData: topicsOf(probe).map((name) =>
          produce.makeTopicProduceData({ name, partitionData: [produce.makePartitionProduceData({ index: 7, records: transactional() })] }),
        ),
      }),
    ),
  ),
  request("Produce 9, acks 0", (probe) =>
    probe.ask(
      produce.produceApi,
      9,
      produce.makeProduceRequest({
        acks: 0,
        timeoutMs: 5000,
        topicData: [probe.named("missing")].map((name) =>
          produce.makeTopicProduceData({ name, partitionData: [produce.makePartitionProduceData({ index: 7, records: batch(["a"]) })] }),
        ),
      }),
    ),
  ),
  ...[12, 13].flatMap((version) =>
    [-1, 1].map((replicaId) =>
      request(`Fetch ${version}${replicaId < 0 ? "" : ", as a replica"}`, (probe) =>
        probe.ask(
          fetch.fetchApi,
          version,
          fetch.makeFetchRequest({
            replicaId,
            maxWaitMs: 0,
            maxBytes: 1000,
            sessionEpoch: -1,
            topics: ["seen", "other", "missing"].map((name) =>
              fetch.makeFetchTopic({
                topic: probe.named(name),
                topicId: probe.topicIds.get(name) ?? "AAAAAAAAAAAAAAAAAAAAAQ",
                partitions: [fetch.makeFetchPartition({ partition: 0, fetchOffset: 0, partitionMaxBytes: 1000 })],
              }),
            ),
          }),
        ),
      ),
    ),
  ),
  request("ListOffsets 7", (probe) =>
    probe.ask(
      listOffsets.listOffsetsApi,
      7,
      listOffsets.makeListOffsetsRequest({
        topics: topicsOf(probe).map((name) =>
          listOffsets.makeListOffsetsTopic({
            name,
            partitions: [listOffsets.makeListOffsetsPartition({ partitionIndex: 0, currentLeaderEpoch: -1, timestamp: -1 })],
          }),
        ),
      }),
    ),
  ),
  request("DeleteRecords 2", (probe) =>
    probe.ask(
      deleteRecords.deleteRecordsApi,
      2,
      deleteRecords.makeDeleteRecordsRequest({
        timeoutMs: 5000,
        topics: topicsOf(probe).map((name) =>
          deleteRecords.makeDeleteRecordsTopic({
            name,
            partitions: [deleteRecords.makeDeleteRecordsPartition({ partitionIndex: 0, offset: 0 })],
          }),
        ),
      }),
    ),
  ),
  request("OffsetForLeaderEpoch 4", (probe) =>
    probe.ask(
      leaderEpoch.offsetForLeaderEpochApi,
      4,
      leaderEpoch.makeOffsetForLeaderEpochRequest({
        topics: topicsOf(probe).map((topic) =>
          leaderEpoch.makeOffsetForLeaderTopic({
            topic,
            partitions: [leaderEpoch.makeOffsetForLeaderPartition({ partition: 5, currentLeaderEpoch: -1, leaderEpoch: 0 })],
          }),
        ),
      }),
    ),
  ),
];
