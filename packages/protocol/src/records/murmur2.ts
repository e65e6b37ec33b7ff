const SEED = 0x9747b28c;
const M = 0x5bd1e995;

/**
 * The 32-bit hash that Java's producer takes of a key, as a signed integer: equal keys go to the same partition whichever client sends them.
 * Source: org.apache.kafka.common.utils.Utils.murmur2.
 */
export function murmur2(data: Uint8Array): number {
  const length = data.length;
  let h = SEED ^ length;
  const wholeEnd = length & ~3;
  for (let at = 0; at < wholeEnd; at += 4) {
    let k = data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16) | (data[at + 3]! << 24);
    k = Math.imul(k, M);
    k ^= k >>> 24;
    h = Math.imul(h, M) ^ Math.imul(k, M);
  }
  const rest = length - wholeEnd;
  if (rest === 3) h ^= data[wholeEnd + 2]! << 16;
  if (rest >= 2) h ^= data[wholeEnd + 1]! << 8;
  if (rest >= 1) h = Math.imul(h ^ data[wholeEnd]!, M);
  h ^= h >>> 13;
  h = Math.imul(h, M);
  return h ^ (h >>> 15);
}

/** The partition of a key: the hash without its sign bit, modulo. Not the absolute value: they differ for negative hashes. */
export function partitionOfKey(key: Uint8Array, partitionCount: number): number {
  return (murmur2(key) & 0x7fffffff) % partitionCount;
}
