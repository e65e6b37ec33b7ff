import { isUtf8 } from "node:buffer";
import { DataError } from "../data/data-error.ts";

/** @throws ConnectError CONNECT_DATA */
export function textOfBytes(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = buffer.toString();
  if (text.includes("\ufffd") && !isUtf8(buffer)) throw new DataError(`${bytes.length} bytes are no UTF-8, so no text`);
  return text;
}
