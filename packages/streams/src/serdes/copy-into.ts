/** Up to so many bytes a loop is faster than a call. */
const LOOP_MAX = 32;

/** Copies bytes into others, from a place on. */
export function copyInto(into: Uint8Array, at: number, bytes: Uint8Array): void {
  const length = bytes.length;
  if (length > LOOP_MAX) into.set(bytes, at);
  else for (let i = 0; i < length; i++) into[at + i] = bytes[i]!;
}
