import { OttlaError } from "@ottla/base";

/** Longer answers of a service are not read. */
const ANSWER_BYTES_MAX = 32 * 1024 * 1024;

/** The text of an answer. Errors: `ANSWER_TOO_LARGE`. */
export async function boundedText(response: Response, bytesMax = ANSWER_BYTES_MAX): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    bytes += piece.byteLength;
    if (bytes > bytesMax) throw new OttlaError("ANSWER_TOO_LARGE", `An answer of the service has more than ${bytesMax} bytes.`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}
