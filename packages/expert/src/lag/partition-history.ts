/** A group's commit on a partition, as it was seen. */
export interface CommitSample {
  readonly offset: number;
  readonly timeMs: number;
  /** How many records were behind it when it was seen. */
  readonly lag: number;
}

/** Where a partition ended at a moment. */
export interface EndSample {
  readonly offset: number;
  readonly timeMs: number;
}

/** What was seen of one group on one partition, oldest first. Bounded by {@link recordCommit} and {@link recordEnd}. */
export interface PartitionHistory {
  readonly commits: readonly CommitSample[];
  readonly ends: readonly EndSample[];
}

/** Nothing was seen yet. */
export const EMPTY_HISTORY: PartitionHistory = { commits: [], ends: [] };

/** How many commits a window holds, as Burrow's `intervals`. */
export const COMMITS_MAX = 10;
/** How many ends are kept: half an hour at a sample every 30 s. */
export const ENDS_MAX = 60;

/** The history with one more commit. A sample that is not newer than the last changes nothing. */
export function recordCommit(history: PartitionHistory, sample: CommitSample): PartitionHistory {
  const last = history.commits.at(-1);
  if (last && sample.timeMs <= last.timeMs) return history;
  return { ...history, commits: [...history.commits, sample].slice(-COMMITS_MAX) };
}

/**
 * The history with one more end. Samples that go back in time or offset are passed over. Of a run of equal ends only the first and the last are kept, so that
 * a quiet partition does not push out what tells its rate.
 */
export function recordEnd(history: PartitionHistory, sample: EndSample): PartitionHistory {
  const { ends } = history;
  const last = ends.at(-1);
  if (last && (sample.timeMs <= last.timeMs || sample.offset < last.offset)) return history;
  const isThirdOfRun = last?.offset === sample.offset && ends.at(-2)?.offset === sample.offset;
  const kept = isThirdOfRun ? ends.slice(0, -1) : ends;
  return { ...history, ends: [...kept, sample].slice(-ENDS_MAX) };
}
