import { type ByteReader, type ByteWriter, InvariantError, MalformedBytesError } from "@ottla/base";

const STRING_BYTES_MAX = 32767;

export function readString(reader: ByteReader): string {
  return readText(reader, reader.int16());
}

export function readCompactString(reader: ByteReader): string {
  return readText(reader, reader.uvarint() - 1);
}

export function readNullableString(reader: ByteReader): string | null {
  const length = reader.int16();
  return length < 0 ? null : readText(reader, length);
}

export function readNullableCompactString(reader: ByteReader): string | null {
  const length = reader.uvarint() - 1;
  return length < 0 ? null : readText(reader, length);
}

function readText(reader: ByteReader, length: number): string {
  if (length < 0) throw new MalformedBytesError(`A string before byte ${reader.position} is null where it must not be.`);
  if (length > STRING_BYTES_MAX)
    throw new MalformedBytesError(`A string of ${length} bytes at byte ${reader.position} is longer than ${STRING_BYTES_MAX}.`);
  return reader.utf8(length);
}

export function writeString(writer: ByteWriter, value: string): void {
  const length = byteLength(value);
  writer.int16(length);
  writer.utf8(value, length);
}

export function writeCompactString(writer: ByteWriter, value: string): void {
  const length = byteLength(value);
  writer.uvarint(length + 1);
  writer.utf8(value, length);
}

export function writeNullableString(writer: ByteWriter, value: string | null): void {
  if (value === null) writer.int16(-1);
  else writeString(writer, value);
}

export function writeNullableCompactString(writer: ByteWriter, value: string | null): void {
  if (value === null) writer.uvarint(0);
  else writeCompactString(writer, value);
}

function byteLength(value: string): number {
  const length = Buffer.byteLength(value);
  if (length > STRING_BYTES_MAX)
    throw new InvariantError(`A string field was given ${length} bytes of text; the protocol holds ${STRING_BYTES_MAX}.`);
  return length;
}
