import type { Readable } from "node:stream";
import { OttlaError } from "@ottla/base";

const LINE_FEED = 10;
/** Longer than any record that a broker takes by default. */
const LINE_BYTES_MAX = 128 * 1024 * 1024;

/**
 * Lines of a stream as bytes, without the line feed that ends them; a last line needs none. Every other byte stays, a carriage return too. Takes the next piece only when the lines before are used up.
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
      yield restBytes > 0 ? Buffer.concat([...rest, tail]) : tail;
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
  if (restBytes > 0) yield Buffer.concat(rest);
}
