import { readInt32, readInt64, writeInt32, writeInt64 } from "../../serdes/int64-bytes.ts";
import { keyAndMore, type LentMemory } from "../../serdes/lent-bytes.ts";

const SUFFIX_BYTES = 12;

/** Key of a window store's changelog: `key, int64 start, int32 sequence`. The sequence is 0 where a key is only once in a window. Lent, if memory for it is given. */
export function windowKey(key: Uint8Array, startMs: number, sequence: number, memory?: LentMemory): Uint8Array {
  const into = keyAndMore(key, SUFFIX_BYTES, memory);
  writeInt64(into, key.length, startMs);
  writeInt32(into, key.length + 8, sequence);
  return into;
}

/** Whether a window store may have written that key. One of a session store ends with two times, and is none: its parts, taken as a time and a sequence, are no time, or the sequence is not 0 where it must be. */
export function isWindowKey(key: Uint8Array, retainDuplicates: boolean): boolean {
  if (key.length < SUFFIX_BYTES) return false;
  const startMs = startInWindowKey(key);
  if (!(Math.abs(startMs) <= Number.MAX_SAFE_INTEGER)) return false;
  const sequence = readInt32(key, key.length - 4);
  return retainDuplicates ? sequence >= 0 : sequence === 0;
}

/** The key in a key of the changelog, as a view. */
export function keyInWindowKey(windowKey: Uint8Array): Uint8Array {
  return windowKey.subarray(0, windowKey.length - SUFFIX_BYTES);
}

export function startInWindowKey(windowKey: Uint8Array): number {
  return readInt64(windowKey, windowKey.length - SUFFIX_BYTES);
}
