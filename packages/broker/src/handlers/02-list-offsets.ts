// ListOffsets v1-11. v2 isolation level, v4 leader epochs (KIP-320), v7 max timestamp (KIP-734), v8 local log start (KIP-405), v9 last tiered
// (KIP-1005), v10 timeout, v11 earliest pending upload (KIP-1023). −4 is where the local part begins; −5 and −6 find nothing: nothing is copied to remote storage here.
import { TimeSlice } from "@ottla/base";
import type { PartitionLog } from "@ottla/log";
import { ErrorCode, KafkaError, NIL_UUID } from "@ottla/protocol";
import {
  type ListOffsetsPartition,
  type ListOffsetsPartitionResponse,
  type ListOffsetsRequest,
  type ListOffsetsResponse,
  type ListOffsetsTopicResponse,
  listOffsetsApi,
  makeListOffsetsPartitionResponse,
  makeListOffsetsResponse,
  makeListOffsetsTopicResponse,
} from "@ottla/protocol/apis/list-offsets";
import { eachItem, need } from "../authorisation.ts";
import { type Handler, MANY_TOPICS_REQUEST_BYTES, MANY_TOPICS_REQUEST_ELEMENTS, type RequestContext } from "../handler.ts";
import { locate } from "../partitions/locate.ts";
import type { Partition } from "../partitions/partition.ts";

const LATEST = -1;
const EARLIEST = -2;
const MAX_TIMESTAMP = -3;
const EARLIEST_LOCAL = -4;
const LATEST_TIERED = -5;
const EARLIEST_PENDING_UPLOAD = -6;
/** The first version that may ask for each special time. */
const SPECIAL_FROM_VERSION: ReadonlyMap<number, number> = new Map([
  [LATEST, 1],
  [EARLIEST, 1],
  [MAX_TIMESTAMP, 7],
  [EARLIEST_LOCAL, 8],
  [LATEST_TIERED, 9],
  [EARLIEST_PENDING_UPLOAD, 11],
]);
const READ_COMMITTED = 1;
const LEADER_EPOCH_FROM_VERSION = 4;

export const listOffsetsHandler: Handler<ListOffsetsRequest, ListOffsetsResponse> = {
  api: listOffsetsApi,
  minVersion: 1,
  maxVersion: 11,
  authorisation: eachItem({
    need: need("DESCRIBE", "TOPIC", "each topic"),
    items: ({ topics }) => topics,
    nameOf: ({ name }) => name,
    narrow: (request, topics) => ({ ...request, topics }),
    refuse: ({ name, partitions }, errorCode) =>
      makeListOffsetsTopicResponse({ name, partitions: partitions.map((partition) => failed(partition, errorCode)) }),
    join: (response, refused) => ({ ...response, topics: [...response.topics, ...refused] }),
  }),
  maxRequestBytes: MANY_TOPICS_REQUEST_BYTES,
  maxRequestElements: MANY_TOPICS_REQUEST_ELEMENTS,

  /** One partition after the other: a look-up by time may have to read a large batch. What is named twice is refused once. */
  async handle(context, request) {
    const twice = duplicates(request);
    const refused = new Set<string>();
    const slice = new TimeSlice(context.broker.clock);
    const topics: ListOffsetsTopicResponse[] = [];
    for (const { name, partitions } of request.topics) {
      const found: ListOffsetsPartitionResponse[] = [];
      for (const asked of partitions) {
        const key = `${name}:${asked.partitionIndex}`;
        if (!twice.has(key)) found.push(await find(context, request, name, asked));
        else if (!refused.has(key)) found.push(failed(asked, ErrorCode.INVALID_REQUEST));
        refused.add(key);
        if (slice.isOver) await slice.rest();
        // Nobody waits for the rest.
        if (context.session.closed.isClosed) return makeListOffsetsResponse({ topics });
      }
      topics.push(makeListOffsetsTopicResponse({ name, partitions: found }));
    }
    return makeListOffsetsResponse({ topics });
  },
};

function duplicates(request: ListOffsetsRequest): Set<string> {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const { name, partitions } of request.topics) {
    for (const { partitionIndex } of partitions) {
      const key = `${name}:${partitionIndex}`;
      if (seen.has(key)) twice.add(key);
      seen.add(key);
    }
  }
  return twice;
}

async function find(
  context: RequestContext,
  request: ListOffsetsRequest,
  topic: string,
  asked: ListOffsetsPartition,
): Promise<ListOffsetsPartitionResponse> {
  const { timestamp } = asked;
  if (timestamp < 0 && context.version < (SPECIAL_FROM_VERSION.get(timestamp) ?? Infinity))
    return failed(asked, ErrorCode.UNSUPPORTED_VERSION);
  const located = locate(context, topic, NIL_UUID, asked.partitionIndex, asked.currentLeaderEpoch);
  if (located.kind === "error") return failed(asked, located.errorCode);
  const { partition, metadata } = located;
  const end = request.isolationLevel === READ_COMMITTED ? partition.log.lastStableOffset : partition.log.highWatermark;
  try {
    const hit = await lookUp(partition, timestamp, end, metadata.leaderEpoch);
    const leaderEpoch = context.version >= LEADER_EPOCH_FROM_VERSION ? hit.leaderEpoch : -1;
    return makeListOffsetsPartitionResponse({
      partitionIndex: asked.partitionIndex,
      offset: hit.offset,
      timestamp: hit.timestamp,
      leaderEpoch,
    });
  } catch (error) {
    context.broker.logger.error("a timestamp look-up failed", { topic, partition: asked.partitionIndex, error: String(error) });
    return failed(asked, error instanceof KafkaError ? error.errorCode : ErrorCode.KAFKA_STORAGE_ERROR);
  }
}

interface Hit {
  readonly offset: number;
  readonly timestamp: number;
  readonly leaderEpoch: number;
}

const NOTHING: Hit = { offset: -1, timestamp: -1, leaderEpoch: -1 };

async function lookUp({ log }: Partition, timestamp: number, end: number, leaderEpoch: number): Promise<Hit> {
  switch (timestamp) {
    case LATEST:
      return { offset: end, timestamp: -1, leaderEpoch };
    case EARLIEST:
      return { offset: log.logStartOffset, timestamp: -1, leaderEpoch: epochAtStart(log, log.logStartOffset, leaderEpoch) };
    case EARLIEST_LOCAL:
      return { offset: log.localLogStartOffset, timestamp: -1, leaderEpoch: epochAtStart(log, log.localLogStartOffset, leaderEpoch) };
    case LATEST_TIERED:
    case EARLIEST_PENDING_UPLOAD:
      return NOTHING;
    default: {
      const record = await (timestamp === MAX_TIMESTAMP ? log.offsetOfMaxTimestamp() : log.offsetForTimestamp(timestamp));
      if (record !== undefined && "kind" in record) throw new KafkaError(record.errorCode, record.message);
      return record !== undefined && record.offset < end
        ? { offset: record.offset, timestamp: record.timestampMs, leaderEpoch: record.leaderEpoch }
        : NOTHING;
    }
  }
}

/** The leader's epoch begins at the log's end: where there are no records, that is the start too. */
function epochAtStart(log: PartitionLog, startOffset: number, leaderEpoch: number): number {
  return startOffset === log.logEndOffset ? leaderEpoch : log.epochAt(startOffset);
}

function failed({ partitionIndex }: ListOffsetsPartition, errorCode: number): ListOffsetsPartitionResponse {
  return makeListOffsetsPartitionResponse({ partitionIndex, errorCode });
}
