import { type ByteReader, type ByteWriter, InvariantError, MalformedBytesError } from "@ottla/base";

/** The longest string of the protocol, in bytes of UTF-8; flexible versions have the same limit. */
export const STRING_BYTES_MAX = 32767;
/** Bytes that are no UTF-8 are read as U+FFFD, which has three. */
const GROWTH_MAX = 3;

/** A text for people is kept whole up to so many characters; of a longer one the beginning and the end. */
const TEXT_CHARACTERS_MAX = 2000;
const TEXT_END_CHARACTERS = 500;

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
  const text = reader.utf8(length);
  // What was read must be fit to be written: a name that one client sent is in answers to others.
  if (length * GROWTH_MAX > STRING_BYTES_MAX && Buffer.byteLength(text) > STRING_BYTES_MAX)
    throw new MalformedBytesError(`A string of ${length} bytes before byte ${reader.position} is no UTF-8.`);
  return text;
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

/** A text that an answer carries for people, cut in the middle where a name in it is longer than anybody reads, or than a string may be. */
export function shortened(text: string): string;
export function shortened(text: string | null): string | null;
export function shortened(text: string | null): string | null {
  if (text === null || text.length <= TEXT_CHARACTERS_MAX) return text;
  const start = text.slice(0, TEXT_CHARACTERS_MAX - TEXT_END_CHARACTERS - 1);
  return `${start}…${text.slice(-TEXT_END_CHARACTERS)}`.toWellFormed();
}

function byteLength(value: string): number {
  const length = Buffer.byteLength(value);
  if (length > STRING_BYTES_MAX)
    throw new InvariantError(`A string field was given ${length} bytes of text; the protocol holds ${STRING_BYTES_MAX}.`);
  return length;
}
