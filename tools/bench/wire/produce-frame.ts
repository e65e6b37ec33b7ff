import { encodeRequest } from "@ottla/protocol";
import { makePartitionProduceData, makeProduceRequest, makeTopicProduceData, produceApi } from "@ottla/protocol/apis/produce";
import { RecordBatchBuilder } from "@ottla/protocol/records";

/** Old enough for a fixed layout, new enough for record batches; every broker here serves it. */
export const PRODUCE_VERSION = 8;

/** One Produce request, encoded once and sent many times. */
export interface ProduceFrame {
  readonly frame: Buffer;
  /** Where the batch begins; it ends with the frame. */
  readonly batchStart: number;
  readonly batchBytes: number;
  readonly recordsPerBatch: number;
}

/** Builds the frame that appends one batch of about `batchBytes` to one partition. acks=1. */
export function makeProduceFrame(topic: string, partition: number, batchBytes: number, recordBytes: number): ProduceFrame {
  const builder = new RecordBatchBuilder({ limitBytes: batchBytes });
  const value = Buffer.alloc(recordBytes);
  for (let index = 0; index < recordBytes; index += 1) value[index] = (index * 31) % 251;
  const now = Date.now();
  while (builder.append(null, value, [], now));
  const recordsPerBatch = builder.recordCount;
  const batch = builder.close("none");
  const topicData = [
    makeTopicProduceData({ name: topic, partitionData: [makePartitionProduceData({ index: partition, records: batch })] }),
  ];
  const frame = Buffer.concat(
    encodeRequest(produceApi, PRODUCE_VERSION, 1, "bench", makeProduceRequest({ acks: 1, timeoutMs: 30_000, topicData })),
  );
  return { frame, batchStart: frame.length - batch.length, batchBytes: batch.length, recordsPerBatch };
}
