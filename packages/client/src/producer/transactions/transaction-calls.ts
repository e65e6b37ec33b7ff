import { ErrorCode } from "@ottla/protocol";
import { addOffsetsToTxnApi, makeAddOffsetsToTxnRequest } from "@ottla/protocol/apis/add-offsets-to-txn";
import {
  addPartitionsToTxnApi,
  makeAddPartitionsToTxnRequest,
  makeAddPartitionsToTxnTopic,
} from "@ottla/protocol/apis/add-partitions-to-txn";
import { endTxnApi, makeEndTxnRequest } from "@ottla/protocol/apis/end-txn";
import { initProducerIdApi, makeInitProducerIdRequest } from "@ottla/protocol/apis/init-producer-id";
import {
  makeTxnOffsetCommitRequest,
  makeTxnOffsetCommitRequestPartition,
  makeTxnOffsetCommitRequestTopic,
  txnOffsetCommitApi,
} from "@ottla/protocol/apis/txn-offset-commit";
import { callOn } from "../../cluster/lane.ts";
import type { VersionBounds } from "../../net/broker-versions.ts";
import type { Connection } from "../../net/connection.ts";
import { groupByTopic } from "../../topic-partition.ts";
import type { CoordinatorFacts } from "./transaction-machine.ts";
import type { TransactionAnswer, TransactionRequest } from "./transaction-request.ts";

const FEATURE = "transaction.version";
const EPOCH_PER_TRANSACTION = 2;
/** From this version on a producer may say who it is (KIP-360). */
const IDENTITY_VERSION = 3;
/** Versions above are for brokers among themselves, and need their rights. */
const ADD_PARTITIONS_CLIENT_VERSION_MAX = 3;
/** From these versions on the request is one of the protocol of KIP-890. */
const END_BUMPS_VERSION = 5;
const COMMIT_ADDS_VERSION = 5;
/** From this version on offsets name who consumed (KIP-447). */
const MEMBER_VERSION = 3;
const LEADER_EPOCH_VERSION = 2;

/** Who talks to coordinators, and for how long a transaction may be open. */
export interface TransactionalIdentity {
  readonly transactionalId: string;
  readonly transactionTimeoutMs: number;
}

/** What a coordinator's connection says of its cluster. */
export function factsOf({ versions }: Connection): CoordinatorFacts {
  return {
    transactionVersion: versions.finalizedLevel(FEATURE),
    canBumpEpoch: versions.find(initProducerIdApi, { min: IDENTITY_VERSION }) !== undefined,
  };
}

/** Puts a request into words and the answer out of them. Throws `ClientError` when no answer comes. */
export function askCoordinator(
  connection: Connection,
  { transactionalId, transactionTimeoutMs }: TransactionalIdentity,
  request: TransactionRequest,
): Promise<TransactionAnswer> {
  switch (request.kind) {
    case "InitProducerId":
      return askForIdentity(connection, transactionalId, transactionTimeoutMs, request);
    case "AddPartitionsToTxn":
      return addPartitions(connection, transactionalId, request);
    case "AddOffsetsToTxn": {
      const body = makeAddOffsetsToTxnRequest({ transactionalId, ...request.identity, groupId: request.groupId });
      return callOn(connection, addOffsetsToTxnApi, () => body);
    }
    case "TxnOffsetCommit":
      return commitOffsets(connection, transactionalId, request);
    case "EndTxn":
      return end(connection, transactionalId, request);
  }
}

async function askForIdentity(
  connection: Connection,
  transactionalId: string,
  transactionTimeoutMs: number,
  { identity }: Extract<TransactionRequest, { kind: "InitProducerId" }>,
): Promise<TransactionAnswer> {
  // A fresh start says −1/−1: anything else would claim to be somebody, and an older producer of the id would not be fenced.
  const who = identity ?? { producerId: -1, producerEpoch: -1 };
  const min = identity === undefined ? undefined : IDENTITY_VERSION;
  const body = makeInitProducerIdRequest({ transactionalId, transactionTimeoutMs, ...who });
  const { errorCode, producerId, producerEpoch } = await callOn(connection, initProducerIdApi, () => body, { min });
  return { errorCode, identity: { producerId, producerEpoch } };
}

async function addPartitions(
  connection: Connection,
  transactionalId: string,
  { identity, partitions }: Extract<TransactionRequest, { kind: "AddPartitionsToTxn" }>,
): Promise<TransactionAnswer> {
  const body = makeAddPartitionsToTxnRequest({
    v3AndBelowTransactionalId: transactionalId,
    v3AndBelowProducerId: identity.producerId,
    v3AndBelowProducerEpoch: identity.producerEpoch,
    v3AndBelowTopics: [...groupByTopic(partitions)].map(([name, entries]) =>
      makeAddPartitionsToTxnTopic({ name, partitions: entries.map(({ partition }) => partition) }),
    ),
  });
  const response = await callOn(connection, addPartitionsToTxnApi, () => body, { max: ADD_PARTITIONS_CLIENT_VERSION_MAX });
  const answered = response.resultsByTopicV3AndBelow.flatMap(({ name, resultsByPartition }) =>
    resultsByPartition.map(({ partitionIndex, partitionErrorCode }) => ({
      topic: name,
      partition: partitionIndex,
      errorCode: partitionErrorCode,
    })),
  );
  return complete(answered, partitions.length);
}

async function commitOffsets(
  connection: Connection,
  transactionalId: string,
  { identity, toSend, transactionVersion }: Extract<TransactionRequest, { kind: "TxnOffsetCommit" }>,
): Promise<TransactionAnswer> {
  const bounds: VersionBounds =
    transactionVersion >= EPOCH_PER_TRANSACTION ? { min: COMMIT_ADDS_VERSION, max: COMMIT_ADDS_VERSION } : { max: COMMIT_ADDS_VERSION - 1 };
  const makeBody = (version: number) =>
    makeTxnOffsetCommitRequest({
      transactionalId,
      groupId: toSend.groupId,
      ...identity,
      ...(version >= MEMBER_VERSION
        ? {
            generationIdOrMemberEpoch: toSend.generationId,
            memberId: toSend.memberId,
            groupInstanceId: toSend.groupInstanceId ?? null,
          }
        : {}),
      topics: [...groupByTopic(toSend.offsets)].map(([name, entries]) =>
        makeTxnOffsetCommitRequestTopic({
          name,
          partitions: entries.map(({ partition, offset, leaderEpoch, metadata }) =>
            makeTxnOffsetCommitRequestPartition({
              partitionIndex: partition,
              committedOffset: offset,
              committedLeaderEpoch: version >= LEADER_EPOCH_VERSION ? (leaderEpoch ?? -1) : -1,
              committedMetadata: metadata ?? "",
            }),
          ),
        }),
      ),
    });
  const response = await callOn(connection, txnOffsetCommitApi, makeBody, bounds);
  const answered = response.topics.flatMap(({ name, partitions }) =>
    partitions.map(({ partitionIndex, errorCode }) => ({ topic: name, partition: partitionIndex, errorCode })),
  );
  return complete(answered, toSend.offsets.length);
}

async function end(
  connection: Connection,
  transactionalId: string,
  { identity, isCommit, transactionVersion }: Extract<TransactionRequest, { kind: "EndTxn" }>,
): Promise<TransactionAnswer> {
  const bumps = transactionVersion >= EPOCH_PER_TRANSACTION;
  const body = makeEndTxnRequest({ transactionalId, ...identity, committed: isCommit });
  const bounds: VersionBounds = bumps ? { min: END_BUMPS_VERSION } : { max: END_BUMPS_VERSION - 1 };
  const { errorCode, producerId, producerEpoch } = await callOn(connection, endTxnApi, () => body, bounds);
  return { errorCode, identity: bumps && producerId >= 0 ? { producerId, producerEpoch } : undefined };
}

/** An answer that leaves a partition out must not pass for success. */
function complete(answered: NonNullable<TransactionAnswer["partitions"]>, count: number): TransactionAnswer {
  return { errorCode: answered.length < count ? ErrorCode.UNKNOWN_SERVER_ERROR : ErrorCode.NONE, partitions: answered };
}
