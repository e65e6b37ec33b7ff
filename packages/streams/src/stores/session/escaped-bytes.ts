/**
 * Bytes that may stand within a sorted key and still sort as they do alone, whatever comes after them: each 0 becomes `0, 1`, and `0, 0` is the end.
 */
export function escapedBytes(bytes: Uint8Array): Uint8Array {
  let zeros = 0;
  for (let i = 0; i < bytes.length; i++) if (bytes[i] === 0) zeros++;
  const into = new Uint8Array(bytes.length + zeros + 2);
  let at = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    into[at++] = byte;
    if (byte === 0) into[at++] = 1;
  }
  return into;
}

/** The bytes that were escaped; with their end. */
export function unescapedBytes(escaped: Uint8Array): Uint8Array {
  const into = new Uint8Array(escaped.length);
  let length = 0;
  for (let i = 0; i < escaped.length - 2; i++) {
    into[length++] = escaped[i]!;
    if (escaped[i] === 0) i++;
  }
  return into.subarray(0, length);
}
