import type { ValueAndTimestamp } from "./store.ts";

/** Where a store puts down what it found. Belongs to whoever reads, who reads again into the same one: so that a read costs no object. */
export interface FoundValue extends ValueAndTimestamp<unknown> {
  value: unknown;
  timestamp: number;
}

/** A store by key that can be read so; users' own stores cannot. False: there is nothing. */
export interface ReadsInto {
  readInto(key: unknown, into: FoundValue): boolean;
}

/** A store by key and window. */
export interface ReadsWindowInto {
  readWindowInto(key: unknown, windowStartMs: number, into: FoundValue): boolean;
}
