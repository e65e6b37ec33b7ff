import type { SentRecord } from "@ottla/conformance/history/history";
import { makePartitionProduceData, makeProduceRequest, makeTopicProduceData, type ProduceRequest } from "@ottla/protocol/apis/produce";
import { RecordBatchBuilder } from "@ottla/protocol/records";
import type { SimulatedTopic } from "../world/simulated-topic.ts";

/** Where a batch of an idempotent producer stands. */
export interface ProducerPlace {
  readonly id: number;
  readonly epoch: number;
  readonly sequence: number;
}

/** The history's name of a record is its value up to here; the rest only fills. */
const FILLER = "~";

export function valueName(value: string): string {
  const end = value.indexOf(FILLER);
  return end < 0 ? value : value.slice(0, end);
}

/** A batch of records whose values are names, each with so many bytes more. */
export function batchOf(
  records: readonly Pick<SentRecord, "value" | "key">[],
  more: { readonly fillBytes: number; readonly nowMs: number; readonly producer?: ProducerPlace; readonly isTransactional?: boolean },
): Buffer {
  const builder = new RecordBatchBuilder({ isTransactional: more.isTransactional ?? false });
  const filler = FILLER + ".".repeat(more.fillBytes);
  for (const { value, key } of records)
    builder.append(key === undefined ? null : Buffer.from(key), Buffer.from(value + filler), [], more.nowMs);
  if (more.producer) builder.setProducerState(more.producer.id, more.producer.epoch, more.producer.sequence);
  return builder.close("none");
}

export function produceRequest(
  topic: SimulatedTopic,
  partition: number,
  records: Buffer,
  more: Partial<Pick<ProduceRequest, "acks" | "transactionalId">> = {},
): ProduceRequest {
  const partitionData = [makePartitionProduceData({ index: partition, records })];
  return makeProduceRequest({
    acks: -1,
    timeoutMs: 1500,
    topicData: [makeTopicProduceData({ name: topic.name, topicId: topic.topicId, partitionData })],
    ...more,
  });
}
