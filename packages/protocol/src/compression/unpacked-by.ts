import { MalformedBytesError } from "@ottla/base";
import type { Codec, CodecName, Unpacked } from "./codec.ts";

/** Runs a library's decompressor and turns whatever it throws about its input into the one error of decoders. */
export function unpackedBy(codec: CodecName, decompress: () => Buffer): Buffer {
  try {
    return decompress();
  } catch (error) {
    if (error instanceof MalformedBytesError) throw error;
    throw malformedBy(codec, reasonOf(error));
  }
}

/** `decompress` for codecs whose content everyone reads as Kafka does. */
export function wholeContent(codec: CodecName, unpack: Codec["unpack"], input: Buffer, bytesMax: number): Buffer {
  const unpacked = unpack(input, bytesMax);
  if (unpacked === undefined) throw malformedBy(codec, `it unpacks to more than the ${bytesMax} bytes allowed`);
  if (unpacked.fault !== undefined) throw malformedBy(codec, unpacked.fault);
  return unpacked.bytes;
}

export function malformedBy(codec: CodecName, fault: string): MalformedBytesError {
  return new MalformedBytesError(`The ${codec} data of a record batch cannot be unpacked: ${fault}.`);
}

export function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, "");
}

/** Whether zlib stopped because the content is larger than it was allowed to be. */
export function isTooLarge(error: unknown): boolean {
  return error instanceof RangeError && (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
}

/** The content in one buffer. */
export function joined(parts: readonly Buffer[], fault?: string): Unpacked {
  return { bytes: parts.length === 1 ? parts[0]! : Buffer.concat(parts), fault };
}
