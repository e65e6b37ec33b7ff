import type { Codec } from "./codec.ts";
import { nodeZlib } from "./native-codecs.ts";
import { unpackedBy } from "./unpacked-by.ts";

/** zstd at its default level 3, by Node itself. Source: RFC 8878, KIP-110. */
export const zstd: Codec = {
  compress: (input) => nodeZlib().zstdCompressSync(input),
  decompress: (input, bytesMax) =>
    unpackedBy("zstd", () => nodeZlib().zstdDecompressSync(input, { maxOutputLength: Math.max(1, bytesMax) })),
};
