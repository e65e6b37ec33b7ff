import { CODEC_ID_MAX } from "../compression/codec.ts";
import { ErrorCode } from "../errors/error-codes.ts";
import { type BatchFault, corrupt, invalid, unreadable } from "./batch-fault.ts";
import {
  BATCH_MAGIC,
  BATCH_OVERHEAD_BYTES,
  baseOffset,
  baseSequence,
  baseTimestamp,
  compressionOf,
  computeCrc,
  crc,
  isControl,
  LOG_OVERHEAD_BYTES,
  lastOffsetDelta,
  MAGIC_AT,
  magic,
  maxTimestamp,
  NO_PRODUCER_ID,
  producerId,
  recordCount,
  sizeInBytes,
  timestampType,
} from "./batch-header.ts";

const ZSTD_ID = 4;
const ZSTD_SINCE_PRODUCE_VERSION = 7;
/** What a batch must claim at least before Java looks at the rest: the oldest format's smallest record, and what comes in front of it. */
const LEGACY_BATCH_BYTES_MIN = 14 + LOG_OVERHEAD_BYTES;
const NO_BATCH = "A produce request must hold one record batch for each partition; here is none.";

/**
 * Checks that whole, undamaged bytes of a format 2 batch lie from `at` on: length, magic, CRC. Nothing of its meaning.
 * For batches that were accepted once: recovery, a copy from another log.
 */
export function checkBatchBytes(buffer: Buffer, at = 0, end: number = buffer.length): BatchFault | null {
  const available = end - at;
  if (available < BATCH_OVERHEAD_BYTES)
    return corrupt(`A record batch has ${available} bytes; its header alone takes ${BATCH_OVERHEAD_BYTES}.`);
  const size = sizeInBytes(buffer, at);
  if (size < BATCH_OVERHEAD_BYTES) return corrupt(`A record batch claims ${size} bytes; its header alone takes ${BATCH_OVERHEAD_BYTES}.`);
  if (size > available) return corrupt(`A record batch claims ${size} bytes, but ${available} are there.`);
  if (magic(buffer, at) !== BATCH_MAGIC)
    return corrupt(`A record batch has the format ${magic(buffer, at)}; only format ${BATCH_MAGIC} is known.`);
  const stored = crc(buffer, at);
  const computed = computeCrc(buffer, at);
  if (stored !== computed) return corrupt(`A record batch is damaged: its CRC is ${stored}, its bytes give ${computed}.`);
  return null;
}

/**
 * Checks that the records field of one partition in a Produce request holds what such a request may hold: exactly one whole batch of format 2, in a codec that its
 * version knows. What comes first in Apache Kafka, before the partition's log is looked at.
 *
 * Null: sound. The batch is then the first `sizeInBytes(records, 0)` bytes; a cut batch behind it is to be dropped.
 */
export function checkRequestRecords(records: Buffer, produceVersion: number): BatchFault | null {
  if (records.length < LOG_OVERHEAD_BYTES) return invalid(NO_BATCH);
  const size = sizeInBytes(records, 0);
  if (size < LEGACY_BATCH_BYTES_MIN) return corrupt(`A record batch claims ${size} bytes.`);
  if (records.length <= MAGIC_AT) return invalid(NO_BATCH);
  const format = magic(records, 0);
  if (format < 0 || format > BATCH_MAGIC) return corrupt(`A record batch has the unknown format ${format}.`);
  if (size > records.length)
    return invalid(`A record batch claims ${size} bytes, but ${records.length} were sent: no whole batch for the partition.`);
  if (format < BATCH_MAGIC) return invalid(`A record batch has the format ${format}; only format ${BATCH_MAGIC} can be produced.`);
  if (size < BATCH_OVERHEAD_BYTES) return corrupt(`A record batch claims ${size} bytes; its header alone takes ${BATCH_OVERHEAD_BYTES}.`);
  if (compressionOf(records, 0) === ZSTD_ID && produceVersion < ZSTD_SINCE_PRODUCE_VERSION) {
    return {
      errorCode: ErrorCode.UNSUPPORTED_COMPRESSION_TYPE,
      message: `zstd needs Produce version ${ZSTD_SINCE_PRODUCE_VERSION} or later; this request has version ${produceVersion}.`,
    };
  }
  return checkRest(records, size);
}

/** What lies behind the batch: nothing, or the start of another that was cut. */
function checkRest(records: Buffer, size: number): BatchFault | null {
  const left = records.length - size;
  if (left < LOG_OVERHEAD_BYTES) return null;
  const next = sizeInBytes(records, size);
  if (next < LEGACY_BATCH_BYTES_MIN) return corrupt(`Behind the record batch lies one that claims ${next} bytes.`);
  if (left <= MAGIC_AT) return null;
  const format = magic(records, size);
  if (format < 0 || format > BATCH_MAGIC) return corrupt(`Behind the record batch lies one of the unknown format ${format}.`);
  return next > left ? null : invalid("A produce request must hold exactly one record batch for each partition.");
}

/**
 * Checks what a whole batch says of itself before its records are read, in Apache Kafka's order: base offset, size, checksum, codec, counts, control bit, sequence.
 * Codes: CORRUPT_MESSAGE for damaged bytes; MESSAGE_TOO_LARGE; UNKNOWN_SERVER_ERROR for an unknown codec, as Kafka answers; INVALID_TIMESTAMP for a base time that is
 * no safe integer; INVALID_RECORD for the rest.
 */
export function checkProducedHeader(batch: Buffer, maxMessageBytes: number): BatchFault | null {
  const first = baseOffset(batch, 0);
  if (first !== 0) return invalid(`A record batch that is produced has the base offset 0, not ${first}: the broker gives the offsets.`);
  if (batch.length > maxMessageBytes) {
    return {
      errorCode: ErrorCode.MESSAGE_TOO_LARGE,
      message: `The record batch has ${batch.length} bytes; max.message.bytes allows ${maxMessageBytes}.`,
    };
  }
  return checkBatchBytes(batch) ?? checkMeaning(batch);
}

function checkMeaning(batch: Buffer): BatchFault | null {
  const codec = compressionOf(batch, 0);
  if (codec > CODEC_ID_MAX) return unreadable(`There is no compression codec ${codec}; the known ones are 0 to ${CODEC_ID_MAX}.`);
  const count = recordCount(batch, 0);
  const offsets = lastOffsetDelta(batch, 0) + 1;
  if (offsets <= 0) return invalid(`A record batch has the impossible last offset delta ${offsets - 1}.`);
  if (count <= 0) return invalid(`A record batch claims ${count} records.`);
  if (count !== offsets) return invalid(`A record batch claims ${count} records, but spans ${offsets} offsets.`);
  if (isControl(batch, 0)) return invalid("Clients may not write control records.");
  const id = producerId(batch, 0);
  if (id > NO_PRODUCER_ID && baseSequence(batch, 0) < 0)
    return invalid(`A record batch of producer ${id} has the sequence ${baseSequence(batch, 0)}.`);
  if (!Number.isSafeInteger(id)) return invalid("A record batch has a producer id outside the safe integers.");
  // The largest time is set from the records, unless they all have it.
  const time = timestampType(batch, 0) === "logAppendTime" ? maxTimestamp(batch, 0) : baseTimestamp(batch, 0);
  if (!Number.isSafeInteger(time))
    return { errorCode: ErrorCode.INVALID_TIMESTAMP, message: "A record batch has a timestamp outside the safe integers." };
  return null;
}
