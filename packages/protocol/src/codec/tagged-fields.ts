import { type ByteReader, type ByteWriter, MalformedBytesError } from "@ottla/base";

/** A tagged field this program does not know: kept as it came, written back at its place. */
export interface RawTaggedField {
  readonly tag: number;
  readonly data: Buffer;
}

/** Reads the tagged fields of a struct that knows none. */
export function readUnknownTaggedFields(reader: ByteReader): readonly RawTaggedField[] | undefined {
  let fields: RawTaggedField[] | undefined;
  for (let left = reader.uvarint(); left > 0; left--) {
    const tag = reader.uvarint();
    fields = keepTaggedField(fields, reader, tag, readTaggedFieldEnd(reader));
  }
  return fields;
}

/** Reads a tagged field's size; returns where the field ends. That this is inside the bytes shows when its content is read. Counts as an element. */
export function readTaggedFieldEnd(reader: ByteReader): number {
  reader.countElements(1);
  const size = reader.uvarint();
  return reader.position + size;
}

export function keepTaggedField(fields: RawTaggedField[] | undefined, reader: ByteReader, tag: number, end: number): RawTaggedField[] {
  const field = { tag, data: reader.view(end - reader.position) };
  if (fields === undefined) return [field];
  fields.push(field);
  return fields;
}

export function checkTaggedFieldEnd(reader: ByteReader, tag: number, end: number): void {
  if (reader.position !== end)
    throw new MalformedBytesError(`Tagged field ${tag} ends at byte ${reader.position}, but its size says ${end}.`);
}

/** Adds the field that `content` holds to those to be written. */
export function addTaggedField(fields: RawTaggedField[] | undefined, tag: number, content: ByteWriter): RawTaggedField[] {
  const field = { tag, data: content.toBuffer() };
  if (fields === undefined) return [field];
  fields.push(field);
  return fields;
}

/** Writes the known fields that are set and the unknown ones, by ascending tag as the protocol wants it. */
export function writeTaggedFields(
  writer: ByteWriter,
  known: readonly RawTaggedField[] | undefined,
  unknown: readonly RawTaggedField[] | undefined,
): void {
  if (known === undefined && unknown === undefined) {
    writer.uvarint(0);
    return;
  }
  const fields = [...(known ?? []), ...(unknown ?? [])].sort((a, b) => a.tag - b.tag);
  writer.uvarint(fields.length);
  for (const { tag, data } of fields) {
    writer.uvarint(tag);
    writer.uvarint(data.length);
    writer.bytes(data);
  }
}
