import { MalformedBytesError } from "@ottla/base";
import { CODEC_ID_MAX, CODEC_NAMES, type Codec, type CodecName } from "./codec.ts";
import { gzip } from "./gzip.ts";
import { lz4 } from "./lz4.ts";
import { snappy } from "./snappy.ts";
import { zstd } from "./zstd.ts";

/** By id; 0 is "none", which has no codec. */
const CODECS: readonly (Codec | null)[] = [null, gzip, snappy, lz4, zstd];

/** The codec behind an id from a batch's attributes; null for 0. An unknown id is malformed. */
export function codecById(id: number): Codec | null {
  if (id < 0 || id > CODEC_ID_MAX)
    throw new MalformedBytesError(`There is no compression codec ${id}; the known ones are 0 to ${CODEC_ID_MAX}.`);
  return CODECS[id]!;
}

/** The id that stands for the codec in a batch's attributes. */
export function codecIdOf(name: CodecName): number {
  return CODEC_NAMES.indexOf(name);
}

/** The name of the codec with this id; null if there is none. */
export function codecNameOf(id: number): CodecName | null {
  return CODEC_NAMES[id] ?? null;
}
