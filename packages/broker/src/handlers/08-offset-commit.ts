// OffsetCommit v2-10. v5 dropped the client's own retention (KIP-211), v6 leader epoch (KIP-320), v7 static members (KIP-345),
// v9 member epoch of KIP-848 groups (left out), v10 topic ids (KIP-848).
import { ErrorCode } from "@ottla/protocol";
import {
  makeOffsetCommitResponse,
  makeOffsetCommitResponsePartition,
  makeOffsetCommitResponseTopic,
  type OffsetCommitRequest,
  type OffsetCommitRequestTopic,
  type OffsetCommitResponse,
  offsetCommitApi,
} from "@ottla/protocol/apis/offset-commit";
import type { OffsetCommitTopic, OffsetsAnswer } from "../groups/offsets/offset-rules.ts";
import { type Handler, MANY_TOPICS_REQUEST_BYTES, MANY_TOPICS_REQUEST_ELEMENTS } from "../handler.ts";
import type { ClusterMetadata, TopicMetadata } from "../metadata/cluster-metadata.ts";
import { whenAnswered } from "./when-answered.ts";

export const offsetCommitHandler: Handler<OffsetCommitRequest, OffsetCommitResponse> = {
  api: offsetCommitApi,
  minVersion: 2,
  maxVersion: 10,
  maxRequestBytes: MANY_TOPICS_REQUEST_BYTES,
  maxRequestElements: MANY_TOPICS_REQUEST_ELEMENTS,

  handle({ broker, session, nodeId, version }, request) {
    const asked = request.topics.map((topic) => locate(broker.metadata, topic, version));
    const topics = asked.flatMap(({ known, topic }) => (known ? presentPart(known, topic) : []));
    if (topics.length === 0) return respond(asked, NOTHING_COMMITTED);
    const answer = broker.groups.offsets.commit({
      nodeId,
      closed: session.closed,
      groupId: request.groupId,
      memberId: request.memberId,
      groupInstanceId: request.groupInstanceId,
      generationId: request.generationIdOrMemberEpoch,
      retentionMs: request.retentionTimeMs,
      unknownGroupErrorCode: version >= 9 ? ErrorCode.GROUP_ID_NOT_FOUND : ErrorCode.ILLEGAL_GENERATION,
      topics,
    });
    return whenAnswered(answer, (committed) => respond(asked, committed));
  },
};

const NOTHING_COMMITTED: OffsetsAnswer = { errorCode: ErrorCode.NONE, topics: [] };

interface AskedTopic {
  readonly topic: OffsetCommitRequestTopic;
  readonly known: TopicMetadata | undefined;
  /** For a topic that is not known. */
  readonly missingErrorCode: number;
}

function locate(metadata: ClusterMetadata, topic: OffsetCommitRequestTopic, version: number): AskedTopic {
  return version >= 10
    ? { topic, known: metadata.topicById(topic.topicId), missingErrorCode: ErrorCode.UNKNOWN_TOPIC_ID }
    : { topic, known: metadata.topic(topic.name), missingErrorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION };
}

function presentPart({ name, topicId, partitions: known }: TopicMetadata, topic: OffsetCommitRequestTopic): OffsetCommitTopic[] {
  const partitions = topic.partitions.filter(({ partitionIndex }) => known[partitionIndex]);
  return partitions.length > 0 ? [{ name, topicId, partitions }] : [];
}

/** Every partition asked for is answered, in the order of the request. */
function respond(asked: readonly AskedTopic[], { errorCode, topics }: OffsetsAnswer): OffsetCommitResponse {
  const failures = failuresOf(topics);
  const resultOf = (known: TopicMetadata, partitionIndex: number): number => {
    if (!known.partitions[partitionIndex]) return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
    return errorCode === ErrorCode.NONE ? (failures.get(known.name)?.get(partitionIndex) ?? ErrorCode.NONE) : errorCode;
  };
  return makeOffsetCommitResponse({
    topics: asked.map(({ topic, known, missingErrorCode }) =>
      makeOffsetCommitResponseTopic({
        name: topic.name,
        topicId: topic.topicId,
        partitions: topic.partitions.map(({ partitionIndex }) =>
          makeOffsetCommitResponsePartition({ partitionIndex, errorCode: known ? resultOf(known, partitionIndex) : missingErrorCode }),
        ),
      }),
    ),
  });
}

/** Error codes by topic and partition, of those that have one. */
function failuresOf(topics: OffsetsAnswer["topics"]): ReadonlyMap<string, ReadonlyMap<number, number>> {
  const failures = new Map<string, Map<number, number>>();
  for (const { name, partitions } of topics) {
    for (const { partitionIndex, errorCode } of partitions) {
      if (errorCode === ErrorCode.NONE) continue;
      let ofTopic = failures.get(name);
      if (!ofTopic) failures.set(name, (ofTopic = new Map()));
      ofTopic.set(partitionIndex, errorCode);
    }
  }
  return failures;
}
