import { codecById, codecIdOf } from "../compression/codecs.ts";
import { type CodecName, withRoom } from "../compression/codec.ts";
import {
  ATTRIBUTES_AT,
  BATCH_LENGTH_AT,
  BATCH_OVERHEAD_BYTES,
  CODEC_MASK,
  compressionOf,
  LOG_OVERHEAD_BYTES,
  sizeInBytes,
  updateCrc,
} from "./batch-header.ts";
import { decompressRecords, RECORDS_BYTES_MAX } from "./decompress-records.ts";

/**
 * The whole batch at `at` packed with another codec, for a topic whose `compression.type` is not `producer`. The
 * record bytes are not opened, so offsets, timestamps, headers and all attributes but the codec stay as they are; so do
 * leader epoch and producer state. A batch that has the codec already comes back as a view of itself.
 * Throws `MalformedBytesError` if the data cannot be unpacked within `bytesMax`.
 */
export function recompressBatch(batch: Buffer, at: number, codec: CodecName, bytesMax: number = RECORDS_BYTES_MAX): Buffer {
  const codecId = codecIdOf(codec);
  if (compressionOf(batch, at) === codecId) return batch.subarray(at, at + sizeInBytes(batch, at));
  const records = decompressRecords(batch, at, bytesMax);
  const compressor = codecById(codecId);
  return finished(batch, at, codec, compressor?.compress(records, BATCH_OVERHEAD_BYTES) ?? withRoom(records, BATCH_OVERHEAD_BYTES));
}

/** A batch with the header of the one at `at` around the same records, which are packed with `codec` already. */
export function batchOfPacked(batch: Buffer, at: number, codec: CodecName, packed: Buffer): Buffer {
  return finished(batch, at, codec, withRoom(packed, BATCH_OVERHEAD_BYTES));
}

/** Writes the header of the one at `at` into the room before the packed records. */
function finished(batch: Buffer, at: number, codec: CodecName, result: Buffer): Buffer {
  batch.copy(result, 0, at, at + BATCH_OVERHEAD_BYTES);
  result.writeInt32BE(result.length - LOG_OVERHEAD_BYTES, BATCH_LENGTH_AT);
  result[ATTRIBUTES_AT + 1] = (result[ATTRIBUTES_AT + 1]! & ~CODEC_MASK) | codecIdOf(codec);
  updateCrc(result, 0);
  return result;
}
