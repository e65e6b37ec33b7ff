import { readInt32, writeInt32 } from "./int64-bytes.ts";

/** 128 bits of a hash as four numbers of 32, in the order of its bytes: an object of its own for each would cost more than they do. */
export class Hash {
  first = 0;
  second = 0;
  third = 0;
  fourth = 0;

  take(other: Hash): void {
    this.first = other.first;
    this.second = other.second;
    this.third = other.third;
    this.fourth = other.fourth;
  }

  equals({ first, second, third, fourth }: Hash): boolean {
    return this.first === first && this.second === second && this.third === third && this.fourth === fourth;
  }

  readFrom(bytes: Uint8Array, at: number): this {
    this.first = readInt32(bytes, at);
    this.second = readInt32(bytes, at + 4);
    this.third = readInt32(bytes, at + 8);
    this.fourth = readInt32(bytes, at + 12);
    return this;
  }

  writeTo(into: Uint8Array, at: number): void {
    writeInt32(into, at, this.first);
    writeInt32(into, at + 4, this.second);
    writeInt32(into, at + 8, this.third);
    writeInt32(into, at + 12, this.fourth);
  }
}

/** The seed that Java's foreign-key join takes. */
const SEED = 104729;
const BLOCK_BYTES = 16;

/** Numbers of 64 bits, each as its higher and its lower half: as BigInts each step would cost an object. */
const halves = new Int32Array(8);
/** Where each of them begins: the two parts of the hash, the block that is mixed in, and what is left over of others. */
const H1 = 0;
const H2 = 2;
const BLOCK = 4;
const OTHER = 6;

/**
 * MurmurHash3 of 128 bits (x64) with the seed of Java's foreign-key join: as its 16 bytes two int64, each with the highest byte first. By this hash a response tells which version of the left value it is for.
 */
export function murmur3(data: Uint8Array, into: Hash): void {
  set(H1, 0, SEED);
  set(H2, 0, SEED);
  let at = 0;
  for (; at + BLOCK_BYTES <= data.length; at += BLOCK_BYTES) {
    mixFirst(data, at);
    rotate(H1, 27);
    add(H1, H2);
    timesFiveAnd(H1, 0x52dce729);
    mixSecond(data, at + 8);
    rotate(H2, 31);
    add(H2, H1);
    timesFiveAnd(H2, 0x38495ab5);
  }
  // The rest is filled up with zero bytes; a half without any byte mixes to nothing.
  if (at < data.length) {
    mixSecond(data, at + 8);
    mixFirst(data, at);
  }
  halves[H1 + 1]! ^= data.length;
  halves[H2 + 1]! ^= data.length;
  add(H1, H2);
  add(H2, H1);
  finish(H1);
  finish(H2);
  add(H1, H2);
  add(H2, H1);
  into.first = halves[H1]!;
  into.second = halves[H1 + 1]!;
  into.third = halves[H2]!;
  into.fourth = halves[H2 + 1]!;
}

function mixFirst(data: Uint8Array, at: number): void {
  readBlock(data, at);
  times(BLOCK, 0x87c37b91, 0x114253d5);
  rotate(BLOCK, 31);
  times(BLOCK, 0x4cf5ad43, 0x2745937f);
  exclusiveOr(H1);
}

function mixSecond(data: Uint8Array, at: number): void {
  readBlock(data, at);
  times(BLOCK, 0x4cf5ad43, 0x2745937f);
  rotate(BLOCK, 33);
  times(BLOCK, 0x87c37b91, 0x114253d5);
  exclusiveOr(H2);
}

function finish(at: number): void {
  shiftedOr(at);
  times(at, 0xff51afd7, 0xed558ccd);
  shiftedOr(at);
  times(at, 0xc4ceb9fe, 0x1a85ec53);
  shiftedOr(at);
}

/** Eight bytes, the lowest first; 0 for those that there are not. */
function readBlock(data: Uint8Array, at: number): void {
  set(BLOCK, word(data, at + 4), word(data, at));
}

function word(data: Uint8Array, at: number): number {
  let value = 0;
  for (let byte = Math.min(3, data.length - 1 - at); byte >= 0; byte--) value |= data[at + byte]! << (8 * byte);
  return value;
}

function set(at: number, high: number, low: number): void {
  halves[at] = high;
  halves[at + 1] = low;
}

function exclusiveOr(at: number): void {
  halves[at]! ^= halves[BLOCK]!;
  halves[at + 1]! ^= halves[BLOCK + 1]!;
}

/** value ^= value >>> 33 */
function shiftedOr(at: number): void {
  halves[at + 1]! ^= halves[at]! >>> 1;
}

function rotate(at: number, bits: number): void {
  const isFar = bits > 32;
  const high = halves[isFar ? at + 1 : at]!;
  const low = halves[isFar ? at : at + 1]!;
  const by = isFar ? bits - 32 : bits;
  set(at, (high << by) | (low >>> (32 - by)), (low << by) | (high >>> (32 - by)));
}

function add(at: number, other: number): void {
  const low = (halves[at + 1]! >>> 0) + (halves[other + 1]! >>> 0);
  const carried = low > 0xffffffff ? 1 : 0;
  set(at, halves[at]! + halves[other]! + carried, low);
}

function timesFiveAnd(at: number, more: number): void {
  times(at, 0, 5);
  set(OTHER, 0, more);
  add(at, OTHER);
}

function times(at: number, high: number, low: number): void {
  const otherHigh = halves[at]!;
  const otherLow = halves[at + 1]!;
  set(at, Math.imul(otherHigh, low) + Math.imul(otherLow, high) + upperHalf(otherLow, low), Math.imul(otherLow, low));
}

/** Of the 64 bits of a product of two unsigned numbers of 32. */
function upperHalf(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const other = aLow * bHigh + (middle & 0xffff);
  return aHigh * bHigh + (middle >>> 16) + (other >>> 16);
}
