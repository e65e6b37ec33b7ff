import { MalformedBytesError } from "@ottla/base";
import type { CodecName } from "./codec.ts";

/** Runs a library's decompressor and turns whatever it throws about its input into the one error of decoders. */
export function unpackedBy(codec: CodecName, decompress: () => Buffer): Buffer {
  try {
    return decompress();
  } catch (error) {
    if (error instanceof MalformedBytesError) throw error;
    throw new MalformedBytesError(
      `The ${codec} data of a record batch cannot be unpacked: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
}
