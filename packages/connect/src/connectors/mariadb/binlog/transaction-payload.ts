import { promisify } from "node:util";
import { zstdDecompress } from "node:zlib";
import { MalformedBytesError } from "@ottla/base";
import type { BinlogBytes } from "./binlog-bytes.ts";
import type { BinlogEvent, TransactionPayload } from "./binlog-event.ts";

/** The server compresses no transaction that is larger than `max_allowed_packet`, which is at most this. */
const INFLATED_BYTES_MAX = 1 << 30;

/** What the fields before the compressed bytes are; others are passed over by their length. */
const FIELD = { end: 0, size: 1, compression: 2, inflatedSize: 3 } as const;
const COMPRESSION = { zstd: 0, none: 255 } as const;

const inflated = promisify(zstdDecompress);

/** A whole transaction in one event, MySQL's `binlog_transaction_compression`: fields of type, length and value, an end mark, the bytes. Source: MySQL's documentation of `Transaction_payload_event`. */
export function readTransactionPayload(bytes: BinlogBytes): BinlogEvent {
  let size: number | undefined;
  let inflatedSize: number | undefined;
  let compression: number | undefined;
  for (let type = bytes.packed(); type !== FIELD.end; type = bytes.packed()) {
    const length = bytes.packed();
    const behind = bytes.at + length;
    if (type === FIELD.size) size = bytes.packed();
    else if (type === FIELD.compression) compression = bytes.packed();
    else if (type === FIELD.inflatedSize) inflatedSize = bytes.packed();
    else bytes.skip(length);
    if (bytes.at !== behind)
      throw new MalformedBytesError(`A compressed transaction's field ${type} does not have the ${length} bytes that it says.`);
  }
  const payload = bytes.rest();
  if (size !== payload.length)
    throw new MalformedBytesError(`A compressed transaction says ${size ?? "no number of"} bytes, and has ${payload.length}.`);
  if (compression === COMPRESSION.none) return { kind: "transactionPayload", isCompressed: false, inflatedSize: size, payload };
  if (compression !== COMPRESSION.zstd)
    return {
      kind: "unreadable",
      what: `a transaction compressed by algorithm ${compression ?? "unknown"}; set binlog_transaction_compression=OFF on the server`,
    };
  if (inflatedSize === undefined || inflatedSize > INFLATED_BYTES_MAX)
    throw new MalformedBytesError(`A compressed transaction of ${inflatedSize ?? "no number of"} bytes is larger than any may be.`);
  return { kind: "transactionPayload", isCompressed: true, inflatedSize, payload };
}

/** Its events, one behind the other. No more is made than it says. @throws MalformedBytesError */
export async function inflatePayload({ isCompressed, inflatedSize, payload }: TransactionPayload): Promise<Buffer> {
  if (!isCompressed) return payload;
  const bytes = await inflated(payload, { maxOutputLength: Math.max(1, inflatedSize) }).catch((error: unknown) => {
    throw new MalformedBytesError(`A compressed transaction cannot be inflated: ${error instanceof Error ? error.message : String(error)}`);
  });
  if (bytes.length !== inflatedSize)
    throw new MalformedBytesError(`A compressed transaction says that it is ${inflatedSize} bytes inflated, and is ${bytes.length}.`);
  return bytes;
}
