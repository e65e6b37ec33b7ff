// AddPartitionsToTxn v0-5. v2 PRODUCER_FENCED (KIP-588). v4, v5 are what brokers of Apache Kafka ask of one another: several transactions, and whether partitions are
// in one (KIP-890); some clients send them.
import { TimeSlice } from "@ottla/base";
import { CLUSTER_NAME, ErrorCode } from "@ottla/protocol";
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
import { isMet, need } from "../authorisation.ts";
import { type Handler, MANY_TOPICS_REQUEST_BYTES, MANY_TOPICS_REQUEST_ELEMENTS, type RequestContext } from "../handler.ts";
import { internalTopic } from "../metadata/internal-topics.ts";
import { fencedBefore } from "./transaction-errors.ts";

/** The first version of the form between brokers. */
const BATCHED_VERSION = 4;

const MAY_USE_ID = need("WRITE", "TRANSACTIONAL_ID", "the transactional id", { note: "before version 4" });
const MAY_WRITE = need("WRITE", "TOPIC", "each topic", { note: "before version 4; all or none: the others hear OPERATION_NOT_ATTEMPTED" });
const IS_BROKER = need("CLUSTER_ACTION", "CLUSTER", "the cluster", { note: "from version 4 on" });

export const addPartitionsToTxnHandler: Handler<AddPartitionsToTxnRequest, AddPartitionsToTxnResponse> = {
  api: addPartitionsToTxnApi,
  minVersion: 0,
  maxVersion: 5,
  authorisation: {
    needs: [MAY_USE_ID, MAY_WRITE, IS_BROKER],
    decide({ access, version }, request) {
      if (version >= BATCHED_VERSION) {
        if (isMet(access, IS_BROKER, CLUSTER_NAME)) return { kind: "go-on", request };
        return { kind: "answer", response: makeAddPartitionsToTxnResponse({ errorCode: IS_BROKER.errorCode }) };
      }
      const topics = request.v3AndBelowTopics;
      const refuse = (errorCodeOf: (topic: string) => number) => {
        const codes = topics.flatMap(({ name, partitions }) => partitions.map(() => errorCodeOf(name)));
        const resultsByTopicV3AndBelow = results(topics, (at) => codes[at]!);
        return { kind: "answer" as const, response: makeAddPartitionsToTxnResponse({ resultsByTopicV3AndBelow }) };
      };
      if (!isMet(access, MAY_USE_ID, request.v3AndBelowTransactionalId)) return refuse(() => MAY_USE_ID.errorCode);
      const unmet = new Set(
        topics.map(({ name }) => name).filter((name) => internalTopic(name) === undefined && !isMet(access, MAY_WRITE, name)),
      );
      // Internal topics are refused to everybody.
      const isClosed = (name: string): boolean => unmet.has(name) || internalTopic(name) !== undefined;
      return unmet.size === 0
        ? { kind: "go-on", request }
        : refuse((name) => (isClosed(name) ? MAY_WRITE.errorCode : ErrorCode.OPERATION_NOT_ATTEMPTED));
    },
  },
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
