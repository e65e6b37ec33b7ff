import { isAscii } from "node:buffer";
import { ConnectError } from "../../../connect-error.ts";
import type { TextOf } from "./column-facts.ts";

/** Charsets whose bytes UTF-8 reads: themselves, or a part of it. */
const UTF8 = new Set(["utf8mb4", "utf8mb3", "utf8", "ascii", "binary"]);
/** Charsets of several bytes by what the Encoding standard calls them. */
const LABELS: Readonly<Record<string, string>> = {
  ucs2: "utf-16be",
  utf16: "utf-16be",
  utf16le: "utf-16le",
  gbk: "gbk",
  gb2312: "gbk",
  gb18030: "gb18030",
  big5: "big5",
  sjis: "shift_jis",
  cp932: "shift_jis",
  ujis: "euc-jp",
  eucjpms: "euc-jp",
  euckr: "euc-kr",
};

/** Whether the server is asked for its table of the charset: it has one byte for each character. */
export const isAsked = (charset: string): boolean => !UTF8.has(charset) && charset !== "utf32" && !Object.hasOwn(LABELS, charset);

const utf8: TextOf = (bytes) => bytes.toString("utf8");

/** How texts of a charset are read. `table` is the 256 characters of one that the server was asked for. @throws ConnectError CONNECT_SOURCE where it is not whole. */
export function textOfCharset(charset: string, table: string | undefined): TextOf {
  if (UTF8.has(charset)) return utf8;
  if (charset === "utf32") return utf32;
  const label = LABELS[charset];
  if (label !== undefined) {
    const decoder = new TextDecoder(label);
    return (bytes) => decoder.decode(bytes);
  }
  const characters = Array.from(table ?? "");
  if (characters.length !== 256 || characters.some((character) => character.length !== 1))
    throw new ConnectError(
      "CONNECT_SOURCE",
      `The server gave ${characters.length} characters of the charset ${charset}, not 256; leave its columns out by column.exclude.list.`,
    );
  return byTable(characters);
}

/** A byte is a character. Made at once: a text that grows by single characters holds the thread for seconds where it has megabytes. */
function byTable(characters: readonly string[]): TextOf {
  const units = Uint16Array.from(characters, (character) => character.charCodeAt(0));
  const isAsciiItself = units.subarray(0, 128).every((unit, byte) => unit === byte);
  return (bytes) => {
    if (isAsciiItself && isAscii(bytes)) return bytes.toString("latin1");
    const text = new Uint16Array(bytes.length);
    for (let i = 0; i < bytes.length; i++) text[i] = units[bytes[i]!]!;
    return Buffer.from(text.buffer).toString("utf16le");
  };
}

function utf32(bytes: Buffer): string {
  let text = "";
  for (let at = 0; at + 4 <= bytes.length; at += 4) text += String.fromCodePoint(Math.min(bytes.readUInt32BE(at), 0x10_ffff));
  return text;
}
