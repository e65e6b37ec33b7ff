import { NIL_UUID } from "@ottla/protocol";
import * as addOffsets from "@ottla/protocol/apis/add-offsets-to-txn";
import * as addPartitions from "@ottla/protocol/apis/add-partitions-to-txn";
import * as describeProducers from "@ottla/protocol/apis/describe-producers";
import * as describeTransactions from "@ottla/protocol/apis/describe-transactions";
import * as endTxn from "@ottla/protocol/apis/end-txn";
import * as initProducer from "@ottla/protocol/apis/init-producer-id";
import * as listTransactions from "@ottla/protocol/apis/list-transactions";
import * as txnCommit from "@ottla/protocol/apis/txn-offset-commit";
import * as markers from "@ottla/protocol/apis/write-txn-markers";
import { GROUP, type GuardedRequest, ID, PRODUCER, partition0, request, topicsOf } from "./guarded-request.ts";

/** Requests about producers and transactions. */
export const transactionRequests: readonly GuardedRequest[] = [
  request("InitProducerId 4", (probe) =>
    probe.ask(
      initProducer.initProducerIdApi,
      4,
      initProducer.makeInitProducerIdRequest({ transactionalId: null, transactionTimeoutMs: 10_000, producerId: -1, producerEpoch: -1 }),
    ),
  ),
  request("InitProducerId 4, with an id", (probe) =>
    probe.ask(
      initProducer.initProducerIdApi,
      4,
      initProducer.makeInitProducerIdRequest({ transactionalId: probe.named(ID), transactionTimeoutMs: 10_000, ...PRODUCER }),
    ),
  ),
  request("AddPartitionsToTxn 3", (probe) =>
    probe.ask(
      addPartitions.addPartitionsToTxnApi,
      3,
      addPartitions.makeAddPartitionsToTxnRequest({
        v3AndBelowTransactionalId: probe.named(ID),
        v3AndBelowProducerId: PRODUCER.producerId,
        v3AndBelowProducerEpoch: PRODUCER.producerEpoch,
        v3AndBelowTopics: ["seen", "other"].map((name) =>
          addPartitions.makeAddPartitionsToTxnTopic({ name: probe.named(name), partitions: partition0 }),
        ),
      }),
    ),
  ),
  request("AddPartitionsToTxn 3, of one topic", (probe) =>
    probe.ask(
      addPartitions.addPartitionsToTxnApi,
      3,
      addPartitions.makeAddPartitionsToTxnRequest({
        v3AndBelowTransactionalId: probe.named(ID),
        v3AndBelowProducerId: PRODUCER.producerId,
        v3AndBelowProducerEpoch: PRODUCER.producerEpoch,
        v3AndBelowTopics: [addPartitions.makeAddPartitionsToTxnTopic({ name: probe.named("seen"), partitions: partition0 })],
      }),
    ),
  ),
  request("AddPartitionsToTxn 4", (probe) =>
    probe.ask(
      addPartitions.addPartitionsToTxnApi,
      4,
      addPartitions.makeAddPartitionsToTxnRequest({
        transactions: [
          addPartitions.makeAddPartitionsToTxnTransaction({
            transactionalId: probe.named(ID),
            ...PRODUCER,
            verifyOnly: true,
            topics: [addPartitions.makeAddPartitionsToTxnTopic({ name: probe.named("seen"), partitions: partition0 })],
          }),
        ],
      }),
    ),
  ),
  request("AddOffsetsToTxn 3", (probe) =>
    probe.ask(
      addOffsets.addOffsetsToTxnApi,
      3,
      addOffsets.makeAddOffsetsToTxnRequest({ transactionalId: probe.named(ID), ...PRODUCER, groupId: probe.named(GROUP) }),
    ),
  ),
  request("EndTxn 3", (probe) =>
    probe.ask(endTxn.endTxnApi, 3, endTxn.makeEndTxnRequest({ transactionalId: probe.named(ID), ...PRODUCER, committed: true })),
  ),
  request("WriteTxnMarkers 1", (probe) =>
    probe.ask(
      markers.writeTxnMarkersApi,
      1,
      markers.makeWriteTxnMarkersRequest({
        markers: [
          markers.makeWritableTxnMarker({
            ...PRODUCER,
            topics: [markers.makeWritableTxnMarkerTopic({ name: probe.named("missing"), partitionIndexes: partition0 })],
          }),
        ],
      }),
    ),
  ),
  ...[3, 6].map((version) =>
    request(`TxnOffsetCommit ${version}`, (probe) =>
      probe.ask(
        txnCommit.txnOffsetCommitApi,
        version,
        txnCommit.makeTxnOffsetCommitRequest({
          transactionalId: probe.named(ID),
          groupId: probe.named(GROUP),
          ...PRODUCER,
          topics: ["seen", "other", "missing"].map((name) =>
            txnCommit.makeTxnOffsetCommitRequestTopic({
              name: probe.named(name),
              topicId: version < 6 ? NIL_UUID : (probe.topicIds.get(name) ?? "AAAAAAAAAAAAAAAAAAAAAQ"),
              partitions: [txnCommit.makeTxnOffsetCommitRequestPartition({ partitionIndex: 9, committedOffset: 1 })],
            }),
          ),
        }),
      ),
    ),
  ),
  request("DescribeProducers 0", (probe) =>
    probe.ask(
      describeProducers.describeProducersApi,
      0,
      describeProducers.makeDescribeProducersRequest({
        topics: [...topicsOf(probe), "bad name"].map((name) => describeProducers.makeTopicRequest({ name, partitionIndexes: partition0 })),
      }),
    ),
  ),
  request("DescribeTransactions 0", (probe) =>
    probe.ask(
      describeTransactions.describeTransactionsApi,
      0,
      describeTransactions.makeDescribeTransactionsRequest({ transactionalIds: ["nobody", ID, "else"].map((id) => probe.named(id)) }),
    ),
  ),
  request("ListTransactions 1", (probe) =>
    probe.ask(listTransactions.listTransactionsApi, 1, listTransactions.makeListTransactionsRequest({})),
  ),
];
