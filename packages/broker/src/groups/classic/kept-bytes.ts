/** A copy that holds no more memory than its bytes: what a small `Buffer.from` gives is a piece of a pool, all of which stays as long as the piece does. */
export function keptBytes(bytes: Uint8Array): Buffer {
  const kept = Buffer.allocUnsafeSlow(bytes.length);
  kept.set(bytes);
  return kept;
}
