import type { ByteReader } from "@ottla/base";
import type { Headers } from "../../record.ts";
import { writeInt64 } from "../../serdes/int64-bytes.ts";
import type { RecordPosition } from "../record-position.ts";

/** A copy of where a record came from, since the original changes. */
export function heldPosition({ topic, partition, offset, timestamp, headers, source }: RecordPosition): RecordPosition {
  return { topic, partition, offset, timestamp, headers, source };
}

/** `int64 timestamp, int64 offset, int32 length and topic, int32 partition, int32 count of headers, each int32 length and key, int32 length (−1: null) and value`, as Java's. */
export function positionBytes({ topic, partition, offset, timestamp, headers }: RecordPosition): Uint8Array {
  const times = Buffer.allocUnsafe(16);
  writeInt64(times, 0, timestamp);
  writeInt64(times, 8, offset);
  const parts: Uint8Array[] = [times, ...sized(Buffer.from(topic)), int32(partition), int32(headers.length)];
  for (const { key, value } of headers) parts.push(...sized(Buffer.from(key)), ...sized(value));
  return Buffer.concat(parts);
}

export function readPosition(reader: ByteReader): RecordPosition {
  const timestamp = reader.int64();
  const offset = reader.int64();
  const topic = reader.utf8(reader.int32());
  const partition = reader.int32();
  const count = reader.int32();
  reader.countElements(count);
  const headers: Headers = Array.from({ length: count }, () => ({ key: reader.utf8(reader.int32()), value: readSized(reader) }));
  return { topic, partition, offset, timestamp, headers };
}

/** What Java counts for a record's context in a buffer's size. */
export function positionSizeBytes({ topic, headers }: RecordPosition): number {
  let size = 20 + topic.length;
  for (const { key, value } of headers) size += key.length + (value?.length ?? 0);
  return size;
}

/** An int32 length and the bytes; −1 and nothing for null. */
export function sized(bytes: Uint8Array | null): Uint8Array[] {
  return bytes === null ? [int32(-1)] : [int32(bytes.length), bytes];
}

export function readSized(reader: ByteReader): Buffer | null {
  const length = reader.int32();
  return length === -1 ? null : reader.view(length);
}

export function int32(value: number): Buffer {
  const into = Buffer.allocUnsafe(4);
  into.writeInt32BE(value);
  return into;
}
