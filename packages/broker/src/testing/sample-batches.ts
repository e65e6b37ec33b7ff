import { type CodecName, RecordBatchBuilder } from "@ottla/protocol/records";
import { makePartitionProduceData, makeProduceRequest, makeTopicProduceData, type ProduceRequest } from "@ottla/protocol/apis/produce";

/** Records as tests write them. */
export interface SampleRecord {
  readonly key?: string | null;
  readonly value?: string | null;
  readonly timestampMs?: number;
}

/** A batch as a producer sends it. */
export function sampleBatch(
  records: readonly (SampleRecord | string)[],
  options: {
    readonly codec?: CodecName;
    readonly producer?: { readonly id: number; readonly epoch: number; readonly sequence: number };
    readonly isTransactional?: boolean;
  } = {},
): Buffer {
  const builder = new RecordBatchBuilder({ isTransactional: options.isTransactional ?? false });
  for (const record of records) {
    const { key = null, value = null, timestampMs = Date.now() } = typeof record === "string" ? { value: record } : record;
    builder.append(key === null ? null : Buffer.from(key), value === null ? null : Buffer.from(value), [], timestampMs);
  }
  if (options.producer) builder.setProducerState(options.producer.id, options.producer.epoch, options.producer.sequence);
  return builder.close(options.codec ?? "none");
}

/** A request for one partition. */
export function produceRequest(
  topic: string,
  index: number,
  records: Buffer | null,
  more: Partial<ProduceRequest> & { readonly topicId?: string } = {},
): ProduceRequest {
  const partitionData = [makePartitionProduceData({ index, records })];
  const { topicId, ...rest } = more;
  return makeProduceRequest({
    acks: -1,
    timeoutMs: 5000,
    topicData: [makeTopicProduceData({ name: topic, partitionData, ...(topicId !== undefined && { topicId }) })],
    ...rest,
  });
}
