import { type ByteReader, type ByteWriter, MalformedBytesError, type MessagePart } from "@ottla/base";

/**
 * Record batches as they stand on the wire. Reading gives one view of the frame or null; a writer also takes a list of buffers,
 * which go out one after the other without being copied; what of them is still unread goes into frames made by `finishFrameParts` alone.
 */
export type Records = Buffer | readonly MessagePart[] | null;

export const noBytes: Buffer = Buffer.alloc(0);

export function readBytes(reader: ByteReader): Buffer {
  return readView(reader, reader.int32());
}

export function readCompactBytes(reader: ByteReader): Buffer {
  return readView(reader, reader.uvarint() - 1);
}

export function readNullableBytes(reader: ByteReader): Buffer | null {
  const length = reader.int32();
  return length < 0 ? null : reader.view(length);
}

export function readNullableCompactBytes(reader: ByteReader): Buffer | null {
  const length = reader.uvarint() - 1;
  return length < 0 ? null : reader.view(length);
}

function readView(reader: ByteReader, length: number): Buffer {
  if (length < 0) throw new MalformedBytesError(`A byte field before byte ${reader.position} is null where it must not be.`);
  return reader.view(length);
}

export function writeBytes(writer: ByteWriter, value: Buffer): void {
  writer.int32(value.length);
  writer.bytes(value);
}

export function writeCompactBytes(writer: ByteWriter, value: Buffer): void {
  writer.uvarint(value.length + 1);
  writer.bytes(value);
}

export function writeNullableBytes(writer: ByteWriter, value: Buffer | null): void {
  if (value === null) writer.int32(-1);
  else writeBytes(writer, value);
}

export function writeRecords(writer: ByteWriter, value: Records): void {
  writer.int32(recordsLength(value));
  writeParts(writer, value);
}

export function writeCompactRecords(writer: ByteWriter, value: Records): void {
  writer.uvarint(recordsLength(value) + 1);
  writeParts(writer, value);
}

function recordsLength(value: Records): number {
  if (value === null) return -1;
  if (Buffer.isBuffer(value)) return value.length;
  let length = 0;
  for (const part of value) length += part.byteLength;
  return length;
}

function writeParts(writer: ByteWriter, value: Records): void {
  if (value === null) return;
  if (Buffer.isBuffer(value)) writer.bytes(value);
  else {
    for (const part of value) {
      if (Buffer.isBuffer(part)) writer.bytes(part);
      else writer.unread(part);
    }
  }
}
