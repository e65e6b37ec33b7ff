/** Buffers up to this are left to the garbage collector. */
const SMALL_BYTES = 32 * 1024;
/** A frame up to this gets a buffer of just its size: no more than a client may have that has not logged in. */
const EXACT_BYTES = 64 * 1024;
/** Larger frames up to this size share buffers of this size, so that a busy producer's requests make no garbage. */
const SHARED_BYTES = 256 * 1024;
const SPARE_BUFFERS_MAX = 8;

const spare: Buffer[] = [];

/** How much memory the buffer for a frame of that size takes. */
export function bufferBytesFor(frameBytes: number): number {
  return frameBytes > EXACT_BYTES && frameBytes <= SHARED_BYTES ? SHARED_BYTES : frameBytes;
}

/** A buffer of {@link bufferBytesFor} bytes, with any content. What is never written to takes no memory of the machine. */
export function takeBuffer(frameBytes: number): Buffer {
  const byteLength = bufferBytesFor(frameBytes);
  return (byteLength === SHARED_BYTES ? spare.pop() : undefined) ?? Buffer.allocUnsafeSlow(byteLength);
}

/** Takes back a buffer of which no view is alive: kept for the next frame, or freed now rather than at the next garbage collection. */
export function giveBuffer(buffer: Buffer): void {
  if (buffer.length === SHARED_BYTES && spare.length < SPARE_BUFFERS_MAX) spare.push(buffer);
  else if (buffer.length > SMALL_BYTES) freeNow(buffer);
}

/** Gives the memory of a buffer that owns it back to the system; the buffer is empty afterwards. */
function freeNow(buffer: Buffer): void {
  if (buffer.buffer instanceof ArrayBuffer && buffer.length === buffer.buffer.byteLength) buffer.buffer.transfer(0);
}
