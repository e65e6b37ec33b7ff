import { MalformedBytesError } from "@ottla/base";
import {
  BATCH_OVERHEAD_BYTES,
  baseOffset,
  baseTimestamp,
  compressionOf,
  maxTimestamp,
  recordCount,
  sizeInBytes,
  timestampType,
} from "./batch-header.ts";
import { isWholeBatch } from "./batches.ts";
import { decompressRecords, RECORDS_BYTES_MAX } from "./decompress-records.ts";
import { type KafkaRecord, NO_HEADERS, type RecordHeader } from "./record.ts";

const NO_BYTES = Buffer.alloc(0);

/**
 * Walks the records of one batch without making an object per record. One cursor serves any number of batches:
 *
 * ```ts
 * const cursor = new RecordCursor();
 * cursor.open(batch);
 * while (cursor.moveNext()) hash(cursor.bytes, cursor.keyStart, cursor.keyLength);
 * ```
 *
 * Positions are bytes from the start of {@link bytes}, which is the batch itself or what its codec unpacked. A length of
 * −1 means null. Every method throws {@link MalformedBytesError}, and nothing else, on bytes that are no batch.
 *
 * Layout of a record; all numbers are zigzag varints: length, attributes (one byte, unused), timestampDelta, offsetDelta,
 * keyLength, key, valueLength, value, headerCount, and per header keyLength, key, valueLength, value.
 * Source: Kafka's documentation, "Record"; KIP-98.
 */
export class RecordCursor {
  /** What the positions refer to. Views of it stay valid after the cursor has moved on. */
  bytes: Buffer = NO_BYTES;
  keyStart = 0;
  keyLength = -1;
  valueStart = 0;
  valueLength = -1;
  headerCount = 0;
  headerKeyStart = 0;
  headerKeyLength = 0;
  headerValueStart = 0;
  headerValueLength = -1;

  #baseOffset = 0;
  #offsetDelta = 0;
  #baseTimestamp = 0;
  #timestampDelta = 0;
  /** Whether every record carries the batch's time, as under log append time. */
  #isAppendTime = false;
  #recordsLeft = 0;
  /** Where the next field is read. */
  #at = 0;
  #end = 0;
  #recordStart = 0;
  #recordEnd = 0;
  #headersStart = 0;
  #headersLeft = 0;
  #headerAt = 0;

  /**
   * Stands before the first record of the batch at `at`. A compressed batch is unpacked here, as a whole; were that more
   * than `bytesMax` bytes it is malformed.
   */
  open(batch: Buffer, at = 0, bytesMax: number = RECORDS_BYTES_MAX): this {
    if (!isWholeBatch(batch, at)) throw new MalformedBytesError(`The bytes from ${at} on are no whole record batch.`);
    if (compressionOf(batch, at) === 0) return this.openRecords(batch, at, batch, at + BATCH_OVERHEAD_BYTES, at + sizeInBytes(batch, at));
    const records = decompressRecords(batch, at, bytesMax);
    return this.openRecords(batch, at, records, 0, records.length);
  }

  /** Like {@link open} for records that are unpacked already: they lie in `records` from `start` to `end`. */
  openRecords(batch: Buffer, at: number, records: Buffer, start: number, end: number): this {
    this.#isAppendTime = timestampType(batch, at) === "logAppendTime";
    this.#baseOffset = baseOffset(batch, at);
    this.#baseTimestamp = this.#isAppendTime ? maxTimestamp(batch, at) : baseTimestamp(batch, at);
    this.#recordsLeft = recordCount(batch, at);
    if (!Number.isSafeInteger(this.#baseOffset) || !Number.isSafeInteger(this.#baseTimestamp)) {
      throw new MalformedBytesError("A record batch has an offset or a timestamp outside the safe integers.");
    }
    if (this.#recordsLeft < 0) throw new MalformedBytesError(`A record batch claims to hold ${this.#recordsLeft} records.`);
    this.bytes = records;
    this.#recordEnd = start;
    this.#end = end;
    this.#headersLeft = 0;
    return this;
  }

  /** Goes to the next record; false behind the last. */
  moveNext(): boolean {
    const start = this.#recordEnd;
    if (this.#recordsLeft === 0) {
      if (start !== this.#end) this.#malformed("bytes behind the last record");
      return false;
    }
    this.#recordsLeft--;
    this.#at = start;
    const length = this.#varint();
    const recordEnd = this.#at + length;
    if (length < 0 || recordEnd > this.#end) this.#malformed("a length that does not fit");
    this.#recordStart = start;
    this.#recordEnd = recordEnd;

    this.#at++; // attributes: no bit has a meaning yet
    const timestampDelta = this.#varlong();
    this.#timestampDelta = this.#isAppendTime ? 0 : timestampDelta;
    this.#offsetDelta = this.#varint();

    const keyLength = this.#varint();
    this.keyLength = keyLength;
    this.keyStart = this.#at;
    if (keyLength > 0) this.#at += keyLength;
    else if (keyLength < -1) this.#malformed("a negative key length");

    const valueLength = this.#varint();
    this.valueLength = valueLength;
    this.valueStart = this.#at;
    if (valueLength > 0) this.#at += valueLength;
    else if (valueLength < -1) this.#malformed("a negative value length");

    // A field beyond the record's end lands here too: the header count, zero or not, would stand behind it.
    const headerCount = this.#varint();
    this.headerCount = headerCount;
    this.#headersStart = this.#at;
    if (headerCount === 0) {
      if (this.#at !== recordEnd) this.#malformed("fields that do not fill it");
      this.#headersLeft = 0;
    } else this.#openHeaders();
    return true;
  }

  get offset(): number {
    return this.#baseOffset + this.#offsetDelta;
  }

  /** Milliseconds since 1970: the record's own, or the batch's under log append time. */
  get timestamp(): number {
    return this.#baseTimestamp + this.#timestampDelta;
  }

  /** The record's place in the batch as it was produced; compaction leaves gaps. */
  get offsetDelta(): number {
    return this.#offsetDelta;
  }

  /** Where the record starts and ends in {@link bytes}, its length field included. */
  get recordStart(): number {
    return this.#recordStart;
  }

  get recordEnd(): number {
    return this.#recordEnd;
  }

  /** A view of the key. */
  key(): Buffer | null {
    return this.keyLength < 0 ? null : this.bytes.subarray(this.keyStart, this.keyStart + this.keyLength);
  }

  /** A view of the value. */
  value(): Buffer | null {
    return this.valueLength < 0 ? null : this.bytes.subarray(this.valueStart, this.valueStart + this.valueLength);
  }

  /** Goes to the record's next header, duplicates included, and sets the header positions; false behind the last. */
  moveNextHeader(): boolean {
    if (this.#headersLeft === 0) return false;
    this.#headersLeft--;
    this.#at = this.#headerAt;
    const keyLength = this.#varint();
    this.headerKeyLength = keyLength;
    this.headerKeyStart = this.#at;
    if (keyLength < 0) this.#malformed("a header without a key");
    this.#at += keyLength;
    const valueLength = this.#varint();
    this.headerValueLength = valueLength;
    this.headerValueStart = this.#at;
    if (valueLength > 0) this.#at += valueLength;
    else if (valueLength < -1) this.#malformed("a negative header value length");
    if (this.#at > this.#recordEnd) this.#malformed("a header that does not fit");
    if (this.#headersLeft === 0 && this.#at !== this.#recordEnd) this.#malformed("headers that do not fill it");
    this.#headerAt = this.#at;
    return true;
  }

  /** Stands before the first header again. */
  rewindHeaders(): void {
    this.#headersLeft = this.headerCount;
    this.#headerAt = this.#headersStart;
  }

  /** All headers of the record, wherever {@link moveNextHeader} stood. */
  headers(): readonly RecordHeader[] {
    if (this.headerCount === 0) return NO_HEADERS;
    this.rewindHeaders();
    const headers: RecordHeader[] = [];
    while (this.moveNextHeader()) {
      const { headerKeyStart, headerValueStart, headerValueLength } = this;
      headers.push({
        key: this.bytes.toString("utf8", headerKeyStart, headerKeyStart + this.headerKeyLength),
        value: headerValueLength < 0 ? null : this.bytes.subarray(headerValueStart, headerValueStart + headerValueLength),
      });
    }
    return headers;
  }

  /** The record as an object of its own; its byte fields are views. */
  record(): KafkaRecord {
    return { offset: this.offset, timestamp: this.timestamp, key: this.key(), value: this.value(), headers: this.headers() };
  }

  /** Header counts come from the wire: what cannot fit (two bytes a header at least) is refused before any loop over it. */
  #openHeaders(): void {
    if (this.headerCount < 0 || this.headerCount > (this.#recordEnd - this.#at) >> 1) this.#malformed("an impossible header count");
    this.rewindHeaders();
  }

  /** Varints of one and two bytes, nearly all there are, without a loop. Behind the last byte the comparisons are false. */
  #varint(): number {
    const at = this.#at;
    const first = this.bytes[at]!;
    if (first < 128) {
      this.#at = at + 1;
      return (first >>> 1) ^ -(first & 1);
    }
    const second = this.bytes[at + 1]!;
    if (second < 128) {
      this.#at = at + 2;
      return (((second << 6) | ((first & 127) >>> 1)) >>> 0) ^ -(first & 1);
    }
    return this.#longVarint();
  }

  #longVarint(): number {
    const start = this.#at;
    let raw = 0;
    for (let i = 0; i < 5 && start + i < this.#end; i++) {
      const byte = this.bytes[start + i]!;
      raw |= (byte & 127) << (7 * i);
      if (byte < 128) {
        this.#at = start + i + 1;
        return (raw >>> 1) ^ -(raw & 1);
      }
    }
    return this.#malformed("a varint that does not end");
  }

  #varlong(): number {
    const first = this.bytes[this.#at]!;
    if (first < 128) {
      this.#at++;
      return (first >>> 1) ^ -(first & 1);
    }
    return this.#longVarlong();
  }

  /** Zigzag of up to ten bytes: 28 low bits and the rest apart, so that doubles stay exact. */
  #longVarlong(): number {
    const start = this.#at;
    let low = 0;
    let high = 0;
    for (let i = 0; i < 10 && start + i < this.#end; i++) {
      const byte = this.bytes[start + i]!;
      if (i < 4) low |= (byte & 127) << (7 * i);
      else high += (byte & 127) * 2 ** (7 * (i - 4));
      if (byte < 128) {
        const magnitude = (low >>> 1) + high * 2 ** 27;
        if (magnitude > Number.MAX_SAFE_INTEGER) break;
        this.#at = start + i + 1;
        return (low & 1) === 0 ? magnitude : -magnitude - 1;
      }
    }
    return this.#malformed("a varlong that does not end or fit");
  }

  #malformed(fault: string): never {
    // A cursor on bad bytes goes no further: the next call would read from the middle of something.
    this.#recordsLeft = 0;
    this.#recordEnd = this.#end;
    this.#headersLeft = 0;
    throw new MalformedBytesError(`A record batch at offset ${this.#baseOffset} holds a record with ${fault}, at byte ${this.#at}.`);
  }
}

/** All records of a batch as objects. For comfort; where speed counts take a {@link RecordCursor}. */
export function readRecords(batch: Buffer, at = 0, bytesMax: number = RECORDS_BYTES_MAX): KafkaRecord[] {
  const records: KafkaRecord[] = [];
  const cursor = new RecordCursor().open(batch, at, bytesMax);
  while (cursor.moveNext()) records.push(cursor.record());
  return records;
}
