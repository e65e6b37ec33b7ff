import { crc32c } from "@ottla/protocol/records";

/** A record as it is written, right or wrong: every length may say something else than what follows. */
export interface RawRecord {
  readonly attributes?: number;
  readonly timestampDelta?: bigint;
  readonly offsetDelta?: number;
  readonly key?: Buffer | null;
  readonly value?: Buffer | null;
  readonly headers?: readonly (readonly [Buffer, Buffer | null])[];
  readonly keyLength?: number;
  readonly valueLength?: number;
  readonly headerCount?: number;
  /** Added to the true length of the record. */
  readonly lengthOff?: number;
  /** Bytes behind the last field, counted by the length. */
  readonly tail?: Buffer;
}

/** The fields of a batch header; what is left out is right for the records. */
export interface RawHeader {
  readonly baseOffset?: bigint;
  readonly lengthOff?: number;
  readonly partitionLeaderEpoch?: number;
  readonly magic?: number;
  readonly crcOff?: number;
  readonly attributes?: number;
  readonly lastOffsetDelta?: number;
  readonly baseTimestamp?: bigint;
  readonly maxTimestamp?: bigint;
  readonly producerId?: bigint;
  readonly producerEpoch?: number;
  readonly baseSequence?: number;
  readonly recordCount?: number;
}

export function varint(value: number | bigint): Buffer {
  let raw = BigInt.asUintN(64, BigInt(value) < 0n ? -BigInt(value) * 2n - 1n : BigInt(value) * 2n);
  const bytes: number[] = [];
  while (raw >= 0x80n) {
    bytes.push(Number(raw & 0x7fn) | 0x80);
    raw >>= 7n;
  }
  bytes.push(Number(raw));
  return Buffer.from(bytes);
}

export function rawRecord(record: RawRecord, index: number): Buffer {
  const { key = null, value = null, headers = [], tail = Buffer.alloc(0) } = record;
  const body = Buffer.concat([
    Buffer.from([record.attributes ?? 0]),
    varint(record.timestampDelta ?? 0n),
    varint(record.offsetDelta ?? index),
    varint(record.keyLength ?? key?.length ?? -1),
    key ?? Buffer.alloc(0),
    varint(record.valueLength ?? value?.length ?? -1),
    value ?? Buffer.alloc(0),
    varint(record.headerCount ?? headers.length),
    ...headers.flatMap(([name, content]) => [varint(name.length), name, varint(content?.length ?? -1), content ?? Buffer.alloc(0)]),
    tail,
  ]);
  return Buffer.concat([varint(body.length + (record.lengthOff ?? 0)), body]);
}

export function rawRecords(records: readonly RawRecord[]): Buffer {
  return Buffer.concat(records.map(rawRecord));
}

/** A batch over payload bytes that are packed already, with a right checksum unless `crcOff` says otherwise. */
export function rawBatch(payload: Buffer, count: number, nowMs: number, header: RawHeader = {}): Buffer {
  const batch = Buffer.alloc(61 + payload.length);
  const baseTimestamp = header.baseTimestamp ?? BigInt(nowMs);
  batch.writeBigInt64BE(header.baseOffset ?? 0n, 0);
  batch.writeInt32BE(batch.length - 12 + (header.lengthOff ?? 0), 8);
  batch.writeInt32BE(header.partitionLeaderEpoch ?? -1, 12);
  batch.writeInt8(header.magic ?? 2, 16);
  batch.writeInt16BE(header.attributes ?? 0, 21);
  batch.writeInt32BE(header.lastOffsetDelta ?? (header.recordCount ?? count) - 1, 23);
  batch.writeBigInt64BE(baseTimestamp, 27);
  batch.writeBigInt64BE(header.maxTimestamp ?? baseTimestamp, 35);
  batch.writeBigInt64BE(header.producerId ?? -1n, 43);
  batch.writeInt16BE(header.producerEpoch ?? -1, 51);
  batch.writeInt32BE(header.baseSequence ?? -1, 53);
  batch.writeInt32BE(header.recordCount ?? count, 57);
  payload.copy(batch, 61);
  batch.writeUInt32BE((crc32c(batch, 21, batch.length) + (header.crcOff ?? 0)) % 2 ** 32, 17);
  return batch;
}
