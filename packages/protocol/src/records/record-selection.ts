import { codecById } from "../compression/codecs.ts";
import {
  attributes,
  BATCH_OVERHEAD_BYTES,
  baseOffset,
  baseSequence,
  baseTimestamp,
  CODEC_MASK,
  CONTROL_BIT,
  compressionOf,
  DELETE_HORIZON_BIT,
  LOG_APPEND_TIME_BIT,
  lastOffsetDelta,
  maxTimestamp,
  NO_TIMESTAMP,
  partitionLeaderEpoch,
  producerEpoch,
  producerId,
  TRANSACTIONAL_BIT,
  timestampType,
  writeBatchHeader,
} from "./batch-header.ts";
import type { RecordCursor } from "./record-cursor.ts";
import { putVarint, putVarlong, varintBytes, varlongBytes } from "./varints.ts";

const FIRST_RECORDS = 64;
/** What is kept from one batch to the next, in bytes. A buffer for each batch would be memory outside the heap, by which V8 counts when to collect: all of it, ten times a second. */
const KEPT_BYTES_MAX = 1024 * 1024;
/** Of one record: where it starts and ends, length field included, and where its offset delta starts. */
const POSITIONS = 3;
const KEPT_BITS = LOG_APPEND_TIME_BIT | TRANSACTIONAL_BIT | CONTROL_BIT;

/**
 * Some of the records of one batch, of which {@link RecordSelection.toBatch} makes a batch anew, as compaction does. One selection serves any number of batches.
 * Source: what Apache Kafka 4.4.0's cleaner writes, KIP-534.
 */
export class RecordSelection {
  #positions = new Uint32Array(FIRST_RECORDS * POSITIONS);
  #timestamps = new Float64Array(FIRST_RECORDS);
  #count = 0;
  #buffer = Buffer.allocUnsafeSlow(0);

  get count(): number {
    return this.#count;
  }

  clear(): void {
    this.#count = 0;
  }

  /** Takes the record that the cursor stands on. */
  add(cursor: RecordCursor): void {
    if (this.#count === this.#timestamps.length) this.#grow();
    const at = this.#count * POSITIONS;
    this.#positions[at] = cursor.recordStart;
    this.#positions[at + 1] = cursor.recordEnd;
    this.#positions[at + 2] = cursor.offsetDeltaStart;
    cursor.storeTimestamp(this.#timestamps, this.#count++);
  }

  /** Puts the `from`-th record in the `to`-th place, at or before its own: those to keep are moved up, the rest is cut off by {@link RecordSelection.truncate}. */
  keep(from: number, to: number): void {
    if (from === to) return;
    const positions = this.#positions;
    positions[to * POSITIONS] = positions[from * POSITIONS]!;
    positions[to * POSITIONS + 1] = positions[from * POSITIONS + 1]!;
    positions[to * POSITIONS + 2] = positions[from * POSITIONS + 2]!;
    this.#timestamps[to] = this.#timestamps[from]!;
  }

  truncate(count: number): void {
    this.#count = Math.min(this.#count, count);
  }

  /**
   * The batch at `at` with the selected records alone. Offsets, codec, producer and leader epoch stay, the last offset too, whatever records are gone. `records` is what the
   * cursor's positions refer to. With a delete horizon the batch carries it. What is returned lasts until the next call.
   */
  toBatch(batch: Buffer, at: number, records: Buffer, deleteHorizonMs: number | null): Buffer {
    const isAppendTime = timestampType(batch, at) === "logAppendTime";
    const base = deleteHorizonMs ?? this.#timestamps[0] ?? NO_TIMESTAMP;
    // Deltas that count from the same time as before need not be written anew.
    const isShifted = isAppendTime || base !== baseTimestamp(batch, at);
    const plain = isShifted ? this.#withDeltasFrom(base, records) : this.#copied(records);
    const codec = codecById(compressionOf(batch, at));
    let result = plain;
    if (codec !== null) {
      const packed = codec.compress(plain.subarray(BATCH_OVERHEAD_BYTES));
      result = Buffer.allocUnsafe(BATCH_OVERHEAD_BYTES + packed.length);
      packed.copy(result, BATCH_OVERHEAD_BYTES);
    }
    const kept = attributes(batch, at) & (KEPT_BITS | CODEC_MASK);
    writeBatchHeader(result, 0, {
      baseOffset: baseOffset(batch, at),
      sizeInBytes: result.length,
      partitionLeaderEpoch: partitionLeaderEpoch(batch, at),
      attributes: deleteHorizonMs === null ? kept : kept | DELETE_HORIZON_BIT,
      lastOffsetDelta: lastOffsetDelta(batch, at),
      baseTimestamp: base,
      maxTimestamp: isAppendTime ? maxTimestamp(batch, at) : this.#maxTimestamp(),
      producerId: producerId(batch, at),
      producerEpoch: producerEpoch(batch, at),
      baseSequence: baseSequence(batch, at),
      recordCount: this.#count,
    });
    return result;
  }

  /** The selected records as they are, behind room for a header; those that lie side by side at once. */
  #copied(records: Buffer): Buffer {
    const positions = this.#positions;
    let length = BATCH_OVERHEAD_BYTES;
    for (let i = 0; i < this.#count; i++) length += positions[i * POSITIONS + 1]! - positions[i * POSITIONS]!;
    const result = this.#room(length);
    let at = BATCH_OVERHEAD_BYTES;
    for (let i = 0; i < this.#count; ) {
      const start = positions[i * POSITIONS]!;
      let end = positions[i * POSITIONS + 1]!;
      for (i++; i < this.#count && positions[i * POSITIONS] === end; i++) end = positions[i * POSITIONS + 1]!;
      at += records.copy(result, at, start, end);
    }
    return result;
  }

  /** The selected records with timestamp deltas that count from `base`, behind room for a header. */
  #withDeltasFrom(base: number, records: Buffer): Buffer {
    const positions = this.#positions;
    let length = BATCH_OVERHEAD_BYTES;
    for (let i = 0; i < this.#count; i++) {
      const bodyBytes = this.#bodyBytes(i, base);
      length += varintBytes(bodyBytes) + bodyBytes;
    }
    const result = this.#room(length);
    let at = BATCH_OVERHEAD_BYTES;
    for (let i = 0; i < this.#count; i++) {
      at = putVarint(result, at, this.#bodyBytes(i, base));
      result[at++] = 0; // attributes: no bit has a meaning yet
      at = putVarlong(result, at, this.#timestamps[i]! - base);
      at += records.copy(result, at, positions[i * POSITIONS + 2], positions[i * POSITIONS + 1]);
    }
    return result;
  }

  #room(byteLength: number): Buffer {
    if (byteLength > KEPT_BYTES_MAX) return Buffer.allocUnsafeSlow(byteLength);
    if (byteLength > this.#buffer.length) this.#buffer = Buffer.allocUnsafeSlow(Math.min(KEPT_BYTES_MAX, byteLength * 2));
    return this.#buffer.subarray(0, byteLength);
  }

  #maxTimestamp(): number {
    let max = NO_TIMESTAMP;
    for (let i = 0; i < this.#count; i++) if (this.#timestamps[i]! > max) max = this.#timestamps[i]!;
    return max;
  }

  #bodyBytes(i: number, base: number): number {
    const restBytes = this.#positions[i * POSITIONS + 1]! - this.#positions[i * POSITIONS + 2]!;
    return 1 + varlongBytes(this.#timestamps[i]! - base) + restBytes;
  }

  #grow(): void {
    const positions = new Uint32Array(this.#positions.length * 2);
    positions.set(this.#positions);
    const timestamps = new Float64Array(this.#timestamps.length * 2);
    timestamps.set(this.#timestamps);
    this.#positions = positions;
    this.#timestamps = timestamps;
  }
}

/** The header of the batch at `at` with no records behind it: offsets, producer and leader epoch stay, so that the producer's last sequence stays known. */
export function emptyBatch(batch: Buffer, at: number): Buffer {
  const result = Buffer.allocUnsafe(BATCH_OVERHEAD_BYTES);
  writeBatchHeader(result, 0, {
    baseOffset: baseOffset(batch, at),
    sizeInBytes: BATCH_OVERHEAD_BYTES,
    partitionLeaderEpoch: partitionLeaderEpoch(batch, at),
    attributes: attributes(batch, at) & KEPT_BITS,
    lastOffsetDelta: lastOffsetDelta(batch, at),
    baseTimestamp: NO_TIMESTAMP,
    maxTimestamp: maxTimestamp(batch, at),
    producerId: producerId(batch, at),
    producerEpoch: producerEpoch(batch, at),
    baseSequence: baseSequence(batch, at),
    recordCount: 0,
  });
  return result;
}
