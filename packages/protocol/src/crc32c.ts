import { createRequire } from "node:module";
import { crc32cInScript } from "./crc32c-in-script.ts";

type NativeCrc32c = (input: Uint8Array, initial?: number) => number;

/** Below this many bytes the call into native code costs more than it saves (see tools/bench/records.ts). */
const NATIVE_FROM_BYTES = 192;

/** undefined: not tried yet; null: no binary for this platform. */
let native: NativeCrc32c | null | undefined;

/**
 * CRC-32C (Castagnoli) of the bytes from `start` to `end`, unsigned, as record batches and snapshots carry it.
 * Give the result of the bytes before as `seed` to go on over several chunks:
 * `crc32c(b, 0, b.length, crc32c(a, 0, a.length))` equals the checksum of a followed by b.
 * Native code is loaded at the first long input; where there is none for the platform, plain script does the work.
 * Source: RFC 3720, appendix B.4.
 */
export function crc32c(buffer: Buffer, start = 0, end: number = buffer.length, seed = 0): number {
  if (end - start < NATIVE_FROM_BYTES) return crc32cInScript(buffer, start, end, seed);
  if (native === undefined) native = loadNative();
  if (native === null) return crc32cInScript(buffer, start, end, seed);
  return native(buffer.subarray(start, end), seed);
}

/** CRC-32C of several chunks as if they were one. */
export function crc32cOfChunks(chunks: readonly Buffer[], seed = 0): number {
  let crc = seed;
  for (const chunk of chunks) crc = crc32c(chunk, 0, chunk.length, crc);
  return crc;
}

/** Which implementation long inputs take, for `ottla --version` and bug reports. */
export function crc32cImplementation(): "native" | "script" {
  if (native === undefined) native = loadNative();
  return native === null ? "script" : "native";
}

function loadNative(): NativeCrc32c | null {
  try {
    const loaded = createRequire(import.meta.url)("@node-rs/crc32") as { crc32c: NativeCrc32c };
    return loaded.crc32c;
  } catch {
    // No binary for this platform or no such package: the script gives the same sums, only slower.
    return null;
  }
}
