// DeleteRecords v0-2. KIP-107. −1 stands for the high watermark; the new log start survives a restart. Refused on topics that are compacted only
// (POLICY_VIOLATION) and on internal ones (INVALID_TOPIC_EXCEPTION), as in Kafka. All replicas are one log, so timeoutMs never runs out.
import { TimeSlice } from "@ottla/base";
import { ErrorCode, NIL_UUID } from "@ottla/protocol";
import {
  type DeleteRecordsPartition,
  type DeleteRecordsPartitionResult,
  type DeleteRecordsTopicResult,
  type DeleteRecordsRequest,
  type DeleteRecordsResponse,
  deleteRecordsApi,
  makeDeleteRecordsPartitionResult,
  makeDeleteRecordsResponse,
  makeDeleteRecordsTopicResult,
} from "@ottla/protocol/apis/delete-records";
import { eachItem, need } from "../authorisation.ts";
import { type Handler, MANY_TOPICS_REQUEST_BYTES, MANY_TOPICS_REQUEST_ELEMENTS, type RequestContext } from "../handler.ts";
import { locate } from "../partitions/locate.ts";

const NO_OFFSET = -1;
const DELETIONS_AT_ONCE = 64;
const HIGH_WATERMARK = -1;

export const deleteRecordsHandler: Handler<DeleteRecordsRequest, DeleteRecordsResponse> = {
  api: deleteRecordsApi,
  minVersion: 0,
  maxVersion: 2,
  authorisation: eachItem({
    need: need("DELETE", "TOPIC", "each topic"),
    items: ({ topics }) => topics,
    nameOf: ({ name }) => name,
    narrow: (request, topics) => ({ ...request, topics }),
    refuse: ({ name, partitions }, errorCode) =>
      makeDeleteRecordsTopicResult({
        name,
        partitions: partitions.map(({ partitionIndex }) =>
          makeDeleteRecordsPartitionResult({ partitionIndex, errorCode, lowWatermark: NO_OFFSET }),
        ),
      }),
    join: (response, refused) => ({ ...response, topics: [...response.topics, ...refused] }),
  }),
  maxRequestBytes: MANY_TOPICS_REQUEST_BYTES,
  maxRequestElements: MANY_TOPICS_REQUEST_ELEMENTS,

  async handle(context, request) {
    const slice = new TimeSlice(context.broker.clock);
    const topics: DeleteRecordsTopicResult[] = [];
    for (const { name, partitions } of request.topics) {
      const results: DeleteRecordsPartitionResult[] = [];
      // So many at once share the syncs of their log starts.
      for (let first = 0; first < partitions.length; first += DELETIONS_AT_ONCE) {
        const some = partitions.slice(first, first + DELETIONS_AT_ONCE);
        results.push(...(await Promise.all(some.map((partition) => deleteFrom(context, name, partition)))));
        if (slice.isOver) await slice.rest();
      }
      topics.push(makeDeleteRecordsTopicResult({ name, partitions: results }));
      if (slice.isOver) await slice.rest();
    }
    return makeDeleteRecordsResponse({ topics });
  },
};

async function deleteFrom(
  context: RequestContext,
  topic: string,
  { partitionIndex, offset }: DeleteRecordsPartition,
): Promise<DeleteRecordsPartitionResult> {
  const result = (errorCode: number, lowWatermark = NO_OFFSET) =>
    makeDeleteRecordsPartitionResult({ partitionIndex, errorCode, lowWatermark });
  const { broker } = context;
  const located = locate(context, topic, NIL_UUID, partitionIndex);
  if (located.kind === "error") return result(located.errorCode);
  if (broker.metadata.topic(topic)?.isInternal) return result(ErrorCode.INVALID_TOPIC_EXCEPTION);
  const { log } = located.partition;
  if (log.config.compacts && !log.config.deletes) return result(ErrorCode.POLICY_VIOLATION);
  if (offset < HIGH_WATERMARK) return result(ErrorCode.OFFSET_OUT_OF_RANGE);
  const outcome = await log.deleteRecordsBefore(offset);
  if (outcome.kind === "rejected") return result(outcome.errorCode);
  return result(ErrorCode.NONE, outcome.logStartOffset);
}
