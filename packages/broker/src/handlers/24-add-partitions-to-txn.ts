// AddPartitionsToTxn v0-5. v2 PRODUCER_FENCED (KIP-588). v4, v5 are what brokers of Apache Kafka ask of one another: several transactions, and whether partitions are
// in one (KIP-890); some clients send them.
import { TimeSlice } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import {
  type AddPartitionsToTxnRequest,
  type AddPartitionsToTxnResponse,
  type AddPartitionsToTxnTopic,
  type AddPartitionsToTxnTopicResult,
  type AddPartitionsToTxnTransaction,
  addPartitionsToTxnApi,
  makeAddPartitionsToTxnPartitionResult,
  makeAddPartitionsToTxnResponse,
  makeAddPartitionsToTxnResult,
  makeAddPartitionsToTxnTopicResult,
  makeAddPartitionsToTxnTransaction,
} from "@ottla/protocol/apis/add-partitions-to-txn";
import { type Handler, MANY_TOPICS_REQUEST_BYTES, MANY_TOPICS_REQUEST_ELEMENTS, type RequestContext } from "../handler.ts";
import { internalTopic } from "../metadata/internal-topics.ts";
import { fencedBefore } from "./transaction-errors.ts";

/** The first version of the form between brokers. */
const BATCHED_VERSION = 4;

export const addPartitionsToTxnHandler: Handler<AddPartitionsToTxnRequest, AddPartitionsToTxnResponse> = {
  api: addPartitionsToTxnApi,
  minVersion: 0,
  maxVersion: 5,
  maxRequestBytes: MANY_TOPICS_REQUEST_BYTES,
  maxRequestElements: MANY_TOPICS_REQUEST_ELEMENTS,

  async handle(context, request) {
    if (context.version < BATCHED_VERSION) {
      const transaction = makeAddPartitionsToTxnTransaction({
        transactionalId: request.v3AndBelowTransactionalId,
        producerId: request.v3AndBelowProducerId,
        producerEpoch: request.v3AndBelowProducerEpoch,
        topics: request.v3AndBelowTopics,
      });
      return makeAddPartitionsToTxnResponse({ resultsByTopicV3AndBelow: await answer(context, transaction) });
    }
    const resultsByTransaction = [];
    const slice = new TimeSlice(context.broker.clock);
    for (const transaction of request.transactions) {
      const topicResults = await answer(context, transaction);
      resultsByTransaction.push(makeAddPartitionsToTxnResult({ transactionalId: transaction.transactionalId, topicResults }));
      if (slice.isOver) await slice.rest();
    }
    return makeAddPartitionsToTxnResponse({ resultsByTransaction });
  },
};

async function answer(context: RequestContext, transaction: AddPartitionsToTxnTransaction): Promise<AddPartitionsToTxnTopicResult[]> {
  const { topics, transactionalId, producerId, producerEpoch, verifyOnly } = transaction;
  const { broker, version, session } = context;
  const faults = topics.flatMap(({ name, partitions }) => partitions.map((partition) => faultOf(context, name, partition)));
  // All or none.
  if (faults.some((fault) => fault !== ErrorCode.NONE)) {
    return results(topics, (at) => (faults[at] === ErrorCode.NONE ? ErrorCode.OPERATION_NOT_ATTEMPTED : faults[at]!));
  }
  const partitions = topics.flatMap(({ name, partitions: indexes }) => indexes.map((partition) => ({ topic: name, partition })));
  const call = { transactionalId, nodeId: session.nodeId, closed: session.closed, producerId, producerEpoch, partitions };
  if (verifyOnly) {
    const errorCodes = broker.transactions.verifyPartitions(call);
    return results(topics, (at) => errorCodes[at]!);
  }
  const errorCode = await broker.transactions.addPartitions({ ...call, clientVersion: version < BATCHED_VERSION ? 0 : 2 });
  return results(topics, () => fencedBefore(2, version, errorCode));
}

function faultOf({ broker, version }: RequestContext, topic: string, partition: number): number {
  if (version < BATCHED_VERSION && internalTopic(topic) !== undefined) return ErrorCode.TOPIC_AUTHORIZATION_FAILED;
  return broker.metadata.topic(topic)?.partitions[partition] === undefined ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : ErrorCode.NONE;
}

/** One result for each partition of the request; `errorCodeOf` is given its place in the order of all. */
function results(topics: readonly AddPartitionsToTxnTopic[], errorCodeOf: (at: number) => number): AddPartitionsToTxnTopicResult[] {
  let at = 0;
  return topics.map(({ name, partitions }) =>
    makeAddPartitionsToTxnTopicResult({
      name,
      resultsByPartition: partitions.map((partitionIndex) =>
        makeAddPartitionsToTxnPartitionResult({ partitionIndex, partitionErrorCode: errorCodeOf(at++) }),
      ),
    }),
  );
}
