import { OttlaError } from "@ottla/base";

/**
 * A response's text, as long as it is no longer than so many bytes. What is longer is not read to its end.
 * @throws OttlaError with the code given
 */
export async function boundedText(
  response: Response,
  bytesMax: number,
  tooLarge: { readonly code: string; readonly message: string },
): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw new OttlaError(tooLarge.code, tooLarge.message);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
