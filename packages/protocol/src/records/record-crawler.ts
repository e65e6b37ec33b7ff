import { type BatchFault, invalid, unreadable } from "./batch-fault.ts";
import { baseTimestamp, compressionOf, maxTimestamp, recordCount, timestampType } from "./batch-header.ts";
import { MARK_BYTES_MAX, MARK_HEADER_NAME_BYTES_MAX, type MarkPlace, type RecordMarks } from "./record-marks.ts";

const LENGTH = 0;
const ATTRIBUTES = 1;
const TIMESTAMP_DELTA = 2;
const OFFSET_DELTA = 3;
const KEY_LENGTH = 4;
const VALUE_LENGTH = 5;
const HEADER_COUNT = 6;
const HEADER_KEY_LENGTH = 7;
const HEADER_VALUE_LENGTH = 8;

const VARINT_BITS = 35;
const VARLONG_BITS = 70;

/** Where the crawler keeps what marks are made of: key, value, both headers, the name of the header that is read. */
const KEPT_KEY = 0;
const KEPT_VALUE = MARK_BYTES_MAX;
const KEPT_KEY_HEADER = 2 * MARK_BYTES_MAX;
const KEPT_VALUE_HEADER = 3 * MARK_BYTES_MAX;
const KEPT_NAME = 4 * MARK_BYTES_MAX;

/** Takes the records of a batch, in order. */
export interface RecordSink {
  /** No more records are wanted. */
  readonly isDone: boolean;
  /** `timestamp` is the batch's where that was set by a broker. A `keyLength` below 0 means null. */
  take(offsetDelta: number, timestamp: number, keyLength: number): void;
  /** Filled before each `take`, where there is one. */
  readonly marks?: RecordMarks | undefined;
}

/**
 * Reads the records of one batch that comes in pieces, byte by byte, and hands them on: what `RecordCursor` does where all bytes are there. Keys, values and
 * header contents are skipped, so nothing is kept between pieces but where it stands, and a few bytes for a sink that looks at marks.
 */
export class RecordCrawler {
  readonly #sink: RecordSink;
  readonly #isAppendTime: boolean;
  readonly #isCompressed: boolean;
  readonly #baseTimestamp: number;
  readonly #maxRecordBytes: number;
  #recordsLeft: number;
  /** The field that comes next; `#skip` bytes of the one before come first. */
  #field = LENGTH;
  #skip = 0;
  /** Bytes of earlier pieces. */
  #bytesBefore = 0;
  #recordEnd = 0;
  /** The number that is being read: 28 low bits, the rest, and how many bits have come. */
  #low = 0;
  #high = 0;
  #bits = 0;
  #timestampDelta = 0;
  #offsetDelta = 0;
  #keyLength = 0;
  #headersLeft = 0;
  #fault: BatchFault | undefined;
  readonly #marks: RecordMarks | undefined;
  readonly #kept: Buffer | undefined;
  /** Where the next bytes that are skipped are kept, and how many of them. */
  #keepAt = 0;
  #keepBytes = 0;
  #headerNameBytes = 0;

  /** `maxRecordBytes` bounds what is behind a record's length field, in compressed batches. */
  constructor(batch: Buffer, at: number, sink: RecordSink, maxRecordBytes = Infinity) {
    this.#sink = sink;
    this.#isCompressed = compressionOf(batch, at) !== 0;
    this.#maxRecordBytes = this.#isCompressed ? maxRecordBytes : Infinity;
    this.#isAppendTime = timestampType(batch, at) === "logAppendTime";
    this.#baseTimestamp = this.#isAppendTime ? maxTimestamp(batch, at) : baseTimestamp(batch, at);
    this.#recordsLeft = recordCount(batch, at);
    this.#marks = sink.marks;
    this.#kept = sink.marks === undefined ? undefined : Buffer.alloc(KEPT_NAME + MARK_HEADER_NAME_BYTES_MAX);
  }

  /** What is wrong with the bytes so far. */
  get fault(): BatchFault | undefined {
    return this.#fault;
  }

  /** More bytes are of no use. */
  get isDone(): boolean {
    return this.#fault !== undefined || this.#sink.isDone;
  }

  /** Reads on, to the end of these bytes or to a fault or where the sink is done. */
  push(bytes: Buffer, start: number, end: number): void {
    let at = start;
    while (at < end && !this.isDone) {
      if (this.#skip > 0) {
        const skipped = Math.min(this.#skip, end - at);
        if (this.#keepBytes > 0) this.#keep(bytes, at, skipped);
        this.#skip -= skipped;
        at += skipped;
      } else this.#take(bytes[at]!, this.#bytesBefore + ++at - start);
      if (this.#skip === 0 && this.#field === HEADER_KEY_LENGTH && this.#headersLeft === 0) this.#endRecord(this.#bytesBefore + at - start);
    }
    this.#bytesBefore += end - start;
  }

  /** Called behind the last byte: all records must be there. */
  finish(): void {
    if (this.isDone) return;
    const isInside = this.#field !== LENGTH || this.#bits > 0 || this.#skip > 0;
    if (isInside || this.#recordsLeft > 0) this.#fail("ends before its last record");
  }

  /** One byte of a number; `position` is behind it. */
  #take(byte: number, position: number): void {
    if (this.#field === ATTRIBUTES) {
      this.#field = TIMESTAMP_DELTA;
      return;
    }
    if (this.#field === LENGTH && this.#recordsLeft === 0) return this.#fail("has bytes behind its last record");
    if (this.#bits < 28) this.#low |= (byte & 127) << this.#bits;
    else this.#high += (byte & 127) * 2 ** (this.#bits - 28);
    this.#bits += 7;
    if (byte >= 128) {
      if (this.#bits >= (this.#field === TIMESTAMP_DELTA ? VARLONG_BITS : VARINT_BITS)) this.#failUnending();
      return;
    }
    const value = this.#field === TIMESTAMP_DELTA ? this.#varlong() : this.#varint();
    this.#low = 0;
    this.#high = 0;
    this.#bits = 0;
    this.#enter(value, position);
  }

  #varint(): number {
    const raw = (this.#low + this.#high * 2 ** 28) >>> 0;
    return (raw >>> 1) ^ -(raw & 1);
  }

  #varlong(): number {
    const magnitude = (this.#low >>> 1) + this.#high * 2 ** 27;
    return (this.#low & 1) === 0 ? magnitude : -magnitude - 1;
  }

  /** What the number means that has just ended. */
  #enter(value: number, position: number): void {
    switch (this.#field) {
      case LENGTH:
        if (value < 0) return this.#fail("has a record of a negative length");
        if (value > this.#maxRecordBytes) return this.#fail(largeRecord(value, this.#maxRecordBytes));
        this.#recordEnd = position + value;
        this.#field = ATTRIBUTES;
        return;
      case TIMESTAMP_DELTA:
        if (!Number.isSafeInteger(value)) return this.#fail("has a timestamp outside the safe integers");
        this.#timestampDelta = value;
        this.#field = OFFSET_DELTA;
        return;
      case OFFSET_DELTA:
        this.#offsetDelta = value;
        this.#field = KEY_LENGTH;
        return;
      case KEY_LENGTH:
        this.#keyLength = value;
        this.#skipTo(VALUE_LENGTH, value, position);
        if (this.#marks !== undefined) this.#markStart(this.#marks, value);
        return;
      case VALUE_LENGTH:
        this.#skipTo(HEADER_COUNT, value, position);
        if (this.#marks !== undefined) this.#keepFor(this.#marks.value, KEPT_VALUE, value);
        return;
      case HEADER_COUNT:
        // A header takes two bytes at least.
        if (value < 0 || value > (this.#recordEnd - position) / 2) return this.#fail("has a record with an impossible header count");
        this.#headersLeft = value;
        this.#field = HEADER_KEY_LENGTH;
        return;
      case HEADER_KEY_LENGTH:
        if (value < 0) return this.#fail("has a header without a key");
        this.#skipTo(HEADER_VALUE_LENGTH, value, position);
        this.#headerNameBytes = value;
        if (this.#kept !== undefined && value <= MARK_HEADER_NAME_BYTES_MAX) this.#keepNext(KEPT_NAME, value);
        return;
      case HEADER_VALUE_LENGTH:
        this.#headersLeft--;
        this.#skipTo(HEADER_KEY_LENGTH, value, position);
        if (this.#marks !== undefined && this.#kept !== undefined) this.#markHeader(this.#marks, this.#kept, value);
    }
  }

  #markStart(marks: RecordMarks, keyLength: number): void {
    marks.open(this.#kept!);
    this.#keepFor(marks.key, KEPT_KEY, keyLength);
  }

  #markHeader(marks: RecordMarks, kept: Buffer, length: number): void {
    if (this.#headerNameBytes > MARK_HEADER_NAME_BYTES_MAX) return;
    const header = marks.headerNamed(kept, KEPT_NAME, this.#headerNameBytes);
    if (header !== undefined) this.#keepFor(header, header === marks.keyHeader ? KEPT_KEY_HEADER : KEPT_VALUE_HEADER, length);
  }

  #keepFor(place: MarkPlace, at: number, length: number): void {
    place.start = at;
    place.length = length < 0 ? -1 : length;
    this.#keepNext(at, Math.min(length, MARK_BYTES_MAX));
  }

  /** Of the bytes that are skipped next, so many are kept. */
  #keepNext(at: number, bytes: number): void {
    this.#keepAt = at;
    this.#keepBytes = Math.max(0, bytes);
  }

  #keep(bytes: Buffer, from: number, count: number): void {
    const kept = Math.min(count, this.#keepBytes);
    bytes.copy(this.#kept!, this.#keepAt, from, from + kept);
    this.#keepAt += kept;
    this.#keepBytes -= kept;
  }

  #skipTo(field: number, bytes: number, position: number): void {
    this.#field = field;
    if (bytes <= 0) return;
    if (bytes > this.#recordEnd - position) this.#fail("has a record whose fields go beyond it");
    else this.#skip = bytes;
  }

  #endRecord(position: number): void {
    if (position !== this.#recordEnd) return this.#fail("has a record with fields that do not fill it");
    this.#field = LENGTH;
    this.#recordsLeft--;
    this.#sink.take(
      this.#offsetDelta,
      this.#isAppendTime ? this.#baseTimestamp : this.#baseTimestamp + this.#timestampDelta,
      this.#keyLength,
    );
  }

  #failUnending(): void {
    const isUnforeseen = this.#field === LENGTH && !this.#isCompressed; // by Apache Kafka
    this.#fault ??= (isUnforeseen ? unreadable : invalid)("A record batch has a number that does not end.");
  }

  #fail(what: string): void {
    this.#fault ??= invalid(`A record batch ${what}.`);
  }
}

/** What is wrong with a batch that holds so large a record. */
export function largeRecord(bytes: number, maxBytes: number): string {
  return `has a record of ${bytes} bytes once unpacked, more than max.decompressed.message.bytes (${maxBytes}) lets in`;
}
