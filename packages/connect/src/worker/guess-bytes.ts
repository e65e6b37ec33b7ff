/** So many of a record's first bytes are shown. */
const SHOWN_BYTES = 24;

/** What a converter's refusal may come from, by the bytes that it was given: the beginning, and a guess with its remedy. */
export function describeBytes(bytes: Uint8Array | null, setting: string): string {
  if (bytes === null) return "it is null";
  if (bytes.length === 0) return "it is empty";
  const first = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, SHOWN_BYTES));
  const hex = first.toString("hex").replace(/(..)(?=.)/g, "$1 ");
  const more = bytes.length > SHOWN_BYTES ? " …" : "";
  const text = first.every((byte) => byte >= 0x20 && byte < 0x7f) ? ` (${JSON.stringify(first.toString("latin1"))}${more})` : "";
  const guess = guessOf(bytes, setting);
  return `it has ${bytes.length} bytes, first ${hex}${more}${text}${guess === undefined ? "" : `; ${guess}`}`;
}

function guessOf(bytes: Uint8Array, setting: string): string | undefined {
  const first = bytes[0] ?? 0;
  if (first === 0 && bytes.length >= 5) {
    const id = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).readInt32BE(1);
    if (id > 0 && id < 10_000_000)
      return `it looks like a value of a Schema Registry, schema ${id}: ${setting} is to be the Avro, Protobuf or JSON Schema converter`;
  }
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 200)).toString("utf8").trimStart();
  if (start.startsWith("{") && /^\{\s*"(?:schema|payload)"\s*:/.test(start))
    return `it looks like JSON with its schema: ${setting} is to be JsonConverter with ${setting}.schemas.enable=true`;
  if (start.startsWith("{") || start.startsWith("["))
    return `it looks like plain JSON: ${setting} is to be JsonConverter with ${setting}.schemas.enable=false`;
  if (Buffer.from(start).every((byte) => byte >= 0x20 || byte === 9 || byte === 10 || byte === 13))
    return `it looks like plain text: ${setting} may be StringConverter`;
  return undefined;
}
