import {
  type CreatableTopic,
  createTopicsApi,
  makeCreatableTopic,
  makeCreatableTopicConfig,
  makeCreateTopicsRequest,
} from "@ottla/protocol/apis/create-topics";
import {
  type FetchRequest,
  type FetchResponse,
  fetchApi,
  makeFetchPartition,
  makeFetchRequest,
  makeFetchTopic,
} from "@ottla/protocol/apis/fetch";
import { type PartitionProduceResponse, type ProduceRequest, produceApi } from "@ottla/protocol/apis/produce";
import { readRecords, RecordCursor, batchViews } from "@ottla/protocol/records";
import { produceRequest } from "./sample-batches.ts";
import type { TestBroker } from "./test-broker.ts";

/** Creates a topic and returns its id. */
export async function createTopic(
  broker: TestBroker,
  name: string,
  configs: Readonly<Record<string, string>> = {},
  more: Partial<CreatableTopic> = {},
): Promise<string> {
  const entries = Object.entries(configs).map(([key, value]) => makeCreatableTopicConfig({ name: key, value }));
  const topic = makeCreatableTopic({ name, numPartitions: 1, replicationFactor: 1, configs: entries, ...more });
  const answer = await broker.send(createTopicsApi, 7, makeCreateTopicsRequest({ topics: [topic], timeoutMs: 5000 }));
  const [created] = answer.topics;
  if (created?.errorCode !== 0) throw new Error(`${name} was not created: ${created?.errorCode} ${created?.errorMessage}`);
  return created.topicId;
}

/** Resolves when a topic that was named, and so comes by itself, is there with its logs. */
export async function untilCreated(broker: TestBroker, name: string): Promise<void> {
  const { metadata, partitions } = broker.running.state;
  const isThere = () => metadata.topic(name)?.partitions.every(({ index }) => partitions.get(name, index)) === true;
  while (!isThere()) await new Promise(setImmediate);
}

/** Produces to partition 0 and returns its answer. */
export async function produce(
  broker: TestBroker,
  topic: string,
  records: Buffer | null,
  more: {
    readonly version?: number;
    readonly nodeId?: number;
    readonly index?: number;
    readonly topicId?: string;
  } & Partial<ProduceRequest> = {},
): Promise<PartitionProduceResponse> {
  const { version = 12, nodeId, index = 0, ...rest } = more;
  const answer = await broker.send(produceApi, version, produceRequest(topic, index, records, rest), nodeId);
  return answer.responses[0]!.partitionResponses[0]!;
}

export interface FetchAsked {
  readonly topic: string;
  readonly topicId?: string;
  readonly index?: number;
  readonly offset: number;
  readonly maxBytes?: number;
  readonly currentLeaderEpoch?: number;
  readonly lastFetchedEpoch?: number;
}

/** Fetches single partitions, one topic entry each. */
export function fetch(
  broker: TestBroker,
  asked: readonly FetchAsked[],
  more: { readonly version?: number; readonly nodeId?: number } & Partial<FetchRequest> = {},
): Promise<FetchResponse> {
  const { version = 12, nodeId, ...rest } = more;
  const topics = asked.map(({ topic, topicId, index = 0, offset, maxBytes = 1 << 20, currentLeaderEpoch = -1, lastFetchedEpoch = -1 }) =>
    makeFetchTopic({
      topic,
      ...(topicId !== undefined && { topicId }),
      partitions: [
        makeFetchPartition({ partition: index, fetchOffset: offset, partitionMaxBytes: maxBytes, currentLeaderEpoch, lastFetchedEpoch }),
      ],
    }),
  );
  return broker.send(
    fetchApi,
    version,
    makeFetchRequest({ maxWaitMs: 0, minBytes: 1, maxBytes: 1 << 24, sessionEpoch: -1, topics, ...rest }),
    nodeId,
  );
}

/** Values of all records in an answer's records field, `null` for tombstones. */
export function valuesOf(records: unknown): (string | null)[] {
  if (!Buffer.isBuffer(records)) return [];
  return [...batchViews(records)].flatMap((batch) => readRecords(batch).map(({ value }) => value?.toString() ?? null));
}

/** Offsets of all records in an answer's records field. */
export function offsetsOf(records: unknown): number[] {
  if (!Buffer.isBuffer(records)) return [];
  const cursor = new RecordCursor();
  const offsets: number[] = [];
  for (const batch of batchViews(records)) {
    cursor.open(batch);
    while (cursor.moveNext()) offsets.push(cursor.offset);
  }
  return offsets;
}

/** The stored bytes from an offset on. */
export async function stored(broker: TestBroker, topic: string, offset = 0): Promise<Buffer> {
  const { records } = (await fetch(broker, [{ topic, offset, maxBytes: 1 << 24 }], { maxBytes: 1 << 26 })).responses[0]!.partitions[0]!;
  return Buffer.isBuffer(records) ? records : Buffer.alloc(0);
}
