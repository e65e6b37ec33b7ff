import type { Readable } from "node:stream";
import { OttlaError } from "@ottla/base";

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
/** Longer than any record that a broker takes by default. */
const LINE_BYTES_MAX = 128 * 1024 * 1024;

/**
 * Lines of a stream as bytes, without their end (LF or CRLF); a last line needs none. Takes the next piece only when the lines before are used up.
 * Errors: `LINE_TOO_LONG`.
 */
export async function* readLines(stream: Readable): AsyncGenerator<Buffer, void, undefined> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer | string>) {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    let start = 0;
    for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, start)) {
      const tail = bytes.subarray(start, end);
      yield withoutReturn(restBytes > 0 ? Buffer.concat([...rest, tail]) : tail);
      rest = [];
      restBytes = 0;
      start = end + 1;
    }
    if (start === bytes.length) continue;
    rest.push(bytes.subarray(start));
    restBytes += bytes.length - start;
    if (restBytes > LINE_BYTES_MAX)
      throw new OttlaError("LINE_TOO_LONG", `A line is longer than ${LINE_BYTES_MAX} bytes; records must be split at line ends.`);
  }
  if (restBytes > 0) yield withoutReturn(Buffer.concat(rest));
}

function withoutReturn(line: Buffer): Buffer {
  return line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line;
}
