// DescribeProducers v0. KIP-664: the idempotent producers that a partition remembers, and where the transaction of each begins if one is open.
import { TimeSlice } from "@ottla/base";
import { ErrorCode, errorInfo, madeWhenWritten, NIL_UUID } from "@ottla/protocol";
import {
  type DescribeProducersRequest,
  type DescribeProducersResponse,
  describeProducersApi,
  makeDescribeProducersResponse,
  makePartitionResponse,
  makeProducerState,
  makeTopicResponse,
  type PartitionResponse,
} from "@ottla/protocol/apis/describe-producers";
import { eachItem, need } from "../authorisation.ts";
import { type Handler, MANY_TOPICS_REQUEST_BYTES, MANY_TOPICS_REQUEST_ELEMENTS, type RequestContext } from "../handler.ts";
import { topicNameFault } from "../metadata/topic-name.ts";
import { locate } from "../partitions/locate.ts";

export const describeProducersHandler: Handler<DescribeProducersRequest, DescribeProducersResponse> = {
  api: describeProducersApi,
  minVersion: 0,
  maxVersion: 0,
  authorisation: eachItem({
    need: need("READ", "TOPIC", "each topic"),
    items: ({ topics }) => topics,
    nameOf: ({ name }) => (topicNameFault(name) === undefined ? name : undefined),
    narrow: (request, topics) => ({ ...request, topics }),
    refuse: ({ name, partitionIndexes }, errorCode) =>
      makeTopicResponse({
        name,
        partitions: Array.from(new Set(partitionIndexes), (partitionIndex) =>
          makePartitionResponse({ partitionIndex, errorCode, errorMessage: errorInfo(errorCode).message }),
        ),
      }),
    join: (response, _, weave) => ({ ...response, topics: weave(response.topics) }),
  }),
  maxRequestBytes: MANY_TOPICS_REQUEST_BYTES,
  maxRequestElements: MANY_TOPICS_REQUEST_ELEMENTS,

  async handle(context, request) {
    const slice = new TimeSlice(context.broker.clock);
    const topics = [];
    for (const { name, partitionIndexes } of request.topics) {
      const partitions: PartitionResponse[] = [];
      // Once each: a partition may remember many producers.
      for (const partitionIndex of new Set(partitionIndexes)) {
        partitions.push(describe(context, name, partitionIndex));
        if (slice.isOver) await slice.rest();
      }
      topics.push(makeTopicResponse({ name, partitions }));
    }
    return makeDescribeProducersResponse({ topics });
  },
};

function describe(context: RequestContext, topic: string, partitionIndex: number): PartitionResponse {
  const fault = topicNameFault(topic);
  if (fault !== undefined)
    return makePartitionResponse({ partitionIndex, errorCode: ErrorCode.INVALID_TOPIC_EXCEPTION, errorMessage: fault });
  const found = locate(context, topic, NIL_UUID, partitionIndex);
  if (found.kind === "error") {
    return makePartitionResponse({ partitionIndex, errorCode: found.errorCode, errorMessage: errorInfo(found.errorCode).message });
  }
  const activeProducers = madeWhenWritten(found.partition.log.activeProducers(), (producer) =>
    makeProducerState({
      producerId: producer.producerId,
      producerEpoch: producer.producerEpoch,
      lastSequence: producer.lastSequence,
      lastTimestamp: producer.lastTimestampMs,
      coordinatorEpoch: producer.coordinatorEpoch,
      currentTxnStartOffset: producer.currentTransactionStartOffset,
    }),
  );
  return makePartitionResponse({ partitionIndex, errorCode: ErrorCode.NONE, activeProducers });
}
