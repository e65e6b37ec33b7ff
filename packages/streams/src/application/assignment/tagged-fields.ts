import { type ByteReader, ByteWriter, MalformedBytesError } from "@ottla/base";

/** What comes behind the known part: `uvarint tag · uvarint length · bytes` until the end. Whoever does not know a tag passes it over, so that members of two versions understand each other. */
export function writeField(writer: ByteWriter, tag: number, write: (field: ByteWriter) => void): void {
  const field = new ByteWriter();
  write(field);
  const bytes = field.toBuffer();
  writer.uvarint(tag);
  writer.uvarint(bytes.length);
  writer.bytes(bytes);
}

/** The fields by their tags; throws `MalformedBytesError`. */
export function readFields(reader: ByteReader): ReadonlyMap<number, Buffer> {
  const fields = new Map<number, Buffer>();
  while (reader.remaining > 0) {
    const tag = reader.uvarint();
    const length = reader.uvarint();
    if (length > reader.remaining)
      throw new MalformedBytesError(`Field ${tag} of a streams assignment claims ${length} bytes of ${reader.remaining}.`);
    fields.set(tag, reader.view(length));
  }
  return fields;
}
