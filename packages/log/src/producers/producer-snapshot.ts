import { ByteReader, ByteWriter, MalformedBytesError } from "@ottla/base";
import { crc32c } from "@ottla/protocol/records";
import { ProducerState, sequenceBefore } from "./producer-state.ts";

const VERSION = 1;
/** int16 version · uint32 CRC-32C of all that follows. */
const HEADER_BYTES = 6;
const ENTRY_BYTES = 46;

/**
 * Kafka's `.snapshot` file:
 * `int16 version · uint32 crc · int32 count · count × (int64 producer id · int16 epoch · int32 last sequence · int64 last offset · int32 offset delta ·
 * int64 timestamp · int32 coordinator epoch · int64 first offset of the open transaction)`. Only the last batch of each producer is kept.
 */
export function encodeProducerSnapshot(producers: Iterable<ProducerState>, count: number): Buffer {
  const writer = new ByteWriter(4 + count * ENTRY_BYTES);
  writer.int32(count);
  for (const producer of producers) {
    const last = producer.batches.at(-1);
    writer.int64(producer.producerId);
    writer.int16(producer.epoch);
    writer.int32(producer.lastSequence);
    writer.int64(last?.lastOffset ?? -1);
    writer.int32(last === undefined ? 0 : last.lastOffset - last.baseOffset);
    writer.int64(producer.lastTimestampMs);
    writer.int32(producer.coordinatorEpoch);
    writer.int64(producer.transactionStartOffset);
  }
  const body = writer.toBuffer();
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  header.writeInt16BE(VERSION, 0);
  header.writeUInt32BE(crc32c(body), 2);
  return Buffer.concat([header, body]);
}

/** Undefined when the content is no whole, sound snapshot. */
export function decodeProducerSnapshot(content: Buffer): ProducerState[] | undefined {
  if (content.length < HEADER_BYTES + 4 || content.readInt16BE(0) !== VERSION) return undefined;
  if (content.readUInt32BE(2) !== crc32c(content, HEADER_BYTES)) return undefined;
  const reader = new ByteReader(content, HEADER_BYTES);
  try {
    const count = reader.int32();
    if (count < 0 || reader.remaining !== count * ENTRY_BYTES) return undefined;
    return Array.from({ length: count }, () => readProducer(reader));
  } catch (error) {
    if (error instanceof MalformedBytesError) return undefined;
    throw error;
  }
}

function readProducer(reader: ByteReader): ProducerState {
  const producer = new ProducerState(reader.int64());
  producer.epoch = reader.int16();
  const lastSequence = reader.int32();
  const lastOffset = reader.int64();
  const offsetDelta = reader.int32();
  producer.lastTimestampMs = reader.int64();
  producer.coordinatorEpoch = reader.int32();
  producer.transactionStartOffset = reader.int64();
  if (lastSequence >= 0) {
    producer.batches.push({
      baseSequence: sequenceBefore(lastSequence, offsetDelta),
      lastSequence,
      baseOffset: lastOffset - offsetDelta,
      lastOffset,
      timestampMs: producer.lastTimestampMs,
    });
  }
  return producer;
}
