/** How hard a look may press a cluster. */
export interface LookLimits {
  /** Calls that may be on their way at once. */
  readonly callsAtOnce: number;
  /** Calls that may begin in a second. */
  readonly callsPerS: number;
  /** What one call may take. */
  readonly callTimeoutMs: number;
  /** What the whole look may take: what was not asked by then is not observed. */
  readonly lookTimeoutMs: number;
}

/** What a look cost. */
export interface LookCost {
  readonly limits: LookLimits;
  readonly calls: number;
  readonly failedCalls: number;
  readonly tookMs: number;
}
