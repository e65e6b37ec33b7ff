/** Which records of two streams meet: those of the right from `beforeMs` before to `afterMs` after one of the left. */
export interface JoinWindows {
  readonly beforeMs: number;
  readonly afterMs: number;
  readonly graceMs: number;
}

/** How two streams are joined. */
export interface StreamStreamJoinOptions {
  readonly windows: JoinWindows;
  /** Window stores with duplicates, of plain values. */
  readonly leftStore: string;
  readonly rightStore: string;
  /** Records without a partner, of left and outer joins (`stores.unmatchedRecords`). */
  readonly unmatchedStore: string | undefined;
  readonly isLeft: boolean;
  readonly isOuter: boolean;
  readonly joiner: (left: unknown, right: unknown, key: unknown) => unknown;
}
