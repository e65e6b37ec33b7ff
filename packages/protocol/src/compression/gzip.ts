import { gunzipSync, gzipSync } from "node:zlib";
import type { Codec } from "./codec.ts";
import { unpackedBy } from "./unpacked-by.ts";

/** gzip at zlib's default level, by Node itself. Source: RFC 1952. */
export const gzip: Codec = {
  compress: (input) => gzipSync(input),
  decompress: (input, bytesMax) => unpackedBy("gzip", () => gunzipSync(input, { maxOutputLength: Math.max(1, bytesMax) })),
};
