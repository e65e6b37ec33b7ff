// TxnOffsetCommit v0-6. v2 leader epoch (KIP-320), v3 member and generation (KIP-447), v4 TRANSACTION_ABORTABLE (KIP-1050), v5 adds the group's partition to the
// transaction (KIP-890), v6 topic ids and the codes of KIP-848 groups.
import { ErrorCode } from "@ottla/protocol";
import {
  makeTxnOffsetCommitResponse,
  makeTxnOffsetCommitResponsePartition,
  makeTxnOffsetCommitResponseTopic,
  type TxnOffsetCommitRequest,
  type TxnOffsetCommitResponse,
  txnOffsetCommitApi,
} from "@ottla/protocol/apis/txn-offset-commit";
import type { OffsetsAnswer } from "../groups/offsets/offset-rules.ts";
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
  maxRequestBytes: MANY_TOPICS_REQUEST_BYTES,
  maxRequestElements: MANY_TOPICS_REQUEST_ELEMENTS,

  handle({ broker, session, version }, request) {
    const topics = new CommittedTopics(broker.metadata, request.topics, version >= TOPIC_IDS_FROM_VERSION);
    const respond = (answer?: OffsetsAnswer): TxnOffsetCommitResponse =>
      makeTxnOffsetCommitResponse({
        topics: topics.answer(answer && toldTo(version, answer), ({ name, topicId }, partitions) =>
          makeTxnOffsetCommitResponseTopic({
            name,
            topicId,
            partitions: partitions.map((each) => makeTxnOffsetCommitResponsePartition(each)),
          }),
        ),
      });
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
