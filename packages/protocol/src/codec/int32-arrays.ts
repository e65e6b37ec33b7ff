import type { ByteReader } from "@ottla/base";

/**
 * Reads `length` int32s. Lists of replicas and partitions are mostly short, and an array literal takes a fifth of the memory that an
 * array does which grows by `push`.
 */
export function readInt32s(reader: ByteReader, length: number): number[] {
  if (length === 0) return [];
  if (length === 1) return [reader.int32()];
  if (length === 2) return [reader.int32(), reader.int32()];
  const values = [reader.int32(), reader.int32(), reader.int32()];
  for (let left = length - 3; left > 0; left--) values.push(reader.int32());
  return values;
}
