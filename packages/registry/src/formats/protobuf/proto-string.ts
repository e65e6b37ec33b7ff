import { escapeByte } from "./scan-proto.ts";

const ENCODER = new TextEncoder();
const NAMED: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, '"': 34, "\\": 92 };

/** The bytes that an escaped string stands for. */
export function unescapeBytes(escaped: string): Uint8Array {
  const bytes: number[] = [];
  for (let position = 0; position < escaped.length; ) {
    if (escaped[position] !== "\\") {
      const next = escaped.indexOf("\\", position);
      const end = next < 0 ? escaped.length : next;
      for (const byte of ENCODER.encode(escaped.slice(position, end))) bytes.push(byte);
      position = end;
      continue;
    }
    const named = NAMED[escaped.charAt(position + 1)];
    bytes.push(named ?? Number.parseInt(escaped.slice(position + 1, position + 4), 8));
    position += named === undefined ? 4 : 2;
  }
  return Uint8Array.from(bytes);
}

export function unescapeText(escaped: string): string {
  return escaped.includes("\\") ? new TextDecoder().decode(unescapeBytes(escaped)) : escaped;
}

/** Text as it stands in a string. */
export function escapeText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is escaped
  return text.replace(/["\\\u0000-\u001f\u007f]/g, (character) => escapeByte(character.charCodeAt(0)));
}

/** Bytes as they stand in a string. */
export function escapeBytes(bytes: Uint8Array): string {
  let escaped = "";
  for (const byte of bytes) escaped += escapeByte(byte);
  return escaped;
}
