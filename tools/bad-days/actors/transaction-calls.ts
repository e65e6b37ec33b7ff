import { addOffsetsToTxnApi, makeAddOffsetsToTxnRequest } from "@ottla/protocol/apis/add-offsets-to-txn";
import {
  addPartitionsToTxnApi,
  makeAddPartitionsToTxnRequest,
  makeAddPartitionsToTxnTopic,
} from "@ottla/protocol/apis/add-partitions-to-txn";
import { type EndTxnResponse, endTxnApi, makeEndTxnRequest } from "@ottla/protocol/apis/end-txn";
import {
  makeTxnOffsetCommitRequest,
  makeTxnOffsetCommitRequestPartition,
  makeTxnOffsetCommitRequestTopic,
  txnOffsetCommitApi,
} from "@ottla/protocol/apis/txn-offset-commit";
import type { Client } from "./client.ts";
import type { GroupPartition } from "./group-offsets.ts";

/** Who a transactional producer is to the broker. */
export interface TransactionalPlace {
  readonly transactionalId: string;
  /** 1: partitions are named before they are written to. 2: KIP-890, each transaction has an epoch of its own. */
  readonly version: 1 | 2;
  readonly producerId: number;
  readonly epoch: number;
}

interface Coded {
  readonly errorCode: number;
}

/** AddPartitionsToTxn of one partition; undefined where no answer came, as with all of these. */
export async function addPartition(
  client: Client,
  nodeId: number,
  { transactionalId, producerId, epoch }: TransactionalPlace,
  { topic, partition }: GroupPartition,
): Promise<Coded | undefined> {
  const request = makeAddPartitionsToTxnRequest({
    v3AndBelowTransactionalId: transactionalId,
    v3AndBelowProducerId: producerId,
    v3AndBelowProducerEpoch: epoch,
    v3AndBelowTopics: [makeAddPartitionsToTxnTopic({ name: topic.name, partitions: [partition] })],
  });
  const found = await client.call(nodeId, addPartitionsToTxnApi, 3, request);
  return found && { errorCode: found.resultsByTopicV3AndBelow[0]!.resultsByPartition[0]!.partitionErrorCode };
}

export function addOffsets(
  client: Client,
  nodeId: number,
  { transactionalId, producerId, epoch }: TransactionalPlace,
  groupId: string,
): Promise<Coded | undefined> {
  const request = makeAddOffsetsToTxnRequest({ transactionalId, producerId, producerEpoch: epoch, groupId });
  return client.call(nodeId, addOffsetsToTxnApi, 3, request);
}

/** TxnOffsetCommit of one offset, by nobody in particular of the group. */
export async function commitInTransaction(
  client: Client,
  nodeId: number,
  { transactionalId, producerId, epoch, version }: TransactionalPlace,
  { group, topic, partition, offset }: GroupPartition & { readonly group: string; readonly offset: number },
): Promise<Coded | undefined> {
  const request = makeTxnOffsetCommitRequest({
    transactionalId,
    groupId: group,
    producerId,
    producerEpoch: epoch,
    generationIdOrMemberEpoch: -1,
    topics: [
      makeTxnOffsetCommitRequestTopic({
        name: topic.name,
        topicId: topic.topicId,
        partitions: [makeTxnOffsetCommitRequestPartition({ partitionIndex: partition, committedOffset: offset, committedMetadata: "" })],
      }),
    ],
  });
  const found = await client.call(nodeId, txnOffsetCommitApi, version === 2 ? 5 : 4, request);
  return found && { errorCode: found.topics[0]!.partitions[0]!.errorCode };
}

export function endTransaction(
  client: Client,
  nodeId: number,
  { transactionalId, producerId, epoch, version }: TransactionalPlace,
  committed: boolean,
): Promise<EndTxnResponse | undefined> {
  const request = makeEndTxnRequest({ transactionalId, producerId, producerEpoch: epoch, committed });
  return client.call(nodeId, endTxnApi, version === 2 ? 5 : 4, request);
}
