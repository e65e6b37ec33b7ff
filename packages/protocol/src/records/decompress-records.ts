import { MalformedBytesError } from "@ottla/base";
import { PIECE_BYTES } from "../compression/codec.ts";
import { codecById } from "../compression/codecs.ts";
import { giveUnpackingSlot, takeUnpackingSlot } from "../compression/unpacking-slots.ts";
import { BATCH_OVERHEAD_BYTES, compressionOf, sizeInBytes } from "./batch-header.ts";

/**
 * What a batch may unpack to unless the caller says otherwise: 100 MiB, the largest request a broker takes by default
 * (`socket.request.max.bytes`).
 */
export const RECORDS_BYTES_MAX = 104857600;

/** What is unpacked at once, in one go on the loop: about a millisecond of gzip. */
export const UNPACK_AT_ONCE_BYTES_MAX = 262144;

/** The record bytes of the whole batch at `at`, unpacked: a view for an uncompressed batch, a buffer of its own else. */
export function decompressRecords(batch: Buffer, at: number, bytesMax: number = RECORDS_BYTES_MAX): Buffer {
  const packed = batch.subarray(at + BATCH_OVERHEAD_BYTES, at + sizeInBytes(batch, at));
  const codec = codecById(compressionOf(batch, at));
  return codec === null ? packed : codec.decompress(packed, bytesMax);
}

/** The record bytes of the whole batch at `at`, piece by piece: see `Codec.pieces`. Whoever asks for them takes an unpacking slot first. */
export async function* recordPieces(batch: Buffer, at: number): AsyncGenerator<Buffer, void, undefined> {
  const end = at + sizeInBytes(batch, at);
  const codec = codecById(compressionOf(batch, at));
  if (codec !== null) yield* codec.pieces(batch.subarray(at + BATCH_OVERHEAD_BYTES, end));
  else
    for (let from = at + BATCH_OVERHEAD_BYTES; from < end; from += PIECE_BYTES)
      yield batch.subarray(from, Math.min(end, from + PIECE_BYTES));
}

/**
 * As {@link decompressRecords}, off the loop where the codec can; `rest` is called between pieces and waited for. The batch must not change meanwhile.
 * Throws `MalformedBytesError`.
 */
export async function unpackRecordsInPieces(
  batch: Buffer,
  at: number,
  rest: () => void | Promise<void>,
  bytesMax: number = RECORDS_BYTES_MAX,
): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let byteLength = 0;
  await takeUnpackingSlot();
  try {
    for await (const piece of recordPieces(batch, at)) {
      byteLength += piece.length;
      if (byteLength > bytesMax) throw new MalformedBytesError(`The records of a batch unpack to more than the ${bytesMax} bytes allowed.`);
      pieces.push(Buffer.from(piece));
      await rest();
    }
  } finally {
    giveUnpackingSlot();
  }
  return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces, byteLength);
}
