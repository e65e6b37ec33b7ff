/** int16 version · int64 producer id · int64 first offset · int64 last offset · int64 last stable offset. */
const ABORTED_ENTRY_BYTES = 34;
const VERSION = 0;

/** One transaction that was aborted, as Kafka's `.txnindex` has it. Its marker lies in the segment of the index, its first record may lie in an earlier one. */
export interface AbortedEntry {
  readonly producerId: number;
  readonly firstOffset: number;
  /** The marker's. */
  readonly lastOffset: number;
  /** The last stable offset once the marker was written: no later entry is of use to who reads below it. */
  readonly lastStableOffset: number;
}

export function encodeAborted(entries: readonly AbortedEntry[]): Buffer {
  const content = Buffer.allocUnsafe(entries.length * ABORTED_ENTRY_BYTES);
  for (const [i, entry] of entries.entries()) {
    const at = i * ABORTED_ENTRY_BYTES;
    content.writeInt16BE(VERSION, at);
    content.writeBigInt64BE(BigInt(entry.producerId), at + 2);
    content.writeBigInt64BE(BigInt(entry.firstOffset), at + 10);
    content.writeBigInt64BE(BigInt(entry.lastOffset), at + 18);
    content.writeBigInt64BE(BigInt(entry.lastStableOffset), at + 26);
  }
  return content;
}

/** Undefined when the content cannot be the index of a segment that begins at `baseOffset`. */
export function decodeAborted(content: Buffer, baseOffset: number): AbortedEntry[] | undefined {
  if (content.length % ABORTED_ENTRY_BYTES !== 0) return undefined;
  const entries: AbortedEntry[] = [];
  let previous = baseOffset - 1;
  for (let at = 0; at < content.length; at += ABORTED_ENTRY_BYTES) {
    const int64 = (from: number): number => Number(content.readBigInt64BE(at + from));
    const entry = { producerId: int64(2), firstOffset: int64(10), lastOffset: int64(18), lastStableOffset: int64(26) };
    const isSound =
      content.readInt16BE(at) === VERSION &&
      entry.producerId >= 0 &&
      entry.firstOffset >= 0 &&
      entry.firstOffset < entry.lastOffset &&
      entry.lastOffset > previous &&
      Number.isSafeInteger(entry.lastOffset) &&
      entry.lastStableOffset >= 0 &&
      entry.lastStableOffset <= entry.lastOffset + 1;
    if (!isSound) return undefined;
    previous = entry.lastOffset;
    entries.push(entry);
  }
  return entries;
}
