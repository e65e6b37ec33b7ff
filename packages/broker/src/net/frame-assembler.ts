const SIZE_BYTES = 4;

/** Why a stream cannot go on. */
export interface FrameViolation {
  readonly kind: "negative" | "too-large";
  readonly frameBytes: number;
}

/**
 * Cuts a byte stream into Kafka frames (`int32 size · payload`). A frame that arrived within one chunk is a view of it; one that
 * arrived in several is joined once. Holds at most one unfinished frame, and never more memory than bytes have arrived.
 */
export class FrameAssembler {
  readonly #maxFrameBytes: number;
  #parts: Buffer[] = [];
  #partsBytes = 0;
  /** Size prefix and payload of the unfinished frame; 0 while the prefix itself is incomplete. */
  #wantedBytes = 0;

  constructor(maxFrameBytes: number) {
    this.#maxFrameBytes = maxFrameBytes;
  }

  /** Bytes of the unfinished frame. */
  get pendingBytes(): number {
    return this.#partsBytes;
  }

  /** Hands every frame's payload that `chunk` completes to `onFrame`, in order. After a violation the stream is useless. */
  push(chunk: Buffer, onFrame: (payload: Buffer) => void): FrameViolation | undefined {
    let rest = chunk;
    while (rest.length > 0) {
      if (this.#partsBytes > 0 || rest.length < SIZE_BYTES) {
        const taken = this.#fill(rest);
        if (typeof taken !== "number") return taken;
        rest = rest.subarray(taken);
        if (this.#wantedBytes > 0 && this.#partsBytes === this.#wantedBytes) onFrame(this.#take());
        continue;
      }
      const frameBytes = rest.readInt32BE(0);
      const violation = this.#check(frameBytes);
      if (violation) return violation;
      if (rest.length - SIZE_BYTES < frameBytes) {
        this.#parts.push(rest);
        this.#partsBytes = rest.length;
        this.#wantedBytes = SIZE_BYTES + frameBytes;
        return undefined;
      }
      onFrame(rest.subarray(SIZE_BYTES, SIZE_BYTES + frameBytes));
      rest = rest.subarray(SIZE_BYTES + frameBytes);
    }
    return undefined;
  }

  /** Adds what the unfinished frame still wants of `bytes`; returns how much that was. */
  #fill(bytes: Buffer): number | FrameViolation {
    const wanted = (this.#wantedBytes || SIZE_BYTES) - this.#partsBytes;
    const part = bytes.length <= wanted ? bytes : bytes.subarray(0, wanted);
    this.#parts.push(part);
    this.#partsBytes += part.length;
    if (this.#wantedBytes === 0 && this.#partsBytes === SIZE_BYTES) {
      const prefix = Buffer.concat(this.#parts);
      const violation = this.#check(prefix.readInt32BE(0));
      if (violation) return violation;
      this.#parts = [prefix];
      this.#wantedBytes = SIZE_BYTES + prefix.readInt32BE(0);
    }
    return part.length;
  }

  #take(): Buffer {
    const frame = this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts, this.#partsBytes);
    this.#parts = [];
    this.#partsBytes = 0;
    this.#wantedBytes = 0;
    return frame.subarray(SIZE_BYTES);
  }

  #check(frameBytes: number): FrameViolation | undefined {
    if (frameBytes < 0) return { kind: "negative", frameBytes };
    if (frameBytes > this.#maxFrameBytes) return { kind: "too-large", frameBytes };
    return undefined;
  }
}
