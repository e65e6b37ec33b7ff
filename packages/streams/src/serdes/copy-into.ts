/** Up to so many bytes a loop is faster than a call. */
const LOOP_MAX = 32;

/** Copies bytes to the beginning of others. */
export function copyInto(into: Uint8Array, bytes: Uint8Array): void {
  const length = bytes.length;
  if (length > LOOP_MAX) into.set(bytes);
  else for (let i = 0; i < length; i++) into[i] = bytes[i]!;
}
