/** What lies in files is read in pieces of this size: small enough to be still in the processor's cache when the system copies it, large enough that its reader is seldom woken. */
const WINDOW_BYTES = 512 * 1024;
/** The same for a client that holds more of the memory than its share. */
const SMALL_WINDOW_BYTES = 32 * 1024;
const SPARE_WINDOWS_MAX = 4;

const spare: Buffer[] = [];

/** A buffer for what is sent next, with any content. Give it back with {@link giveWindow}. */
export function takeWindow(isSmall: boolean): Buffer {
  if (isSmall) return Buffer.allocUnsafeSlow(SMALL_WINDOW_BYTES);
  return spare.pop() ?? Buffer.allocUnsafeSlow(WINDOW_BYTES);
}

/** Nobody looks at it any more: it is kept for the next, or its memory goes back to the system now rather than at the next garbage collection. */
export function giveWindow(window: Buffer): void {
  if (window.length === WINDOW_BYTES && spare.length < SPARE_WINDOWS_MAX) spare.push(window);
  else if (window.buffer instanceof ArrayBuffer) window.buffer.transfer(0);
}
