import { MalformedBytesError } from "@ottla/base";
import type { Lsn } from "../pgoutput/lsn.ts";
import { PgBytes, POSTGRES_EPOCH_US } from "../pgoutput/pg-bytes.ts";

/** Bytes of an XLogData message before its data. */
const XLOG_HEADER_BYTES = 25;
const STATUS_BYTES = 34;
const XLOG_DATA = 0x77;
const KEEPALIVE = 0x6b;
const STATUS_UPDATE = 0x72;

/** What a server sends on a replication connection. Source: PostgreSQL's manual, "Streaming Replication Protocol". */
export type ReplicationMessage =
  | {
      readonly kind: "data";
      /** Where the change is in the log. */
      readonly lsn: Lsn;
      /** The plugin's message begins here in the same bytes. */
      readonly dataAt: number;
    }
  | {
      readonly kind: "keepalive";
      /** All that was committed before this place has been sent. */
      readonly walEnd: Lsn;
      readonly isReplyAsked: boolean;
    };

/** One CopyData of the server's. */
export function readReplicationMessage(bytes: Buffer): ReplicationMessage {
  const reader = new PgBytes(bytes);
  const type = reader.uint8();
  if (type === XLOG_DATA) {
    if (bytes.length < XLOG_HEADER_BYTES) throw new MalformedBytesError(`An XLogData message of ${bytes.length} bytes has no data.`);
    return { kind: "data", lsn: reader.uint64(), dataAt: XLOG_HEADER_BYTES };
  }
  if (type !== KEEPALIVE) throw new MalformedBytesError(`A replication stream has no message of type ${type}.`);
  const walEnd = reader.uint64();
  reader.timeUs();
  return { kind: "keepalive", walEnd, isReplyAsked: reader.uint8() === 1 };
}

/** What a server is told: what has come, and what need not be kept for us. All three places are the byte behind. */
export function statusUpdate(received: Lsn, flushed: Lsn, nowMs: number): Buffer {
  const bytes = Buffer.alloc(STATUS_BYTES);
  bytes[0] = STATUS_UPDATE;
  bytes.writeBigUInt64BE(received, 1);
  bytes.writeBigUInt64BE(flushed, 9);
  bytes.writeBigUInt64BE(flushed, 17);
  bytes.writeBigInt64BE(BigInt(nowMs) * 1000n - POSTGRES_EPOCH_US, 25);
  return bytes;
}
