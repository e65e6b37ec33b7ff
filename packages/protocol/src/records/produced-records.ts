import { MalformedBytesError, type TimeSlice } from "@ottla/base";
import type { CodecName, Packer } from "../compression/codec.ts";
import { codecById, codecIdOf } from "../compression/codecs.ts";
import { giveUnpackingSlot, takeUnpackingSlot } from "../compression/unpacking-slots.ts";
import { ErrorCode } from "../errors/error-codes.ts";
import { type BatchFault, invalid, unreadable } from "./batch-fault.ts";
import { BATCH_OVERHEAD_BYTES, compressionOf, recordCount, timestampType } from "./batch-header.ts";
import { RECORDS_BYTES_MAX, recordPieces, UNPACK_AT_ONCE_BYTES_MAX } from "./decompress-records.ts";
import { RecordCheck, type RecordRules } from "./record-check.ts";
import { largeRecord, RecordCrawler } from "./record-crawler.ts";
import { RecordCursor } from "./record-cursor.ts";
import type { RecordMarks } from "./record-marks.ts";
import { batchOfPacked } from "./recompress.ts";
import { varintBytes } from "./varints.ts";

/** What is packed at once: gzip and zstd take a millisecond for it. */
const PACK_AT_ONCE_BYTES_MAX = 32768;
/** Records that are walked between two looks at the clock: a fraction of a millisecond. */
const RECORDS_AT_ONCE_MAX = 50_000;
/** Varint bytes of which none is the last. */
const VARINT_BYTES_MAX = 5;

/** What a topic wants of the records that are produced to it. */
export interface ProducedRecordsRules extends RecordRules {
  /** The codec to store them in; undefined keeps the producer's. */
  readonly codec: CodecName | undefined;
  /** Of the batch as it will be stored. */
  readonly maxMessageBytes: number;
}

/** The outcome of reading all records of a batch. */
export type ProducedRecords =
  | { readonly kind: "refused"; readonly fault: BatchFault }
  /** `batch` is the one that was read, or it packed anew. Its header does not yet know `maxTimestamp`, the largest time of its records. */
  | { readonly kind: "sound"; readonly batch: Buffer; readonly maxTimestamp: number };

const cursor = new RecordCursor();

/**
 * Reads every record of a batch that passed `checkProducedHeader`, as Apache Kafka's broker does before it stores one: compressed ones unpacked, each record well-formed,
 * as many as the header says and nothing behind them, offsets in order, the topic's rules kept. Undefined where that could take longer than a moment: then
 * {@link readProducedRecordsInPieces} is to be asked.
 * Codes: INVALID_RECORD; INVALID_TIMESTAMP; UNKNOWN_SERVER_ERROR for data that its codec cannot read; MESSAGE_TOO_LARGE when it is too large packed anew.
 */
export function readProducedRecords(batch: Buffer, rules: ProducedRecordsRules): ProducedRecords | undefined {
  const codec = codecById(compressionOf(batch, 0));
  if (recordCount(batch, 0) > RECORDS_AT_ONCE_MAX) return undefined;
  const isPackedAnew = mustPack(batch, rules);
  const check = new RecordCheck(rules, timestampType(batch, 0));
  if (codec === null) {
    if (isPackedAnew && batch.length > PACK_AT_ONCE_BYTES_MAX) return undefined;
    const fault = walk(batch, batch, BATCH_OVERHEAD_BYTES, batch.length, check);
    return fault === null ? packed(batch, batch.subarray(BATCH_OVERHEAD_BYTES), rules, check) : refused(fault);
  }
  const unpacked = codec.unpack(batch.subarray(BATCH_OVERHEAD_BYTES), isPackedAnew ? PACK_AT_ONCE_BYTES_MAX : UNPACK_AT_ONCE_BYTES_MAX);
  if (unpacked === undefined) return undefined;
  const { bytes } = unpacked;
  if (unpacked.fault !== undefined) return refused(faultOfCut(batch, bytes, check, rules, unpacked.fault));
  const fault = walk(batch, bytes, 0, bytes.length, check, rules.maxUnpackedRecordBytes);
  return fault === null ? packed(batch, bytes, rules, check) : refused(fault);
}

/**
 * As {@link readProducedRecords}, for batches of any size: unpacked piece by piece in other threads where the codec can, a few pieces in memory, at most
 * {@link RECORDS_BYTES_MAX} in all (MESSAGE_TOO_LARGE beyond), the loop given back again and again. `batch` must not change meanwhile.
 */
export async function readProducedRecordsInPieces(batch: Buffer, rules: ProducedRecordsRules, slice: TimeSlice): Promise<ProducedRecords> {
  const check = new RecordCheck(rules, timestampType(batch, 0));
  const crawler = new RecordCrawler(batch, 0, check, rules.maxUnpackedRecordBytes);
  const target = mustPack(batch, rules) ? codecById(codecIdOf(rules.codec!)) : undefined;
  const packer = target === undefined ? undefined : target === null ? new PlainPacker() : target.packer();
  let bytes = 0;
  await takeUnpackingSlot();
  try {
    for await (const piece of recordPieces(batch, 0)) {
      bytes += piece.length;
      if (bytes > RECORDS_BYTES_MAX) return refused(tooLarge(`unpack to more than the ${RECORDS_BYTES_MAX} bytes allowed`));
      crawler.push(piece, 0, piece.length);
      if (crawler.isDone) return refused(crawler.fault ?? check.fault!);
      await packer?.add(piece);
      if (packer !== undefined && packer.packedBytes > rules.maxMessageBytes) return refused(tooLargePacked(rules));
      if (slice.isOver) await slice.rest();
    }
    crawler.finish();
    const fault = crawler.fault ?? check.fault;
    if (fault !== null) return refused(fault);
    if (packer === undefined) return { kind: "sound", batch, maxTimestamp: check.maxTimestamp };
    return fitting(batchOfPacked(batch, 0, rules.codec!, await packer.finish()), rules, check);
  } catch (error) {
    if (!(error instanceof MalformedBytesError)) throw error;
    return refused(unreadable(error.message));
  } finally {
    packer?.abandon();
    giveUnpackingSlot();
  }
}

/** Walks records that are all there. */
function walk(
  batch: Buffer,
  records: Buffer,
  start: number,
  end: number,
  check: RecordCheck,
  maxRecordBytes = Infinity,
): BatchFault | null {
  let at = start;
  try {
    cursor.openRecords(batch, 0, records, start, end);
    while (cursor.moveNext()) {
      const wholeBytes = cursor.recordEnd - cursor.recordStart;
      if (wholeBytes > maxRecordBytes) {
        const bytes = behindLength(wholeBytes);
        if (bytes > maxRecordBytes) return invalid(`A record batch ${largeRecord(bytes, maxRecordBytes)}.`);
      }
      if (check.marks !== undefined) markRecord(check.marks);
      else if (cursor.headerCount > 0) while (cursor.moveNextHeader()) continue;
      check.take(cursor.offsetDelta, cursor.timestamp, cursor.keyLength);
      if (check.broken !== undefined) break;
      at = cursor.recordEnd;
    }
    return check.fault;
  } catch (error) {
    if (!(error instanceof MalformedBytesError)) throw error;
    return records === batch && isUnending(records, at) ? unreadable(error.message) : invalid(error.message);
  }
}

/** Fills in what the record says of its schemas, and walks its headers. */
function markRecord(marks: RecordMarks): void {
  marks.open(cursor.bytes);
  marks.key.start = cursor.keyStart;
  marks.key.length = cursor.keyLength;
  marks.value.start = cursor.valueStart;
  marks.value.length = cursor.valueLength;
  while (cursor.moveNextHeader()) {
    const header = marks.headerNamed(cursor.bytes, cursor.headerKeyStart, cursor.headerKeyLength);
    if (header === undefined) continue;
    header.start = cursor.headerValueStart;
    header.length = cursor.headerValueLength;
  }
}

/** The bytes behind the length field of a record of so many in all. */
function behindLength(wholeBytes: number): number {
  let lengthBytes = 1;
  while (varintBytes(wholeBytes - lengthBytes) !== lengthBytes) lengthBytes++;
  return wholeBytes - lengthBytes;
}

/** Apache Kafka does not foresee a record length that does not end. */
function isUnending(bytes: Buffer, at: number): boolean {
  for (let i = at; i < at + VARINT_BYTES_MAX; i++) if ((bytes[i] ?? 0) < 128) return false;
  return true;
}

/** Data that was readable to a point: what is wrong before it comes first, as the records are read while they are unpacked. */
function faultOfCut(batch: Buffer, bytes: Buffer, check: RecordCheck, rules: RecordRules, codecFault: string): BatchFault {
  const crawler = new RecordCrawler(batch, 0, check, rules.maxUnpackedRecordBytes);
  crawler.push(bytes, 0, bytes.length);
  return crawler.fault ?? check.broken ?? unreadable(`The records of a batch cannot be unpacked: ${codecFault}.`);
}

function mustPack(batch: Buffer, { codec }: ProducedRecordsRules): boolean {
  return codec !== undefined && compressionOf(batch, 0) !== codecIdOf(codec);
}

/** A batch whose records are sound, in the topic's codec. */
function packed(batch: Buffer, records: Buffer, rules: ProducedRecordsRules, check: RecordCheck): ProducedRecords {
  if (!mustPack(batch, rules)) return { kind: "sound", batch, maxTimestamp: check.maxTimestamp };
  const content = codecById(codecIdOf(rules.codec!))?.compress(records) ?? records;
  return fitting(batchOfPacked(batch, 0, rules.codec!, content), rules, check);
}

function fitting(batch: Buffer, rules: ProducedRecordsRules, check: RecordCheck): ProducedRecords {
  return batch.length > rules.maxMessageBytes ? refused(tooLargePacked(rules)) : { kind: "sound", batch, maxTimestamp: check.maxTimestamp };
}

function refused(fault: BatchFault): ProducedRecords {
  return { kind: "refused", fault };
}

function tooLarge(what: string): BatchFault {
  return { errorCode: ErrorCode.MESSAGE_TOO_LARGE, message: `The records of a batch ${what}; send smaller batches.` };
}

function tooLargePacked({ codec, maxMessageBytes }: ProducedRecordsRules): BatchFault {
  return tooLarge(`take more than the ${maxMessageBytes} bytes of max.message.bytes in the topic's codec, ${codec}`);
}

/** The content as it is, for topics that store no batch packed. */
class PlainPacker implements Packer {
  readonly #parts: Buffer[] = [];
  packedBytes = 0;

  add(piece: Buffer): void {
    this.#parts.push(piece);
    this.packedBytes += piece.length;
  }

  finish(): Promise<Buffer> {
    return Promise.resolve(Buffer.concat(this.#parts));
  }

  abandon(): void {
    this.#parts.length = 0;
  }
}
