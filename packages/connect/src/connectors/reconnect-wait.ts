const FIRST_WAIT_MS = 250;
/** A larger exponent only reaches the most again. */
const DOUBLINGS_MAX = 16;

/** How long a source waits before it asks a lost server again, after so many failures in a row: a quarter of a second, twice that, and so on up to the most. */
export function reconnectWaitMs(failures: number, mostMs: number): number {
  return Math.min(FIRST_WAIT_MS * 2 ** Math.min(failures, DOUBLINGS_MAX), mostMs);
}
