import { isUtf8 } from "node:buffer";
import { printable } from "@ottla/base";

const SHOWN_BYTES = 16;
const SHOWN_TEXT = 40;
/** What begins with these bytes is that. */
const BEGINNINGS: readonly (readonly [bytes: readonly number[], what: string])[] = [
  [[0x4f, 0x62, 0x6a, 0x01], "an Avro file, which has its schema in itself"],
  [[0xc3, 0x01], "a single Avro object with its schema's fingerprint"],
  [[0xac, 0xed, 0x00, 0x05], "a serialised Java object"],
  [[0x1f, 0x8b], "packed by gzip"],
  [[0x28, 0xb5, 0x2f, 0xfd], "packed by zstd"],
];

/** The first bytes of what was found, and what they may be, as the end of a sentence: `the bytes are 7b 22 …: JSON without a schema's id`. */
export function describeBytes(bytes: Uint8Array): string {
  if (bytes.length === 0) return "there are no bytes";
  const shown = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, SHOWN_BYTES));
  const hex = shown.toString("hex").replaceAll(/..(?=.)/g, "$& ");
  return `the ${bytes.length} bytes are ${hex}${bytes.length > SHOWN_BYTES ? " …" : ""}: ${guess(bytes)}`;
}

function guess(bytes: Uint8Array): string {
  const known = BEGINNINGS.find(([beginning]) => beginning.every((byte, index) => bytes[index] === byte));
  if (known !== undefined) return known[1];
  if (bytes[0] === 0 && bytes.length < 5) return "the beginning of a registry's payload, cut off";
  if (bytes[0] === 0) return `a registry's payload of the schema ${Buffer.from(bytes.buffer, bytes.byteOffset + 1, 4).readInt32BE()}`;
  if (bytes[0] === 1 && bytes.length >= 17) return "perhaps a GUID before the data";
  if (isUtf8(bytes)) {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8", 0, SHOWN_TEXT * 4);
    const first = text.trimStart()[0] ?? "";
    if (first === "{" || first === "[") return "JSON without a schema's id";
    // Control characters are in no text.
    if (!/[\0-\x08\x0e-\x1f]/.test(text)) return `the text "${printable(text.slice(0, SHOWN_TEXT))}${text.length > SHOWN_TEXT ? "…" : ""}"`;
  }
  if (bytes.length === 8 || bytes.length === 4) return `perhaps a number of ${bytes.length} bytes`;
  return "data without a schema's id";
}
