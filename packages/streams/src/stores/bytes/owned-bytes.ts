/**
 * Bytes that a store may keep: a copy when they are part of a larger buffer, which a few kept bytes would hold in memory whole. Small buffers of Node come out of a pool of 8 KiB, all but
 * the first of each with an offset.
 */
export function ownedBytes(bytes: Uint8Array): Uint8Array {
  if (bytes.byteOffset === 0) return bytes;
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  copy.set(bytes);
  return copy;
}
