import { inflateSync } from "node:zlib";
import { MalformedBytesError } from "@ottla/base";
import type { BinlogBytes } from "./binlog-bytes.ts";

/** One event is no larger once it is inflated; `max_allowed_packet` of the server is at most this. */
const INFLATED_BYTES_MAX = 1 << 30;

/** MariaDB's `log_bin_compress`: a byte with the algorithm and the bytes of the length, the length from its highest byte on, zlib. */
export function inflate(bytes: BinlogBytes): Buffer {
  const head = bytes.u8();
  const algorithm = (head & 0x70) >> 4;
  if ((head & 0x80) === 0 || algorithm !== 0)
    throw new MalformedBytesError(`A binlog event is compressed by algorithm ${algorithm}; only zlib is known.`);
  const length = bytes.bigEndian(head & 0x07);
  if (length > INFLATED_BYTES_MAX) throw new MalformedBytesError(`A binlog event of ${length} bytes is larger than any may be.`);
  let inflated: Buffer;
  try {
    inflated = inflateSync(bytes.rest(), { maxOutputLength: Math.max(1, length) });
  } catch (error) {
    throw new MalformedBytesError(
      `A compressed binlog event cannot be inflated: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  if (inflated.length !== length)
    throw new MalformedBytesError(`A compressed binlog event says ${length} bytes, and has ${inflated.length}.`);
  return inflated;
}
