const TWO_32 = 4294967296;
/** int64 largest timestamp so far · int32 offset it was seen at − segment base. */
export const TIME_ENTRY_BYTES = 12;
const FIRST_ENTRIES = 16;

/**
 * The sparse time index of one segment, in memory. An entry (t, o) says: no record up to offset o is later than t.
 * Entries ascend strictly by timestamp and never descend by offset. Source: Kafka's `.timeindex` file.
 */
export class TimeIndex {
  #timestamps: Float64Array;
  #relativeOffsets: Uint32Array;
  #count: number;

  private constructor(timestamps: Float64Array, relativeOffsets: Uint32Array, count: number) {
    this.#timestamps = timestamps;
    this.#relativeOffsets = relativeOffsets;
    this.#count = count;
  }

  static empty(): TimeIndex {
    return new TimeIndex(new Float64Array(0), new Uint32Array(0), 0);
  }

  /** Reads a file's content; undefined when it cannot be a time index. */
  static decode(content: Buffer): TimeIndex | undefined {
    if (content.length % TIME_ENTRY_BYTES !== 0) return undefined;
    const count = content.length / TIME_ENTRY_BYTES;
    const index = new TimeIndex(new Float64Array(count), new Uint32Array(count), count);
    let previousTimestamp = -Infinity;
    let previousOffset = -1;
    for (let i = 0; i < count; i++) {
      const at = i * TIME_ENTRY_BYTES;
      const timestamp = content.readInt32BE(at) * TWO_32 + content.readUInt32BE(at + 4);
      const offset = content.readInt32BE(at + 8);
      if (timestamp <= previousTimestamp || offset < previousOffset || offset < 0) return undefined;
      index.#timestamps[i] = previousTimestamp = timestamp;
      index.#relativeOffsets[i] = previousOffset = offset;
    }
    return index;
  }

  encode(): Buffer {
    const content = Buffer.allocUnsafe(this.#count * TIME_ENTRY_BYTES);
    for (let i = 0; i < this.#count; i++) {
      const timestamp = this.#timestamps[i]!;
      content.writeInt32BE(Math.floor(timestamp / TWO_32), i * TIME_ENTRY_BYTES);
      content.writeUInt32BE(timestamp - Math.floor(timestamp / TWO_32) * TWO_32, i * TIME_ENTRY_BYTES + 4);
      content.writeInt32BE(this.#relativeOffsets[i]!, i * TIME_ENTRY_BYTES + 8);
    }
    return content;
  }

  get count(): number {
    return this.#count;
  }

  get sizeBytes(): number {
    return this.#timestamps.byteLength + this.#relativeOffsets.byteLength;
  }

  /** −1 when the index is empty. */
  get lastTimestampMs(): number {
    return this.#count === 0 ? -1 : this.#timestamps[this.#count - 1]!;
  }

  /** −1 when the index is empty. */
  get lastRelativeOffset(): number {
    return this.#count === 0 ? -1 : this.#relativeOffsets[this.#count - 1]!;
  }

  /** Adds an entry unless the last one is as late. */
  maybeAppend(timestampMs: number, relativeOffset: number): void {
    if (this.#count > 0 && timestampMs <= this.#timestamps[this.#count - 1]!) return;
    if (this.#count === this.#timestamps.length) this.#grow();
    this.#timestamps[this.#count] = timestampMs;
    this.#relativeOffsets[this.#count] = relativeOffset;
    this.#count++;
  }

  /** The offset up to which no record is as late as `timestampMs`, relative to the base; 0 when nothing is known. */
  floorRelativeOffset(timestampMs: number): number {
    let low = 0;
    let high = this.#count - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      if (this.#timestamps[middle]! < timestampMs) low = middle + 1;
      else high = middle - 1;
    }
    return high < 0 ? 0 : this.#relativeOffsets[high]!;
  }

  #grow(): void {
    const length = Math.max(FIRST_ENTRIES, this.#timestamps.length * 2);
    const timestamps = new Float64Array(length);
    timestamps.set(this.#timestamps);
    const relativeOffsets = new Uint32Array(length);
    relativeOffsets.set(this.#relativeOffsets);
    this.#timestamps = timestamps;
    this.#relativeOffsets = relativeOffsets;
  }
}
