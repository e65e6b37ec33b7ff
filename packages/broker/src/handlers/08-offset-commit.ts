// OffsetCommit v2-10. v5 dropped the client's own retention (KIP-211), v6 leader epoch (KIP-320), v7 static members (KIP-345),
// v9 member epochs, v10 topic ids (KIP-848).
import { TimeSlice } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import {
  makeOffsetCommitResponse,
  makeOffsetCommitResponsePartition,
  makeOffsetCommitResponseTopic,
  type OffsetCommitRequest,
  type OffsetCommitRequestTopic,
  type OffsetCommitResponse,
  type OffsetCommitResponseTopic,
  offsetCommitApi,
} from "@ottla/protocol/apis/offset-commit";
import type { OffsetsAnswer } from "../groups/offsets/offset-rules.ts";
import { eachItem, inTurn, need, wholeRequest } from "../authorisation.ts";
import { type Handler, MANY_TOPICS_REQUEST_BYTES, MANY_TOPICS_REQUEST_ELEMENTS } from "../handler.ts";
import { CommittedTopics } from "./committed-topics.ts";
import { whenAnswered } from "./when-answered.ts";

const TOPIC_IDS_FROM_VERSION = 10;

export const offsetCommitHandler: Handler<OffsetCommitRequest, OffsetCommitResponse> = {
  api: offsetCommitApi,
  minVersion: 2,
  maxVersion: 10,
  authorisation: inTurn<OffsetCommitRequest, OffsetCommitResponse>(
    wholeRequest([[need("READ", "GROUP", "the group"), ({ groupId }) => groupId]], (errorCode, { topics }) =>
      makeOffsetCommitResponse({ topics: topics.map((topic) => refused(topic, errorCode)) }),
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
        topics.answer(new TimeSlice(broker.clock), answer, ({ name, topicId }, partitions) =>
          makeOffsetCommitResponseTopic({ name, topicId, partitions: partitions.map((each) => makeOffsetCommitResponsePartition(each)) }),
        ),
        (shaped) => makeOffsetCommitResponse({ topics: shaped }),
      );
    if (topics.present.length === 0) return respond();
    const answer = broker.groups.offsets.commit({
      nodeId: session.nodeId,
      closed: session.closed,
      groupId: request.groupId,
      memberId: request.memberId,
      groupInstanceId: request.groupInstanceId,
      generationId: request.generationIdOrMemberEpoch,
      retentionMs: request.retentionTimeMs,
      isBeforeMemberEpochs: version < 9,
      unknownGroupErrorCode: version >= 9 ? ErrorCode.GROUP_ID_NOT_FOUND : ErrorCode.ILLEGAL_GENERATION,
      topics: topics.present,
    });
    return whenAnswered(answer, respond);
  },
};

function refused({ name, topicId, partitions }: OffsetCommitRequestTopic, errorCode: number): OffsetCommitResponseTopic {
  return makeOffsetCommitResponseTopic({
    name,
    topicId,
    partitions: partitions.map(({ partitionIndex }) => makeOffsetCommitResponsePartition({ partitionIndex, errorCode })),
  });
}
