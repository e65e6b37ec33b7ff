import { copyInto } from "../../serdes/copy-into.ts";

/**
 * Bytes that a store may keep: a copy when they are part of a larger buffer, which a few kept bytes would hold in memory whole. Small buffers of Node come out of a pool, and serdes of the
 * library out of another one.
 */
export function ownedBytes(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : copiedBytes(bytes);
}

/** Bytes that nobody else has. */
export function copiedBytes(bytes: Uint8Array): Uint8Array {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  copyInto(copy, 0, bytes);
  return copy;
}

/** The new bytes in the place of old ones that nobody else has: in their memory when they are as many, so that a count that goes up costs nothing. */
export function replacedBytes(old: Uint8Array, bytes: Uint8Array): Uint8Array {
  if (old.length !== bytes.length) return copiedBytes(bytes);
  copyInto(old, 0, bytes);
  return old;
}
