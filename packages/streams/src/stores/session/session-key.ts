import { readInt64 } from "../../serdes/int64-bytes.ts";

const SUFFIX_BYTES = 16;

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
