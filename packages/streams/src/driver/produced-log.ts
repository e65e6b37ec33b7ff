import { copyInto } from "../serdes/copy-into.ts";
import { type Headers, noHeaders } from "../record.ts";

/** Of a block, unless one record is larger. The first blocks are smaller: most drivers produce little. */
const BLOCK_BYTES_MAX = 65_536;
const FIRST_BLOCK_BYTES = 2_048;

/**
 * A record in a block: int32 topic (−1: taken out), int32 partition (−1: none), int32 length of key and int32 length of value (−1: null), double time (NaN: null), double number of the topic's
 * next record, key, value. Each begins at a multiple of 8 bytes.
 */
const HEADER_BYTES = 32;
const PARTITION = 1;
const KEY_BYTES = 2;
const VALUE_BYTES = 3;
const TIMESTAMP = 2;
const NEXT = 3;
/** A record's number is its block's times this, and which multiple of 8 bytes in it. */
const NUMBERS_OF_BLOCK = BLOCK_BYTES_MAX / 8;

/** A record out of the log: its topic's number, and views of memory that no other record has. */
export interface LoggedRecord {
  readonly topic: number;
  readonly partition: number | undefined;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly timestamp: number | null;
  readonly headers: Headers;
}

/**
 * What a topology produced, in its order, as packed bytes: a record costs its bytes and some numbers, and no object before it is taken out. A record has a number, which grows; a block whose
 * records are all taken out is let go.
 */
export class ProducedLog {
  #blocks: (Block | undefined)[] = [];
  /** Number of the first block there is. */
  #firstBlock = 0;
  #last: Block;

  constructor() {
    this.#last = this.#begin(FIRST_BLOCK_BYTES);
  }

  /** What it holds in memory. */
  get memoryBytes(): number {
    return this.#blocks.reduce((sum, block) => sum + (block?.bytes.length ?? 0), 0);
  }

  /** Copies the bytes; gives the record's number. `before` is the number of the record before it in its topic, −1 for none that is there. */
  append(
    topic: number,
    partition: number | undefined,
    key: Uint8Array | null,
    value: Uint8Array | null,
    timestamp: number | null,
    headers: Headers,
    before: number,
  ): number {
    const keyBytes = key === null ? 0 : key.length;
    const bytes = HEADER_BYTES + keyBytes + (value === null ? 0 : value.length);
    if (this.#last.bytes.length - this.#last.used < bytes) this.#begin(bytes);
    const block = this.#last;
    const at = block.used;
    block.used = (at + bytes + 7) & ~7;
    block.left++;
    const { ints, doubles } = block;
    ints[at >> 2] = topic;
    ints[(at >> 2) + PARTITION] = partition === undefined ? -1 : partition;
    ints[(at >> 2) + KEY_BYTES] = key === null ? -1 : keyBytes;
    ints[(at >> 2) + VALUE_BYTES] = value === null ? -1 : value.length;
    doubles[(at >> 3) + TIMESTAMP] = timestamp === null ? Number.NaN : timestamp;
    if (key !== null) copyInto(block.bytes, at + HEADER_BYTES, key);
    if (value !== null) copyInto(block.bytes, at + HEADER_BYTES + keyBytes, value);
    if (headers !== noHeaders) block.headers.set(at, headers);
    const number = block.firstNumber + (at >> 3);
    if (before >= block.firstNumber) doubles[before - block.firstNumber + NEXT] = number;
    else if (before >= 0) this.#setNext(before, number);
    return number;
  }

  /** The number of the record that came after this one in its topic. */
  nextOf(number: number): number {
    const block = this.#blockOf(number);
    return block.doubles[number - block.firstNumber + NEXT]!;
  }

  /** Takes a record out that is there. */
  take(number: number): LoggedRecord {
    const block = this.#blockOf(number);
    const record = block.take((number - block.firstNumber) * 8);
    if (block.left === 0 && block !== this.#last) this.#letGo(block);
    return record;
  }

  /** Takes all out that is there, in their order. */
  *takeAll(): Generator<LoggedRecord> {
    const blocks = this.#blocks;
    this.#blocks = [];
    this.#firstBlock = 0;
    this.#begin(FIRST_BLOCK_BYTES);
    for (const block of blocks) if (block !== undefined) yield* block.takeAll();
  }

  #begin(bytes: number): Block {
    const last = this.#blocks.at(-1);
    const usual = last === undefined ? FIRST_BLOCK_BYTES : Math.min(BLOCK_BYTES_MAX, last.bytes.length * 2);
    const number = (this.#firstBlock + this.#blocks.length) * NUMBERS_OF_BLOCK;
    this.#last = new Block(number, Math.max(usual, (bytes + 7) & ~7));
    this.#blocks.push(this.#last);
    if (last !== undefined && last.left === 0) this.#letGo(last);
    return this.#last;
  }

  #setNext(number: number, next: number): void {
    const block = this.#blockOf(number);
    block.doubles[number - block.firstNumber + NEXT] = next;
  }

  #blockOf(number: number): Block {
    return this.#blocks[Math.floor(number / NUMBERS_OF_BLOCK) - this.#firstBlock]!;
  }

  #letGo({ firstNumber }: Block): void {
    this.#blocks[firstNumber / NUMBERS_OF_BLOCK - this.#firstBlock] = undefined;
    while (this.#blocks[0] === undefined) {
      this.#blocks.shift();
      this.#firstBlock++;
    }
  }
}

class Block {
  readonly firstNumber: number;
  readonly bytes: Buffer;
  readonly ints: Int32Array;
  readonly doubles: Float64Array;
  /** By the place of their record; most have none. */
  readonly headers = new Map<number, Headers>();
  used = 0;
  /** How many of its records are there. */
  left = 0;

  constructor(firstNumber: number, size: number) {
    this.firstNumber = firstNumber;
    this.bytes = Buffer.allocUnsafeSlow(size);
    this.ints = new Int32Array(this.bytes.buffer);
    this.doubles = new Float64Array(this.bytes.buffer);
  }

  take(at: number): LoggedRecord {
    const { ints } = this;
    const topic = ints[at >> 2]!;
    const partition = ints[(at >> 2) + PARTITION]!;
    const keyBytes = ints[(at >> 2) + KEY_BYTES]!;
    const valueBytes = ints[(at >> 2) + VALUE_BYTES]!;
    const timestamp = this.doubles[(at >> 3) + TIMESTAMP]!;
    const keyAt = at + HEADER_BYTES;
    const valueAt = keyAt + Math.max(0, keyBytes);
    ints[at >> 2] = -1;
    this.left--;
    return {
      topic,
      partition: partition === -1 ? undefined : partition,
      key: keyBytes === -1 ? null : this.bytes.subarray(keyAt, keyAt + keyBytes),
      value: valueBytes === -1 ? null : this.bytes.subarray(valueAt, valueAt + valueBytes),
      timestamp: Number.isNaN(timestamp) ? null : timestamp,
      headers: this.headers.get(at) ?? noHeaders,
    };
  }

  *takeAll(): Generator<LoggedRecord> {
    for (let at = 0; at < this.used; ) {
      const [topic, keyBytes, valueBytes] = [this.ints[at >> 2], this.ints[(at >> 2) + KEY_BYTES]!, this.ints[(at >> 2) + VALUE_BYTES]!];
      if (topic !== -1) yield this.take(at);
      at = (at + HEADER_BYTES + Math.max(0, keyBytes) + Math.max(0, valueBytes) + 7) & ~7;
    }
  }
}
