// OffsetForLeaderEpoch v2-4 (KIP-101, KIP-279, KIP-320). Tells a client where the records of an epoch end, so that it finds a tail lost in a crash.
import { CLUSTER_NAME, ErrorCode, NIL_UUID } from "@ottla/protocol";
import {
  makeEpochEndOffset,
  makeOffsetForLeaderEpochResponse,
  makeOffsetForLeaderTopicResult,
  type OffsetForLeaderEpochRequest,
  type OffsetForLeaderEpochResponse,
  offsetForLeaderEpochApi,
} from "@ottla/protocol/apis/offset-for-leader-epoch";
import { decideEach, need } from "../authorisation.ts";
import { type Handler, MANY_TOPICS_REQUEST_BYTES, MANY_TOPICS_REQUEST_ELEMENTS } from "../handler.ts";
import { locate } from "../partitions/locate.ts";

const MAY_ALL = need("CLUSTER_ACTION", "CLUSTER", "the cluster", { errorCode: ErrorCode.NONE, note: "opens every topic" });
const MAY_EACH = need("DESCRIBE", "TOPIC", "each topic");

export const offsetForLeaderEpochHandler: Handler<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse> = {
  api: offsetForLeaderEpochApi,
  minVersion: 2,
  maxVersion: 4,
  authorisation: {
    needs: [MAY_ALL, MAY_EACH],
    decide(context, request) {
      if (context.access.shows(MAY_ALL.operation, MAY_ALL.resourceType, CLUSTER_NAME)) return { kind: "go-on", request };
      return decideEach(
        {
          need: MAY_EACH,
          items: ({ topics }) => topics,
          nameOf: ({ topic }) => topic,
          narrow: (whole, topics) => ({ ...whole, topics }),
          refuse: ({ topic, partitions }, errorCode) =>
            makeOffsetForLeaderTopicResult({
              topic,
              partitions: partitions.map(({ partition }) => makeEpochEndOffset({ partition, errorCode })),
            }),
          join: (response, refused) => ({ ...response, topics: [...response.topics, ...refused] }),
        },
        context,
        request,
      );
    },
  },
  maxRequestBytes: MANY_TOPICS_REQUEST_BYTES,
  maxRequestElements: MANY_TOPICS_REQUEST_ELEMENTS,

  handle(context, request) {
    const topics = request.topics.map(({ topic, partitions }) =>
      makeOffsetForLeaderTopicResult({
        topic,
        partitions: partitions.map(({ partition: index, currentLeaderEpoch, leaderEpoch: asked }) => {
          const found = locate(context, topic, NIL_UUID, index, currentLeaderEpoch);
          if (found.kind === "error") return makeEpochEndOffset({ partition: index, errorCode: found.errorCode });
          const { leaderEpoch, endOffset } = found.partition.log.endOffsetForEpoch(asked, found.metadata.leaderEpoch);
          return makeEpochEndOffset({ partition: index, errorCode: ErrorCode.NONE, leaderEpoch, endOffset });
        }),
      }),
    );
    return makeOffsetForLeaderEpochResponse({ topics });
  },
};
