import { invariant } from "@ottla/base";
import { type Codec, type CodecName, withRoom } from "../compression/codec.ts";
import { codecById, codecIdOf } from "../compression/codecs.ts";
import {
  BATCH_OVERHEAD_BYTES,
  CONTROL_BIT,
  LOG_APPEND_TIME_BIT,
  NO_PARTITION_LEADER_EPOCH,
  NO_PRODUCER_EPOCH,
  NO_PRODUCER_ID,
  NO_SEQUENCE,
  NO_TIMESTAMP,
  TRANSACTIONAL_BIT,
  writeBatchHeader,
} from "./batch-header.ts";
import { putBytes, putVarint, putVarlong, varintBytes, varlongBytes } from "./varints.ts";

const NOTHING = Buffer.alloc(0);
const FIRST_BUFFER_BYTES = 1024;
const NO_LIMIT = 0x7fffffff;
const HEADER_KEYS_KEPT_MAX = 64;
/** The buffers of batches that will be packed come in steps of this, so that one fits the next batch too, which packs a little worse. */
const PACKED_STEP_BYTES = 32768;
const NO_HEADERS: readonly HeaderInput[] = [];

/** A header to be written. The key is sent as UTF-8. */
export interface HeaderInput {
  readonly key: string;
  readonly value: Uint8Array | null;
}

/** What is known of a batch before its first record. */
export interface RecordBatchBuilderOptions {
  /** Bytes of the finished batch to stay within, header included. The first record is taken whatever its size. */
  readonly limitBytes?: number;
  /** Where to write, for as long as it is large enough; the builder owns it until its batch is not needed any more. */
  readonly buffer?: Buffer | undefined;
  /** How small the codec will make the records, as a guess for {@link RecordBatchBuilder.hasRoomFor}; 1 = not at all. */
  readonly compressionRatio?: number;
  /** A producer leaves 0: the broker assigns offsets. */
  readonly baseOffset?: number;
  readonly partitionLeaderEpoch?: number;
  readonly isTransactional?: boolean;
  readonly isControl?: boolean;
  /** Set: the batch is stamped with this time (log append time) in place of its records' own. */
  readonly logAppendTimeMs?: number | null;
}

/**
 * Builds one record batch, record by record, into a growing buffer. Uncompressed it gives the same bytes as Java's
 * producer for the same input.
 *
 * ```ts
 * const builder = new RecordBatchBuilder({ limitBytes: 16384 });
 * builder.append(key, value, [], clock.nowMs());
 * const batch = builder.close("lz4");
 * ```
 */
export class RecordBatchBuilder {
  readonly limitBytes: number;
  readonly baseOffset: number;
  readonly #compressionRatio: number;
  readonly #partitionLeaderEpoch: number;
  readonly #flags: number;
  readonly #logAppendTimeMs: number;

  #buffer: Buffer;
  #at: number = BATCH_OVERHEAD_BYTES;
  #recordCount = 0;
  #baseTimestamp: number = NO_TIMESTAMP;
  #maxTimestamp: number = NO_TIMESTAMP;
  #producerId: number = NO_PRODUCER_ID;
  #producerEpoch: number = NO_PRODUCER_EPOCH;
  #baseSequence: number = NO_SEQUENCE;
  #isClosed = false;
  #isSealed = false;
  /** Packed before it was closed, with room for the header. */
  #packedAhead: { readonly codec: CodecName; readonly batch: Buffer } | undefined;
  readonly #headerKeys = new Map<string, Buffer>();

  constructor(options: RecordBatchBuilderOptions = {}) {
    this.limitBytes = options.limitBytes ?? NO_LIMIT;
    this.baseOffset = options.baseOffset ?? 0;
    this.#compressionRatio = options.compressionRatio ?? 1;
    this.#partitionLeaderEpoch = options.partitionLeaderEpoch ?? NO_PARTITION_LEADER_EPOCH;
    this.#logAppendTimeMs = options.logAppendTimeMs ?? NO_TIMESTAMP;
    this.#flags =
      (options.isTransactional ? TRANSACTIONAL_BIT : 0) |
      (options.isControl ? CONTROL_BIT : 0) |
      (this.#logAppendTimeMs === NO_TIMESTAMP ? 0 : LOG_APPEND_TIME_BIT);
    this.#buffer = options.buffer ?? Buffer.allocUnsafe(Math.min(FIRST_BUFFER_BYTES, Math.max(this.limitBytes, BATCH_OVERHEAD_BYTES)));
  }

  get recordCount(): number {
    return this.#recordCount;
  }

  /** Bytes of the batch so far, uncompressed, header included. */
  get sizeInBytes(): number {
    return this.#at;
  }

  /** What the batch will take once closed, by the compression ratio given; exact for 1 and once it is packed. */
  get estimatedBytes(): number {
    if (this.#packedAhead !== undefined) return this.#packedAhead.batch.length;
    return BATCH_OVERHEAD_BYTES + Math.ceil((this.#at - BATCH_OVERHEAD_BYTES) * this.#compressionRatio);
  }

  /** Where it writes: the buffer it was given, or the larger one it needed. Free when the batch is closed and packed, or not needed any more. Empty once {@link pack} gave it back. */
  get buffer(): Buffer {
    return this.#buffer;
  }

  get maxTimestamp(): number {
    return this.#maxTimestamp;
  }

  /** Whether the record would keep the batch within its limit. True while the batch is empty. */
  hasRoomFor(key: Uint8Array | null, value: Uint8Array | null, headers: readonly HeaderInput[], timestamp: number): boolean {
    if (this.#recordCount === 0) return true;
    return this.estimatedBytes + framedBytes(this.#bodyBytes(key, value, headers, timestamp)) <= this.limitBytes;
  }

  /**
   * Appends a record and returns true, or returns false and changes nothing when there is no room for it. The bytes of
   * key, value and headers are copied.
   */
  append(
    key: Uint8Array | null,
    value: Uint8Array | null,
    headers: readonly HeaderInput[] = NO_HEADERS,
    timestamp: number = NO_TIMESTAMP,
  ): boolean {
    invariant(!this.#isClosed && !this.#isSealed, "A record was appended to a batch that is closed.");
    const bodyBytes = this.#bodyBytes(key, value, headers, timestamp);
    const recordBytes = framedBytes(bodyBytes);
    if (this.#recordCount > 0 && this.estimatedBytes + recordBytes > this.limitBytes) return false;
    if (this.#buffer.length - this.#at < recordBytes) this.#grow(recordBytes);
    if (this.#recordCount === 0) this.#baseTimestamp = timestamp;
    if (timestamp > this.#maxTimestamp) this.#maxTimestamp = timestamp;
    this.#write(bodyBytes, key, value, headers, timestamp);
    this.#recordCount++;
    return true;
  }

  /** Who sent the batch and where it stands in his sequence; until `close`. Afterwards: `setProducerState` on the bytes. */
  setProducerState(producerId: number, producerEpoch: number, baseSequence: number): void {
    this.#producerId = producerId;
    this.#producerEpoch = producerEpoch;
    this.#baseSequence = baseSequence;
  }

  /**
   * Packs the records at once, for a later {@link close} with the same codec, which must not be `none`; no record is taken from now on. Returns the buffer that they stood in, which is free.
   */
  pack(codec: CodecName): Buffer {
    invariant(this.#recordCount > 0, "An empty record batch was packed.");
    const compressor = codecById(codecIdOf(codec));
    invariant(compressor !== null && !this.#isSealed && !this.#isClosed, "A record batch was packed that cannot be.");
    this.#isSealed = true;
    const batch = compressor.compress(this.#buffer.subarray(BATCH_OVERHEAD_BYTES, this.#at), BATCH_OVERHEAD_BYTES);
    this.#packedAhead = { codec, batch };
    const free = this.#buffer;
    this.#buffer = NOTHING;
    return free;
  }

  /**
   * Packs the records in another thread, for a later {@link close} with the same codec; no record is taken from now on. Resolves when that is done, also if it
   * failed: then `close` packs. Does nothing where the codec has no thread to go to.
   */
  async packAside(codec: CodecName): Promise<void> {
    invariant(this.#recordCount > 0, "An empty record batch was packed.");
    this.#isSealed = true;
    const compressor = codecById(codecIdOf(codec));
    if (compressor?.compressAside === undefined) return;
    try {
      const records = await compressor.compressAside(this.#buffer.subarray(BATCH_OVERHEAD_BYTES, this.#at));
      this.#packedAhead = { codec, batch: withRoom(records, BATCH_OVERHEAD_BYTES) };
    } catch {
      // Out of memory over there: here it may work.
    }
  }

  /**
   * Packs the records, writes the header and returns the whole batch. The builder takes no record afterwards. At least
   * one record must have been appended: no broker accepts an empty batch.
   */
  close(codec: CodecName = "none"): Buffer {
    invariant(this.#recordCount > 0, "An empty record batch was closed.");
    invariant(!this.#isClosed, "A record batch was closed twice.");
    invariant(
      this.#buffer !== NOTHING || this.#packedAhead?.codec === codec,
      "A record batch was packed with another codec than it is closed with.",
    );
    this.#isClosed = true;
    const codecId = codecIdOf(codec);
    const compressor = codecById(codecId);
    const batch = compressor === null ? this.#buffer.subarray(0, this.#at) : this.#packed(compressor, codec);
    writeBatchHeader(batch, 0, {
      baseOffset: this.baseOffset,
      sizeInBytes: batch.length,
      partitionLeaderEpoch: this.#partitionLeaderEpoch,
      attributes: this.#flags | codecId,
      lastOffsetDelta: this.#recordCount - 1,
      baseTimestamp: this.#baseTimestamp,
      maxTimestamp: this.#logAppendTimeMs === NO_TIMESTAMP ? this.#maxTimestamp : this.#logAppendTimeMs,
      producerId: this.#producerId,
      producerEpoch: this.#producerEpoch,
      baseSequence: this.#baseSequence,
      recordCount: this.#recordCount,
    });
    return batch;
  }

  #packed(compressor: Codec, codec: CodecName): Buffer {
    if (this.#packedAhead?.codec === codec) return this.#packedAhead.batch;
    return compressor.compress(this.#buffer.subarray(BATCH_OVERHEAD_BYTES, this.#at), BATCH_OVERHEAD_BYTES);
  }

  /** Bytes of the record behind its length field. */
  #bodyBytes(key: Uint8Array | null, value: Uint8Array | null, headers: readonly HeaderInput[], timestamp: number): number {
    const timestampDelta = this.#recordCount === 0 ? 0 : timestamp - this.#baseTimestamp;
    let bytes = 1 + varlongBytes(timestampDelta) + varintBytes(this.#recordCount) + varintBytes(headers.length);
    bytes += key === null ? 1 : varintBytes(key.length) + key.length;
    bytes += value === null ? 1 : varintBytes(value.length) + value.length;
    for (let i = 0; i < headers.length; i++) {
      const header = headers[i]!;
      const keyBytes = this.#headerKey(header.key).length;
      bytes += varintBytes(keyBytes) + keyBytes;
      bytes += header.value === null ? 1 : varintBytes(header.value.length) + header.value.length;
    }
    return bytes;
  }

  #write(bodyBytes: number, key: Uint8Array | null, value: Uint8Array | null, headers: readonly HeaderInput[], timestamp: number): void {
    const b = this.#buffer;
    let at = putVarint(b, this.#at, bodyBytes);
    b[at++] = 0; // attributes
    at = putVarlong(b, at, timestamp - this.#baseTimestamp);
    at = putVarint(b, at, this.#recordCount);
    at = putNullableBytes(b, at, key);
    at = putNullableBytes(b, at, value);
    at = putVarint(b, at, headers.length);
    for (let i = 0; i < headers.length; i++) {
      const header = headers[i]!;
      at = putNullableBytes(b, at, this.#headerKey(header.key));
      at = putNullableBytes(b, at, header.value);
    }
    this.#at = at;
  }

  /** The UTF-8 of a header's key, kept: the records of a batch mostly have the same few. */
  #headerKey(key: string): Buffer {
    const kept = this.#headerKeys.get(key);
    if (kept !== undefined) return kept;
    const encoded = Buffer.from(key);
    if (this.#headerKeys.size < HEADER_KEYS_KEPT_MAX) this.#headerKeys.set(key, encoded);
    return encoded;
  }

  #grow(recordBytes: number): void {
    const needed = this.#at + recordBytes;
    // The limit is for packed bytes: a batch that packs well takes many times as many unpacked.
    const bytesMax = this.#compressionRatio < 1 ? roundUp(this.limitBytes / this.#compressionRatio, PACKED_STEP_BYTES) : this.limitBytes;
    const grown = Buffer.allocUnsafe(Math.max(needed, Math.min(this.#buffer.length * 2, bytesMax)));
    grown.set(this.#buffer.subarray(0, this.#at));
    this.#buffer = grown;
  }
}

function roundUp(bytes: number, step: number): number {
  return Math.ceil(bytes / step) * step;
}

function putNullableBytes(buffer: Buffer, at: number, bytes: Uint8Array | null): number {
  return bytes === null ? putVarint(buffer, at, -1) : putBytes(buffer, putVarint(buffer, at, bytes.length), bytes);
}

/** Bytes of a record with its length field, from those of its body. */
function framedBytes(bodyBytes: number): number {
  return varintBytes(bodyBytes) + bodyBytes;
}
