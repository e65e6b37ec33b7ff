/** Windows of one size, [start, end), that begin at multiples of `advanceMs`; tumbling when that is the size. */
export interface TimeWindows {
  readonly kind: "time";
  readonly sizeMs: number;
  /** The size unless told; at most the size. */
  readonly advanceMs?: number;
  /** How late a record may be after a window's end. */
  readonly graceMs: number;
}

/** Windows around records, [start, end], that hold all records no further apart than `differenceMs` (KIP-450). */
export interface SlidingWindows {
  readonly kind: "sliding";
  readonly differenceMs: number;
  readonly graceMs: number;
}

/** Sessions: records of a key no further apart than `gapMs`. */
export interface SessionWindows {
  readonly kind: "session";
  readonly gapMs: number;
  readonly graceMs: number;
}

/** One window for all records from `startMs` on, [start, ∞): its end shows as `Infinity` (Java's `Long.MAX_VALUE`), and its keys have Java's bytes, which hold the start alone. */
export interface UnlimitedWindows {
  readonly kind: "unlimited";
  /** 0 unless told. */
  readonly startMs?: number;
  /** No record is late. */
  readonly graceMs: 0;
}

/** How a grouped stream is cut in windows. */
export type Windows = TimeWindows | UnlimitedWindows | SlidingWindows | SessionWindows;

/** When a windowed result is given on: with each record, or once when its window is over (KIP-825). */
export type EmitStrategy = "onUpdate" | "onClose";
