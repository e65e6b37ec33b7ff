import { bufferBytesFor, giveBuffer, takeBuffer } from "./frame-buffers.ts";

const SIZE_BYTES = 4;
/** The size and the first int16 of the payload: with them a frame is admitted or refused. */
const HEAD_BYTES = 6;
const FIRST_REST_BYTES = 1024;

/** Why a stream cannot go on. `firstInt16`: what the frame begins with, −1 where it is too short to say. */
export interface FrameViolation {
  readonly kind: "negative" | "too-large";
  readonly frameBytes: number;
  readonly firstInt16: number;
}

/** What a stream's frames may be and where their memory comes from. */
export interface FrameRules {
  /** The most bytes of a frame whose payload begins with that int16; with −1, of any frame. */
  maxFrameBytes(firstInt16: number): number;
  /** Asks for memory for a frame that comes in pieces; false where there is none. */
  take(bytes: number): boolean;
  /** Asks for memory for bytes that have come and cannot be cut yet; false where there is none. */
  takeArrived(bytes: number): boolean;
  /** Gives such memory back. */
  release(bytes: number): void;
}

/**
 * Cuts a byte stream into Kafka frames (`int32 size · payload`), one at a time, so that the caller decides when to go on. Chunks are borrowed: {@link FrameCutter.feed} one,
 * take frames with {@link FrameCutter.next} as far as wanted, then {@link FrameCutter.keep} what is left. A whole frame inside a chunk is a view of it; one that comes in pieces gets
 * a buffer of its own, once there is memory for all of it. All that is held is taken from the rules' memory.
 */
export class FrameCutter {
  readonly #rules: FrameRules;
  /** Received and not yet cut: a borrowed chunk, or `#rest` up to its filled length. */
  #source: Buffer = noBytes;
  #at = 0;
  /** Own buffer for bytes that wait; it grows by doubling. */
  #rest: Buffer = noBytes;
  /** Head of the frame that comes in pieces, as far as it is there. */
  readonly #head: Buffer = Buffer.alloc(HEAD_BYTES);
  #headBytes = 0;
  /** Its size once its head is whole, else −1. */
  #frameBytes = -1;
  #frame: Buffer | undefined;
  #filledBytes = 0;
  /** The frame handed out last, whose buffer is given back by {@link FrameCutter.done}. */
  #handed: Buffer | undefined;
  /** Set when the stream is useless. */
  violation: FrameViolation | undefined;

  constructor(rules: FrameRules) {
    this.#rules = rules;
  }

  /** Bytes received that wait to be cut. */
  get waitingBytes(): number {
    return this.#source.length - this.#at;
  }

  /** Memory taken for bytes that wait to be cut. */
  get restBytes(): number {
    return this.#rest.length;
  }

  /** Whether there may be a frame to take: bytes wait to be cut, or a frame that came in pieces is whole. */
  get hasMore(): boolean {
    return this.waitingBytes > 0 || (this.#frame !== undefined && this.#filledBytes === this.#frameBytes);
  }

  /** How much memory the next piece of work needs and did not get, 0 where nothing is missing. */
  get missingBytes(): number {
    return this.#frameBytes >= 0 && this.#frame === undefined && this.violation === undefined ? bufferBytesFor(this.#frameBytes) : 0;
  }

  /** True while a frame has begun and not ended. */
  get isInsideFrame(): boolean {
    return this.#headBytes > 0 || this.#frameBytes >= 0;
  }

  /** Adds a chunk. It is borrowed until {@link FrameCutter.keep}. False where bytes wait already and there is no memory for more: the stream is lost then. */
  feed(chunk: Buffer): boolean {
    if (this.waitingBytes > 0) return this.#append(chunk);
    this.#source = chunk;
    this.#at = 0;
    // What belongs to a frame that has its buffer goes there at once; only whole frames wait.
    if (this.#frame !== undefined) this.#fill();
    return true;
  }

  /** Copies what is left of the borrowed chunk. False where there is no memory for it: the stream is lost then. */
  keep(): boolean {
    const left = this.waitingBytes;
    if (left === 0) {
      this.#source = noBytes;
      this.#at = 0;
      this.#dropRest();
      return true;
    }
    if (this.#isRest()) return true;
    const chunk = this.#source.subarray(this.#at);
    this.#source = noBytes;
    this.#at = 0;
    return this.#append(chunk);
  }

  /** The payload of the next frame, valid until the next call of anything here; undefined when more bytes or memory are needed, or after a violation. */
  next(): Buffer | undefined {
    this.done();
    while (this.violation === undefined) {
      if (this.#frameBytes < 0) {
        const left = this.#source.length - this.#at;
        if (left === 0) return undefined;
        if (this.#headBytes === 0 && left >= HEAD_BYTES) {
          const frameBytes = this.#source.readInt32BE(this.#at);
          if (!this.#isLegal(frameBytes, frameBytes < 2 ? -1 : this.#source.readInt16BE(this.#at + SIZE_BYTES))) return undefined;
          const end = this.#at + SIZE_BYTES + frameBytes;
          if (end <= this.#source.length) {
            const payload = this.#source.subarray(this.#at + SIZE_BYTES, end);
            this.#at = end;
            return payload;
          }
          this.#source.copy(this.#head, 0, this.#at, this.#at + HEAD_BYTES);
          this.#at += HEAD_BYTES;
          this.#headBytes = HEAD_BYTES;
          this.#frameBytes = frameBytes;
        } else if (!this.#readHead()) return undefined;
      }
      if (!this.#reserve()) return undefined;
      this.#fill();
      if (this.#filledBytes < this.#frameBytes) return undefined;
      return this.#hand();
    }
    return undefined;
  }

  /** The frame handed out last is no longer used. */
  done(): void {
    const handed = this.#handed;
    if (handed === undefined) return;
    this.#handed = undefined;
    this.#rules.release(handed.length);
    giveBuffer(handed);
  }

  /**
   * Leaves the frame handed out last to who has it: its buffer is not given back, nor counted here any more. False where the frame is a view of a borrowed chunk, which
   * cannot be left to anybody.
   */
  leave(): boolean {
    const handed = this.#handed;
    if (handed === undefined) return false;
    this.#handed = undefined;
    this.#rules.release(handed.length);
    return true;
  }

  /** Lets go of everything. Nothing may be asked of it afterwards. */
  close(): void {
    this.done();
    this.#source = noBytes;
    this.#at = 0;
    this.#dropRest();
    const frame = this.#frame;
    this.#frame = undefined;
    if (frame === undefined) return;
    this.#rules.release(frame.length);
    giveBuffer(frame);
  }

  /** Collects the head byte by byte. False when it needs more bytes, or says that the frame is none. */
  #readHead(): boolean {
    const wanted = this.#headBytes < SIZE_BYTES ? SIZE_BYTES : this.#wantedHeadBytes();
    const count = this.#source.copy(this.#head, this.#headBytes, this.#at, this.#at + wanted - this.#headBytes);
    this.#at += count;
    this.#headBytes += count;
    if (this.#headBytes < SIZE_BYTES) return false;
    const frameBytes = this.#head.readInt32BE(0);
    if (this.#headBytes < this.#wantedHeadBytes()) {
      // What no request may be is refused by its size alone.
      if (!this.#isLegal(frameBytes, -1)) return false;
      return this.#at < this.#source.length && this.#readHead();
    }
    if (!this.#isLegal(frameBytes, frameBytes < 2 ? -1 : this.#head.readInt16BE(SIZE_BYTES))) return false;
    this.#frameBytes = frameBytes;
    return true;
  }

  #wantedHeadBytes(): number {
    return SIZE_BYTES + Math.max(0, Math.min(HEAD_BYTES - SIZE_BYTES, this.#head.readInt32BE(0)));
  }

  #isLegal(frameBytes: number, firstInt16: number): boolean {
    if (frameBytes < 0) this.violation = { kind: "negative", frameBytes, firstInt16 };
    else if (frameBytes > this.#rules.maxFrameBytes(firstInt16)) this.violation = { kind: "too-large", frameBytes, firstInt16 };
    return this.violation === undefined;
  }

  #reserve(): boolean {
    if (this.#frame !== undefined) return true;
    if (!this.#rules.take(bufferBytesFor(this.#frameBytes))) return false;
    this.#frame = takeBuffer(this.#frameBytes);
    this.#filledBytes = this.#head.copy(this.#frame, 0, SIZE_BYTES, this.#headBytes);
    return true;
  }

  #fill(): void {
    const count = Math.min(this.#frameBytes - this.#filledBytes, this.#source.length - this.#at);
    this.#source.copy(this.#frame!, this.#filledBytes, this.#at, this.#at + count);
    this.#filledBytes += count;
    this.#at += count;
  }

  #hand(): Buffer {
    const frame = this.#frame!;
    const payload = frame.subarray(0, this.#frameBytes);
    this.#handed = frame;
    this.#frame = undefined;
    this.#frameBytes = -1;
    this.#headBytes = 0;
    return payload;
  }

  #isRest(): boolean {
    return this.#rest.length > 0 && this.#source.buffer === this.#rest.buffer;
  }

  /** Adds to the bytes that wait, in `#rest`. */
  #append(chunk: Buffer): boolean {
    const waiting = this.#isRest() ? this.#source.subarray(this.#at) : noBytes;
    // A view of the old buffer is empty once that is given back.
    const waitingBytes = waiting.length;
    const needed = waitingBytes + chunk.length;
    if (needed > this.#rest.length) {
      const byteLength = Math.max(FIRST_REST_BYTES, 2 ** Math.ceil(Math.log2(needed)));
      if (!this.#rules.takeArrived(byteLength)) return false;
      const larger = Buffer.allocUnsafeSlow(byteLength);
      waiting.copy(larger, 0);
      this.#dropRest();
      this.#rest = larger;
    } else if (waitingBytes > 0 && this.#at > 0) this.#rest.copyWithin(0, this.#at, this.#source.length);
    chunk.copy(this.#rest, waitingBytes);
    this.#source = this.#rest.subarray(0, needed);
    this.#at = 0;
    return true;
  }

  #dropRest(): void {
    if (this.#rest.length === 0) return;
    this.#rules.release(this.#rest.length);
    giveBuffer(this.#rest);
    this.#rest = noBytes;
  }
}

const noBytes: Buffer = Buffer.alloc(0);
