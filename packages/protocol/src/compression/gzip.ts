import type { Codec } from "./codec.ts";
import { nodeZlib } from "./native-codecs.ts";
import { unpackedBy } from "./unpacked-by.ts";

/** gzip at zlib's default level, by Node itself. Source: RFC 1952. */
export const gzip: Codec = {
  compress: (input) => nodeZlib().gzipSync(input),
  decompress: (input, bytesMax) => unpackedBy("gzip", () => nodeZlib().gunzipSync(input, { maxOutputLength: Math.max(1, bytesMax) })),
};
