import { type ByteReader, type ByteWriter, MalformedBytesError } from "@ottla/base";

// Every element counts against the reader's `elementsLeft`, so that a request has a bound on what it becomes in memory. `elementBytesMin` is the least an element takes on the wire: a length the remaining bytes cannot hold is refused before anything is allocated.

export function readArrayLength(reader: ByteReader, elementBytesMin: number): number {
  return checkLength(reader, reader.int32(), elementBytesMin);
}

export function readCompactArrayLength(reader: ByteReader, elementBytesMin: number): number {
  return checkLength(reader, reader.uvarint() - 1, elementBytesMin);
}

/** −1 for null. */
export function readNullableArrayLength(reader: ByteReader, elementBytesMin: number): number {
  const length = reader.int32();
  return length < 0 ? -1 : checkLength(reader, length, elementBytesMin);
}

/** −1 for null. */
export function readNullableCompactArrayLength(reader: ByteReader, elementBytesMin: number): number {
  const length = reader.uvarint() - 1;
  return length < 0 ? -1 : checkLength(reader, length, elementBytesMin);
}

function checkLength(reader: ByteReader, length: number, elementBytesMin: number): number {
  if (length >= 0 && length * elementBytesMin <= reader.remaining) {
    reader.countElements(length);
    return length;
  }
  if (length < 0) throw new MalformedBytesError(`An array before byte ${reader.position} is null where it must not be.`);
  throw new MalformedBytesError(
    `An array of ${length} elements before byte ${reader.position} does not fit the ${reader.remaining} bytes that are left.`,
  );
}

export function writeArrayLength(writer: ByteWriter, array: readonly unknown[]): void {
  writer.int32(array.length);
}

export function writeCompactArrayLength(writer: ByteWriter, array: readonly unknown[]): void {
  writer.uvarint(array.length + 1);
}

export function writeNullableArrayLength(writer: ByteWriter, array: readonly unknown[] | null): void {
  writer.int32(array === null ? -1 : array.length);
}

export function writeNullableCompactArrayLength(writer: ByteWriter, array: readonly unknown[] | null): void {
  writer.uvarint(array === null ? 0 : array.length + 1);
}
