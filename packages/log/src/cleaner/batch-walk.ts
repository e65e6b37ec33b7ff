import type { DiskFile } from "@ottla/base";
import { announcedBatchSize, BATCH_OVERHEAD_BYTES, lastOffset } from "@ottla/protocol/records";
import { LogError } from "../errors.ts";
import { looksLikeBatch } from "../segment/scan-batches.ts";
import type { SourceSegment } from "./clean-job.ts";

/** Takes the whole batch at `at`; the next one comes when what it returned has resolved. The buffer is used again afterwards. */
type TakeBatch = (buffer: Buffer, at: number) => void | Promise<void>;

/** Reads segments batch by batch through one buffer, which grows for a batch that is larger and shrinks again. */
export class BatchWalk {
  readonly #bufferBytes: number;
  #buffer: Buffer;

  constructor(bufferBytes: number) {
    this.#bufferBytes = Math.max(bufferBytes, BATCH_OVERHEAD_BYTES);
    this.#buffer = Buffer.allocUnsafeSlow(this.#bufferBytes);
  }

  /** Shows the batches of a segment in order, until it `isEnough`; `onRead` is told of each piece, and waited for. Returns how many bytes were read. Errors: disk errors, `LOG_CORRUPT`, and what the two throw. */
  async segment(
    file: DiskFile,
    segment: SourceSegment,
    take: TakeBatch,
    onRead: (byteLength: number) => void | Promise<void>,
    isEnough: () => boolean,
  ): Promise<number> {
    const { sizeBytes, path } = segment;
    let minOffset = segment.baseOffset;
    let position = 0;
    while (position < sizeBytes && !isEnough()) {
      const target = this.#buffer.subarray(0, Math.min(this.#buffer.length, sizeBytes - position));
      const length = await file.read(target, position);
      if (length < target.length) throw corrupt(path, position + length, "it ends there although more was written");
      const paced = onRead(length);
      if (paced) await paced;
      let at = 0;
      while (length - at >= BATCH_OVERHEAD_BYTES) {
        const size = announcedBatchSize(target, at, length);
        if (size <= 0 || !looksLikeBatch(target, at, minOffset)) throw corrupt(path, position + at, "there is no record batch");
        if (size > sizeBytes - position - at) throw corrupt(path, position + at, "its last batch is cut");
        if (at + size > length) break;
        const taken = take(target, at);
        if (taken) await taken;
        minOffset = lastOffset(target, at) + 1;
        at += size;
      }
      if (at === 0) this.#growFor(target, sizeBytes - position, path, position);
      position += at;
    }
    if (this.#buffer.length > this.#bufferBytes) this.#buffer = Buffer.allocUnsafeSlow(this.#bufferBytes);
    return position;
  }

  /** Not even one batch was whole. */
  #growFor(target: Buffer, restBytes: number, path: string, position: number): void {
    const size = announcedBatchSize(target, 0, target.length);
    if (restBytes < BATCH_OVERHEAD_BYTES || size > restBytes) throw corrupt(path, position, "its last batch is cut");
    this.#buffer = Buffer.allocUnsafeSlow(size);
  }
}

function corrupt(path: string, position: number, why: string): LogError {
  return new LogError("LOG_CORRUPT", path, `${path} is damaged at byte ${position}: ${why}; restore it from a copy.`);
}
