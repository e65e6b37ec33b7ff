/** A version of a key's value; null where it was deleted. */
export interface StoredVersion {
  readonly timestamp: number;
  readonly value: Uint8Array | null;
}

/** A version as it is read: with when the next one took over, or null when it is the latest. */
export interface FoundVersion {
  readonly timestamp: number;
  readonly value: Uint8Array;
  readonly validToMs: number | null;
}

/** Whether it was still valid then. */
export function isValidWithin({ validToMs }: FoundVersion, fromMs: number): boolean {
  return validToMs === null || validToMs > fromMs;
}

/** The floor of versioned stores (KIP-889). */
export interface VersionedBytes {
  readonly isPersistent: boolean;
  /** Null deletes from that time on. The time of the next version, null when this is the latest, or `notPut` when it is older than the history. */
  put(key: Uint8Array, value: Uint8Array | null, timestamp: number): number | null | "notPut";
  latest(key: Uint8Array): FoundVersion | undefined;
  /** Valid at that time. Beyond the history only what still is the latest. */
  asOf(key: Uint8Array, asOfMs: number): FoundVersion | undefined;
  /** Versions that were valid at some time from `fromMs` to `toMs`, both inclusive, by their times. Beyond the history only what still is the latest. Of one moment. */
  versions(key: Uint8Array, fromMs: number, toMs: number, isReverse: boolean): FoundVersion[];
  restore(key: Uint8Array, value: Uint8Array | null, timestamp: number): void;
  flush(): void;
  close(): void;
}
