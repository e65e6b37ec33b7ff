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
import { eachItem, inTurn, need, wholeRequest } from "../authorisation.ts";
import { type Handler, MANY_TOPICS_REQUEST_BYTES, MANY_TOPICS_REQUEST_ELEMENTS } from "../handler.ts";
import { whenAnswered } from "./when-answered.ts";

export const offsetDeleteHandler: Handler<OffsetDeleteRequest, OffsetDeleteResponse> = {
  api: offsetDeleteApi,
  minVersion: 0,
  maxVersion: 0,
  authorisation: inTurn<OffsetDeleteRequest, OffsetDeleteResponse>(
    wholeRequest([[need("DELETE", "GROUP", "the group"), ({ groupId }) => groupId]], (errorCode) =>
      makeOffsetDeleteResponse({ errorCode }),
    ),
    eachItem({
      need: need("READ", "TOPIC", "each topic"),
      items: ({ topics }) => topics,
      nameOf: ({ name }) => name,
      narrow: (request, topics) => ({ ...request, topics }),
      refuse: ({ name, partitions }, errorCode) =>
        makeOffsetDeleteResponseTopic({
          name,
          partitions: partitions.map(({ partitionIndex }) => makeOffsetDeleteResponsePartition({ partitionIndex, errorCode })),
        }),
      // What concerns the group as a whole stands alone.
      join: (response, topics) =>
        response.errorCode === ErrorCode.NONE ? { ...response, topics: [...topics, ...response.topics] } : response,
    }),
  ),
  maxRequestBytes: MANY_TOPICS_REQUEST_BYTES,
  maxRequestElements: MANY_TOPICS_REQUEST_ELEMENTS,

  handle({ broker, session: { nodeId } }, { groupId, topics }) {
    const asked = topics.map(({ name, partitions }) => ({ name, partitions, known: broker.metadata.topic(name)?.partitions ?? [] }));
    const present = asked
      .map(({ name, partitions, known }) => ({ name, partitions: partitions.filter(({ partitionIndex }) => known[partitionIndex]) }))
      .filter(({ partitions }) => partitions.length > 0);
    const answer = broker.groups.offsets.delete(groupId, nodeId, present);
    return whenAnswered(answer, (deleted) => respond(asked, deleted));
  },
};

interface AskedTopic {
  readonly name: string;
  readonly partitions: readonly { readonly partitionIndex: number }[];
  /** What the topic had when it was asked for. */
  readonly known: readonly unknown[];
}

/** Every partition asked for is answered, in the order of the request; those that do not exist are unknown. */
function respond(asked: readonly AskedTopic[], { errorCode, topics }: OffsetsAnswer): OffsetDeleteResponse {
  if (errorCode !== ErrorCode.NONE) return makeOffsetDeleteResponse({ errorCode });
  // Whether offsets may be deleted is the same for all partitions of a topic.
  const results = new Map(topics.map(({ name, partitions }) => [name, partitions[0]?.errorCode]));
  return makeOffsetDeleteResponse({
    topics: asked.map(({ name, partitions, known }) => {
      const result = results.get(name) ?? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
      return makeOffsetDeleteResponseTopic({
        name,
        partitions: partitions.map(({ partitionIndex }) =>
          makeOffsetDeleteResponsePartition({
            partitionIndex,
            errorCode: known[partitionIndex] ? result : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
          }),
        ),
      });
    }),
  });
}
