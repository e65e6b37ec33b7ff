/** Objects, numbers and places in maps of one committed offset. */
const OFFSET_BYTES = 200;

/** What a committed offset, or one that is to be, takes while it is kept. */
export function offsetBytes(metadata: string): number {
  return OFFSET_BYTES + 2 * metadata.length;
}
