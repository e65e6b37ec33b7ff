import { crc32, zstdCompressSync } from "node:zlib";
import { BinlogDecoder } from "../binlog-decoder.ts";

const HEADER_BYTES = 19;
const CHECKSUM_BYTES = 4;
const PAYLOAD = 40;

/**
 * A file as `binlog_transaction_compression` would have it: what is behind each GTID in one event, by MySQL's documentation of `Transaction_payload_event` (no server that writes such could be had). Places are
 * those of the new file; with `isZstd` false the bytes are as they are.
 */
export function packedBinlog(file: Buffer, { isZstd = true }: { readonly isZstd?: boolean } = {}): Buffer {
  const decoder = new BinlogDecoder();
  const parts: Buffer[] = [file.subarray(0, 4)];
  let at = 4;
  const write = (event: Buffer): void => {
    at += event.length;
    event.writeUInt32LE(event.length, 9);
    event.writeUInt32LE(at, 13);
    event.writeUInt32LE(crc32(event.subarray(0, -CHECKSUM_BYTES)), event.length - CHECKSUM_BYTES);
    parts.push(event);
  };
  let inner: Buffer[] = [];
  const close = (): void => {
    if (inner.length > 0) write(payloadEvent(Buffer.concat(inner), isZstd, inner[0]!));
    inner = [];
  };
  let isOpen = false;
  for (let from = 4; from < file.length; from += file.readUInt32LE(from + 9)) {
    const bytes = Buffer.from(file.subarray(from, from + file.readUInt32LE(from + 9)));
    const { event } = decoder.decode(bytes);
    if (event.kind === "formatDescription" || event.kind === "gtid" || event.kind === "rotate") {
      close();
      isOpen = event.kind === "gtid";
      // The description's own flag may say that the file is in use, and its checksum does not count it.
      if (event.kind === "formatDescription") bytes[17]! &= ~1;
      write(bytes);
    } else if (isOpen) inner.push(withoutChecksum(bytes));
    else write(bytes);
  }
  close();
  return Buffer.concat(parts);
}

/** Inside of a payload events have none, and their places are those of a cache that is gone. */
function withoutChecksum(event: Buffer): Buffer {
  const bare = Buffer.from(event.subarray(0, -CHECKSUM_BYTES));
  bare.writeUInt32LE(bare.length, 9);
  bare.writeUInt32LE(0, 13);
  return bare;
}

function payloadEvent(events: Buffer, isZstd: boolean, first: Buffer): Buffer {
  const payload = isZstd ? zstdCompressSync(events) : events;
  const field = (type: number, value: number): Buffer => {
    const bytes = packed(value);
    return Buffer.concat([packed(type), packed(bytes.length), bytes]);
  };
  const body = Buffer.concat([
    // A field of a later version is passed over.
    Buffer.from([9, 3, 0xfe, 1, 2]),
    field(2, isZstd ? 0 : 255),
    field(3, events.length),
    field(1, payload.length),
    packed(0),
    payload,
  ]);
  const event = Buffer.alloc(HEADER_BYTES + body.length + CHECKSUM_BYTES);
  first.copy(event, 0, 0, HEADER_BYTES);
  event[4] = PAYLOAD;
  body.copy(event, HEADER_BYTES);
  return event;
}

/** As the protocol packs a length. */
function packed(value: number): Buffer {
  if (value < 251) return Buffer.from([value]);
  const bytes = Buffer.alloc(value < 2 ** 16 ? 3 : 4, value < 2 ** 16 ? 0xfc : 0xfd);
  bytes.writeUIntLE(value, 1, bytes.length - 1);
  return bytes;
}
