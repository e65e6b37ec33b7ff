import type { DiskFile, UnreadBytes } from "@ottla/base";
import { baseOffset, lastOffset, sizeInBytes } from "@ottla/protocol/records";
import { looksLikeBatch } from "../segment/scan-batches.ts";
import type { Segment } from "../segment/segment.ts";
import type { RecentWrites } from "../shared/recent-writes.ts";
import { damaged, HEADER_BYTES, truncated } from "./segment-reader.ts";

/** Which bytes of a segment, and what they are to be. */
export interface RangePlace {
  readonly segment: Segment;
  /** Where the first batch begins. */
  readonly position: number;
  readonly byteLength: number;
  /** In the first batch. */
  readonly offset: number;
  /** Below it offsets may be missing between batches; else that is damage. */
  readonly gapsBelow: number;
}

/**
 * Whole batches of a segment, which are read when they are sent. The file stays open until `release`, whatever becomes of the segment. Each batch's header is looked at before it is given
 * on: what is no batch is never sent.
 */
export class StoredRange implements UnreadBytes {
  readonly byteLength: number;
  readonly #segment: Segment;
  readonly #file: DiskFile;
  readonly #recent: RecentWrites;
  readonly #onFault: (error: unknown) => void;
  readonly #gapsBelow: number;
  readonly #end: number;
  #position: number;
  /** Where the next header stands that was not looked at. */
  #headerPosition: number;
  #nextOffset: number;
  #isFirst = true;
  #isReleased = false;

  /** `onFault` hears why bytes could not be read. Errors: disk errors. */
  constructor(place: RangePlace, recent: RecentWrites, onFault: (error: unknown) => void) {
    this.#segment = place.segment;
    this.#recent = recent;
    this.#onFault = onFault;
    this.byteLength = place.byteLength;
    this.#gapsBelow = place.gapsBelow;
    this.#position = place.position;
    this.#headerPosition = place.position;
    this.#end = place.position + place.byteLength;
    this.#nextOffset = place.offset;
    this.#file = place.segment.file.pin();
  }

  /** At once where the bytes are likely to be in memory. Errors: disk errors; `LOG_CORRUPT`. After one the segment is read as any other. */
  read(target: Uint8Array): number | Promise<number> {
    const wanted = Buffer.from(target.buffer, target.byteOffset, Math.min(target.byteLength, this.#end - this.#position));
    try {
      if (this.#recent.isTrusted)
        return this.#checked(
          wanted,
          this.#recent.reading(() => this.#file.readSync(wanted, this.#position)),
        );
      return this.#file.read(wanted, this.#position).then(
        (length) => {
          try {
            return this.#checked(wanted, length);
          } catch (error) {
            throw this.#failed(error);
          }
        },
        (error: unknown) => {
          throw this.#failed(error);
        },
      );
    } catch (error) {
      throw this.#failed(error);
    }
  }

  /** The file may be closed. To be called once. */
  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#segment.file.unpin();
  }

  /** How much of what was read may be given on: up to a header that is cut. */
  #checked(bytes: Buffer, length: number): number {
    const segment = this.#segment;
    if (length < bytes.length) throw truncated(segment, this.#position + length);
    let given = length;
    for (let at = this.#headerPosition - this.#position; at < length; at = this.#headerPosition - this.#position) {
      if (length - at < HEADER_BYTES && at > 0) {
        given = at;
        break;
      }
      this.#check(bytes, at, length);
    }
    this.#position += given;
    if (this.#headerPosition > this.#end) throw damaged(segment, this.#end);
    return given;
  }

  #check(bytes: Buffer, at: number, length: number): void {
    const position = this.#headerPosition;
    const least = this.#isFirst ? this.#segment.baseOffset : this.#nextOffset;
    if (length - at < HEADER_BYTES || !looksLikeBatch(bytes, at, least)) throw damaged(this.#segment, position);
    const base = baseOffset(bytes, at);
    const isGap = this.#isFirst ? base > this.#nextOffset : base !== this.#nextOffset;
    const last = lastOffset(bytes, at);
    if ((isGap && base > this.#gapsBelow) || (this.#isFirst && last < this.#nextOffset)) throw damaged(this.#segment, position);
    this.#isFirst = false;
    this.#nextOffset = last + 1;
    this.#headerPosition = position + sizeInBytes(bytes, at);
  }

  #failed(error: unknown): unknown {
    this.#segment.recent.forget();
    this.#onFault(error);
    return error;
  }
}
