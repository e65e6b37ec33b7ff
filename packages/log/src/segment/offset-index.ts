import { invariant } from "@ottla/base";

/** int32 last offset of a batch − segment base · int32 position of that batch in the `.log` file. */
export const OFFSET_ENTRY_BYTES = 8;
const FIRST_ENTRIES = 16;

/**
 * The sparse offset index of one segment, in memory: entries ascend strictly by offset and by position.
 * Source: Kafka's `.index` file; see {@link OFFSET_ENTRY_BYTES} for the layout.
 */
export class OffsetIndex {
  /** relative offset, position, relative offset, position … */
  #entries: Uint32Array;
  #count: number;

  private constructor(entries: Uint32Array, count: number) {
    this.#entries = entries;
    this.#count = count;
  }

  static empty(): OffsetIndex {
    return new OffsetIndex(new Uint32Array(0), 0);
  }

  /** Reads a file's content; undefined when it cannot be the index of a log of `logBytes` bytes. */
  static decode(content: Buffer, logBytes: number): OffsetIndex | undefined {
    if (content.length % OFFSET_ENTRY_BYTES !== 0) return undefined;
    const count = content.length / OFFSET_ENTRY_BYTES;
    const entries = new Uint32Array(count * 2);
    let previousOffset = -1;
    let previousPosition = -1;
    for (let i = 0; i < count; i++) {
      const offset = content.readInt32BE(i * OFFSET_ENTRY_BYTES);
      const position = content.readInt32BE(i * OFFSET_ENTRY_BYTES + 4);
      if (offset <= previousOffset || position <= previousPosition || position >= logBytes) return undefined;
      entries[i * 2] = previousOffset = offset;
      entries[i * 2 + 1] = previousPosition = position;
    }
    return new OffsetIndex(entries, count);
  }

  encode(): Buffer {
    const content = Buffer.allocUnsafe(this.#count * OFFSET_ENTRY_BYTES);
    for (let i = 0; i < this.#count * 2; i++) content.writeInt32BE(this.#entries[i]!, i * 4);
    return content;
  }

  get count(): number {
    return this.#count;
  }

  get sizeBytes(): number {
    return this.#entries.byteLength;
  }

  append(relativeOffset: number, position: number): void {
    if (this.#count * 2 === this.#entries.length) this.#grow();
    this.#entries[this.#count * 2] = relativeOffset;
    this.#entries[this.#count * 2 + 1] = position;
    this.#count++;
  }

  /** The last entry whose offset is at most `relativeOffset`; −1 if there is none. */
  floor(relativeOffset: number): number {
    let low = 0;
    let high = this.#count - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      if (this.#entries[middle * 2]! <= relativeOffset) low = middle + 1;
      else high = middle - 1;
    }
    return high;
  }

  /** The last entry whose position is at most `position`; −1 if there is none. */
  floorPosition(position: number): number {
    let low = 0;
    let high = this.#count - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      if (this.#entries[middle * 2 + 1]! <= position) low = middle + 1;
      else high = middle - 1;
    }
    return high;
  }

  relativeOffsetAt(entry: number): number {
    invariant(entry >= 0 && entry < this.#count, "an index entry is asked for that is not there");
    return this.#entries[entry * 2]!;
  }

  positionAt(entry: number): number {
    invariant(entry >= 0 && entry < this.#count, "an index entry is asked for that is not there");
    return this.#entries[entry * 2 + 1]!;
  }

  #grow(): void {
    const grown = new Uint32Array(Math.max(FIRST_ENTRIES * 2, this.#entries.length * 2));
    grown.set(this.#entries);
    this.#entries = grown;
  }
}
