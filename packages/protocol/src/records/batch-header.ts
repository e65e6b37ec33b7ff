/**
 * The header of a record batch, format 2 (the only one Kafka 4 knows), read and patched in place.
 *
 * Every function takes the buffer that holds the batch and `at`, where the batch starts in it. None checks bounds: the
 * caller knows that {@link BATCH_OVERHEAD_BYTES} bytes lie there (from `wholeBatchesEnd`, `validateBatch` or an index).
 *
 * ```
 * byte  size  field
 *    0     8  baseOffset             offset of the first record          } outside the checksum:
 *    8     4  batchLength            bytes that follow this field        } a broker may patch
 *   12     4  partitionLeaderEpoch                                       } them without a new CRC
 *   16     1  magic                  2
 *   17     4  crc                    CRC-32C of everything from byte 21
 *   21     2  attributes             bits 0–2 codec, 3 log append time, 4 transactional, 5 control, 6 delete horizon
 *   23     4  lastOffsetDelta        offset of the last record − baseOffset
 *   27     8  baseTimestamp          ms; the delete horizon once attribute bit 6 is set
 *   35     8  maxTimestamp           ms
 *   43     8  producerId             −1: none
 *   51     2  producerEpoch          −1: none
 *   53     4  baseSequence           −1: none
 *   57     4  recordCount
 *   61        the records, one after the other; compressed as one block if the codec is not 0
 * ```
 * Numbers are big-endian. An int64 outside ±(2^53 − 1) loses precision here; `validateBatch` refuses such a batch.
 * Source: Kafka's documentation, "Record Batch"; KIP-98, KIP-32, KIP-534.
 */
import { crc32c } from "../crc32c.ts";

/** Bytes in front of the first record. */
export const BATCH_OVERHEAD_BYTES = 61;
/** Bytes in front of what `batchLength` counts. */
export const LOG_OVERHEAD_BYTES = 12;
/** The one format that is written and read. */
export const BATCH_MAGIC = 2;
/** The timestamp of records that have none. */
export const NO_TIMESTAMP = -1;
/** The producer id of a batch whose producer is not idempotent. */
export const NO_PRODUCER_ID = -1;
/** The producer epoch of a batch whose producer is not idempotent. */
export const NO_PRODUCER_EPOCH = -1;
/** The sequence of a batch that is not counted: its producer is not idempotent, or it is a marker. */
export const NO_SEQUENCE = -1;
/** The partition leader epoch of a batch that no leader has seen. */
export const NO_PARTITION_LEADER_EPOCH = -1;

export const BATCH_LENGTH_AT = 8;
const PARTITION_LEADER_EPOCH_AT = 12;
export const MAGIC_AT = 16;
const CRC_AT = 17;
/** Where the checksummed bytes start. */
export const ATTRIBUTES_AT = 21;
const LAST_OFFSET_DELTA_AT = 23;
const BASE_TIMESTAMP_AT = 27;
const MAX_TIMESTAMP_AT = 35;
const PRODUCER_ID_AT = 43;
const PRODUCER_EPOCH_AT = 51;
const BASE_SEQUENCE_AT = 53;
const RECORD_COUNT_AT = 57;

export const CODEC_MASK = 0x07;
export const LOG_APPEND_TIME_BIT = 0x08;
export const TRANSACTIONAL_BIT = 0x10;
export const CONTROL_BIT = 0x20;
export const DELETE_HORIZON_BIT = 0x40;

const KNOWN_BITS = CODEC_MASK | LOG_APPEND_TIME_BIT | TRANSACTIONAL_BIT | CONTROL_BIT | DELETE_HORIZON_BIT;

const TWO_32 = 4294967296;

/** Who set the timestamps: the producer, or the broker when it appended the batch. */
export type TimestampType = "createTime" | "logAppendTime";

function int16(b: Buffer, at: number): number {
  return ((b[at]! << 24) >> 16) | b[at + 1]!;
}

function int32(b: Buffer, at: number): number {
  return (b[at]! << 24) | (b[at + 1]! << 16) | (b[at + 2]! << 8) | b[at + 3]!;
}

function int64(b: Buffer, at: number): number {
  return int32(b, at) * TWO_32 + (int32(b, at + 4) >>> 0);
}

function writeInt16(b: Buffer, at: number, value: number): void {
  b[at] = value >> 8;
  b[at + 1] = value;
}

function writeInt32(b: Buffer, at: number, value: number): void {
  b[at] = value >> 24;
  b[at + 1] = value >> 16;
  b[at + 2] = value >> 8;
  b[at + 3] = value;
}

function writeInt64(b: Buffer, at: number, value: number): void {
  writeInt32(b, at, Math.floor(value / TWO_32));
  writeInt32(b, at + 4, value | 0);
}

/** Offset of the batch's first record; in a compacted log that record may be gone. */
export function baseOffset(buffer: Buffer, at: number): number {
  return int64(buffer, at);
}

/** The length field: bytes after it, to the end of the batch. */
export function batchLength(buffer: Buffer, at: number): number {
  return int32(buffer, at + BATCH_LENGTH_AT);
}

/** Bytes of the whole batch, header included. */
export function sizeInBytes(buffer: Buffer, at: number): number {
  return int32(buffer, at + BATCH_LENGTH_AT) + LOG_OVERHEAD_BYTES;
}

/** Epoch of the leader that appended the batch. */
export function partitionLeaderEpoch(buffer: Buffer, at: number): number {
  return int32(buffer, at + PARTITION_LEADER_EPOCH_AT);
}

/** The format: 2; 0 and 1 are the formats of before Kafka 0.11. Signed, as Java reads it. */
export function magic(buffer: Buffer, at: number): number {
  return (buffer[at + MAGIC_AT]! << 24) >> 24;
}

/** The stored CRC-32C, unsigned. */
export function crc(buffer: Buffer, at: number): number {
  return int32(buffer, at + CRC_AT) >>> 0;
}

/** The attribute bits, as the file header lists them. */
export function attributes(buffer: Buffer, at: number): number {
  return int16(buffer, at + ATTRIBUTES_AT);
}

/** The codec's id, 0 to 7; above 4 none is known. */
export function compressionOf(buffer: Buffer, at: number): number {
  return buffer[at + ATTRIBUTES_AT + 1]! & CODEC_MASK;
}

/** Whether the batch holds a control record (a transaction marker), which no consumer hands on. */
export function isControl(buffer: Buffer, at: number): boolean {
  return (buffer[at + ATTRIBUTES_AT + 1]! & CONTROL_BIT) !== 0;
}

/** Whether the batch belongs to a transaction: its records count once a commit marker follows. */
export function isTransactional(buffer: Buffer, at: number): boolean {
  return (buffer[at + ATTRIBUTES_AT + 1]! & TRANSACTIONAL_BIT) !== 0;
}

/** Who set the timestamps. */
export function timestampType(buffer: Buffer, at: number): TimestampType {
  return (buffer[at + ATTRIBUTES_AT + 1]! & LOG_APPEND_TIME_BIT) === 0 ? "createTime" : "logAppendTime";
}

/** Offset of the last record as it was produced, counted from the base offset. */
export function lastOffsetDelta(buffer: Buffer, at: number): number {
  return int32(buffer, at + LAST_OFFSET_DELTA_AT);
}

/** Offset of the last record as it was produced; compaction keeps it even when that record is gone. */
export function lastOffset(buffer: Buffer, at: number): number {
  return int64(buffer, at) + int32(buffer, at + LAST_OFFSET_DELTA_AT);
}

/** The timestamp that the records' deltas count from. */
export function baseTimestamp(buffer: Buffer, at: number): number {
  return int64(buffer, at + BASE_TIMESTAMP_AT);
}

/** The largest timestamp of the records; under log append time the timestamp of each of them. */
export function maxTimestamp(buffer: Buffer, at: number): number {
  return int64(buffer, at + MAX_TIMESTAMP_AT);
}

/** The idempotent producer of the batch; −1: none. */
export function producerId(buffer: Buffer, at: number): number {
  return int64(buffer, at + PRODUCER_ID_AT);
}

/** The producer's epoch; −1: none. */
export function producerEpoch(buffer: Buffer, at: number): number {
  return int16(buffer, at + PRODUCER_EPOCH_AT);
}

/** Sequence number of the first record. */
export function baseSequence(buffer: Buffer, at: number): number {
  return int32(buffer, at + BASE_SEQUENCE_AT);
}

/** Sequence number of the last record: it wraps from 2^31 − 1 to 0. −1 if the batch has none. */
export function lastSequence(buffer: Buffer, at: number): number {
  const first = int32(buffer, at + BASE_SEQUENCE_AT);
  if (first === NO_SEQUENCE) return NO_SEQUENCE;
  const last = first + int32(buffer, at + LAST_OFFSET_DELTA_AT);
  return last > 0x7fffffff ? last - 0x80000000 : last;
}

/** How many records the batch holds; fewer than its offsets after compaction. */
export function recordCount(buffer: Buffer, at: number): number {
  return int32(buffer, at + RECORD_COUNT_AT);
}

/** When the cleaner may drop this batch's tombstones and marker, in ms; null while none is set (KIP-534). */
export function deleteHorizon(buffer: Buffer, at: number): number | null {
  return (buffer[at + ATTRIBUTES_AT + 1]! & DELETE_HORIZON_BIT) === 0 ? null : int64(buffer, at + BASE_TIMESTAMP_AT);
}

/** Outside the checksum. */
export function setBaseOffset(buffer: Buffer, at: number, offset: number): void {
  writeInt64(buffer, at, offset);
}

/** Outside the checksum. */
export function setPartitionLeaderEpoch(buffer: Buffer, at: number, epoch: number): void {
  writeInt32(buffer, at + PARTITION_LEADER_EPOCH_AT, epoch);
}

/** Marks the batch as stamped by the broker at `timestampMs` and renews the checksum: this reads the whole batch. */
export function setLogAppendTime(buffer: Buffer, at: number, timestampMs: number): void {
  setMaxTimestamp(buffer, at, "logAppendTime", timestampMs);
}

/**
 * Sets the largest timestamp and who set it. Where that changes anything, attribute bits without a meaning are cleared, as Apache Kafka does, and the checksum is
 * renewed, which reads the whole batch.
 */
export function setMaxTimestamp(buffer: Buffer, at: number, type: TimestampType, timestampMs: number): void {
  if (timestampType(buffer, at) === type && maxTimestamp(buffer, at) === timestampMs) return;
  const known = buffer[at + ATTRIBUTES_AT + 1]! & KNOWN_BITS & ~LOG_APPEND_TIME_BIT;
  writeInt16(buffer, at + ATTRIBUTES_AT, type === "logAppendTime" ? known | LOG_APPEND_TIME_BIT : known);
  writeInt64(buffer, at + MAX_TIMESTAMP_AT, timestampMs);
  updateCrc(buffer, at);
}

/** Computes the checksum of a whole batch, unsigned. */
export function computeCrc(buffer: Buffer, at: number): number {
  return crc32c(buffer, at + ATTRIBUTES_AT, at + sizeInBytes(buffer, at));
}

/** Renews the stored checksum after a change behind byte 21. */
export function updateCrc(buffer: Buffer, at: number): void {
  writeInt32(buffer, at + CRC_AT, computeCrc(buffer, at) | 0);
}

/** Names the producer of a batch that is built already, and renews the checksum: for retries under a new epoch. */
export function setProducerState(buffer: Buffer, at: number, id: number, epoch: number, sequence: number): void {
  writeProducerState(buffer, at, id, epoch, sequence);
  updateCrc(buffer, at);
}

/** All fields of a header but magic and checksum. */
export interface BatchHeader {
  readonly baseOffset: number;
  readonly sizeInBytes: number;
  readonly partitionLeaderEpoch: number;
  readonly attributes: number;
  readonly lastOffsetDelta: number;
  readonly baseTimestamp: number;
  readonly maxTimestamp: number;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  readonly recordCount: number;
}

/** Writes the header in front of records that lie there already, checksum included. */
export function writeBatchHeader(buffer: Buffer, at: number, header: BatchHeader): void {
  writeInt64(buffer, at, header.baseOffset);
  writeInt32(buffer, at + BATCH_LENGTH_AT, header.sizeInBytes - LOG_OVERHEAD_BYTES);
  writeInt32(buffer, at + PARTITION_LEADER_EPOCH_AT, header.partitionLeaderEpoch);
  buffer[at + MAGIC_AT] = BATCH_MAGIC;
  writeInt16(buffer, at + ATTRIBUTES_AT, header.attributes);
  writeInt32(buffer, at + LAST_OFFSET_DELTA_AT, header.lastOffsetDelta);
  writeInt64(buffer, at + BASE_TIMESTAMP_AT, header.baseTimestamp);
  writeInt64(buffer, at + MAX_TIMESTAMP_AT, header.maxTimestamp);
  writeProducerState(buffer, at, header.producerId, header.producerEpoch, header.baseSequence);
  writeInt32(buffer, at + RECORD_COUNT_AT, header.recordCount);
  updateCrc(buffer, at);
}

function writeProducerState(buffer: Buffer, at: number, id: number, epoch: number, sequence: number): void {
  writeInt64(buffer, at + PRODUCER_ID_AT, id);
  writeInt16(buffer, at + PRODUCER_EPOCH_AT, epoch);
  writeInt32(buffer, at + BASE_SEQUENCE_AT, sequence);
}
