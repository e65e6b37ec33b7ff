import { readInt64 } from "../../serdes/int64-bytes.ts";

const SUFFIX_BYTES = 16;

/** Whether a session store may have written that key. One of a window store ends with a time and a sequence, which taken as two times are none, or end before they start. */
export function isSessionKey(key: Uint8Array): boolean {
  if (key.length < SUFFIX_BYTES) return false;
  const endMs = endInSessionKey(key);
  const startMs = startInSessionKey(key);
  return startMs >= 0 && startMs <= endMs && endMs <= Number.MAX_SAFE_INTEGER;
}

/** The key in a key of a session store's changelog, as a view. */
export function keyInSessionKey(sessionKey: Uint8Array): Uint8Array {
  return sessionKey.subarray(0, sessionKey.length - SUFFIX_BYTES);
}

export function endInSessionKey(sessionKey: Uint8Array): number {
  return readInt64(sessionKey, sessionKey.length - SUFFIX_BYTES);
}

export function startInSessionKey(sessionKey: Uint8Array): number {
  return readInt64(sessionKey, sessionKey.length - 8);
}
