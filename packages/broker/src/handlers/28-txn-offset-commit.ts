// TxnOffsetCommit v0-6. v2 leader epoch (KIP-320), v3 member and generation (KIP-447), v4 TRANSACTION_ABORTABLE (KIP-1050), v5 adds the group's partition to the
// transaction (KIP-890), v6 topic ids and the codes of KIP-848 groups.
import { TimeSlice } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import {
  makeTxnOffsetCommitResponse,
  makeTxnOffsetCommitResponsePartition,
  makeTxnOffsetCommitResponseTopic,
  type TxnOffsetCommitRequest,
  type TxnOffsetCommitRequestTopic,
  type TxnOffsetCommitResponse,
  type TxnOffsetCommitResponseTopic,
  txnOffsetCommitApi,
} from "@ottla/protocol/apis/txn-offset-commit";
import type { OffsetsAnswer } from "../groups/offsets/offset-rules.ts";
import { eachItem, inTurn, need, wholeRequest } from "../authorisation.ts";
import { type Handler, MANY_TOPICS_REQUEST_BYTES, MANY_TOPICS_REQUEST_ELEMENTS } from "../handler.ts";
import { CommittedTopics } from "./committed-topics.ts";
import { whenAnswered } from "./when-answered.ts";

const TOPIC_IDS_FROM_VERSION = 6;
const GROUP_ID_NOT_FOUND_FROM_VERSION = 6;
const ADDS_FROM_VERSION = 5;
const ABORTABLE_FROM_VERSION = 4;
/** Producers before this may crash when they are told that a coordinator is loading. */
const LOADING_FROM_VERSION = 2;

export const txnOffsetCommitHandler: Handler<TxnOffsetCommitRequest, TxnOffsetCommitResponse> = {
  api: txnOffsetCommitApi,
  minVersion: 0,
  maxVersion: 6,
  authorisation: inTurn<TxnOffsetCommitRequest, TxnOffsetCommitResponse>(
    wholeRequest(
      [
        [need("WRITE", "TRANSACTIONAL_ID", "the transactional id"), ({ transactionalId }) => transactionalId],
        [need("READ", "GROUP", "the group"), ({ groupId }) => groupId],
      ],
      (errorCode, { topics }) => makeTxnOffsetCommitResponse({ topics: topics.map((topic) => refused(topic, errorCode)) }),
    ),
    eachItem({
      need: need("READ", "TOPIC", "each topic"),
      items: ({ topics }) => topics,
      nameOf: (topic, context) =>
        context.version >= TOPIC_IDS_FROM_VERSION ? context.broker.metadata.topicById(topic.topicId)?.name : topic.name,
      narrow: (request, topics) => ({ ...request, topics }),
      refuse: (topic, errorCode) => refused(topic, errorCode),
      join: (response, topics) => ({ ...response, topics: [...topics, ...response.topics] }),
    }),
  ),
  maxRequestBytes: MANY_TOPICS_REQUEST_BYTES,
  maxRequestElements: MANY_TOPICS_REQUEST_ELEMENTS,

  handle({ broker, session, version }, request) {
    const topics = new CommittedTopics(broker.metadata, request.topics, version >= TOPIC_IDS_FROM_VERSION);
    const respond = (answer?: OffsetsAnswer) =>
      whenAnswered(
        topics.answer(new TimeSlice(broker.clock), answer && toldTo(version, answer), ({ name, topicId }, partitions) =>
          makeTxnOffsetCommitResponseTopic({
            name,
            topicId,
            partitions: partitions.map((each) => makeTxnOffsetCommitResponsePartition(each)),
          }),
        ),
        (shaped) => makeTxnOffsetCommitResponse({ topics: shaped }),
      );
    if (topics.present.length === 0) return respond();
    const answer = broker.groups.offsets.commitInTransaction({
      nodeId: session.nodeId,
      closed: session.closed,
      transactionalId: request.transactionalId,
      producerId: request.producerId,
      producerEpoch: request.producerEpoch,
      mode: version >= ADDS_FROM_VERSION ? "add" : "verify",
      knowsAbortable: version >= ABORTABLE_FROM_VERSION,
      groupId: request.groupId,
      memberId: request.memberId,
      groupInstanceId: request.groupInstanceId,
      generationId: request.generationIdOrMemberEpoch,
      unknownGroupErrorCode: version >= GROUP_ID_NOT_FOUND_FROM_VERSION ? ErrorCode.GROUP_ID_NOT_FOUND : ErrorCode.ILLEGAL_GENERATION,
      topics: topics.present,
    });
    return whenAnswered(answer, respond);
  },
};

function toldTo(version: number, answer: OffsetsAnswer): OffsetsAnswer {
  const isLoading = answer.errorCode === ErrorCode.COORDINATOR_LOAD_IN_PROGRESS;
  return isLoading && version < LOADING_FROM_VERSION ? { ...answer, errorCode: ErrorCode.COORDINATOR_NOT_AVAILABLE } : answer;
}

function refused({ name, topicId, partitions }: TxnOffsetCommitRequestTopic, errorCode: number): TxnOffsetCommitResponseTopic {
  return makeTxnOffsetCommitResponseTopic({
    name,
    topicId,
    partitions: partitions.map(({ partitionIndex }) => makeTxnOffsetCommitResponsePartition({ partitionIndex, errorCode })),
  });
}
