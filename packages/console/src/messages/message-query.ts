/** Where reading begins. */
export type StartPlace =
  | { readonly kind: "earliest" }
  /** The newest record of each key, told when all was looked at. */
  | { readonly kind: "keys" }
  /** So many of the newest, over all partitions. */
  | { readonly kind: "newest" }
  /** What comes from now on, until the reader goes. */
  | { readonly kind: "tail" }
  | { readonly kind: "offset"; readonly offset: number }
  /** The first record at or after this time, since 1970. */
  | { readonly kind: "time"; readonly timestampMs: number };

/** Which records are wanted. */
export interface MessageQuery {
  readonly topic: string;
  /** None: all. */
  readonly partitions: readonly number[];
  readonly from: StartPlace;
  /** How many records are shown at most; a tail goes on. */
  readonly limit: number;
  /** How many records are looked at at most. */
  readonly scanMax: number;
  /** How many are looked at in a second at most, so that a search takes a broker's time slowly. A tail goes as fast as records come. */
  readonly scanPerS: number;
  /** Only records whose key is exactly this text. */
  readonly key: string | undefined;
  /** A CEL expression over `key`, `value`, `headers`, `partition`, `offset` and `timestampMs`. */
  readonly filter: string | undefined;
  readonly isolation: "read_committed" | "read_uncommitted";
}

/** What a reader may ask for at most. */
export const LIMIT_MAX = 1_000;
export const SCAN_MAX = 10_000_000;
/** Records a second that a reading looks at unless it is told otherwise, and what it may be told. */
export const SCAN_PER_S = { least: 100, usual: 100_000, most: 1_000_000 } as const;
