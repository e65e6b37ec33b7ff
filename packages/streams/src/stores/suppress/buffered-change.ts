import { ByteReader } from "@ottla/base";
import { sameBytes } from "../bytes/compare-bytes.ts";
import type { RecordPosition } from "../store-builder.ts";
import { int32, positionBytes, positionSizeBytes, readPosition, readSized, sized } from "./record-context-bytes.ts";
import { writeInt64 } from "../../serdes/int64-bytes.ts";

/** What a buffer holds of a key. */
export interface BufferedChange {
  /** What the table showed before the first change that is held back. */
  readonly prior: Uint8Array | null;
  readonly oldValue: Uint8Array | null;
  readonly newValue: Uint8Array | null;
  /** Of the newest change. */
  readonly position: RecordPosition;
}

/** In place of a length: the old value is the prior one. */
const SAME_AS_PRIOR = -2;

/** Value of a buffer's changelog, form 3: the record's context, prior, old and new value each behind its length, and the buffer time as int64. */
export function bufferedChangeBytes({ prior, oldValue, newValue, position }: BufferedChange, timeMs: number): Uint8Array {
  const time = Buffer.allocUnsafe(8);
  writeInt64(time, 0, timeMs);
  const isSame = oldValue !== null && prior !== null && sameBytes(prior, oldValue);
  return Buffer.concat([
    positionBytes(position),
    ...sized(prior),
    ...(isSame ? [int32(SAME_AS_PRIOR)] : sized(oldValue)),
    ...sized(newValue),
    time,
  ]);
}

export function readBufferedChange(bytes: Uint8Array): BufferedChange & { readonly timeMs: number } {
  const reader = new ByteReader(Buffer.from(bytes));
  reader.elementsLeft = bytes.length;
  const position = readPosition(reader);
  const prior = readSized(reader);
  const length = reader.int32();
  const oldValue = length === SAME_AS_PRIOR ? prior : length === -1 ? null : reader.view(length);
  return { position, prior, oldValue, newValue: readSized(reader), timeMs: reader.int64() };
}

/** What Java counts for it: the bound in bytes is the user's, so it has to mean the same. */
export function bufferedSizeBytes(key: Uint8Array, { prior, oldValue, newValue, position }: BufferedChange): number {
  const isSame = oldValue !== null && prior !== null && sameBytes(prior, oldValue);
  const values = (prior?.length ?? 0) + (isSame ? 0 : (oldValue?.length ?? 0)) + (newValue?.length ?? 0);
  return 8 + key.length + values + positionSizeBytes(position);
}
