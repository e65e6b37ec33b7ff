import type { KeyValueBytes } from "../key-value/key-value-bytes.ts";

/** Where a window store has its segments: numbered, each with the windows that begin in one stretch of time. */
export interface SegmentSource {
  readonly isPersistent: boolean;
  /** Ascending. */
  ids(): number[];
  /** Opened or begun. */
  open(id: number): KeyValueBytes;
  /** With all that is in it. */
  drop(id: number): void;
}
