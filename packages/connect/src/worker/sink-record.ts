import type { ConsumerRecord } from "@ottla/client";
import type { ConnectPlace } from "../connect-error.ts";
import type { SinkRecord } from "../data/connect-record.ts";
import type { Pipeline } from "./pipeline.ts";

/**
 * What a record of a topic is to a sink, before its transforms. A promise only where a converter has to ask somebody.
 * @throws ConnectError with the stage and the bytes
 */
export function decodedRecord(pipeline: Pipeline, wire: ConsumerRecord, place: ConnectPlace): SinkRecord | Promise<SinkRecord> {
  const { topic } = wire;
  const read = pipeline.fromWire(topic, wire, place);
  return read instanceof Promise ? read.then((data) => sinkRecord(data, wire)) : sinkRecord(read, wire);
}

function sinkRecord(
  data: Awaited<ReturnType<Pipeline["fromWire"]>>,
  { topic, partition, offset: at, timestamp }: ConsumerRecord,
): SinkRecord {
  const offset = BigInt(at);
  return {
    ...data,
    topic,
    partition,
    offset,
    timestampMs: timestamp,
    timestampType: "createTime",
    originalTopic: topic,
    originalPartition: partition,
    originalOffset: offset,
  };
}
