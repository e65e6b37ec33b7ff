// OffsetDelete v0 (KIP-496). Refuses topics that the group's members are subscribed to.
import { ErrorCode } from "@ottla/protocol";
import {
  makeOffsetDeleteResponse,
  makeOffsetDeleteResponsePartition,
  makeOffsetDeleteResponseTopic,
  type OffsetDeleteRequest,
  type OffsetDeleteResponse,
  offsetDeleteApi,
} from "@ottla/protocol/apis/offset-delete";
import type { OffsetsAnswer } from "../groups/offsets/offset-rules.ts";
import { type Handler, MANY_TOPICS_REQUEST_BYTES, MANY_TOPICS_REQUEST_ELEMENTS } from "../handler.ts";
import { whenAnswered } from "./when-answered.ts";

export const offsetDeleteHandler: Handler<OffsetDeleteRequest, OffsetDeleteResponse> = {
  api: offsetDeleteApi,
  minVersion: 0,
  maxVersion: 0,
  maxRequestBytes: MANY_TOPICS_REQUEST_BYTES,
  maxRequestElements: MANY_TOPICS_REQUEST_ELEMENTS,

  handle({ broker, nodeId }, { groupId, topics }) {
    const exists = (name: string, partitionIndex: number) => broker.metadata.topic(name)?.partitions[partitionIndex] !== undefined;
    const present = topics
      .map(({ name, partitions }) => ({ name, partitions: partitions.filter(({ partitionIndex }) => exists(name, partitionIndex)) }))
      .filter(({ partitions }) => partitions.length > 0);
    const answer = broker.groups.offsets.delete(groupId, nodeId, present);
    return whenAnswered(answer, (deleted) => respond(topics, deleted));
  },
};

/** Every partition asked for is answered, in the order of the request; those that do not exist are unknown. */
function respond(asked: OffsetDeleteRequest["topics"], { errorCode, topics }: OffsetsAnswer): OffsetDeleteResponse {
  if (errorCode !== ErrorCode.NONE) return makeOffsetDeleteResponse({ errorCode });
  const results = new Map(
    topics.map(({ name, partitions }) => [name, new Map(partitions.map((partition) => [partition.partitionIndex, partition.errorCode]))]),
  );
  return makeOffsetDeleteResponse({
    topics: asked.map(({ name, partitions }) =>
      makeOffsetDeleteResponseTopic({
        name,
        partitions: partitions.map(({ partitionIndex }) =>
          makeOffsetDeleteResponsePartition({
            partitionIndex,
            errorCode: results.get(name)?.get(partitionIndex) ?? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
          }),
        ),
      }),
    ),
  });
}
