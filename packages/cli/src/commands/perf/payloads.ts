import { readFileSync } from "node:fs";
import { UsageError } from "../../command.ts";
import { unescapeBytes } from "../../escapes.ts";

/** As much as no broker takes by default. */
export const RECORD_BYTES_MAX = 128 * 1024 * 1024;

/** Different random payloads are made once and sent in turn: making them is not what is measured. */
const RANDOM_PAYLOADS = 64;
const POOL_BYTES_MAX = 16 * 1024 * 1024;
const FIRST_LETTER = 65;
const LETTERS = 26;

/** Values of `recordBytes` random capital letters, as Kafka's producer-perf-test sends them; the same for the same size. */
export function randomPayloads(recordBytes: number): Buffer[] {
  const count = Math.max(1, Math.min(RANDOM_PAYLOADS, Math.floor(POOL_BYTES_MAX / Math.max(1, recordBytes))));
  let state = 1;
  return Array.from({ length: count }, () => {
    const payload = Buffer.allocUnsafe(recordBytes);
    for (let i = 0; i < recordBytes; i++) {
      // A plain linear congruential generator; its high bits are random enough to look at.
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      payload[i] = FIRST_LETTER + Math.floor((state / 2 ** 32) * LETTERS);
    }
    return payload;
  });
}

/** The values in a file, cut at the delimiter. Throws {@link UsageError} when there is none. */
export function readPayloads(file: string, delimiter: string): Buffer[] {
  let text: Buffer;
  try {
    text = readFileSync(file);
  } catch (error) {
    throw new UsageError(`The payload file ${file} cannot be read (${(error as NodeJS.ErrnoException).code}); check --payload-file.`);
  }
  const separator = unescapeBytes(delimiter);
  if (separator.length === 0) throw new UsageError("--payload-delimiter is empty; give the text between two payloads.");
  const payloads: Buffer[] = [];
  let start = 0;
  for (let end = text.indexOf(separator); end >= 0; end = text.indexOf(separator, start)) {
    payloads.push(text.subarray(start, end));
    start = end + separator.length;
  }
  if (start < text.length) payloads.push(text.subarray(start));
  if (payloads.length === 0) throw new UsageError(`The payload file ${file} is empty; give it at least one payload.`);
  return payloads;
}
