import { codecById } from "../compression/codecs.ts";
import { BATCH_OVERHEAD_BYTES, compressionOf, sizeInBytes } from "./batch-header.ts";

/**
 * What a batch may unpack to unless the caller says otherwise: 100 MiB, the largest request a broker takes by default
 * (`socket.request.max.bytes`).
 */
export const RECORDS_BYTES_MAX = 104857600;

/** The record bytes of the whole batch at `at`, unpacked: a view for an uncompressed batch, a buffer of its own else. */
export function decompressRecords(batch: Buffer, at: number, bytesMax: number = RECORDS_BYTES_MAX): Buffer {
  const packed = batch.subarray(at + BATCH_OVERHEAD_BYTES, at + sizeInBytes(batch, at));
  const codec = codecById(compressionOf(batch, at));
  return codec === null ? packed : codec.decompress(packed, bytesMax);
}
