/** How hard a look may press a cluster. */
export interface LookLimits {
  /** Calls on their way at once; each is a few requests to one broker or one to each. */
  readonly callsAtOnce: number;
  /** Requests that the calls begun within a second may make. */
  readonly requestsPerS: number;
  /** What one call may take. */
  readonly callTimeoutMs: number;
  /** What the whole look may take: what was not asked by then is not observed. */
  readonly lookTimeoutMs: number;
}

/** Nothing that a cluster of any size would feel, and enough for 500 groups in some seconds. */
export const DEFAULT_LOOK_LIMITS: LookLimits = { callsAtOnce: 4, requestsPerS: 500, callTimeoutMs: 10_000, lookTimeoutMs: 60_000 };

/** What a look cost. */
export interface LookCost {
  readonly limits: LookLimits;
  readonly calls: number;
  readonly failedCalls: number;
  /** How many requests the calls stand for, attempts again after a failure not counted. */
  readonly requests: number;
  readonly tookMs: number;
}
