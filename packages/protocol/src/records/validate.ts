import { MalformedBytesError } from "@ottla/base";
import { CODEC_ID_MAX } from "../compression/codec.ts";
import { ErrorCode } from "../errors/error-codes.ts";
import {
  BATCH_MAGIC,
  BATCH_OVERHEAD_BYTES,
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
  NO_TIMESTAMP,
  producerId,
  recordCount,
  sizeInBytes,
} from "./batch-header.ts";
import { RECORDS_BYTES_MAX } from "./decompress-records.ts";
import { RecordCursor } from "./record-cursor.ts";

const ZSTD_ID = 4;
const ZSTD_SINCE_PRODUCE_VERSION = 7;
/** A record of no key, no value and no header: seven fields of one byte. */
const RECORD_BYTES_MIN = 7;
/** What a length field must say at least before Java looks at the rest: the oldest format's smallest record. */
const LEGACY_RECORD_BYTES_MIN = 14;
const RECORD_FAULTS_MAX = 100;

/** Why a batch cannot be taken: an error code of the protocol and a sentence for the one who sent it. */
export interface BatchFault {
  readonly errorCode: number;
  readonly message: string;
  /** The records at fault where single ones are (`recordErrors` of a Produce answer); at most 100 of them. */
  readonly records?: readonly RecordFault[];
}

/** One record that cannot be taken. */
export interface RecordFault {
  /** Place of the record in its batch, from 0. */
  readonly batchIndex: number;
  readonly message: string;
}

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
 * Checks the records field of one partition in a Produce request as a broker must, without opening the batch (C1, C3):
 * exactly one whole batch of format 2, undamaged, as many offsets as records, a known codec, no control record, a
 * sequence if there is a producer id. Any base offset is taken: not every client sends 0.
 *
 * Null: sound. The batch is then the first `sizeInBytes(records, 0)` bytes; a cut batch behind it is to be dropped.
 * Codes as Apache Kafka 4.4 answers them: CORRUPT_MESSAGE for bytes, INVALID_RECORD for what they say,
 * UNSUPPORTED_COMPRESSION_TYPE for an unknown codec or zstd before Produce version 7, INVALID_TIMESTAMP for a time that is
 * no safe integer.
 */
export function checkProducedRecords(records: Buffer, produceVersion: number): BatchFault | null {
  const fault = checkFraming(records) ?? checkBatchBytes(records) ?? checkMeaning(records);
  if (fault !== null) return fault;
  const codec = compressionOf(records, 0);
  if (codec > CODEC_ID_MAX)
    return { errorCode: ErrorCode.UNSUPPORTED_COMPRESSION_TYPE, message: `There is no compression codec ${codec}.` };
  if (codec === ZSTD_ID && produceVersion < ZSTD_SINCE_PRODUCE_VERSION) {
    return {
      errorCode: ErrorCode.UNSUPPORTED_COMPRESSION_TYPE,
      message: `zstd needs Produce version ${ZSTD_SINCE_PRODUCE_VERSION} or later; this request has version ${produceVersion}.`,
    };
  }
  return null;
}

/** What a broker asks of every single record, on the topics where it must. */
export interface RecordRules {
  /** A compacted topic takes no record without a key (C6). */
  readonly requiresKey: boolean;
  /** Bounds of a create time, in ms, from `message.timestamp.before.max.ms` and `after.max.ms`. */
  readonly earliestTimestamp: number;
  readonly latestTimestamp: number;
}

/**
 * Opens a batch that passed {@link checkProducedRecords} and checks each record: that it is well-formed, that offsets
 * follow each other, and the rules. This costs an unpacking, so it is for the topics that need it.
 * Codes: INVALID_RECORD; INVALID_TIMESTAMP if any record's time is out of bounds.
 */
export function checkEachRecord(batch: Buffer, rules: RecordRules, bytesMax: number = RECORDS_BYTES_MAX): BatchFault | null {
  const faults: RecordFault[] = [];
  let errorCode: number = ErrorCode.INVALID_RECORD;
  try {
    const cursor = new RecordCursor().open(batch, 0, bytesMax);
    for (let index = 0; cursor.moveNext(); index++) {
      while (cursor.moveNextHeader()) continue;
      if (cursor.offsetDelta !== index) return invalid(`Record ${index} of a batch has the offset delta ${cursor.offsetDelta}.`);
      if (rules.requiresKey && cursor.keyLength < 0) {
        if (faults.length < RECORD_FAULTS_MAX)
          faults.push({ batchIndex: index, message: "A compacted topic takes no record without a key." });
        continue;
      }
      const { timestamp } = cursor;
      if (timestamp !== NO_TIMESTAMP && (timestamp < rules.earliestTimestamp || timestamp > rules.latestTimestamp)) {
        errorCode = ErrorCode.INVALID_TIMESTAMP;
        if (faults.length < RECORD_FAULTS_MAX) faults.push({ batchIndex: index, message: timestampFault(timestamp, rules) });
      }
    }
  } catch (error) {
    if (!(error instanceof MalformedBytesError)) throw error;
    return invalid(error.message);
  }
  if (faults.length === 0) return null;
  return { errorCode, message: `${faults[0]!.message} (record ${faults[0]!.batchIndex} of the batch)`, records: faults };
}

/** That the field holds one batch and no second one. */
function checkFraming(records: Buffer): BatchFault | null {
  if (records.length <= MAGIC_AT) return invalid("A produce request must hold one record batch for each partition; here is none.");
  const size = sizeInBytes(records, 0);
  if (size < LEGACY_RECORD_BYTES_MIN + LOG_OVERHEAD_BYTES) return corrupt(`A record batch claims ${size} bytes.`);
  const format = magic(records, 0);
  if (format < 0 || format > BATCH_MAGIC) return corrupt(`A record batch has the unknown format ${format}.`);
  if (format < BATCH_MAGIC) return invalid(`A record batch has the format ${format}; only format ${BATCH_MAGIC} can be produced.`);
  if (size > records.length)
    return invalid(`A record batch claims ${size} bytes, but ${records.length} were sent: no whole batch for the partition.`);
  const left = records.length - size;
  if (left > MAGIC_AT && sizeInBytes(records, size) <= left)
    return invalid("A produce request must hold exactly one record batch for each partition.");
  return null;
}

function checkMeaning(batch: Buffer): BatchFault | null {
  const count = recordCount(batch, 0);
  const offsets = lastOffsetDelta(batch, 0) + 1;
  if (offsets <= 0) return invalid(`A record batch has the impossible last offset delta ${offsets - 1}.`);
  if (count <= 0) return invalid(`A record batch claims ${count} records.`);
  if (count !== offsets) return invalid(`A record batch claims ${count} records, but spans ${offsets} offsets.`);
  if (compressionOf(batch, 0) === 0 && count > (sizeInBytes(batch, 0) - BATCH_OVERHEAD_BYTES) / RECORD_BYTES_MIN) {
    return invalid(`A record batch claims ${count} records, which its ${sizeInBytes(batch, 0)} bytes cannot hold.`);
  }
  if (isControl(batch, 0)) return invalid("Clients may not write control records.");
  const id = producerId(batch, 0);
  if (id !== -1 && baseSequence(batch, 0) < 0)
    return invalid(`A record batch of producer ${id} has the sequence ${baseSequence(batch, 0)}.`);
  if (!Number.isSafeInteger(id)) return invalid("A record batch has a producer id outside the safe integers.");
  if (!Number.isSafeInteger(baseTimestamp(batch, 0)) || !Number.isSafeInteger(maxTimestamp(batch, 0))) {
    return { errorCode: ErrorCode.INVALID_TIMESTAMP, message: "A record batch has a timestamp outside the safe integers." };
  }
  return null;
}

function timestampFault(timestamp: number, rules: RecordRules): string {
  return `The timestamp ${timestamp} is not between ${rules.earliestTimestamp} and ${rules.latestTimestamp}.`;
}

function corrupt(message: string): BatchFault {
  return { errorCode: ErrorCode.CORRUPT_MESSAGE, message };
}

function invalid(message: string): BatchFault {
  return { errorCode: ErrorCode.INVALID_RECORD, message };
}
