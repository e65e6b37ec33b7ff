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
 * −1 means null, as any negative length does on the wire. Every method throws {@link MalformedBytesError}, and nothing else, on bytes that are no batch.
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
  /** Where the varint that was read last ends. */
  #at = 0;
  #end = 0;
  #recordStart = 0;
  #offsetDeltaStart = 0;
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
    if (this.#recordsLeft === 0) return this.#isAtEnd();
    this.#recordsLeft--;
    // The position stays in a local, and varints of one byte are taken without a call: this is the hottest loop there is.
    // Behind the last byte an element is undefined, which no comparison lets pass for a byte.
    const b = this.bytes;
    let at = start;
    let raw = b[at++]!;
    if (!(raw < 128)) {
      raw = this.#restOfVarint(raw, at);
      at = this.#at;
    }
    const recordEnd = at + ((raw >>> 1) ^ -(raw & 1));
    if ((raw & 1) === 1 || recordEnd > this.#end) this.#malformed("a length that does not fit", start);
    this.#recordStart = start;
    this.#recordEnd = recordEnd;
    at++; // attributes: no bit has a meaning yet

    raw = b[at++]!;
    if (raw < 128) this.#timestampDelta = (raw >>> 1) ^ -(raw & 1);
    else {
      this.#timestampDelta = this.#restOfVarlong(raw, at);
      at = this.#at;
    }

    this.#offsetDeltaStart = at;
    raw = b[at++]!;
    if (!(raw < 128)) {
      raw = this.#restOfVarint(raw, at);
      at = this.#at;
    }
    this.#offsetDelta = (raw >>> 1) ^ -(raw & 1);

    raw = b[at++]!;
    if (!(raw < 128)) {
      raw = this.#restOfVarint(raw, at);
      at = this.#at;
    }
    const keyLength = (raw >>> 1) ^ -(raw & 1);
    this.keyLength = keyLength;
    this.keyStart = at;
    if (keyLength > 0) at += keyLength;
    else if (keyLength < 0) this.keyLength = -1;

    raw = b[at++]!;
    if (!(raw < 128)) {
      raw = this.#restOfVarint(raw, at);
      at = this.#at;
    }
    const valueLength = (raw >>> 1) ^ -(raw & 1);
    this.valueLength = valueLength;
    this.valueStart = at;
    if (valueLength > 0) at += valueLength;
    else if (valueLength < 0) this.valueLength = -1;

    // A field that ran over the record's end is seen here: the header count then does not stand where it must.
    if (b[at] === 0) {
      if (at + 1 !== recordEnd) this.#malformed("fields that do not fill it", at);
      this.headerCount = 0;
      this.#headersLeft = 0;
    } else this.#openHeaders(at);
    return true;
  }

  get offset(): number {
    return this.#baseOffset + this.#offsetDelta;
  }

  /** Milliseconds since 1970: the record's own, or the batch's under log append time. */
  get timestamp(): number {
    return this.#isAppendTime ? this.#baseTimestamp : this.#baseTimestamp + this.#timestampDelta;
  }

  /** Writes {@link timestamp} where it is kept: a number this large that is returned from a call V8 does not inline is an object of its own. */
  storeTimestamp(target: Float64Array, at: number): void {
    target[at] = this.#isAppendTime ? this.#baseTimestamp : this.#baseTimestamp + this.#timestampDelta;
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

  /** Where the record goes on behind its length, attributes and timestamp delta: what follows does not depend on the batch's header. */
  get offsetDeltaStart(): number {
    return this.#offsetDeltaStart;
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
    const keyLength = this.#varint(this.#headerAt);
    if (keyLength < 0) this.#malformed("a header without a key", this.#headerAt);
    this.headerKeyLength = keyLength;
    this.headerKeyStart = this.#at;
    const valueLength = this.#varint(this.#at + keyLength);
    this.headerValueLength = valueLength < 0 ? -1 : valueLength;
    this.headerValueStart = this.#at;
    const end = valueLength > 0 ? this.#at + valueLength : this.#at;
    if (end > this.#recordEnd) this.#malformed("a header that does not fit", end);
    if (this.#headersLeft === 0 && end !== this.#recordEnd) this.#malformed("headers that do not fill it", end);
    this.#headerAt = end;
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

  #isAtEnd(): false {
    if (this.#recordEnd !== this.#end) this.#malformed("bytes behind its last field", this.#recordEnd);
    return false;
  }

  /** A header takes two bytes at least: a count that cannot fit is refused before anyone loops over it. */
  #openHeaders(at: number): void {
    this.headerCount = this.#varint(at);
    this.#headersStart = this.#at;
    if (this.headerCount <= 0 || this.headerCount > (this.#recordEnd - this.#at) >> 1) this.#malformed("an impossible header count", at);
    this.rewindHeaders();
  }

  #varint(at: number): number {
    let raw = this.bytes[at]!;
    if (raw < 128) this.#at = at + 1;
    else raw = this.#restOfVarint(raw, at + 1);
    return (raw >>> 1) ^ -(raw & 1);
  }

  /** The unsigned value of a varint whose first byte is known; `at` is behind that byte. Leaves its end in `#at`. */
  #restOfVarint(first: number, at: number): number {
    const second = this.bytes[at]!;
    if (second < 128) {
      this.#at = at + 1;
      return (first & 127) | (second << 7);
    }
    return this.#longVarint(at - 1);
  }

  #longVarint(start: number): number {
    let raw = 0;
    for (let i = 0; i < 5 && start + i < this.#end; i++) {
      const byte = this.bytes[start + i]!;
      raw |= (byte & 127) << (7 * i);
      if (byte < 128) {
        this.#at = start + i + 1;
        return raw >>> 0;
      }
    }
    return this.#malformed("a varint that does not end", start);
  }

  /** The value of a varlong, zigzag undone. */
  #restOfVarlong(first: number, at: number): number {
    const second = this.bytes[at]!;
    if (second < 128) {
      this.#at = at + 1;
      const raw = (first & 127) | (second << 7);
      return (raw >>> 1) ^ -(raw & 1);
    }
    return this.#longVarlong(at - 1);
  }

  /** Up to ten bytes: 28 low bits and the rest are kept apart, so that doubles stay exact. */
  #longVarlong(start: number): number {
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
    return this.#malformed("a varlong that does not end or fit", start);
  }

  #malformed(fault: string, at: number): never {
    // A cursor on bad bytes goes no further: the next call would read from the middle of something.
    this.#recordsLeft = 0;
    this.#recordEnd = this.#end;
    this.#headersLeft = 0;
    throw new MalformedBytesError(`The record batch at offset ${this.#baseOffset} holds a record with ${fault}, at byte ${at}.`);
  }
}

/** All records of a batch as objects. For comfort; where speed counts take a {@link RecordCursor}. */
export function readRecords(batch: Buffer, at = 0, bytesMax: number = RECORDS_BYTES_MAX): KafkaRecord[] {
  const records: KafkaRecord[] = [];
  const cursor = new RecordCursor().open(batch, at, bytesMax);
  while (cursor.moveNext()) records.push(cursor.record());
  return records;
}
