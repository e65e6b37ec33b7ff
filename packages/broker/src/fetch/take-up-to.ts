import type { MemoryAccount } from "../net/client-memory.ts";

/** Below this it is not worth reading: one batch comes all the same. */
const WORTH_TAKING_BYTES = 4096;

/** Takes `wantedBytes`, or where there is less room for this client half of it, or a quarter, and so on. Returns how much was taken, which may be nothing. */
export function takeUpTo(memory: MemoryAccount, wantedBytes: number): number {
  for (let bytes = wantedBytes; bytes >= Math.min(wantedBytes, WORTH_TAKING_BYTES); bytes = Math.floor(bytes / 2)) {
    if (bytes === 0) return 0;
    if (memory.take(bytes)) return bytes;
  }
  return 0;
}
