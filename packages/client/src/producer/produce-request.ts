import { NIL_UUID } from "@ottla/protocol";
import {
  makePartitionProduceData,
  makeProduceRequest,
  makeTopicProduceData,
  type PartitionProduceData,
  type PartitionProduceResponse,
  type ProduceRequest,
  type ProduceResponse,
} from "@ottla/protocol/apis/produce";
import type { ProducerBatch } from "./producer-batch.ts";

/** From this version on topics go by id. */
export const TOPIC_ID_VERSION = 13;
/** The first version for record batches as they are today (magic 2). */
export const VERSION_MIN = 3;

export interface ProduceRequestParts {
  readonly transactionalId: string | null;
  readonly acks: number;
  readonly timeoutMs: number;
  /** Nil where not known; then the version must be below {@link TOPIC_ID_VERSION}. */
  readonly topicIdOf: (topic: string) => string;
  readonly recordsOf: (batch: ProducerBatch) => Buffer;
}

/** One batch per partition, partitions grouped by topic. */
export function buildProduceRequest(batches: readonly ProducerBatch[], parts: ProduceRequestParts): ProduceRequest {
  const byTopic = new Map<string, PartitionProduceData[]>();
  for (const batch of batches) {
    const data = makePartitionProduceData({ index: batch.partition, records: parts.recordsOf(batch) });
    const list = byTopic.get(batch.topic);
    if (list) list.push(data);
    else byTopic.set(batch.topic, [data]);
  }
  const topicData = [...byTopic].map(([name, partitionData]) =>
    makeTopicProduceData({ name, topicId: parts.topicIdOf(name), partitionData }),
  );
  return makeProduceRequest({ transactionalId: parts.transactionalId, acks: parts.acks, timeoutMs: parts.timeoutMs, topicData });
}

/** Each batch with its part of the answer; undefined where the broker left it out. */
export function matchAnswers(
  batches: readonly ProducerBatch[],
  response: ProduceResponse,
  topicIdOf: (topic: string) => string,
): (PartitionProduceResponse | undefined)[] {
  const only = response.responses[0];
  if (batches.length === 1 && response.responses.length === 1 && only!.partitionResponses.length === 1) {
    const answer = only!.partitionResponses[0]!;
    return [answer.index === batches[0]!.partition ? answer : undefined];
  }
  const answers = new Map<string, PartitionProduceResponse>();
  for (const topic of response.responses) {
    const key = topic.topicId === NIL_UUID ? topic.name : topic.topicId;
    for (const answer of topic.partitionResponses) answers.set(`${key} ${answer.index}`, answer);
  }
  return batches.map(
    (batch) => answers.get(`${batch.topic} ${batch.partition}`) ?? answers.get(`${topicIdOf(batch.topic)} ${batch.partition}`),
  );
}
